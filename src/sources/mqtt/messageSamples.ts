import type { Clock } from '../../flow/clock.js';
import { InputError } from '../../model/errors.js';
import type { Sample } from '../../model/sample.js';
import { arrivalTimes } from '../arrivalTimes.js';
import { checkReading } from '../checkReading.js';
import { several } from '../several.js';
import type { ReadOrTell } from '../tellBad.js';
import type { LinkEvent } from './mqttLink.js';
import type { MqttMessage, MqttReading } from './mqttMessage.js';
import type { MqttTopic, MqttTopics, ParseMqtt } from './mqttTopics.js';
import { matchesTopic } from './topicFilter.js';

type LinkMessage = Extract<LinkEvent, { type: 'message' }>;

export interface MessageSamplesOptions {
  readonly topics: MqttTopics;
  readonly parse: ParseMqtt;
  /** What a retained message is, whose payload has no time. */
  readonly retained: 'skip' | 'now';
  readonly clock: Clock;
  readonly readOrTell: ReadOrTell;
}

/**
 * The samples of one message after the other. What a message repeats, or what was retained, is left out where its channel has said something
 * since.
 *
 * @internal
 */
export const messageSamples = (options: MessageSamplesOptions): ((message: LinkMessage) => readonly Sample[]) => {
  const topicOf = firstMatch(options.topics);
  const sampleOf = sampler(options);
  const samplesOf = (link: LinkMessage): readonly Sample[] => {
    const topic = topicOf(link.topic);
    const channel = typeof topic.channel === 'function' ? topic.channel(link.topic) : topic.channel;
    if (channel === undefined) return [];
    const readings = several((topic.parse ?? options.parse)(messageOf(link)));
    return readings.flatMap((reading) => sampleOf({ channel, ...reading, ...unitsOf(reading, topic) }, link));
  };
  return (link) =>
    options.readOrTell(
      link.topic,
      () => messageOf(link).text,
      () => samplesOf(link),
    );
};

const messageOf = ({ topic, payload, isRetained }: LinkMessage): MqttMessage => {
  return { topic, payload, text: Buffer.from(payload).toString('utf8'), isRetained };
};

const firstMatch = (topics: MqttTopics): ((topic: string) => MqttTopic) => {
  const entries = Object.entries(topics);
  return (topic) => {
    const found = entries.find(([filter]) => matchesTopic(filter, topic));
    if (found === undefined) throw new InputError('topic', topic, 'must be one that was asked for');
    return found[1];
  };
};

const unitsOf = (reading: MqttReading, topic: MqttTopic): Pick<MqttReading, 'units'> => {
  const units = topic.units ?? reading.units;
  if ((reading.units ?? units) !== units) throw new InputError('units', reading.units, `must be ${units}`);
  return units === undefined ? {} : { units };
};

/** Gives a reading its time, or leaves it out. */
const sampler = ({ clock, retained }: MessageSamplesOptions) => {
  const stamps = new Map<string, () => number>();
  const lasts = new Map<string, number>();
  const arrival = (channel: string): number => {
    const stamp = stamps.get(channel) ?? arrivalTimes(clock);
    stamps.set(channel, stamp);
    return stamp();
  };
  return (reading: MqttReading & { readonly channel: string }, link: LinkMessage): readonly Sample[] => {
    const { channel, t } = reading;
    if (typeof channel !== 'string' || channel.trim() === '')
      throw new InputError('channel', channel, 'must be a name that is not blank');
    const last = lasts.get(channel) ?? Number.NEGATIVE_INFINITY;
    const isOld =
      t === undefined ? link.isRetained && retained === 'skip' : (link.isRetained || link.isRepeated) && t <= last;
    if (isOld) return [];
    const sample = checkReading({ ...reading, t: t ?? arrival(channel) });
    lasts.set(channel, Math.max(last, sample.t));
    return [sample];
  };
};
