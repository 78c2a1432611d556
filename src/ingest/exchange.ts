import { type Dispatcher, request } from 'undici';

/** What came back: always a status; the text as far as it came. */
export interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly text: string;
  /** Why the text is not whole. */
  readonly cut?: unknown;
}

/** One request. */
export interface Outgoing {
  readonly method: Dispatcher.HttpMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Iterable<Uint8Array>;
  readonly signal: AbortSignal;
  readonly dispatcher: Dispatcher;
  /** The status line and the headers are here. */
  onHeaders?(): void;
}

/** Sends one request and reads its answer. Rejects when no answer came; redirects are answers. */
export const exchange = async ({ url, onHeaders, body, headers, ...options }: Outgoing): Promise<Answer> => {
  const {
    statusCode,
    headers: received,
    body: reply,
  } = await request(url, {
    ...options,
    headers: { ...headers },
    // undici's types name Readable; any iterable of bytes works, a generator with no copy and no read-ahead.
    body: (body ?? null) as string | null,
  });
  onHeaders?.();
  const answer = {
    status: statusCode,
    header: (name: string) => {
      const value = received[name];
      return Array.isArray(value) ? value[0] : value;
    },
  };
  try {
    return { ...answer, text: await reply.text() };
  } catch (cut) {
    return { ...answer, text: '', cut };
  }
};
