/** A TCP proxy that hurts what passes through it, to stand between the gateway and a department. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** What the proxy does to connections, those that stand included. */
export type ProxyMode =
  | { readonly is: 'PASS' }
  /** Every chunk of bytes arrives `ms` later. */
  | { readonly is: 'SLOW'; readonly ms: number }
  /** So many bytes a second leave the server, in eight pieces a second. */
  | { readonly is: 'THROTTLE'; readonly bytesPerSecond: number }
  /** Bytes are swallowed without a word, as by a firewall that forgot: a connection that stood then never works again. */
  | { readonly is: 'HANG' }
  /** Nobody listens; what stood is reset. */
  | { readonly is: 'REFUSE' }
  /** Connections are taken and reset at once. */
  | { readonly is: 'RESET' }
  /** Reset after so many bytes of the server's, counted from when the mode was set or the connection made. */
  | { readonly is: 'RESET_AFTER'; readonly bytes: number }
  /** The server's bytes are replaced by as many random ones. */
  | { readonly is: 'GARBAGE' };

/** Where the server is. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/** One connection of a client, with its own to the server. */
class Link {
  #fromServer = 0;
  #swallowed = false;
  /** The chunks of each direction in order, whatever delays them. */
  #toServer: Promise<void> = Promise.resolve();
  #toClient: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly mode: () => ProxyMode,
  ) {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (chunk: Buffer) => this.#passed(from === server, chunk));
      // The other side is told by the close that follows.
      from.on('error', () => to.destroy());
      from.on('end', () => {
        if (!this.#swallowed) to.end();
      });
      from.on('close', () => {
        if (!this.#swallowed || from === client) to.destroy();
      });
    }
  }

  /** What a change of the mode does to a connection that stands. */
  modeChanged(): void {
    this.#fromServer = 0;
    const { is } = this.mode();
    if (is === 'HANG') this.#swallowed = true;
    if (is === 'REFUSE' || is === 'RESET') this.reset();
  }

  reset(): void {
    this.client.resetAndDestroy();
    this.server.destroy();
  }

  #passed(fromServer: boolean, chunk: Buffer): void {
    const mode = this.mode();
    if (this.#swallowed) return;
    if (fromServer && mode.is === 'RESET_AFTER') {
      this.#fromServer += chunk.length;
      if (this.#fromServer > mode.bytes) {
        const kept = chunk.subarray(0, Math.max(0, chunk.length - (this.#fromServer - mode.bytes)));
        this.client.write(kept, () => this.reset());
        return;
      }
    }
    const bytes = fromServer && mode.is === 'GARBAGE' ? randomBytes(chunk.length) : chunk;
    const due = mode.is === 'SLOW' ? performance.now() + mode.ms : 0;
    const send = async (): Promise<void> => {
      await until(due);
      if (fromServer && mode.is === 'THROTTLE') await this.#trickle(bytes, mode.bytesPerSecond);
      else this.#write(fromServer, bytes);
    };
    if (fromServer) this.#toClient = this.#toClient.then(send);
    else this.#toServer = this.#toServer.then(send);
  }

  async #trickle(bytes: Buffer, perSecond: number): Promise<void> {
    const piece = Math.max(1, Math.ceil(perSecond / 8));
    for (let from = 0; from < bytes.length && !this.client.destroyed; from += piece) {
      this.#write(true, bytes.subarray(from, from + piece));
      if (this.mode().is === 'THROTTLE') await until(performance.now() + 125);
    }
  }

  #write(toClient: boolean, bytes: Buffer): void {
    const to = toClient ? this.client : this.server;
    if (!this.#swallowed && to.writable) to.write(bytes);
  }
}

function until(due: number): Promise<void> | undefined {
  const left = due - performance.now();
  return left <= 0 ? undefined : new Promise((resolve) => setTimeout(resolve, left));
}

/** A proxy on a port of its own, which stays the same while it refuses. */
export class FaultProxy {
  #mode: ProxyMode = { is: 'PASS' };
  #server: Server | null = null;
  readonly #links = new Set<Link>();

  private constructor(
    private readonly target: ProxyTarget,
    private ownPort: number,
  ) {}

  /** Starts one in front of `target`, on a free port of the loopback interface. */
  static async start(target: ProxyTarget): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, 0);
    await proxy.#listen();
    return proxy;
  }

  /** Port on the loopback interface. */
  get port(): number {
    return this.ownPort;
  }

  /** Connections that stand. */
  get connections(): number {
    return this.#links.size;
  }

  /** Takes effect at once, also for connections that stand. */
  async set(mode: ProxyMode): Promise<void> {
    this.#mode = mode;
    for (const link of this.#links) link.modeChanged();
    if (mode.is === 'REFUSE') await this.#silence();
    else await this.#listen();
  }

  /** Ends it with all its connections. */
  async close(): Promise<void> {
    for (const link of this.#links) link.reset();
    await this.#silence();
  }

  async #listen(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((client) => this.#connected(client));
    server.listen(this.ownPort, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
    this.ownPort = address.port;
    this.#server = server;
  }

  async #silence(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    for (const link of this.#links) link.reset();
    await closed;
  }

  #connected(client: Socket): void {
    if (this.#mode.is === 'RESET') {
      client.resetAndDestroy();
      return;
    }
    const server = createConnection(this.target);
    const link = new Link(client, server, () => this.#mode);
    this.#links.add(link);
    if (this.#mode.is === 'HANG') link.modeChanged();
    client.on('close', () => this.#links.delete(link));
  }
}
