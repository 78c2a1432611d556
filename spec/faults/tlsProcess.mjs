// Sessions in a process of its own, which trusts the authorities that its environment names. Prints one line of JSON a session:
// how it ended, and what was warned of.
import { connect, rheedSink } from 'epistream';
import { grayFrame } from 'epistream/testing';
import { lastValueFrom, of } from 'rxjs';

/** @type {string[]} */
const warnings = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

/** A session that is over by itself, or is closed after so many failed attempts, or when nothing is heard for so long. */
const ATTEMPTS = 3;
const SILENCE_MS = 15_000;

/** @param {string} endpoint */
const run = async (endpoint) => {
  const apiKey = 'the-key-that-nobody-may-read';
  const platform = connect({ endpoint, apiKey, spool: false, retry: { baseMs: 50, capMs: 50 } });
  /** @type {string[]} */
  const problems = [];
  const close = () => void platform.close({ deadlineMs: 0 });
  let closing = setTimeout(close, SILENCE_MS);
  platform.events$.subscribe((event) => {
    if (event.type !== 'retrying') return;
    if (problems.push(event.problem.message) === ATTEMPTS) close();
    clearTimeout(closing);
    closing = setTimeout(close, SILENCE_MS);
  });
  const sent$ = of(grayFrame()).pipe(
    rheedSink(platform, { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName: 'tls' }),
  );
  const error = await lastValueFrom(sent$).then(
    () => undefined,
    (failure) => failure,
  );
  clearTimeout(closing);
  await platform.close({ deadlineMs: 0 });
  return { error: error?.message, report: error?.context.report, problems: [...new Set(problems)] };
};

const runs = await Promise.all(process.argv.slice(2).map(run));
await new Promise((resolve) => setImmediate(resolve));
console.log(JSON.stringify({ runs, warnings }));
