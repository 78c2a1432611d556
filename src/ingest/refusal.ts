import * as E from 'fp-ts/lib/Either.js';
import type { IngestStep } from '../model/errors.js';
import { ErrorReply } from './codecs.js';
import type { Answer } from './exchange.js';
import type { Failure } from './failure.js';
import type { Redact } from './redact.js';
import { retryAfterMs } from './retryAfter.js';

const LONGEST = 300;

/** The failure that an answer other than 2xx stands for. */
export const refusal = (
  answer: Answer,
  step: IngestStep,
  from: 'api' | 'storage',
  url: string,
  redact: Redact,
): Failure => {
  const { status } = answer;
  const who = from === 'api' ? 'the platform' : 'the storage';
  if (from === 'api' && status >= 300 && status < 400) return { step, from: 'reply', status, what: moved(answer, url) };
  const detail = redact(detailOf(answer.text)); // before it is cut: half of a secret is not recognised
  const date = Date.parse(answer.header('date') ?? '');
  return {
    step,
    from,
    status,
    what: `${who} answered ${status}${detail === '' ? '' : `: ${shorten(detail)}`}`,
    // A date means the sender's clock, so it is read against the sender's.
    retryAfterMs: retryAfterMs(answer.header('retry-after'), Number.isNaN(date) ? Date.now() : date),
  };
};

const moved = ({ status, header }: Answer, url: string): string => {
  const location = header('location');
  const advice =
    location !== undefined && URL.canParse(location, url)
      ? `set the endpoint to ${new URL(location, url).origin}`
      : 'check the endpoint';
  return `answered ${status}, a redirect, which is never followed with a key: ${advice}`;
};

/** FastAPI's `detail` or an S3 error's code and message; nothing of any other page. */
const detailOf = (text: string): string => {
  const decoded = ErrorReply.decode(E.getOrElse((): unknown => undefined)(E.tryCatch(() => JSON.parse(text), String)));
  if (E.isLeft(decoded)) return xmlDetail(text);
  const { detail } = decoded.right;
  if (typeof detail === 'string') return detail;
  return detail.map(({ loc, msg }) => (loc === undefined ? msg : `${loc.join('.')}: ${msg}`)).join('; ');
};

const xmlDetail = (text: string): string =>
  ['Code', 'Message']
    .map((tag) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(text)?.[1])
    .filter((part) => part !== undefined)
    .join(': ');

const shorten = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
};
