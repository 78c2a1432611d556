import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { routes } from '../ingest/routes.js';
import { storageRoute } from './presign.js';
import { Refusal } from './refusal.js';

/** Routes that carry no key: the clock is public, and a presigned URL is its own leave. */
const open: readonly (string | undefined)[] = [routes.clock, storageRoute];

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Answers 401 to every call without the key. Digests are compared, in constant time, so that neither content nor length leaks. */
export const keyGuard = (app: FastifyInstance, apiKey: string): void => {
  const wanted = digest(apiKey);
  app.addHook('onRequest', async (request) => {
    if (open.includes(request.routeOptions.url)) return;
    const given = request.headers['x-api-key'];
    if (typeof given !== 'string' || !timingSafeEqual(digest(given), wanted))
      throw new Refusal(401, 'the API key is missing or wrong');
  });
};
