/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

// `?a=b&c=d`, with or without the rest of its URL: the signature of a presigned one stands there.
const QUERY = /\?[^\s"'<>?]*=[^\s"'<>]*/g;

/** Hides the given secrets, and the query of every URL. */
export const redactor = (secrets: readonly string[] = []): Redact => {
  const known = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    // Longest first: a secret may hold another, and must not be left in pieces.
    .sort((one, other) => other.length - one.length);
  return (text) => known.reduce((seen, secret) => seen.replaceAll(secret, '…'), text).replace(QUERY, '?…');
};

/** What signs a presigned URL: its query, and each value in it that is long enough to be a secret, as it stands there and decoded. */
export const secretsOf = ({ search, searchParams }: URL): string[] => [
  search.slice(1),
  ...[
    ...search
      .slice(1)
      .split('&')
      .map((pair) => pair.replace(/^[^=]*=/, '')),
    ...searchParams.values(),
  ].filter((value) => value.length >= 8),
];

/** A short error with the same name, message and code, and nothing else: sockets, response bytes and requests stay behind. */
export const redactedCause = (cause: unknown, redact: Redact): Error => {
  const { name, code } = Object(cause) as { name?: unknown; code?: unknown };
  const clone = new Error(redact(messageOf(cause)));
  clone.name = typeof name === 'string' ? redact(name) : 'Error';
  // The stack would begin with this function, which says nothing about the cause.
  clone.stack = `${clone.name}: ${clone.message}`;
  return typeof code === 'string' ? Object.assign(clone, { code }) : clone;
};

/** What an error says; one that stands for several (a host with several addresses) says what its first one does. */
export const messageOf = (error: unknown): string => {
  const { message, errors, code } = Object(error) as { message?: string; errors?: unknown[]; code?: string };
  if (message) return message;
  return errors?.length ? messageOf(errors[0]) : (code ?? String(error));
};
