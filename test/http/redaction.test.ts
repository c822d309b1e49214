/** What an error carries of people, tokens and keys does not reach the log, nor the caller. */
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { citizenIdVariants } from '../../src/domain/identifiers.js';
import { buildServer } from '../../src/http/server.js';
import { openLog } from '../../src/log.js';
import type { OpenGateway } from '../../src/open-gateway.js';
import { forge } from '../authenticate/forge.js';
import { citizenIds, creditCodes, licenceIds, propertyUnitNumbers } from '../domain/arbitraries.js';
import { NOW, openMemoryGateway } from '../support/memory-gateway.js';
import { MATTER } from './running-server.js';

/** A log that keeps its lines. */
function keptLog() {
  const lines: string[] = [];
  return { lines, log: openLog('info', { write: (line) => lines.push(line) }) };
}

/** The line that an error leaves. */
function logged(error: unknown): string {
  const { lines, log } = keptLog();
  log.error({ err: error, requestId: 'r-1' }, 'request failed');
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

/** How drivers, parsers and libraries quote what they were given. */
const QUOTES: readonly ((value: string) => string)[] = [
  (value) => `Duplicate entry '${value}' for key 'PRIMARY'`,
  (value) => `select xm from HJXX_CZRKJBXXB where gmsfhm = '${value}' - ER_LOCK_DEADLOCK: Deadlock found`,
  (value) => `Unexpected token in JSON at position 3: {"id":"${value}"}`,
  (value) => `GET https://province.example/children?id=${value}&page=1 failed`,
  (value) => `no row ${value}`,
  (value) => `x${value}y`,
  (value) => value,
];

const quoted = fc.constantFrom(...QUOTES);

/** Where an error can hold a text. */
const PLACES: readonly ((text: string) => unknown)[] = [
  (text) => new Error(text),
  (text) => new Error('failed', { cause: new Error(text) }),
  (text) => new Error('failed', { cause: new Error('failed', { cause: new TypeError(text) }) }),
  (text) => new Error('failed', { cause: text }),
  (text) => new Error('failed', { cause: { message: text, sql: text } }),
  (text) => Object.assign(new Error('failed'), { sql: text, sqlMessage: text, bindings: [text], parameters: { text } }),
  (text) => Object.assign(new Error('failed'), { stack: `Error: ${text}\n    at read (connector.ts:1:1)` }),
  (text) => Object.assign(new Error('failed'), { code: text, name: text }),
  (text) => Object.assign(new Error('failed'), { toJSON: () => ({ text }), [text]: text }),
  (text) => new AggregateError([new Error(text)], text),
  (text) => text,
  (text) => ({ message: text, stack: text }),
];

const placed = fc.constantFrom(...PLACES);

describe('the log line of an error', () => {
  it.each([
    ['a citizen ID', citizenIds()],
    ['a citizen ID with a small x', citizenIds().map((id) => id.toLowerCase())],
    ['a citizen ID of 15 digits', citizenIds(1900, 1999).map((id) => citizenIdVariants(id).at(-1) ?? id)],
    ['a credit code', creditCodes],
    ['a licence identifier', licenceIds],
    ['a real-estate unit number', propertyUnitNumbers],
    ['a telephone number', fc.integer({ min: 13_000_000_000, max: 19_999_999_999 }).map(String)],
  ])('holds no %s, wherever the error holds it', (_, values) => {
    fc.assert(
      fc.property(values, quoted, placed, (value, quote, place) => {
        expect(logged(place(quote(value)))).not.toContain(value);
      }),
      { numRuns: 300 },
    );
  });

  it('holds no token', () => {
    const opaque = fc.string({
      unit: fc.constantFrom(...Array.from('abcdefXYZ0123456789-._~+/')),
      minLength: 20,
      maxLength: 60,
    });
    const tokens = fc.oneof(
      fc.integer({ min: 1, max: 1e6 }).map((offset) => forge({ now: NOW + offset * 1000 })),
      fc.integer({ min: 1, max: 1e6 }).map((offset) => forge({ now: NOW + offset * 1000, sign: 'NONE' })),
    );
    fc.assert(
      fc.property(tokens, quoted, placed, (token, quote, place) => {
        const line = logged(place(quote(token)));
        for (const part of token.split('.').filter((text) => text !== '')) expect(line).not.toContain(part);
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(opaque, fc.constantFrom('Bearer', 'DPoP'), placed, (token, scheme, place) => {
        expect(logged(place(`authorization: ${scheme} ${token}, sent`))).not.toContain(token);
      }),
    );
  });

  it("holds no password of a database's URL", () => {
    const passwords = fc.stringMatching(/^[A-Za-z0-9%!$~.]{6,30}$/).map((text) => `Z${text}`);
    fc.assert(
      fc.property(passwords, placed, (password, place) => {
        expect(logged(place(`connect mysql://gateway:${password}@db:3306/h failed`))).not.toContain(password);
      }),
    );
  });

  it('holds no key', () => {
    const keys = [
      generateKeyPairSync('ed25519'),
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ];
    const secret = { kty: 'oct', k: 'c2hvcnQgYnV0IHNlY3JldA' };
    for (const jwk of [...keys.map(({ privateKey }) => privateKey.export({ format: 'jwk' })), secret]) {
      const values = Object.entries(jwk).flatMap(([name, value]) =>
        ['kty', 'crv', 'e'].includes(name) ? [] : [String(value)],
      );
      expect(values.length).toBeGreaterThan(0);
      for (const place of PLACES) {
        const line = logged(place(`cannot import ${JSON.stringify(jwk)}`));
        for (const value of values) expect(line).not.toContain(value);
      }
    }
    for (const { privateKey } of keys) {
      const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
      const line = logged(new Error(`cannot read ${pem}`));
      for (const row of pem.split('\n').slice(1, -2)) expect(line).not.toContain(row);
    }
  });

  it('keeps what an operator needs: the kind, the words, the place, the cause', () => {
    const cause = Object.assign(new RangeError('the pool is exhausted'), { code: 'ER_CON_COUNT_ERROR' });
    const line = JSON.parse(logged(new Error("Duplicate entry '11010519491231002X' for key 'PRIMARY'", { cause }))) as {
      readonly msg: string;
      readonly requestId: string;
      readonly err: { readonly message: string; readonly stack: string; readonly cause: unknown };
    };
    expect(line).toMatchObject({
      msg: 'request failed',
      requestId: 'r-1',
      err: {
        type: 'Error',
        message: "Duplicate entry '[identifier]' for key 'PRIMARY'",
        cause: { type: 'RangeError', message: 'the pool is exhausted', code: 'ER_CON_COUNT_ERROR' },
      },
    });
    expect(line.err.stack).toContain('redaction.test.ts');
  });

  it('ends, though an error is its own cause or holds a text without end', () => {
    const error = new Error('again');
    error.cause = new Error('and again', { cause: error });
    expect(logged(error)).toContain('and again');
    expect(logged(new Error('eyJ'.repeat(1_000_000))).length).toBeLessThan(100_000);
  });
});

describe('a fault of the gateway', () => {
  const ID = '11010519491231002X';
  const sql = `select * from case_file where number = '${ID}'`;
  const broken = () => {
    throw Object.assign(new Error(`${sql} - SQLITE_BUSY: database is locked`), { sql, bindings: [ID] });
  };

  /** Asks a gateway of which one part is broken. */
  async function ask(part: (gateway: OpenGateway) => Partial<OpenGateway>) {
    const coordinates = { 'Query.resident': 'FULL', 'Resident.name': 'FULL' } as const;
    const run = await openMemoryGateway({ grants: [{ coordinates }] });
    const { lines, log } = keptLog();
    const server = buildServer({ ...run.gateway, log, ...part(run.gateway) }, { bodyBytes: 10_000 });
    try {
      const headers = {
        authorization: 'Bearer school',
        'content-type': 'application/json',
        'mianzheng-matter': MATTER,
        'mianzheng-case': 'C-1',
      };
      const body = JSON.stringify({ query: `{ resident(id: "${ID}") { name } }` });
      const reply = await server.inject({ method: 'POST', url: '/graphql', headers, body });
      return { reply, lines, entries: run.entries };
    } finally {
      await server.close();
      await run.close();
    }
  }

  it('is told the caller as INTERNAL and nothing more, and the log without the identifier', async () => {
    const { reply, lines, entries } = await ask(({ store }) => ({ store: { ...store, findCase: broken } }));
    expect(reply.statusCode).toBe(500);
    const body = reply.json<{
      readonly errors: unknown;
      readonly extensions: { readonly mianzheng: { readonly requestId: string } };
    }>();
    expect(body.errors).toEqual([{ message: 'the gateway failed', extensions: { code: 'INTERNAL' } }]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(body.extensions.mianzheng.requestId);
    expect(lines[0]).toContain('database is locked');
    expect(entries).toMatchObject([{ outcome: 'FAILED', code: 'INTERNAL', disclosed: [] }]);
    for (const text of [reply.body, ...lines]) expect(text).not.toContain(ID);
    expect(reply.body).not.toContain('select');
  });

  it('of the record is told as EVIDENCE_UNAVAILABLE', async () => {
    const { reply, lines } = await ask(({ record }) => ({ record: { ...record, append: broken } }));
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toMatchObject({ errors: [{ extensions: { code: 'EVIDENCE_UNAVAILABLE' } }] });
    expect(reply.json()).not.toHaveProperty('data');
    for (const text of [reply.body, ...lines]) expect(text).not.toContain(ID);
  });
});
