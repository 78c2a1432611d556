import { pack } from 'msgpackr';

// A bridge process: sends 50 samples at once and stays, or is cut off in the middle of the last one, or says what it should not.
const [, , way] = process.argv;
const sample = (n) =>
  pack({ type: 'sample', channel: 'temperature', t: 1_686_529_404_656 + n, value: n / 4, units: 'C' });
const samples = Buffer.concat(Array.from({ length: 50 }, (_, n) => sample(n)));

if (way === 'cut') process.stdout.write(samples.subarray(0, samples.length - 7));
if (way === 'garbage')
  process.stdout.write(Buffer.concat([samples, Buffer.from('Traceback (most recent call last):\n')]));
if (way === 'stay') {
  process.stdout.write(samples);
  setInterval(() => process.stdout.write(sample(50)), 20);
  process.stdout.on('error', () => process.exit(7));
}
