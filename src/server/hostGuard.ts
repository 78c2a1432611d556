import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { Refusal } from './refusal.js';

/** A host as a URL spells it: lower case, IPv6 in brackets. */
export const urlHost = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host).toLowerCase();

/** Whether a bind to `host` can only be reached from this computer. */
export const isLoopback = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Asked at every request: a computer's addresses change while the platform runs. */
const namesOf = (host: string): readonly string[] => {
  const loopback = ['localhost', '127.0.0.1', '::1', host];
  if (isLoopback(host)) return loopback.map(urlHost);
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
  return [...loopback, hostname(), `${hostname()}.local`, ...addresses].map(urlHost);
};

/**
 * Answers 403 to requests that were meant for another host, or that a page of another origin sends.
 *
 * A web page whose name an attacker points at 127.0.0.1 (DNS rebinding) is as local as the user, and only its Host header tells.
 */
export const hostGuard = (app: FastifyInstance, host: string, port: () => number): void => {
  app.addHook('onRequest', async ({ headers }) => {
    const given = (headers.host ?? '').toLowerCase();
    // Clients leave port 80 out.
    const named = /:\d+$/.test(given) ? given : `${given}:80`;
    if (!namesOf(host).some((name) => named === `${name}:${port()}`))
      throw new Refusal(403, 'the Host header names another host');
    if (headers.origin !== undefined && headers.origin.toLowerCase() !== `http://${given}`)
      throw new Refusal(403, 'a page of another origin may not call this platform');
  });
};
