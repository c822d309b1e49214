/** How a peer's process begins and ends. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Nothing beside the endpoint, for Yoga and what is built on it. */
export const BARE = { logging: 'error', graphiql: false, landingPage: false, cors: false } as const;

/** Says the address on the first line of standard output, and ends at SIGTERM. @param close releases what is held */
export function announce(url: string, close: () => Promise<void>): void {
  process.stdout.write(`${JSON.stringify({ url })}\n`);
  process.once('SIGTERM', () => {
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
}

/** Answers a request of node:http; what it yields resolves when it has answered. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Serves on a free port of 127.0.0.1 until SIGTERM, and says the address. @param close releases what is held */
export function serve(listener: Listener, close: () => Promise<void>): void {
  const server = createServer((request, response) => {
    Promise.resolve(listener(request, response)).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      response.destroy();
    });
  });
  const ended = () =>
    new Promise<void>((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections();
    });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    announce(`http://127.0.0.1:${port}`, async () => {
      await ended();
      await close();
    });
  });
}
