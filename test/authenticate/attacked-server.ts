/** A server on a port of its own that keeps what it recorded and logged, and a client that can send anything. */
import { type IncomingMessage, request } from 'node:http';
import { request as requestTls } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import type { JWK } from 'jose';
import type { VerifierOptions } from '../../src/authenticate/options.js';
import { createVerifier } from '../../src/authenticate/verifier.js';
import { buildServer, type ServerOptions } from '../../src/http/server.js';
import { openLog } from '../../src/log.js';
import { type MemoryGateway, NOW, openMemoryGateway } from '../support/memory-gateway.js';
import { AUDIENCE, ISSUER, ISSUER_KEYS, SECOND_ISSUER } from './forge.js';

/** Where clients see it. */
export const GRAPHQL_URL = 'https://gateway.nanping.example/graphql';

/** A query that any registered application may ask. */
export const ANY_QUERY = JSON.stringify({ query: '{ __typename }' });

/** What came back. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** Headers as they are sent: a list is several of one name. */
export type SentHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The server with what it left behind. */
export interface AttackedServer {
  readonly port: number;
  readonly entries: MemoryGateway['entries'];
  /** Lines of the log. */
  readonly logged: readonly string[];
  send(headers: SentHeaders, body?: string, query?: string, tls?: ClientTls): Promise<Received>;
  close(): Promise<void>;
}

/** How a client speaks TLS; null: not at all. */
export type ClientTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'maxVersion' | 'session'> | null;

/** Sends one request on a connection of its own. */
export function sendTo(
  port: number,
  headers: SentHeaders,
  body: string,
  query = '',
  tls: ClientTls = null,
): Promise<Received> {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).flatMap((each) => [name, each]),
  );
  const length = ['content-length', String(Buffer.byteLength(body))];
  const all = [...lines, ...length, 'host', 'gateway.nanping.example', 'connection', 'close'];
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method: 'POST', path: `/graphql${query}`, agent: false, headers: all };
    const received = (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() }),
      );
    };
    const outgoing = tls === null ? request(options, received) : requestTls({ ...options, ...tls }, received);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Starts it: `school-enrolment` is registered and `withdrawn` was made inactive. */
export async function startAttackedServer(
  options: Partial<VerifierOptions> & { readonly keys?: readonly JWK[]; readonly recordBroken?: boolean } = {},
  listener: Partial<ServerOptions> = {},
): Promise<AttackedServer> {
  const { keys = ISSUER_KEYS, recordBroken = false, ...given } = options;
  const clients = ['school-enrolment', 'benefits-office', 'withdrawn'];
  // Every attack has an entry of its own here; what a flood of them leaves: test/admit.
  const admission = { failures: { perAddress: 1_000_000, inAll: 1_000_000, perApplication: 1_000_000 } };
  const run = await openMemoryGateway({ grants: [], clients, recordBroken, admission });
  await run.gateway.store.putPolicy([{ id: 'withdrawn', nameZh: 'withdrawn', nameEn: 'withdrawn', active: false }], []);
  const policy = await run.gateway.store.readPolicy();
  const logged: string[] = [];
  const verifier = createVerifier({
    issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { kind: 'LOCAL', keys } }, SECOND_ISSUER],
    revoked: (clientId) => policy.clients.get(clientId)?.active !== true,
    now: () => NOW,
    proofs: { url: GRAPHQL_URL },
    ...given,
  });
  const log = openLog('debug', { write: (line) => logged.push(line) });
  const server = buildServer({ ...run.gateway, verifier, log }, { bodyBytes: 262_144, ...listener });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  const { port } = address;
  return {
    port,
    entries: run.entries,
    logged,
    send: (headers, body = ANY_QUERY, query = '', tls = null) =>
      sendTo(port, { 'content-type': 'application/json', ...headers }, body, query, tls),
    async close() {
      await server.close();
      await run.close();
    },
  };
}
