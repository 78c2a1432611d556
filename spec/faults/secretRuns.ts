import { randomBytes } from 'node:crypto';
import { filter, firstValueFrom, from, lastValueFrom, type Observable, of, toArray } from 'rxjs';
import { type ConnectOptions, connect } from '../../src/connect.js';
import { type Platform, rooms } from '../../src/delivery/platform.js';
import { hostClock } from '../../src/flow/hostClock.js';
import { httpIngest } from '../../src/ingest/httpIngest.js';
import type { Ingest } from '../../src/ingest/ingest.js';
import type { IncompleteSessionError } from '../../src/model/errors.js';
import type { DataId } from '../../src/model/identifiers.js';
import { openRheed } from '../../src/sinks/openRheed.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { RHEEDStreamer } from '../../src/streamers/rheedStreamer.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { type HostilePlatform, type Hostility, KEY, passing, refusal, storageRefusal } from './hostilePlatform.js';
import { inspected, reachableFrom, type SecretSinks } from './secretSinks.js';

const phases = ['clock', 'resolve', 'create', 'link', 'presign', 'put', 'end'] as const;
const options = { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName: 'Growth run 42', physicalSample: 'GaN-001' };
/** Larger than what a journal keeps within itself. */
const frame = () => grayFrame({ width: 200, height: 100, data: new Uint8Array(randomBytes(20_000)) });
const hasty = { retry: { baseMs: 1, capMs: 4 }, timeouts: { replyMs: 2000, stallMs: 2000 } };

interface Run {
  readonly server: HostilePlatform;
  readonly sinks: SecretSinks;
  readonly spool: { readonly dir: string; readonly durability: 'crash' };
}

const connected = ({ server, sinks }: Run, more: ConnectOptions): Platform => {
  const platform = connect({
    endpoint: server.url,
    apiKey: KEY,
    verbosity: 4,
    logger: sinks.logger,
    ...hasty,
    ...more,
  });
  sinks.watch(platform);
  return platform;
};

const failureOf = (run$: Observable<unknown>): Promise<unknown> =>
  lastValueFrom(run$, { defaultValue: undefined }).then(
    (last) => new Error(`nothing failed: ${inspected(last)}`),
    (error) => error,
  );

/** Sessions that are delivered, although each of their calls fails once; one for each kind of answer. */
export const runsThatPass = async (run: Run): Promise<void> => {
  for (const hostility of Object.values(passing)) {
    for (const phase of phases) run.server.answer(phase, hostility);
    const platform = connected(run, { spool: run.spool });
    await lastValueFrom(from([frame(), frame(), frame()]).pipe(rheedSink(platform, options), toArray()));
    await platform.close();
  }
};

/** What the platform quotes at, and the error that a sink ends with. */
const failing: Readonly<Record<string, (server: HostilePlatform) => Partial<ConnectOptions> | undefined>> = {
  'a key that is refused': (server) => {
    server.answer('resolve', refusal(401));
    return { spool: false };
  },
  'a link that is refused': (server) => {
    server.answer('link', refusal(422));
    return { spool: false };
  },
  'an end that is refused': (server) => {
    server.answer('end', refusal(422));
    return { spool: false };
  },
  'a chunk that is refused': (server) => {
    server.answer('presign', refusal(422));
    return undefined;
  },
  'an upload that is refused': (server) => {
    server.answer('put', storageRefusal(413));
    return undefined;
  },
};
export const failures = [...Object.keys(failing), 'a run that is given up'];

/** Sessions that fail, each in its way. */
export const runsThatFail = async (run: Run): Promise<void> => {
  for (const [name, prepare] of Object.entries(failing)) {
    const platform = connected(run, { spool: run.spool, ...prepare(run.server) });
    const error = await failureOf(of(frame()).pipe(rheedSink(platform, options)));
    run.sinks.error(name, error);
    run.sinks.say('reports', inspected((error as IncompleteSessionError).context.report));
    await platform.close();
  }
  await givenUp(run);
};

const givenUp = async (run: Run): Promise<void> => {
  run.server.answer('presign', ...Array<Hostility>(1000).fill(refusal(503)));
  const platform = connected(run, { spool: false });
  const failed = failureOf(of(frame()).pipe(rheedSink(platform, options)));
  await firstValueFrom(platform.events$.pipe(filter(({ type }) => type === 'retrying')));
  await platform.close({ deadlineMs: 0 });
  run.sinks.error('a run that is given up', await failed);
  run.server.calm();
};

/** A session that waits for its key and then for its rights, and what holds it meanwhile. */
export const runThatPauses = async (run: Run): Promise<void> => {
  run.server.answer('presign', refusal(401), refusal(403));
  const platform = connected(run, { spool: run.spool, apiKey: async () => KEY });
  const streamer = new RHEEDStreamer({ platform, verbosity: 4 }); // without a logger: stderr
  const session = openRheed(platform, options);
  const paused = firstValueFrom(session.events$.pipe(filter(({ type }) => type === 'paused')));
  session.upload([frame()]);
  await paused;
  const objects = {
    'a platform': platform,
    'what is inside a platform': platform[rooms],
    'a session': session,
    'a streamer': streamer,
  };
  for (const [name, thing] of Object.entries(objects)) {
    run.sinks.say(`${name}, inspected`, inspected(thing, 7));
    run.sinks.say(`all that can be reached from ${name}`, ...reachableFrom(thing));
  }
  await lastValueFrom(session.end());
  await streamer[Symbol.asyncDispose]();
};

/** What a process is warned of. */
export const runThatWarns = async ({ server, sinks }: Run): Promise<void> => {
  const platform = connect({ endpoint: server.url, apiKey: KEY, spool: false, ...hasty });
  sinks.watch(platform);
  await lastValueFrom(of(frame()).pipe(rheedSink(platform, { ...options, fps: 130, chunkSize: 260 })));
  await platform.close();
};

const dataId = 'data-1' as DataId;
const asked = { kind: 'rheed', options } as const;
const links = { sampleId: 'sample-1', projectId: 'project-1', tagIds: ['tag-1'] };
const chunk = { index: 0, revision: 0, items: 1 };
const shard = { parts: [new Uint8Array(100)], byteLength: 100, dims: [1, 10, 10], release: () => {} };
const send = (ingest: Ingest) => ingest.send(dataId, asked, chunk, { startMs: 0, timeBase: 'host' }, shard);

const calls: Readonly<Record<string, (ingest: Ingest) => Observable<unknown>>> = {
  resolve: (ingest) => ingest.resolve(options),
  create: (ingest) => ingest.create(asked),
  link: (ingest) => ingest.link(dataId, links),
  presign: send,
  put: send,
  end: (ingest) => ingest.end('rheed', dataId),
};
export const attempts = Object.keys(calls).map((phase) => `a failed attempt to ${phase}`);

/** Every answer to every call, as the error of a single attempt. */
export const attemptsThatFail = async ({ server, sinks }: Run): Promise<void> => {
  const ingest = httpIngest({ endpoint: server.url, apiKey: KEY, clock: hostClock, timeouts: hasty.timeouts });
  for (const [phase, call] of Object.entries(calls))
    for (const hostility of [...Object.values(passing), refusal(422), storageRefusal(403)]) {
      server.answer(phase as 'put', hostility);
      sinks.error(`a failed attempt to ${phase}`, await failureOf(call(ingest)));
    }
  await lastValueFrom(ingest.close(), { defaultValue: undefined });
};

/** Options that are refused with a secret in them. */
export const wrongOptions: Readonly<Record<string, ConnectOptions>> = {
  'a key of two lines': { apiKey: `${KEY}\n` },
  'an endpoint with a password': { apiKey: 'k', endpoint: `ftp://user:${encodeURIComponent(KEY)}@host/` },
  'an endpoint with a query': { apiKey: 'k', endpoint: `https://host/?key=${KEY}` },
};

export const optionsThatAreWrong = ({ sinks }: Run): void => {
  for (const [name, wrong] of Object.entries(wrongOptions))
    try {
      connect({ spool: false, ...wrong });
    } catch (error) {
      sinks.error(name, error);
    }
};
