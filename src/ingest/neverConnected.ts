interface Reason {
  readonly code?: string;
  readonly syscall?: string;
  readonly errors?: readonly unknown[];
}

/** Whether a request failed before there was a connection to send it on. In doubt it did not: it may have taken effect. */
export const neverConnected = (cause: unknown): boolean => {
  const { code = '', syscall = '', errors = [] } = Object(cause) as Reason;
  if (errors.length > 0) return errors.every(neverConnected);
  // Name not found; refused or unreachable; too slow; a certificate that is not trusted; no TLS, or another version of it.
  return (
    /^(getaddrinfo|connect)$/.test(syscall) ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    /CERT|SIGNATURE|^ERR_SSL_.*(VERSION|PROTOCOL|HANDSHAKE)/.test(code)
  );
};
