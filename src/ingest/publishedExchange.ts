import { channel } from 'node:diagnostics_channel';
import type { HttpAttempt } from '../model/httpAttempt.js';
import { type Answer, exchange, type Outgoing } from './exchange.js';

type About = Pick<HttpAttempt, 'step' | 'method' | 'route' | 'requestBytes'>;

const attempts = channel('epistream:request');

/** An exchange that is told of on `epistream:request` once it is over: by its route, never by its URL. */
export const publishedExchange = async (
  { step, method, route, requestBytes }: About,
  outgoing: Omit<Outgoing, 'method'>,
): Promise<Answer> => {
  const begunMs = performance.now();
  const publish = (end: Pick<HttpAttempt, 'status' | 'error' | 'replyBytes'>): void => {
    if (!attempts.hasSubscribers) return;
    const ms = performance.now() - begunMs;
    attempts.publish({ step, method, route, ...end, ms, requestBytes } satisfies HttpAttempt);
  };
  try {
    const answer = await exchange({ ...outgoing, method });
    const { status, text, cut } = answer;
    publish({ status, ...(cut === undefined ? {} : { error: codeOf(cut) }), replyBytes: Buffer.byteLength(text) });
    return answer;
  } catch (failure) {
    publish({ error: codeOf(failure), replyBytes: 0 });
    throw failure;
  }
};

/** Of a failure the part that never quotes what was sent. */
const codeOf = (failure: unknown): string => {
  const { code, name } = Object(failure) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'Error';
};
