import { type LogOptions, logOf } from './delivery/logOf.js';
import type { Platform } from './delivery/platform.js';
import { platformOf } from './delivery/platformOf.js';
import { checkSpoolRoot } from './files/checkSpoolRoot.js';
import { defaultSpoolRoot } from './files/defaultSpoolRoot.js';
import { lockDirectory } from './files/lockDirectory.js';
import { nodeDisk } from './files/nodeDisk.js';
import { Budget } from './flow/budget.js';
import { hostClock } from './flow/hostClock.js';
import type { RetryPolicy } from './flow/retryPolicy.js';
import { LONGEST_WAIT_MS } from './flow/waitOf.js';
import type { ApiKey } from './ingest/apiKey.js';
import { checkEndpoint } from './ingest/endpoint.js';
import { httpIngest } from './ingest/httpIngest.js';
import type { Timeouts } from './ingest/timeouts.js';
import { memoryJournals } from './journal/memoryJournals.js';
import type { Journals } from './journal/sessionJournal.js';
import { checkOptionNames } from './model/checkOptionNames.js';
import { InputError } from './model/errors.js';
import type { SpoolOptions } from './model/spoolOptions.js';
import { diskJournals } from './spool/diskJournals.js';
import { keyPrintOf } from './spool/owner.js';
import type { SendAgain } from './spool/spoolUse.js';
import { workerShardEncoder } from './zarr/workerShardEncoder.js';

const GIBIBYTE = 2 ** 30;
/** The platform when nobody names one. */
export const DEFAULT_ENDPOINT = 'https://api.atomscale.ai';

/** Where a platform is, and how to treat it. */
export interface ConnectOptions extends LogOptions {
  /** The API key, or a function that is asked for it at every call. Default the environment's `AS_API_KEY`. */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
  /** Base URL, http or https. Default the environment's `AS_API_ENDPOINT`, else `https://api.atomscale.ai`. */
  readonly endpoint?: string | undefined;
  /** What the sinks charge the frames they hold to. Default `Budget.shared`; give your sources the same one. */
  readonly budget?: Budget;
  /** Waits between attempts: full jitter up to `baseMs` (default 500), doubling up to `capMs` (default 30,000). */
  readonly retry?: Pick<RetryPolicy, 'baseMs' | 'capMs'>;
  /** Chunks of one session on their way at a time. Default 4. */
  readonly inFlight?: number;
  /** How long a session may try to open before it fails, ms. Default 60,000. */
  readonly openTimeoutMs?: number;
  /** zstd level of the shards, 1 to 22. Default 3. */
  readonly zstdLevel?: number;
  /** How long to wait for a silent network, ms: see {@link Timeouts}. A slow one is never cut off. */
  readonly timeouts?: Partial<Timeouts>;
  /**
   * Where what is accepted is kept until the platform has it, so that it outlives the process and the power. Default: the user's
   * data directory. `false` keeps it in memory: a run then needs the platform at its start, and what is undelivered goes with the
   * process.
   */
  readonly spool?: SpoolOptions | false | undefined;
  /** Whether to measure the platform's clock and send times in it. Default true. */
  readonly referenceClock?: boolean;
}

/**
 * Connects to an ingest platform; close it when you are done.
 *
 * Sessions are kept on disk until they are delivered and ended. What earlier processes left there for the same platform and
 * organisation is taken over and delivered, too: its events are on `platform.events$`. Without any, nothing is sent before a
 * session opens.
 *
 * @throws InputError for a blank key, an endpoint that is not http(s), a number out of range, or a folder that cannot be a spool.
 *
 * @example
 * ```ts no-run
 * import { connect, fromImages, paceAt, rheedSink, toGray8 } from 'epistream';
 *
 * const platform = connect(); // AS_API_KEY, AS_API_ENDPOINT
 * await fromImages('run42/*.png')
 *   .pipe(toGray8({ bits: 12 }), paceAt(24), rheedSink(platform, { fps: 24, rotationsPerMin: 15, chunkSize: 48 }))
 *   .forEach((event) => console.log(event.type));
 * await platform.close();
 * ```
 */
export const connect = (options: ConnectOptions = {}): Platform => connectTo(options);

/**
 * Connects to deliver one session of the spool again, and no other.
 *
 * @internal
 */
export const connectToSendAgain = (options: ConnectOptions, sendAgain: SendAgain): Platform =>
  connectTo(options, sendAgain);

const OPTION_NAMES: readonly (keyof ConnectOptions)[] = [
  'apiKey',
  'endpoint',
  'budget',
  'retry',
  'inFlight',
  'openTimeoutMs',
  'zstdLevel',
  'timeouts',
  'spool',
  'referenceClock',
  'verbosity',
  'logger',
];

/**
 * Throws an `InputError` for an option that there is none of.
 *
 * @internal
 */
export const checkConnectOptions = (options: ConnectOptions): void =>
  checkOptionNames('connect', options, OPTION_NAMES);

const connectTo = (options: ConnectOptions, sendAgain?: SendAgain): Platform => {
  checkConnectOptions(options);
  const { apiKey = process.env.AS_API_KEY ?? '', endpoint = process.env.AS_API_ENDPOINT || DEFAULT_ENDPOINT } = options;
  const {
    budget = Budget.shared,
    retry,
    inFlight = 4,
    openTimeoutMs = 60_000,
    zstdLevel,
    referenceClock = true,
    timeouts = {},
    spool = {},
  } = options;
  requireAbove0('inFlight', inFlight);
  requireWait('openTimeoutMs', openTimeoutMs);
  requireWait('retry.baseMs', retry?.baseMs);
  requireWait('retry.capMs', retry?.capMs);
  for (const [name, ms] of Object.entries(timeouts)) requireWait(`timeouts.${name}`, ms);
  const log = logOf(options);
  const ingest = httpIngest({ apiKey, endpoint, referenceClock, timeouts, clock: hostClock, onWarning: log.warn });
  return platformOf({
    ingest,
    journals:
      spool === false
        ? memoryJournals(hostClock)
        : spoolOf(spool, { endpoint, apiKey, sendAgain, onWarning: log.warn }),
    encoder: workerShardEncoder(zstdLevel === undefined ? {} : { level: zstdLevel }),
    clock: hostClock,
    budget,
    retry: { ...retry, maxRetries: Number.POSITIVE_INFINITY },
    inFlight,
    openTimeoutMs,
    log,
  });
};

interface SpoolOwner {
  readonly endpoint: string;
  readonly apiKey: ApiKey;
  readonly sendAgain: SendAgain | undefined;
  readonly onWarning: (message: string) => void;
}

const spoolOf = (spool: SpoolOptions, { endpoint, apiKey, sendAgain, onWarning }: SpoolOwner): Journals => {
  if (typeof spool !== 'object' || spool === null)
    throw new InputError('spool', spool, 'must be false, or an object that says where and how');
  const { dir = defaultSpoolRoot(), maxBytes = Number.POSITIVE_INFINITY, minFreeBytes = GIBIBYTE } = spool;
  const { durability = 'power-loss' } = spool;
  requireBytes('spool.maxBytes', maxBytes, 1);
  requireBytes('spool.minFreeBytes', minFreeBytes, 0);
  if (durability !== 'power-loss' && durability !== 'crash')
    throw new InputError('spool.durability', durability, "must be 'power-loss' or 'crash'");
  const normal = checkEndpoint(endpoint);
  return diskJournals({
    root: checkSpoolRoot(dir),
    disk: nodeDisk({ sync: durability === 'power-loss' }),
    lock: lockDirectory,
    clock: hostClock,
    maxBytes,
    minFreeBytes,
    onWarning,
    ownerOf: (session) => ({
      endpoint: normal,
      ...(typeof apiKey === 'string' ? { keyPrint: keyPrintOf(apiKey, session) } : {}),
    }),
    ...(sendAgain === undefined ? {} : { sendAgain }),
  });
};

const requireBytes = (field: string, bytes: number, least: number): void => {
  if (!(typeof bytes === 'number' && bytes >= least))
    throw new InputError(field, bytes, `must be a number of bytes, ${least} or more`);
};

const requireAbove0 = (field: string, value: number): void => {
  if (!(Number.isInteger(value) && value > 0)) throw new InputError(field, value, 'must be a whole number above 0');
};

const requireWait = (field: string, ms: number | undefined): void => {
  if (ms !== undefined && !(typeof ms === 'number' && ms > 0 && ms <= LONGEST_WAIT_MS))
    throw new InputError(field, ms, `must be a number of ms above 0, at most ${LONGEST_WAIT_MS}`);
};
