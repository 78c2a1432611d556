import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { from, lastValueFrom, mergeMap } from 'rxjs';
import { type HostilePlatform, KEY, refusal, startHostilePlatform, storageRefusal } from './hostilePlatform.js';
import type { SecretSinks } from './secretSinks.js';

const image = join('spec', 'fixtures', 'images', 'gray8.png');
const library = new URL('../../dist/', import.meta.url).href;

interface Run {
  readonly server: HostilePlatform;
  readonly sinks: SecretSinks;
  /** Where spools and streams may be made. */
  readonly folder: string;
  readonly spool: { readonly dir: string };
}

/** A command of the built package, with the key in its environment unless its arguments bring it. */
const started = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { AS_API_KEY: _, AS_API_ENDPOINT: __, ...inherited } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000, // one that hangs says nothing, and fails
  });
  let said = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (text) => (said += text));
  return { child, said: () => said, over: once(child, 'close') };
};

const epistream = (...args: string[]): string[] => ['dist/cli/main.js', ...args];

interface Command {
  /** What the platform quotes at. */
  ask?(server: HostilePlatform): void;
  readonly args: readonly string[];
  /** What it has to say to have said anything. */
  readonly says: RegExp;
}

const stream = ['stream', image, '--fps', '1', '--key', KEY];

const commands: Readonly<Record<string, Command>> = {
  'epistream stream with a wrong key': {
    ask: (server) => server.answer('create', refusal(401)),
    args: [...stream, '--no-spool'],
    says: /answered 401/,
  },
  'epistream stream with refused chunks': {
    ask: (server) => server.answer('presign', refusal(422)),
    args: stream,
    says: /answered 422/,
  },
  'epistream stream with refused uploads': {
    ask: (server) => server.answer('put', storageRefusal(503), storageRefusal(413)),
    args: stream,
    says: /answered 413/,
  },
  'epistream stream with a misspelt flag': { args: [...stream, `--kye=${KEY}`], says: /unknown option/ },
  'epistream doctor with a wrong key': {
    ask: (server) => server.answer('resolve', refusal(401)),
    args: ['doctor', '--key', KEY],
    says: /401/,
  },
  'epistream doctor without a platform': {
    ask: (server) => {
      server.answer('clock', refusal(503));
      server.answer('resolve', refusal(503));
    },
    args: ['doctor', '--key', KEY],
    says: /answered 503/,
  },
};

/** Of a spool that holds what was refused. */
const spoolCommands: Readonly<Record<string, Command>> = {
  'epistream spool ls': { args: ['spool', 'ls', '--key', KEY], says: /Growth run 42/ },
  'epistream spool verify': { args: ['spool', 'verify'], says: /./ },
};

/** Node's own words for an error that a program left alone. */
const programs: Readonly<Record<string, string>> = {
  'an error that nobody catches': 'run$.subscribe();',
  'a rejection that nobody handles': 'lastValueFrom(run$);',
};
const program = (last: string): string => `
  import { lastValueFrom, of } from 'rxjs';
  import { connect, rheedSink } from '${library}index.js';
  import { grayFrame } from '${library}testing/index.js';
  const platform = connect({ spool: false });
  const run$ = of(grayFrame()).pipe(rheedSink(platform, { fps: 1, rotationsPerMin: 0, chunkSize: 2 }));
  ${last}
`;

const forms = [[], ['--json']] as const;
const nameOf = (name: string, form: readonly string[]) => [name, ...form].join(' ');

/** What processes say, and what each has to say to have said anything. */
export const spoken: readonly (readonly [sink: string, says: RegExp])[] = [
  ...Object.entries({ ...commands, ...spoolCommands }).flatMap(([name, { says }]) =>
    forms.map((form) => [nameOf(name, form), says] as const),
  ),
  ...Object.keys(programs).map((name) => [name, /SessionFailedError.*answered 401/s] as const),
  ['epistream serve', /listening/],
  ['the answers of epistream serve', /the API key is missing or wrong.*the signature of this URL is not valid/s],
  ['the files of epistream serve', /zarr\.json/],
];

/** Each command for a person and for a program, each with a platform and a spool of its own. */
export const commandsThatFail = ({ sinks, folder }: Run): Promise<void> => {
  const calls = Object.entries(commands).flatMap(([name, command]) => forms.map((form) => ({ name, command, form })));
  return lastValueFrom(
    from(calls.entries()).pipe(
      mergeMap(async ([i, { name, command, form }]) => {
        const server = await startHostilePlatform();
        command.ask?.(server);
        const spool = command.args.includes('--no-spool') ? [] : ['--spool', join(folder, `spool-${i}`)];
        const { said, over } = started(epistream(...command.args, '--endpoint', server.url, ...spool, ...form));
        await over;
        await server.close();
        sinks.say(nameOf(name, form), said());
      }, 3),
    ),
  );
};

export const spoolCommandsThatTell = async ({ server, sinks, spool }: Run): Promise<void> => {
  for (const [name, { args }] of Object.entries(spoolCommands))
    for (const form of forms) {
      const env = { AS_API_ENDPOINT: server.url, EPISTREAM_SPOOL_DIR: spool.dir };
      const { said, over } = started(epistream(...args, ...form), env);
      await over;
      sinks.say(nameOf(name, form), said());
    }
};

export const programsThatFail = async ({ server, sinks }: Run): Promise<void> => {
  for (const [name, last] of Object.entries(programs)) {
    server.answer('create', refusal(401));
    const env = { AS_API_KEY: KEY, AS_API_ENDPOINT: server.url };
    const { said, over } = started(['--input-type=module', '--eval', program(last)], env);
    await over;
    sinks.say(name, said());
  }
};

/** A local platform whose key is guessed at, and whose URLs are altered. */
export const platformThatIsAttacked = async ({ sinks, folder }: Run): Promise<void> => {
  const data = join(folder, 'data');
  const { child, said, over } = started(epistream('serve', '--port', '0', '--data', data, '--key', KEY));
  await once(child.stdout, 'data');
  const url = /http:\S+\d/.exec(said())?.[0] ?? '';
  const ask = async (path: string, key: string, body?: object) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return answer.text();
  };
  const answers = [await ask('/rheed/stream/', `${KEY}?`, {})];
  const create = { data_item_name: 'run', rotational_period: null, rotations_per_min: 0, fps_capture_rate: 1 };
  const dataId = JSON.parse(await ask('/rheed/stream/', KEY, create));
  const rate = { raw_frame_rate: '1.0', avg_frame_rate: '1.0', chunk_size: '2', dims: '1,2,2' };
  const times = { start_unix_ms_utc: '1700000000000', end_unix_ms_utc: '1700000001000' };
  const chunk = { data_id: dataId, data_stream: 'rheed', is_stream: '1', is_rotating: '0', ...rate, ...times };
  const query = 'original_filename=frames.zarr%2Fframes%2Fc%2F0%2F0%2F0&num_parts=1&staging_type=stream';
  const presigned = await ask(`/data_entries/raw_data/staged/upload_urls/?${query}`, KEY, chunk);
  const { href, searchParams } = new URL(JSON.parse(presigned)[0].url);
  const put = async (to: string) => (await fetch(to, { method: 'PUT', body: 'no shard' })).text();
  answers.push(await put(`${href}x`), await put(href));
  child.kill('SIGTERM');
  await over;
  const canary = (text: string) => text.replaceAll(searchParams.get('signature') ?? '', 'SIGCAN');
  sinks.say('epistream serve', canary(said()));
  sinks.say('the answers of epistream serve', ...answers.map(canary));
  await sinks.files(data, { 'the files of epistream serve': /./ }, canary);
};
