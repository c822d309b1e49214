/** A receiver of webhooks on the loopback interface, written from the published rule of Standard Webhooks. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whether one of the signatures is this secret's over `id.timestamp.body`. */
export function signatureHolds(headers: Readonly<Record<string, unknown>>, body: string, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  const expected = createHmac('sha256', key).update(signed).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}

/** How the receiver answers. */
export type Manner = 'TAKES' | 'FAILS' | 'HANGS' | 'REDIRECTS' | 'TAKES_AND_BREAKS_OFF';

/** One message that came. */
export interface Received {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly manner: Manner;
}

/** A receiver. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  manner: Manner;
  /** Listens again on the same port. */
  up(): Promise<void>;
  /** Refuses connections. */
  down(): Promise<void>;
}

/** Starts a receiver on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { manner } = receiver;
      const { headers } = request;
      received.push({ id: String(headers['webhook-id']), headers, body: Buffer.concat(parts).toString(), manner });
      if (manner === 'TAKES') response.writeHead(204).end();
      if (manner === 'FAILS') response.writeHead(500).end('no');
      if (manner === 'REDIRECTS') response.writeHead(307, { location: '/elsewhere' }).end();
      if (manner === 'TAKES_AND_BREAKS_OFF') response.destroy();
    });
  });
  let port = 0;
  const up = () =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  await up();
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/alarms`,
    received,
    manner: 'TAKES',
    up,
    down: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
  return receiver;
}
