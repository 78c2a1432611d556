import { phaseOf } from '../../src/testing/faultPhase.js';
import type { Exchange } from './wireServer.js';

type Seen = Omit<Exchange, 'status' | 'reply'>;

const sortKey = ({ method, path, query, body }: Seen): string => {
  const { chunk_index, channel_name } = Object(body) as Record<string, unknown>;
  return `${method} ${path} ${JSON.stringify([query ?? {}, chunk_index, channel_name])}`;
};

const sorted = (requests: readonly Seen[]): Seen[] =>
  [...requests].sort((one, other) => sortKey(one).localeCompare(sortKey(other)));

/** What was received, as the recording would say it: only the headers that it names, and the key under its name. */
export const named = (requests: readonly Seen[], recording: readonly Exchange[], key: string): Seen[] =>
  sorted(
    requests.map(({ headers, ...request }) => {
      const seen = { ...request, headers };
      const model = recording.find((recorded) => sortKey(recorded) === sortKey(seen));
      const kept = Object.keys(model?.headers ?? {}).map((name) => [
        name,
        headers[name] === key ? '<the API key>' : headers[name],
      ]);
      return { ...request, headers: Object.fromEntries(kept) };
    }),
  );

/** The requests of a recording. */
export const recorded = (recording: readonly Exchange[]): Seen[] =>
  sorted(recording.map(({ status, reply, ...request }) => request));

/** The phases in order, each once; what is side by side in a phase may come in any order. */
export const phases = (requests: readonly Pick<Exchange, 'method' | 'path'>[]): string[] =>
  requests
    .map(({ method, path }) => phaseOf(method, path))
    .map((phase) => (phase === 'presign' || phase === 'put' || phase === 'points' ? 'chunks' : phase))
    .filter((phase, at, all) => phase !== all[at - 1]);

/** Requests apart from their timestamps, and the timestamps in order, seconds: floating point is compared with a tolerance. */
export const timestampsApart = (requests: readonly Seen[]) => {
  const timestamps: number[] = [];
  const rest = JSON.parse(JSON.stringify(requests), (name, value) => {
    if (name !== 'timestamps') return value;
    timestamps.push(...value);
    return value.length;
  });
  return { rest, timestamps };
};

/** NaN when there are not as many. */
export const largestDifference = (one: readonly number[], other: readonly number[]): number =>
  one.length === other.length ? Math.max(0, ...one.map((value, i) => Math.abs(value - other[i]!))) : Number.NaN;
