import { lastValueFrom } from 'rxjs';
import { Agent } from 'undici';
import { hostClock } from '../../flow/hostClock.js';
import { checkApiKey } from '../../ingest/apiKey.js';
import { addSample, type ClockEstimate, clockSample, type Moment, readingOf } from '../../ingest/clockEstimate.js';
import { TimeReply } from '../../ingest/codecs.js';
import { checkEndpoint, isExposed } from '../../ingest/endpoint.js';
import { Anything, type HttpCall, httpCall } from '../../ingest/httpCall.js';
import { routes } from '../../ingest/routes.js';
import type { IngestError } from '../../model/errors.js';
import { ANY_KEY } from '../platformSettings.js';
import { type Finding, unwell, well } from './finding.js';
import { plainConnection } from './plainConnection.js';

/** Longer than this a platform that is there does not take, ms. */
const PATIENCE_MS = 10_000;
const SAMPLES = 4;
/** A clock that is further off belongs set: files, logs and other instruments have its time too. */
const FAR_OFF_MS = 10_000;
const GIVE_KEY = 'put your API key into AS_API_KEY (or give it with --key)';

/** Whether the platform is there, what its clock says, and whether it takes the key: by two calls that change nothing. */
export const checkPlatform = async (platform: {
  readonly endpoint: string;
  readonly apiKey: string;
}): Promise<readonly Finding[]> => {
  const dispatcher = new Agent({ connect: { timeout: PATIENCE_MS } });
  try {
    const endpoint = checkEndpoint(platform.endpoint);
    const timeouts = { connectMs: PATIENCE_MS, replyMs: PATIENCE_MS, stallMs: PATIENCE_MS };
    const call = httpCall({ endpoint, apiKey: platform.apiKey, dispatcher, timeouts });
    const clock = await readClock(call);
    const reached = endpointFinding(endpoint, clock);
    return [reached, await checkKey(call, platform.apiKey, clock), clockFinding(clock)];
  } catch (error) {
    return [unwell('endpoint', (error as Error).message, 'give it as https://host with --endpoint or AS_API_ENDPOINT')];
  } finally {
    await dispatcher.destroy();
  }
};

type Clock = { readonly offsetMs: number; readonly uncertaintyMs: number } | { readonly error: IngestError };

const readClock = async (call: HttpCall): Promise<Clock> => {
  const now = (): Moment => ({ wallMs: hostClock.wallMs(), monotonicMs: hostClock.scheduler.now() });
  let estimate: ClockEstimate | undefined;
  try {
    for (let k = 0; k < SAMPLES; k += 1) {
      const sent = now();
      const reply = await lastValueFrom(
        call({ step: 'clock', method: 'GET', path: routes.clock, reply: TimeReply, isPublic: true }),
      );
      const sample = clockSample(sent, reply, now());
      if (sample !== undefined) estimate = addSample(estimate, sample);
    }
  } catch (error) {
    if (estimate === undefined) return { error: error as IngestError };
  }
  return estimate === undefined ? { offsetMs: Number.NaN, uncertaintyMs: Number.NaN } : readingOf(estimate, now());
};

const endpointFinding = (endpoint: string, clock: Clock): Finding => {
  const reached = reachedFinding(endpoint, clock);
  if (!isExposed(endpoint)) return reached;
  const { isWell, says, advice } = reached;
  return isWell
    ? unwell('endpoint', `${endpoint}: the key travels unencrypted`, 'use an https: address')
    : unwell('endpoint', `${says}; and the key would travel unencrypted`, `${advice}; then use an https: address`);
};

const reachedFinding = (endpoint: string, clock: Clock): Finding => {
  if (!('error' in clock) || clock.error.context.status === 404) return well('endpoint', `${endpoint} answers`);
  const { from, status } = clock.error.context;
  if (from === 'network') {
    const { says, advice } = plainConnection(clock.error);
    return unwell('endpoint', `${endpoint}: ${says}`, advice);
  }
  const isAway = status !== undefined && status >= 500;
  return unwell(
    'endpoint',
    `${endpoint}: ${clock.error.message}`,
    isAway ? 'try again later; meanwhile frames are kept on disk' : 'check --endpoint: this may be another server',
  );
};

const checkKey = async (call: HttpCall, apiKey: string, clock: Clock): Promise<Finding> => {
  if (apiKey === '') return unwell('key', 'there is none', GIVE_KEY);
  try {
    checkApiKey(apiKey);
  } catch {
    return unwell('key', 'it holds blanks, line ends or letters that no key has', 'copy it again, without quotes');
  }
  if ('error' in clock && clock.error.context.from === 'network')
    return unwell('key', 'not tried: the platform does not answer', 'mend that first');
  try {
    await lastValueFrom(call({ step: 'resolve', method: 'GET', path: routes.tags, reply: Anything }));
    return well('key', 'the platform takes it');
  } catch (error) {
    return refusedKey(error, apiKey);
  }
};

const refusedKey = (error: unknown, apiKey: string): Finding => {
  const { message, context } = error as IngestError;
  if (context.status === 401 && apiKey === ANY_KEY)
    return unwell('key', 'none was given, and the platform wants one (401)', GIVE_KEY);
  if (context.status === 401)
    return unwell('key', 'the platform does not know it (401)', 'make a new one, or check for which endpoint it is');
  if (context.status === 403)
    return unwell('key', 'the platform knows it and forbids its use (403)', 'ask for the right to stream');
  return unwell('key', `could not be tried: ${message}`, 'try again later');
};

const clockFinding = (clock: Clock): Finding => {
  if ('error' in clock)
    return clock.error.context.status === 404
      ? well('clock', "the platform has none to compare with: times are this computer's")
      : unwell('clock', 'not read: the platform does not answer', 'mend that first');
  const { offsetMs, uncertaintyMs } = clock;
  if (Number.isNaN(offsetMs))
    return unwell('clock', "this computer's clock was set while it was read", 'run the command again');
  const says = `the platform is ${offsetText(offsetMs)} ± ${uncertaintyMs.toFixed(1)} ms`;
  return Math.abs(offsetMs) <= FAR_OFF_MS
    ? well('clock', says)
    : unwell('clock', says, "set this computer's clock: what is streamed is corrected, its files and logs are not");
};

const offsetText = (ms: number): string =>
  `${Math.abs(ms) < 10_000 ? `${Math.abs(ms).toFixed(1)} ms` : `${Math.round(Math.abs(ms) / 1000)} s`} ${ms < 0 ? 'behind' : 'ahead of'} this computer`;
