/** The server on a port of its own, over the city of sentinels, with real tokens. */
import { type IncomingHttpHeaders, request } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { createVerifier } from '../../src/authenticate/verifier.js';
import { buildServer } from '../../src/http/server.js';
import type { TransportLimits } from '../../src/http/transport-limits.js';
import { AUDIENCE, forge, ISSUER, ISSUER_KEYS } from '../authenticate/forge.js';
import {
  catalogue,
  type MemoryGateway,
  type MemoryGatewayOptions,
  NOW,
  openMemoryGateway,
} from '../support/memory-gateway.js';
import { identifierOf, SENTINEL_CITY } from '../surface/sentinel-city.js';

/** Matter of the school's grants and case. */
export const MATTER = 'school-enrolment-primary';

/** Largest body this server takes, bytes: the default of the configuration. */
export const BODY_BYTES = 262_144;

/** A token of an application. @param expiresIn seconds from now */
export function tokenOf(client: string, expiresIn = 600): string {
  return forge({ now: NOW, claims: { sub: client, client_id: client }, times: { exp: expiresIn } });
}

/** A server that listens, and the gateway behind it. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly run: MemoryGateway;
  readonly server: FastifyInstance;
  close(): Promise<void>;
}

/**
 * Starts it: `school` may see everything that can be shared and has the case C-1; `stranger` is
 * registered, has no grants, and has the case S-1.
 * @param options what is other than that
 * @param limits what is other than by default
 */
export async function startServer(
  options: Partial<MemoryGatewayOptions> = {},
  limits: Partial<TransportLimits> = {},
): Promise<RunningServer> {
  const fields = [...catalogue.fields.values()].filter((field) => field.sharing === 'CONDITIONAL');
  const subjects = [
    { role: 'child', kind: 'CITIZEN', id: identifierOf('Resident', 0) },
    { role: 'guardian', kind: 'CITIZEN', id: identifierOf('Resident', 1) },
  ];
  const file = { matter: MATTER, filedOn: '2026-07-01', subjects };
  const run = await openMemoryGateway({
    world: SENTINEL_CITY,
    grants: [{ coordinates: Object.fromEntries(fields.map(({ coordinate }) => [coordinate, 'FULL'])) }],
    cases: [
      { ...file, client: 'school', number: 'C-1' },
      { ...file, client: 'stranger', number: 'S-1' },
    ],
    verifier: createVerifier({
      issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { kind: 'LOCAL', keys: ISSUER_KEYS } }],
      revoked: () => false,
      now: () => NOW,
    }),
    ...options,
  });
  const server = buildServer(run.gateway, { bodyBytes: BODY_BYTES, ...limits });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    port: Number(new URL(url).port),
    run,
    server,
    async close() {
      await server.close();
      await run.close();
    },
  };
}

/** What is sent; the length of the body is added. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** What came back. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends one request on a connection of its own. Rejects where the connection ends without an answer. */
export function send(port: number, { method, path, headers, body }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const framed = body === null || 'transfer-encoding' in headers ? {} : { 'content-length': String(body.length) };
    const options = { host: '127.0.0.1', port, method, path, headers: { ...framed, ...headers }, agent: false };
    const outgoing = request(options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        // A server that refuses a body early need not read the rest of it.
        outgoing.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body ?? undefined);
  });
}
