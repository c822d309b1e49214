/** How a peer's process begins and ends. */
import type { Server } from 'node:http';

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

/** Resolves when a server has closed all its connections. */
export function ended(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
