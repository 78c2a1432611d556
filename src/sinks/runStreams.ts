import type { RunStreamFound } from '../model/growthRun.js';
import type { PlatformStream } from '../model/platformStream.js';
import { readRunStreamName } from '../model/runStreamName.js';

/** Of streams, those of a run, oldest first: streams of one name are one segment and its continuations. */
export const runStreams = (run: string, listed: readonly PlatformStream[]): readonly RunStreamFound[] => {
  const ours = listed
    .flatMap((stream) => {
      const named = readRunStreamName(stream.name);
      return named?.run === run ? [{ ...stream, ...named }] : [];
    })
    .sort((one, other) => one.askedAt - other.askedAt || one.createdAt - other.createdAt);
  const segments = new Map<string, string[]>();
  return ours.map(({ dataId, part, name, state }) => {
    const names = segments.get(part) ?? [];
    segments.set(part, names);
    const continuation = ours.filter((other) => other.name === name).findIndex((other) => other.dataId === dataId);
    if (continuation === 0) names.push(name);
    return { dataId, part, segment: names.indexOf(name) + 1, continuation, state };
  });
};
