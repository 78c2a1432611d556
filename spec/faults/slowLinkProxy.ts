import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A link that many connections share, between a client and a platform. */
export interface SlowLink {
  /** What to give a client as its endpoint. */
  readonly url: string;
  /** Lets a connection go dead when so many bytes more have gone up in all: it stays open, and nothing moves on it any more. */
  deadAfter(bytes: number): void;
  /** Connections that have gone dead. */
  readonly dead: number;
  close(): Promise<void>;
}

const PACKET = 1400;
const LATE_MS = 100;

/** Starts a link of so many bits a second, each way, to a platform. */
export const startSlowLink = async (target: string, bitsPerSecond: number): Promise<SlowLink> => {
  const { hostname, port } = new URL(target);
  const up = new Wire(bitsPerSecond);
  const down = new Wire(bitsPerSecond);
  const sockets = new Set<Socket>();
  const known = (socket: Socket): Socket => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy()));
    return socket;
  };
  const server = createServer((socket) => {
    const client = known(socket);
    const platform = known(connect(Number(port), hostname));
    void carry(client, platform, up);
    void carry(platform, client, down);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deadAfter: (bytes) => {
      up.deadIn = bytes;
    },
    get dead() {
      return up.dead;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** One direction of the link: packets wait their turn on it. */
class Wire {
  deadIn = Number.POSITIVE_INFINITY;
  dead = 0;
  #freeAt = 0;

  constructor(private readonly bitsPerSecond: number) {}

  /** Resolves when a packet has gone over; whether its connection lives on. */
  async take(bytes: number): Promise<boolean> {
    // What a busy computer's late timers did not use is made up for.
    this.#freeAt = Math.max(this.#freeAt, performance.now() - LATE_MS) + (8000 * bytes) / this.bitsPerSecond;
    await wait(this.#freeAt - performance.now());
    this.deadIn -= bytes;
    if (this.deadIn > 0) return true;
    this.deadIn = Number.POSITIVE_INFINITY;
    this.dead++;
    return false;
  }
}

/** Carries a connection packet by packet, so that all of them have their share; no more is taken in than has gone out. */
const carry = async (from: Socket, to: Socket, wire: Wire): Promise<void> => {
  let isOver = false;
  let wake = (): void => {};
  const over = () => {
    isOver = true;
    wake();
  };
  from.on('readable', () => wake()).on('end', over);
  from.on('close', () => {
    over();
    to.destroy();
  });
  while (!isOver || from.readableLength > 0) {
    const packet: Buffer | null = from.read(Math.min(PACKET, Math.max(1, from.readableLength)));
    if (packet === null)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    else if (!(await wire.take(packet.byteLength))) return;
    else to.write(packet);
  }
  to.end();
};
