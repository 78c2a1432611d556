import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const unpacked = fileURLToPath(new URL('../../.interop/mosquitto', import.meta.url));
const run = (command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) =>
  execFileSync(command, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });

const places = (): string[] => [
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'mosquitto')),
  '/usr/sbin/mosquitto',
  '/usr/local/sbin/mosquitto',
  '/opt/homebrew/sbin/mosquitto',
  join(unpacked, 'usr', 'sbin', 'mosquitto'),
];

const apt = (...args: string[]) => run('apt-get', args, { cwd: unpacked });

const isInstalled = (debianPackage: string): boolean => {
  try {
    return run('dpkg-query', ['-W', '-f', `\${Status}`, debianPackage]) === 'install ok installed';
  } catch {
    return false;
  }
};

/** Fetches the broker and the libraries that this computer lacks, and unpacks them where nobody else looks. */
const unpack = (): void => {
  const only = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
    (other) => `--no-${other}`,
  );
  const needed = run('apt-cache', ['depends', '--recurse', ...only, 'mosquitto']);
  const names = needed.split('\n').filter((line) => /^(lib|mosquitto)/.test(line));
  apt('download', ...names.filter((name) => name === 'mosquitto' || !isInstalled(name)));
  for (const file of readdirSync(unpacked).filter((name) => name.endsWith('.deb')))
    run('dpkg', ['-x', join(unpacked, file), unpacked]);
};

const install = (): void => {
  mkdirSync(unpacked, { recursive: true });
  if (process.getuid?.() === 0) {
    apt('update');
    apt('install', '--yes', '--no-install-recommends', 'mosquitto');
  } else unpack();
};

const find = (): string => {
  const there = () => places().find((place) => existsSync(place));
  try {
    if (there() === undefined) install();
  } catch (cause) {
    throw new Error('these specs need the broker mosquitto: apt-get install mosquitto', { cause });
  }
  return there() ?? '';
};

let program: string | undefined;

/** The libraries that were unpacked with it, for a computer that has none. */
const environment = (): NodeJS.ProcessEnv => {
  const folder = join(unpacked, 'usr', 'lib');
  const triplets = existsSync(folder) ? readdirSync(folder).map((triplet) => join(folder, triplet)) : [];
  return { ...process.env, LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH ?? '', ...triplets].join(':') };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.unref().on('connect', () => socket.destroy());
  });

/** A broker of this computer's own, which keeps its sessions on disk. */
export class Broker {
  readonly #folder = mkdtempSync(join(tmpdir(), 'epistream-mosquitto-'));
  #process: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  /** One that is not running yet. With `login` nobody else may connect. */
  static async make(login?: { readonly username: string; readonly password: string }): Promise<Broker> {
    program ??= find();
    const broker = new Broker(await freePort());
    broker.#configure(login);
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const args = ['-c', join(this.#folder, 'mosquitto.conf')];
    this.#process = spawn(program ?? '', args, { stdio: 'ignore', env: environment() });
    for (let waited = 0; !(await answers(this.port)); waited += 20) {
      if (waited > 10_000) throw new Error('mosquitto does not start');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** No last word: what is not on its disk is gone. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || !child.kill('SIGKILL')) return;
    await once(child, 'exit');
  }

  /** Still there, and says nothing: a cable that was pulled. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #configure(login: { readonly username: string; readonly password: string } | undefined): void {
    const passwords = join(this.#folder, 'passwords');
    const guarded = ['allow_anonymous false', `password_file ${passwords}`];
    if (login !== undefined) {
      writeFileSync(passwords, `${login.username}:${login.password}\n`, { mode: 0o600 });
      run((program ?? '').replace(/sbin(.)mosquitto$/, 'bin$1mosquitto_passwd'), ['-U', passwords], {
        env: environment(),
      });
    }
    const lines = [
      `listener ${this.port} 127.0.0.1`,
      'user root', // else a broker that root starts may not write into its folder
      ...(login === undefined ? ['allow_anonymous true'] : guarded),
      'persistence true',
      `persistence_location ${this.#folder}/`,
      'autosave_on_changes true',
      'autosave_interval 1',
    ];
    writeFileSync(join(this.#folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  }
}
