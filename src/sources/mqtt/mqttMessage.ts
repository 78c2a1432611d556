import type { Reading } from '../../model/sample.js';

/** A message, as it came from a broker. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The payload as UTF-8. */
  readonly text: string;
  /** The broker had kept it: it was said before we asked, nobody knows when. */
  readonly isRetained: boolean;
}

/** What a message says. What is missing is filled in: the time of arrival, the topic's channel and units. */
export interface MqttReading extends Omit<Reading, 't'> {
  /** Event time, ms UTC. */
  readonly t?: number;
  readonly channel?: string;
}
