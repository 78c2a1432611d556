import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HostilePlatform, leaksIn, startHostilePlatform } from './hostilePlatform.js';
import {
  commandsThatFail,
  platformThatIsAttacked,
  programsThatFail,
  spoken,
  spoolCommandsThatTell,
} from './secretProcesses.js';
import {
  attempts,
  attemptsThatFail,
  failures,
  optionsThatAreWrong,
  runsThatFail,
  runsThatPass,
  runThatPauses,
  runThatWarns,
  wrongOptions,
} from './secretRuns.js';
import { SecretSinks } from './secretSinks.js';

const sinks = new SecretSinks();
let folder: string;
let server: HostilePlatform;
let stop: () => void;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-secrets-'));
  server = await startHostilePlatform();
  stop = sinks.listen();
  const dir = join(folder, 'spool');
  const run = { server, sinks, folder, spool: { dir, durability: 'crash' } } as const;
  await runsThatPass(run);
  await runThatPauses(run);
  await runsThatFail(run);
  await runThatWarns(run);
  await attemptsThatFail(run);
  optionsThatAreWrong(run);
  await Promise.all([commandsThatFail(run), programsThatFail(run), platformThatIsAttacked(run)]);
  await spoolCommandsThatTell(run);
  await sinks.files(dir, {
    'a spool: what was asked': /asked$/,
    'a spool: journals': /journal\.\d+$/,
    'a spool: chunks': /\.chunk$/,
    'a spool: every file': /./,
  });
}, 120_000);
afterAll(async () => {
  stop();
  await server.close();
  await rm(folder, { recursive: true });
});

/** Where something is said, and what is said there: a sink that says nothing would keep every secret. */
const told: readonly (readonly [sink: string, says: RegExp])[] = [
  ['events as JSON', /"retrying".*answered 503/],
  ['events inspected', /retrying.*answered 503/s],
  ['statuses as JSON', /"outage":\{.*answered 503/],
  ['statuses inspected', /paused: .*answered 401/s],
  ['reports', /deadLetters: .*answered 422/s],
  ['lines of a logger: error', /rejected: presign: the platform answered 422/],
  ['lines of a logger: warn', /paused: presign: the platform answered 401/],
  ['lines of a logger: info', /closed: 3 of 3/],
  ['lines of a logger: debug', /send again in \d ms: put: the storage answered 503/],
  ['stderr', /paused: presign: the platform answered 403/],
  ['process warnings', /fps is 130/],
  ['epistream:event', /"retrying".*answered 503/],
  ['epistream:status', /"backoffMs":/],
  ['epistream:request', /"PUT","route":"\(presigned\)","status":503/],
  ['a platform, inspected', /Symbol\(rooms\)/],
  ['what is inside a platform, inspected', /ingest: \{/],
  ['a session, inspected', /OpenRheed/],
  ['a streamer, inspected', /RHEEDStreamer/],
  ['all that can be reached from a platform', /keyMayChange/],
  ['all that can be reached from what is inside a platform', /keyMayChange/],
  ['all that can be reached from a session', /events\$/],
  ['all that can be reached from a streamer', /events\$/],
  ...[...failures, ...attempts, ...Object.keys(wrongOptions)].flatMap((name) =>
    ['inspected', 'as JSON', 'message and stack of each cause'].map(
      (form) => [`${name}, ${form}`, /answered [45]\d\d|must be|\d of \d frames were/] as const,
    ),
  ),
  ['a spool: what was asked', /Growth run 42/],
  ['a spool: journals', /rejected.*answered 422/s],
  ['a spool: chunks', /./],
  ['a spool: every file', /./],
  ...spoken,
];

describe('A platform that quotes the key and every signature', () => {
  it.each(['clock', 'resolve', 'create', 'link', 'presign', 'end'] as const)(
    'does so when it is asked to %s',
    (phase) => {
      expect(leaksIn(server.quoted[phase] ?? '').length).toBeGreaterThan(5);
    },
  );
  it('does so when a shard is put', () => {
    expect(server.quoted.put).toMatch(/SIGCAN%2BSIGCAN%3D%3D.*SIGCAN\+SIGCAN==/);
  });
});

describe('Neither key nor signature is shown by', () => {
  it.each(told)('%s', (sink, says) => {
    const text = sinks.of(sink);
    expect([sink, says.test(text) || text.slice(0, 2000)]).toEqual([sink, true]);
    expect(leaksIn(text)).toEqual([]);
  });
});
