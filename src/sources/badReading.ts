/** Something that came and is no reading. It is told of; the stream goes on. */
export interface BadReading {
  /** Where it came from: a topic, an instrument's name. */
  readonly from: string;
  /** What came, its first 200 characters. */
  readonly text: string;
  /** What is wrong with it: an `InputError`, or what the parser threw. */
  readonly error: unknown;
}
