/** Points of one channel, in order. */
export interface ChannelPoints {
  readonly channel: string;
  readonly units?: string;
  /** ms UTC, by the host's clock (or the recorder's). */
  readonly times: readonly number[];
  /** As many; NaN where there is none. */
  readonly values: readonly number[];
}

interface Line {
  readonly channel: string;
  readonly units?: string;
  readonly t?: readonly number[];
  readonly v: readonly (number | null)[];
}

/**
 * The body of a chunk of points: a line of JSON a channel, `{"channel", "units", "t", "v"}`. Without `t` the times are those of the
 * line before; NaN and the infinities are null. Bodies that are put one after the other are the body of all their points.
 *
 * @internal
 */
export const encodePoints = (channels: readonly ChannelPoints[]): Uint8Array => {
  let last: readonly number[] | undefined;
  const lines = channels.map(({ channel, units, times, values }) => {
    const line = { channel, units, ...(times === last ? {} : { t: times }), v: values };
    last = times;
    return `${JSON.stringify(line)}\n`;
  });
  // Not a Buffer: a small one is a slice of a pool, all of which it would keep.
  return new TextEncoder().encode(lines.join(''));
};

/**
 * What `encodePoints` wrote, each channel once. Throws a `SyntaxError` for anything else.
 *
 * @internal
 */
export const decodePoints = (parts: readonly Uint8Array[]): readonly ChannelPoints[] => {
  const channels = new Map<string, { units?: string; times: number[]; values: number[] }>();
  let times: readonly number[] = [];
  for (const line of Buffer.concat(parts).toString('utf8').split('\n')) {
    if (line === '') continue;
    const { channel, units, t, v } = JSON.parse(line) as Line;
    times = t ?? times;
    const known = channels.get(channel) ?? { times: [], values: [] };
    channels.set(channel, known);
    if (units !== undefined) known.units = units;
    for (const time of times) known.times.push(time);
    for (const value of v) known.values.push(value ?? Number.NaN);
  }
  return [...channels].map(([channel, points]) => ({ channel, ...points }));
};
