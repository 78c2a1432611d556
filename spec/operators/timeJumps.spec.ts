import { describe, expect, it } from '@jest/globals';
import { TimeJumps } from '../../src/operators/timeJumps.js';

/** What is used and what is told, reading by reading: `a5` is channel a at 5, and `-a5` one that is not used. */
const heard = (arrivals: string, { farFutureMs = 100, lateness = 20 } = {}): string[] => {
  const told: string[] = [];
  const jumps = new TimeJumps<string>({
    farFutureMs,
    lateness,
    onJump: (channel, { t }) => told.push(`-${channel}${t}`),
  });
  const said = (used: readonly { channel: string; reading: { t: number } }[]) =>
    [...told.splice(0), ...used.map(({ channel, reading }) => `${channel}${reading.t}`)].join(' ');
  const each = arrivals.split(' ').map((arrival) => {
    const used = jumps.take(arrival[0]!, { t: Number(arrival.slice(1)), value: 0 });
    return said(used);
  });
  const rest = jumps.rest();
  return [...each, said(rest)];
};

describe('TimeJumps', () => {
  it('lets everything through that is not far ahead, also what goes back', () => {
    expect(heard('a5000 b5100 a5200 a4000 b0')).toEqual(['a5000', 'b5100', 'a5200', 'a4000', 'b0', '']);
  });

  it('tells one wrong time when its channel goes back', () => {
    expect(heard('a0 a999 a1 a2')).toEqual(['a0', '', '-a999 a1', 'a2', '']);
  });

  it('tells one that others have passed by for the lateness, not before', () => {
    expect(heard('a0 b0 a999 b19 b20')).toEqual(['a0', 'b0', '', 'b19', '-a999 b20', '']);
  });

  it('believes two channels that agree, in the order of time', () => {
    expect(heard('a0 b0 a999 b990 a1000')).toEqual(['a0', 'b0', '', 'b990 a999', 'a1000', '']);
  });

  it('does not take two that are far from each other for agreement', () => {
    expect(heard('a0 b0 a999 b1100')).toEqual(['a0', 'b0', '', '', '-a999 -b1100']);
    expect(heard('a0 b0 a999 b1099')).toEqual(['a0', 'b0', '', 'a999 b1099', '']);
  });

  it('believes a channel that goes on from there for the lateness while nobody says another time', () => {
    expect(heard('a0 a999 a1010 a1019')).toEqual(['a0', '', '', 'a999 a1010 a1019', '']);
    expect(heard('a0 a999 a1018')).toEqual(['a0', '', '', 'a999 a1018']);
  });

  it('believes no single reading, not even without lateness', () => {
    expect(heard('a0 a999', { lateness: 0 })).toEqual(['a0', '', '-a999']);
    expect(heard('a0 a999 a5000', { lateness: 0 })).toEqual(['a0', '', 'a999 a5000', '']);
  });

  it('never believes a fast channel with a wrong clock beside a slow one with a right one', () => {
    const wrong = Array.from({ length: 15 }, (_, n) => `a${9000 + n}`);
    expect(heard(`b0 ${wrong.join(' ')} b15 a9015 a9016 b30`).at(-2)).toBe(
      [...wrong, 'a9015', 'a9016']
        .map((arrival) => `-${arrival}`)
        .join(' ')
        .concat(' b30'),
    );
  });

  it('counts from anew when another channel goes on at the old time', () => {
    expect(heard('a0 b0 a999 a1010 b1 a1025 a1030')).toEqual([
      'a0',
      'b0',
      '',
      '',
      'b1',
      '',
      'a999 a1010 a1025 a1030',
      '',
    ]);
  });

  it('takes a reading of the past for no sign of the present', () => {
    expect(heard('a50 a999 b1 b30 a1020')).toEqual(['a50', '', 'b1', 'b30', 'a999 a1020', '']);
  });

  it('counts on when another channel only says something of the past', () => {
    expect(heard('a50 a999 a1010 b1 a1019')).toEqual(['a50', '', '', 'b1', 'a999 a1010 a1019', '']);
  });

  it('does not take one that is said twice for two', () => {
    expect(heard('a0 a999 a999', { lateness: 0 })).toEqual(['a0', '', '-a999', '-a999']);
  });

  it('uses what was aside once time has come near it', () => {
    expect(heard('a0 b0 a999 b99 b199 b299', { lateness: Infinity })).toEqual([
      'a0',
      'b0',
      '',
      'b99',
      'b199',
      'b299',
      '-a999',
    ]);
    expect(heard('a0 b0 a150 b50 b60', { lateness: Infinity })).toEqual(['a0', 'b0', '', 'b50 a150', 'b60', '']);
  });

  it('uses all that has come near by one step, also when a step brings the next near', () => {
    expect(heard('a0 b0 c0 a999 b1200 c1010', { lateness: 1e6 })).toEqual([
      'a0',
      'b0',
      'c0',
      '',
      '',
      'a999 c1010',
      '-b1200',
    ]);
    expect(heard('a0 b0 c0 a999 b1090 c1180', { lateness: 1e6 })).toEqual([
      'a0',
      'b0',
      'c0',
      '',
      'a999 b1090',
      'c1180',
      '',
    ]);
  });

  it('uses what is near to that which has just come near', () => {
    expect(heard('a0 b150 b190 c280 a60', { lateness: 1e6 })).toEqual(['a0', '', '', '', 'a60 b150 b190 c280', '']);
  });

  it('believes the nearest end of a record, when there are two that exclude each other', () => {
    expect(heard('a0 b5000 b5010 c1000 c1010', { lateness: Infinity }).at(-1)).toBe('-b5000 -b5010 c1000 c1010');
  });

  it('believes the end of a record that nobody has contradicted, when there are two', () => {
    expect(heard('a0 a999 a1000', { lateness: Infinity })).toEqual(['a0', '', '', 'a999 a1000']);
    expect(heard('a0 b0 a999 a1000 b10', { lateness: Infinity })).toEqual(['a0', 'b0', '', '', 'b10', '-a999 -a1000']);
  });

  it('believes everything when nothing is far', () => {
    expect(heard('a0 a9e15', { farFutureMs: Infinity })).toEqual(['a0', 'a9000000000000000', '']);
  });
});
