import { describe, expect, it } from '@jest/globals';
import { asyncScheduler } from 'rxjs';
import { type MessageSamplesOptions, messageSamples } from '../../../src/sources/mqtt/messageSamples.js';
import type { MqttReading } from '../../../src/sources/mqtt/mqttMessage.js';
import { parsePayload } from '../../../src/sources/mqtt/parsePayload.js';
import { tellBad } from '../../../src/sources/tellBad.js';

const now = 1_780_000_000_000;
const topics = {
  'lab/T': { channel: 'T', units: 'C' },
  'lab/+/p': { channel: (topic: string) => topic.split('/')[1]!, units: 'mbar' },
  'lab/#': { channel: (topic: string) => (topic === 'lab/secret' ? undefined : topic) },
};

/** Hands over messages, at a wall clock that stands still; what was bad. */
const heard = (options: Partial<MessageSamplesOptions> = {}) => {
  const bad: unknown[] = [];
  const samplesOf = messageSamples({
    topics,
    parse: parsePayload,
    retained: 'skip',
    clock: { scheduler: Object.assign(Object.create(asyncScheduler), { now: () => 0 }), wallMs: () => now },
    readOrTell: tellBad(({ from, text, error }) => bad.push([from, text, (error as Error).message])),
    ...options,
  });
  const say = (topic: string, text: string, more: { isRetained?: boolean; isRepeated?: boolean } = {}) => {
    const message = {
      type: 'message',
      topic,
      payload: Buffer.from(text),
      isRetained: false,
      isRepeated: false,
    } as const;
    return samplesOf({ ...message, ...more });
  };
  return { bad, say };
};

const json = (value: number, t: number) => JSON.stringify({ value, t });

describe('messageSamples', () => {
  it('gives each channel its name and units, and a message to the first topic that matches', () => {
    const { say, bad } = heard();
    expect(say('lab/T', '23.5')).toEqual([{ channel: 'T', t: now, value: 23.5, units: 'C' }]);
    expect(say('lab/LL IG/p', '1e-9')).toEqual([{ channel: 'LL IG', t: now, value: 1e-9, units: 'mbar' }]);
    expect(say('lab/x', '1')).toEqual([{ channel: 'lab/x', t: now, value: 1 }]);
    expect(say('lab/secret', '?')).toEqual([]);
    expect(bad).toEqual([]);
  });

  it("takes the payload's time, else that of arrival, which rises in each channel", () => {
    const { say } = heard();
    const times = [
      ['lab/T', '1'],
      ['lab/T', '2'],
      ['lab/x', '1'],
      ['lab/y', json(1, now - 5000)],
      ['lab/y', json(1, now - 6000)],
    ].map(([topic, text]) => say(topic!, text!)[0]?.t);
    expect(times).toEqual([now, now + 0.001, now, now - 5000, now - 6000]);
  });

  it('takes several readings of a message, with channels of their own', () => {
    const parse = ({ topic, text, payload, isRetained }: { [key: string]: unknown }): readonly MqttReading[] => {
      expect([topic, text, isRetained, Buffer.from(payload as Buffer).toString()]).toEqual([
        'lab/x',
        '1 2',
        false,
        '1 2',
      ]);
      return [{ value: 1 }, { value: Number.NaN, channel: 'y', units: 'V', flag: 'over-range', raw: 9 }];
    };
    const { say } = heard({ parse: parse as never });
    expect(say('lab/x', '1 2')).toEqual([
      { channel: 'lab/x', t: now, value: 1 },
      { channel: 'y', t: now, value: Number.NaN, units: 'V', flag: 'over-range', raw: 9 },
    ]);
  });

  it("prefers a topic's own parser", () => {
    const { say } = heard({ topics: { a: { channel: 'A', parse: () => ({ value: 7 }) } } });
    expect(say('a', '?')).toMatchObject([{ value: 7 }]);
  });

  it('tells of what is no reading, and goes on', () => {
    const { say, bad } = heard({ topics: { ...topics, bad: { channel: () => ' ' } } });
    const said = [
      ['lab/T', 'off'],
      ['lab/T', '{"value":1,"units":"K"}'],
      ['lab/T', json(1, 1_780_000_000)],
      ['elsewhere', '1'],
      ['bad', '1'],
      ['lab/T', '1'],
    ].map(([topic, text]) => say(topic!, text!).length);
    expect(said).toEqual([0, 0, 0, 0, 0, 1]);
    expect(bad).toEqual([
      ['lab/T', 'off', expect.stringContaining('JSON')],
      ['lab/T', '{"value":1,"units":"K"}', 'units must be C, and is "K"'],
      ['lab/T', json(1, 1_780_000_000), 't must be in milliseconds (these look like seconds), and is 1780000000'],
      ['elsewhere', '1', 'topic must be one that was asked for, and is "elsewhere"'],
      ['bad', '1', 'channel must be a name that is not blank, and is " "'],
    ]);
  });

  it('leaves out a retained message without a time, or takes it for one of now', () => {
    const retained = { isRetained: true };
    expect(heard().say('lab/T', '1', retained)).toEqual([]);
    expect(heard({ retained: 'now' }).say('lab/T', '1', retained)).toEqual([
      { channel: 'T', t: now, value: 1, units: 'C' },
    ]);
  });

  it.each([{ isRetained: true }, { isRepeated: true }])('leaves out what its channel has passed, of %p', (again) => {
    const { say } = heard();
    const times = [
      say('lab/T', json(1, now - 10), again),
      say('lab/T', json(2, now)),
      say('lab/T', json(2, now), again),
      say('lab/T', json(1, now - 10), again),
      say('lab/x', json(1, now - 10), again),
      say('lab/T', json(3, now + 10), again),
      say('lab/T', json(3, now + 5)),
      say('lab/T', json(3, now + 7), again),
    ].map(([sample]) => (sample === undefined ? undefined : sample.t - now));
    expect(times).toEqual([-10, 0, undefined, undefined, -10, 10, 5, undefined]);
  });

  it('takes a repeated message without a time: it may not have come before', () => {
    expect(heard().say('lab/T', '1', { isRepeated: true })).toHaveLength(1);
  });
});
