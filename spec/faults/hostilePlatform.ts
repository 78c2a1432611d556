import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FaultPhase, phaseOf } from '../../src/testing/faultPhase.js';

/** A key and a signature that nothing else looks like, with every character that some writing of them changes. */
export const KEY = 'KEYCAN+a/b=KEYCAN%41~KEYCAN';
const SIGNED =
  'X-Amz-Credential=SIGCAN%2f20261120%2Feu&X-Amz-Security-Token=SIGCAN%2BSIGCAN%3D%3D&X-Amz-Signature=SIGCAN0123456789SIGCAN';

/** Where a text shows a part of a key or a signature. */
export const leaksIn = (text: string): string[] =>
  [...text.matchAll(/keycan|sigcan/gi)].map(({ index }) => text.slice(Math.max(0, index - 60), index + 40));

/** An answer that quotes all it has been told. */
export type Hostility = (quote: string, response: ServerResponse) => void;

const json =
  (status: number, body: (quote: string) => unknown, headers = {}): Hostility =>
  (quote, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body(quote)));
  };
const text =
  (status: number, body: (quote: string) => string): Hostility =>
  (quote, response) => {
    response.writeHead(status).end(body(quote));
  };
const xml = (quote: string) => `<?xml version="1.0"?><Error><Code>Denied</Code><Message>${quote}</Message></Error>`;

/** A refusal with the quote as its reason. */
export const refusal = (status: number): Hostility => json(status, (quote) => ({ detail: quote }));
/** A storage's. */
export const storageRefusal = (status: number): Hostility => text(status, xml);

/** Answers after which a call is made again, in whatever phase. */
export const passing: Readonly<Record<string, Hostility>> = {
  'a reason': refusal(503),
  'a list of reasons': json(500, (quote) => ({ detail: [{ loc: ['header', quote], msg: quote }] })),
  'a reason to wait': json(429, (quote) => ({ detail: quote }), { 'retry-after': '0' }),
  'a reason in XML': storageRefusal(503),
  'a web page': text(502, (quote) => `<html><title>${quote}</title></html>`),
  'a success of another shape': json(200, (quote) => ({ [quote]: quote, url: `ftp://${quote}` })),
  'a success that is no JSON': text(200, (quote) => `<p>${quote}`),
  'a success that is cut': (quote, response) => {
    response.writeHead(200, { 'content-length': 9999 }).write(`{"detail":"${quote}`, () => response.socket?.destroy());
  },
  'a redirect': (quote, response) => {
    const secret = encodeURIComponent(quote);
    response.writeHead(307, { location: `http://${secret}:${secret}@127.0.0.1:1/${secret}?${SIGNED}` }).end();
  },
  'a header that is none': (quote, response) => {
    response.socket?.end(`HTTP/1.1 200 OK\r\n${quote}\r\nx-key : ${quote}\r\n\r\n`);
  },
};

/** A platform that answers well, unless it is told to be hostile; it then quotes the key and the signatures it has seen. */
export const startHostilePlatform = async () => {
  const due = new Map<FaultPhase, Hostility[]>();
  const quoted: Partial<Record<FaultPhase, string>> = {};
  let key = '';
  let url = '';

  /** All writings of what this request was told, and of what was signed before. */
  const quoteFor = (phase: FaultPhase, { url: path = '' }: IncomingMessage): string => {
    const signed = `${url}/store/shard?${SIGNED}`;
    const values = SIGNED.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1));
    const ofStorage = [`${url}${path}`, path, ...values, ...values.map(decodeURIComponent)];
    const ofApi = [`key ${key}`, encodeURIComponent(key), `${url}/?key=${key}`];
    return (phase === 'put' ? ofStorage : [...ofApi, signed, signed.replace(url, '')]).join(' , ');
  };

  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const phase = phaseOf(method, path);
    key = `${headers['x-api-key'] ?? key}`;
    request.resume().on('end', () => {
      const hostility = due.get(phase)?.shift();
      if (hostility === undefined) return json(200, () => replyTo(phase, method, url))('', response);
      const quote = quoteFor(phase, request);
      quoted[phase] = quote;
      hostility(quote, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    /** What it has quoted last, by phase. */
    quoted,
    /** Lines up hostilities for the next requests of a phase. */
    answer: (phase: FaultPhase, ...hostilities: Hostility[]) => {
      due.set(phase, [...(due.get(phase) ?? []), ...hostilities]);
    },
    /** It is hostile no more. */
    calm: () => due.clear(),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export type HostilePlatform = Awaited<ReturnType<typeof startHostilePlatform>>;

const replyTo = (phase: FaultPhase, method: string, url: string): unknown => {
  const now = Date.now();
  const answers: Readonly<Partial<Record<FaultPhase, unknown>>> = {
    clock: { receivedAtUnixMs: now, transmittedAtUnixMs: now },
    resolve: method === 'GET' ? [] : { id: 'new-1' },
    create: 'data-1',
    presign: [{ url: `${url}/store/shard?${SIGNED}` }],
  };
  return answers[phase] ?? {};
};
