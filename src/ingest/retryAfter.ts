const CAP_MS = 600_000;

const SECONDS = /^\d+(\.\d+)?$/;
// `Date.parse` takes "-5" and much other garbage for a date; an HTTP date begins with the day of the week.
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)/i;

/** The wait that a `Retry-After` header asks for, at most 10 minutes; `undefined` when there is none or it makes no sense. */
export const retryAfterMs = (header: string | undefined, nowMs: number): number | undefined => {
  const text = header?.trim() ?? '';
  const waitMs = SECONDS.test(text) ? Number(text) * 1000 : HTTP_DATE.test(text) ? dateMs(text) - nowMs : Number.NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), CAP_MS);
};

/** HTTP's dates are GMT; the oldest of its three formats (asctime) does not say so, and would be read as local time. */
const dateMs = (text: string): number => Date.parse(/GMT$/i.test(text) ? text : `${text} GMT`);
