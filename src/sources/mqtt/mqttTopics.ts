import { InputError } from '../../model/errors.js';
import type { MqttMessage, MqttReading } from './mqttMessage.js';
import { hasWildcard, isTopicFilter } from './topicFilter.js';

/** What the messages of a topic are. */
export interface MqttTopic {
  /** Its channel. Of a topic with wildcards: the channel of each topic that it matches, `undefined` for one to leave out. */
  readonly channel: string | ((topic: string) => string | undefined);
  /** A message that names other units is bad. Default: those of the message. */
  readonly units?: string;
  /** Default: that of all topics. */
  readonly parse?: ParseMqtt;
}

/** What a message says: one reading, several, or nothing. */
export type ParseMqtt = (message: MqttMessage) => MqttReading | readonly MqttReading[] | undefined;

/** Topics, with or without wildcards (`lab/+/pressure`, `lab/#`). The first one that matches a message takes it. */
export type MqttTopics = Readonly<Record<string, MqttTopic>>;

/**
 * Throws an `InputError` that names the first topic which is none, or has no channel.
 *
 * @internal
 */
export const checkTopics = (topics: MqttTopics): void => {
  const entries = Object.entries(Object(topics) as MqttTopics);
  if (entries.length === 0) throw new InputError('topics', topics, 'must have at least one topic');
  for (const [topic, { channel }] of entries) {
    if (!isTopicFilter(topic)) throw new InputError('topics', topic, 'must have + for whole levels, and # at the end');
    const field = `topics['${topic}'].channel`;
    if (hasWildcard(topic) && typeof channel !== 'function')
      throw new InputError(field, channel, 'must be a function of the topic: there may be many');
    if (typeof channel !== 'function' && (typeof channel !== 'string' || channel.trim() === ''))
      throw new InputError(field, channel, 'must be a name that is not blank');
  }
};
