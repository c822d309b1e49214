/**
 * The provincial vaccination API (省预防接种接口), the way a city reaches the department in life.
 *
 * `POST /children/query` with `{ sfzh, fields, xzqh, page, size }` answers
 * `{ total, page, size, rows }`: a page of raw rows with the fields asked for, a row for each dose,
 * sorted by record and date. Identity numbers travel in the body only: an address would end in
 * access logs. `GET /health` is the sign of life. Both demand the token.
 */
import { z } from 'zod';
import type { FetchTemplate, Row } from '../../src/domain/fetch.js';
import { SourceError, type SourceFault } from '../../src/errors.js';
import { assemble, describeSources, formsOf, rowMaker } from '../assemble.js';
import { boundedText } from '../bounded-text.js';
import { type Connector, type Health, MAX_ROWS_PER_KEY } from '../contract.js';
import { columnsFor, type RawRow, rawName, sourceOf } from '../definition.js';
import { errorCode } from '../transports/database.js';
import { department } from './index.js';

/** How to reach the API. */
export interface VaccinationApiOptions {
  /** Base address, http or https, without a trailing slash needed. */
  readonly url: string;
  /** Access token, sent as `X-Access-Token`, or what gives the newest one. It stands in no error. */
  readonly token: string | (() => string);
  /** Rows a page is asked to have, 1 to 1000. Default 200. The API may give less. */
  readonly pageSize?: number;
  /** Pages read for one request at most. Default 100; more is `TOO_MANY_ROWS`. */
  readonly maxPages?: number;
  /** Children one request asks for, 1 to 200. Default 50; more are asked for in turn. */
  readonly keysPerRequest?: number;
  /** Largest body accepted, bytes. Default 4 MiB; a larger one is `GARBLED`. */
  readonly maxBodyBytes?: number;
}

/** Header that carries the token. */
export const TOKEN_HEADER = 'x-access-token';

/** Longest wait a `Retry-After` may ask for that is passed on, seconds. */
const LONGEST_RETRY_AFTER = 3600;

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

const limits = z.object({
  url: z.url({ protocol: /^https?$/ }),
  token: z.union([z.string().min(1), z.custom<() => string>((given) => typeof given === 'function')]),
  pageSize: z.int().min(1).max(1000).default(200),
  maxPages: z.int().min(1).default(100),
  keysPerRequest: z.int().min(1).max(200).default(50),
  maxBodyBytes: z
    .int()
    .min(1024)
    .default(4 * 1024 * 1024),
});

interface Page {
  readonly total: number;
  readonly size: number;
  readonly rows: readonly RawRow[];
}

/**
 * Connects the department over HTTP. `fetch` throws SourceError: `TIMEOUT` on abort, `OVERLOADED`
 * with the seconds to wait on 429 and 503, `UNREACHABLE` on a broken connection or another 5xx,
 * `GARBLED` on any other status, a body too large or not of the form asked for, or pages that
 * contradict each other. Redirects are not followed: the token goes nowhere else.
 * @throws ZodError where an option is outside its bounds
 */
export function connectApi(options: VaccinationApiOptions): Connector {
  const { url, token, pageSize, maxPages, keysPerRequest, maxBodyBytes } = limits.parse(options);
  const base = url.replace(/\/+$/, '');

  async function ask(path: string, init: RequestInit, signal: AbortSignal): Promise<unknown> {
    try {
      const response = await fetch(base + path, {
        ...init,
        headers: {
          [TOKEN_HEADER]: typeof token === 'string' ? token : token(),
          accept: 'application/json',
          'content-type': 'application/json',
        },
        redirect: 'error',
        signal,
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw refusal(response);
      }
      const text = await boundedText(response, maxBodyBytes);
      if (text === null) throw garbled('a body beyond the bound');
      return parseJson(text);
    } catch (cause) {
      if (cause instanceof SourceError) throw cause;
      throw new SourceError(department.code, signal.aborted ? 'TIMEOUT' : faultOf(cause), { cause });
    }
  }

  async function readPages(body: object, columns: readonly string[], bound: number, signal: AbortSignal) {
    const schema = pageOf(columns);
    const rows: RawRow[] = [];
    let page = 1;
    let expected: number | undefined;
    do {
      const answer = await ask(
        '/children/query',
        { method: 'POST', body: JSON.stringify({ ...body, fields: columns, page, size: pageSize }) },
        signal,
      );
      const parsed = schema.safeParse(answer);
      // The fault's paths name fields; its values never leave this function.
      if (!parsed.success || parsed.data.page !== page) throw garbled('a page of another form');
      const { total, rows: more }: Page = parsed.data;
      if (total > bound || Math.ceil(total / parsed.data.size) > maxPages) {
        throw new SourceError(department.code, 'TOO_MANY_ROWS');
      }
      expected ??= total;
      rows.push(...more);
      if (total !== expected || rows.length > expected || (more.length === 0 && rows.length < expected)) {
        throw garbled('pages that contradict each other');
      }
      page += 1;
    } while (rows.length < expected);
    return rows;
  }

  async function fetchChunk(template: FetchTemplate, keys: readonly string[], signal: AbortSignal) {
    const source = sourceOf(department, template.type);
    const columns = columnsFor(source.query, template.by, template.attributes).map(rawName);
    const make = rowMaker(source.mapping, template.attributes);
    const forms = formsOf(source, template.by, keys);
    const body = { sfzh: [...forms.keys()], xzqh: template.regions };
    const raws = await readPages(body, columns, keys.length * MAX_ROWS_PER_KEY, signal);
    return assemble(source, template, make, forms, raws);
  }

  return {
    department: department.code,
    transport: 'http',
    coverage: department.coverage,
    sources: describeSources(department),
    derivations: department.derivations,

    async fetch(template, keys, { signal }) {
      const rowsByKey = new Map<string, readonly Row[]>();
      if (template.regions?.length === 0) return rowsByKey;
      for (let from = 0; from < keys.length; from += keysPerRequest) {
        const chunk = await fetchChunk(template, keys.slice(from, from + keysPerRequest), signal);
        for (const [key, rows] of chunk) rowsByKey.set(key, rows);
      }
      return rowsByKey;
    },

    async health(signal): Promise<Health> {
      const started = performance.now();
      try {
        await ask('/health', { method: 'GET' }, signal);
        return { state: 'UP', latencyMs: performance.now() - started };
      } catch (cause) {
        return { state: 'DOWN', fault: cause instanceof SourceError ? cause.fault : 'UNREACHABLE' };
      }
    },

    // The runtime's connections are its own and close when idle.
    close: async () => undefined,
  };
}

/** A page whose rows have exactly the columns, text or null; what was not asked for is dropped unread. */
function pageOf(columns: readonly string[]) {
  const column = z.string().max(1000).nullable();
  return z.object({
    total: z.int().min(0),
    page: z.int().min(1),
    size: z.int().min(1),
    rows: z.array(z.object(Object.fromEntries(columns.map((name) => [name, column])))),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error quotes the body.
    throw garbled('a body that is not JSON');
  }
}

function refusal(response: Response): SourceError {
  const cause = new Error(`status ${response.status}`);
  const retryAfter = retryAfterOf(response);
  const options = retryAfter === null ? { cause } : { cause, retryAfter };
  if (response.status === 429 || response.status === 503)
    return new SourceError(department.code, 'OVERLOADED', options);
  return new SourceError(department.code, response.status >= 500 ? 'UNREACHABLE' : 'GARBLED', { cause });
}

/** Seconds of `Retry-After`, a number or a date (RFC 9110 §10.2.3), counted from the answer's own `Date`. */
function retryAfterOf(response: Response): number | null {
  const header = response.headers.get('retry-after')?.trim() ?? '';
  const seconds = /^\d{1,9}$/.test(header)
    ? Number(header)
    : (Date.parse(header) - Date.parse(response.headers.get('date') ?? '')) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 0), LONGEST_RETRY_AFTER) : null;
}

function garbled(what: string): SourceError {
  return new SourceError(department.code, 'GARBLED', { cause: new Error(what) });
}

function faultOf(error: unknown): SourceFault {
  const cause = error instanceof Error ? error.cause : undefined;
  return timeouts.has(errorCode(cause)) ? 'TIMEOUT' : 'UNREACHABLE';
}
