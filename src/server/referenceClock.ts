import type { FastifyInstance } from 'fastify';
import type { TimeReply } from '../ingest/codecs.js';
import { routes } from '../ingest/routes.js';

/** `GET /gateway/time`: this computer's clock is the reference, and tells when it was asked and when it answered. */
export const referenceClock = (app: FastifyInstance): void => {
  const receivedAt = new WeakMap<object, number>();
  app.get(
    routes.clock,
    { onRequest: async (request) => void receivedAt.set(request, Date.now()) },
    async (request, reply): Promise<TimeReply> => {
      reply.header('cache-control', 'no-store');
      const transmittedAtUnixMs = Date.now();
      return { receivedAtUnixMs: receivedAt.get(request) ?? transmittedAtUnixMs, transmittedAtUnixMs };
    },
  );
};
