/** The floors' HTTP endpoint on plain node:http: POST to a route's path, with JSON. */
import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answered } from './enrolment.js';
import type { Place, ReceiptSigner, Verdict } from './receipt.js';
import type { TokenCheck } from './token.js';

/** What a request is recorded as. */
export interface Entry {
  readonly time: string;
  readonly client: string;
  readonly matter: string;
  readonly caseNumber: string;
  /** Keyed hashes of the citizen IDs. */
  readonly subjects: readonly string[];
  /** What was disclosed: a version of the endpoint's field list. */
  readonly fields: string;
  /** Digest of the receipt, where one leaves. */
  readonly receipt?: string;
}

/** The duties of an endpoint. */
export interface Duties {
  readonly check: TokenCheck;
  /** Resolves when the entry is durable, to its place; null where a receipt could not name it. */
  readonly record: (entry: Entry) => Promise<Place | null>;
  /** Null where no route gives a verdict. */
  readonly receipts: ReceiptSigner | null;
}

/** What is asked of a route. */
export interface Asked {
  /** Client of the token; `nobody` without duties. */
  readonly client: string;
  readonly caseNumber: string;
  /** The body, parsed. */
  readonly body: unknown;
}

/** One path. */
export interface Route {
  /** What it discloses, for the record. */
  readonly fields: string;
  /** Yields null where the client may not ask it. */
  readonly answer: (asked: Asked) => Promise<Answered | null> | Answered | null;
}

/** The child that a body names: `{"child": "…"}`. */
export function childIn(body: unknown): string {
  return (body as { readonly child: string }).child;
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let first: Buffer | null = null;
    let more: Buffer[] | null = null;
    request.on('data', (chunk: Buffer) => {
      if (first === null) first = chunk;
      else if (more === null) more = [first, chunk];
      else more.push(chunk);
    });
    request.on('end', () => resolve(more === null ? (first ?? '').toString() : Buffer.concat(more).toString()));
    request.on('error', reject);
  });
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

/**
 * Serves until SIGTERM, and says its address on standard output.
 * @param routes by path
 * @param duties null: neither token nor record
 * @param close releases what the floor holds
 */
export function serve(routes: ReadonlyMap<string, Route>, duties: Duties | null, close: () => Promise<void>): void {
  const key = randomBytes(32);
  const pseudonym = (id: string) => createHmac('sha256', key).update(id).digest('base64url');

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = request.method === 'POST' ? routes.get(request.url ?? '') : undefined;
    if (route === undefined) return send(response, 404, '{"error":"no such path"}');
    const { headers } = request;
    const checked = duties === null ? 'nobody' : duties.check(headers.authorization);
    const [body, client] = await Promise.all([bodyOf(request), checked]);
    if (client === null) return send(response, 401, '{"error":"the token does not hold"}');
    const caseNumber = String(headers['mianzheng-case']);
    const answered = await route.answer({ client, caseNumber, body: JSON.parse(body) });
    if (answered === null) return send(response, 403, '{"error":"not for this client"}');
    const { data, subjects, facts } = answered;
    if (duties === null) return send(response, 200, JSON.stringify({ data }));
    const names = subjects.map(pseudonym);
    const matter = String(headers['mianzheng-matter']);
    const entry = { time: new Date().toISOString(), client, matter, caseNumber, subjects: names, fields: route.fields };
    if (facts === undefined || duties.receipts === null) {
      const text = JSON.stringify({ data });
      await duties.record(entry);
      return send(response, 200, text);
    }
    const verdict = data.verify as Verdict;
    const issued = duties.receipts.issue({ client, matter, caseNumber, verdict, subjects: names, facts });
    const place = await duties.record({ ...entry, receipt: issued.digest });
    if (place === null) throw new TypeError('a receipt needs a place in the record');
    const receipt = duties.receipts.sign(issued, place);
    send(response, 200, JSON.stringify({ data: { verify: { ...verdict, receipt } } }));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      if (!response.headersSent) send(response, 500, '{"error":"failed"}');
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
  });
  process.once('SIGTERM', () => {
    server.close(() => {
      close().catch((error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exitCode = 1;
      });
    });
    server.closeAllConnections();
  });
}
