import { InputError, LogError, SessionFailedError } from '../model/errors.js';

/** What the command line calls the fields that an error names. */
const flags: Readonly<Record<string, string>> = {
  input: 'INPUT',
  fps: '--fps',
  chunkSize: '--chunk',
  rotationsPerMin: '--rpm',
  streamName: '--name',
  physicalSample: '--sample',
  projectId: '--project',
  tags: '--tag',
  azimuth: '--azimuth',
  window: '--window',
  bits: '--bits',
  from: '--from',
  startMs: '--start',
  name: '--run',
  operator: '--operator',
  text: 'TEXT',
  log: '--log',
  format: '--format',
  channel: '--channel',
  dateOrder: '--date-order',
  timeZone: '--tz',
  start: '--elapsed-since',
  time: '--time-column',
  delimiter: '--delimiter',
  preamble: '--preamble',
  sentinels: '--sentinel',
  pointsPerChunk: '--points-per-chunk',
  flushAfterMs: '--flush-after',
  ms: '--stale-after',
  flatAfterMs: '--flat-after',
  endpoint: '--endpoint (or AS_API_ENDPOINT)',
  apiKey: '--key (or AS_API_KEY)',
  port: '--port',
  host: '--host',
  dataDir: '--data',
  'spool.dir': '--spool (or EPISTREAM_SPOOL_DIR)',
  out: '--out',
};

/** An error as one sentence for a person, without a stack, in the words of the command line. */
export const plainError = (error: unknown, isKeyless = false): string => {
  const message = error instanceof InputError ? inFlags(error) : error instanceof Error ? error.message : String(error);
  const advice = isUnknownKey(error)
    ? `: ${isKeyless ? 'no key was given: give one' : 'give the right one'} ${KEY}`
    : isBesideTable(error)
      ? ' (--preamble?)'
      : '';
  return `error: ${(message + advice).replaceAll(/\s+/g, ' ')}`;
};

/** What was taken for the header has fewer cells than a row: it may be a line before it. */
const isBesideTable = (error: unknown): boolean => {
  const reason = error instanceof LogError ? error.context.reason : '';
  const [, cells, header] = /^it has (\d+) cells, and the header (\d+)$/.exec(reason) ?? [];
  return Number(cells) > Number(header);
};

const KEY = 'with --key or AS_API_KEY; epistream doctor checks it';

const isUnknownKey = (error: unknown): boolean =>
  error instanceof SessionFailedError && error.context.problem.status === 401;

const inFlags = ({ message, context: { field, value } }: InputError): string => {
  const said = flags[field] === undefined ? message : `${flags[field]}${message.slice(field.length)}`;
  const written = said.replace('[lo, hi]', 'LO:HI');
  return value === undefined ? written.replace(/, and is undefined$/, '') : written;
};
