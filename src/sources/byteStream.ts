/** A byte stream as Node has it: a socket, a serial port, stdin, what another process writes. */
export interface ByteStream {
  readonly destroyed: boolean;
  readonly readableEnded: boolean;
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
  destroy(error?: Error): unknown;
}
