/**
 * A provincial vaccination API for the demonstration and tests, over a database with the
 * department's tables: see `api.ts` for what it speaks. It listens on the loopback address only.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import createFastify, { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { compareText } from '../../src/domain/calendar.js';
import { MAX_ROWS_PER_KEY } from '../contract.js';
import { type Column, rawName } from '../definition.js';
import { type Database, orAborted } from '../transports/database.js';
import { compileSelection, padded } from '../transports/statement.js';
import { TOKEN_HEADER } from './api.js';
import { vaccinationRecord } from './queries.js';

/**
 * How it misbehaves: `HANG` never answers, `RESET` breaks the connection, `GARBAGE` is no JSON, `WRONG_TYPES` is JSON of
 * another form, `TRUNCATED` ends within its JSON, `HUGE` is a body of 8 MiB, `WRONG_TOTALS` promises rows that no page
 * has, `NO_ROWS` has a page without rows and a total of some.
 */
export type SimulatorFault =
  | 'NONE'
  | 'HANG'
  | 'ERROR_500'
  | 'GARBAGE'
  | 'RESET'
  | 'WRONG_TYPES'
  | 'TRUNCATED'
  | 'HUGE'
  | 'WRONG_TOTALS'
  | 'NO_ROWS';

/** What can be changed while it runs. */
export interface SimulatorKnobs {
  /** Token demanded. */
  token: string;
  /** Rows on a page at most, whatever is asked for. */
  pageSize: number;
  /** Requests answered in one second; more get 429 and `Retry-After: 1`. Null: no limit. */
  ratePerSecond: number | null;
  /** Delay before each answer, milliseconds. */
  latencyMs: number;
  fault: SimulatorFault;
}

/** What it is started with. */
export interface SimulatorOptions extends Partial<SimulatorKnobs> {
  /** Where the rows are; the simulator does not close it. */
  readonly database: Database;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Clock of the rate, milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

/** A running simulator. */
export interface VaccinationSimulator {
  /** Base address. */
  readonly url: string;
  /** Takes effect with the next request. */
  readonly knobs: SimulatorKnobs;
  /** Requests received so far. */
  requests(): number;
  /** Stops, breaking what hangs. */
  close(): Promise<void>;
}

/** Size of a `HUGE` body, bytes. */
const HUGE_BYTES = 8 * 1024 * 1024;
/** Identity numbers one request may name. */
const MAX_NUMBERS = 1000;

const columns = new Map<string, Column>(
  [vaccinationRecord.technical, ['c.sfzh'], ...Object.values(vaccinationRecord.attributes)]
    .flat()
    .map((column) => [rawName(column), column]),
);

const question = z.strictObject({
  sfzh: z.array(z.string().min(1).max(18)).min(1).max(MAX_NUMBERS),
  fields: z.array(z.string().refine((field) => columns.has(field))).min(1),
  xzqh: z
    .array(z.string().regex(/^\d{2,6}$/))
    .min(1)
    .nullable(),
  page: z.int().min(1),
  size: z.int().min(1).max(1000),
});

/** Starts it. Defaults: token `simulator`, 200 rows a page, no rate, no delay, no fault. */
export async function startVaccinationSimulator(options: SimulatorOptions): Promise<VaccinationSimulator> {
  const { database, port = 0, now = Date.now } = options;
  const knobs: SimulatorKnobs = {
    token: options.token ?? 'simulator',
    pageSize: options.pageSize ?? 200,
    ratePerSecond: options.ratePerSecond ?? null,
    latencyMs: options.latencyMs ?? 0,
    fault: options.fault ?? 'NONE',
  };
  const stopping = new AbortController();
  const server = createFastify({ forceCloseConnections: true });
  let received = 0;
  let second = { from: Number.NEGATIVE_INFINITY, requests: 0 };

  server.addHook('onRequest', async (request, reply) => {
    received += 1;
    if (now() - second.from >= 1000) second = { from: now(), requests: 0 };
    second.requests += 1;
    if (!sameText(String(request.headers[TOKEN_HEADER] ?? ''), knobs.token)) return reply.code(401).send({});
    if (knobs.ratePerSecond !== null && second.requests > knobs.ratePerSecond) {
      return reply.code(429).header('retry-after', '1').send({});
    }
    if (knobs.latencyMs > 0) await delay(knobs.latencyMs, undefined, { signal: stopping.signal });
    return misbehave(knobs.fault, reply);
  });
  server.get('/health', async () => ({ state: 'UP' }));
  server.post('/children/query', async (request, reply) => {
    const asked = question.safeParse(request.body);
    if (!asked.success) return reply.code(400).send({});
    const { sfzh, fields, xzqh, page } = asked.data;
    const size = Math.min(asked.data.size, knobs.pageSize);
    const selection = {
      by: 'childIdNumber',
      columns: fields.flatMap((field) => columns.get(field) ?? []),
      regions: xzqh,
    };
    const statement = compileSelection(vaccinationRecord, selection, padded(sfzh.length), database.dialect);
    const binds = statement.bind(sfzh, sfzh.length * MAX_ROWS_PER_KEY + 1);
    const found = await orAborted(database.select(statement.sql, binds), stopping.signal);
    // Pages of one question must not overlap, and the database promises no order.
    const rows = [...found].sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
    const total = knobs.fault === 'WRONG_TOTALS' ? rows.length + 1 : rows.length;
    return { total, page, size, rows: rows.slice((page - 1) * size, page * size) };
  });

  const url = await server.listen({ host: '127.0.0.1', port });
  return {
    url,
    knobs,
    requests: () => received,
    async close() {
      stopping.abort();
      await server.close();
    },
  };
}

function misbehave(fault: SimulatorFault, reply: FastifyReply): FastifyReply | undefined {
  switch (fault) {
    case 'NONE':
    case 'WRONG_TOTALS':
      return undefined;
    case 'TRUNCATED':
      return reply.type('application/json').send('{"total":1,"page":1,"size":200,"rows":[{"fchildno":"35');
    case 'HUGE':
      return reply
        .type('application/json')
        .send(`{"total":1,"page":1,"size":200,"rows":["${'x'.repeat(HUGE_BYTES)}"]}`);
    case 'NO_ROWS':
      return reply.send({ total: 3, page: 1, size: 200, rows: [] });
    case 'HANG':
      return reply.hijack();
    case 'RESET':
      reply.hijack();
      reply.raw.destroy();
      return reply;
    case 'ERROR_500':
      return reply.code(500).send({});
    case 'GARBAGE':
      return reply.type('text/html').send('<html>系统维护中</html>');
    case 'WRONG_TYPES':
      return reply.send({ total: 1, page: 1, size: 1, rows: [{ fchildno: 7, csrq: ['20180101'] }] });
  }
}

/** Compares in a time that does not depend on where the texts differ. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
