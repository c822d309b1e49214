/** test/cases/bad-input.yaml and hardening.yaml over real HTTP: what is refused, how, and what stands on the record. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { citizenIdCheckCharacter } from '../../src/domain/identifiers.js';
import { ERROR_STATUS } from '../../src/errors.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { forge } from '../authenticate/forge.js';
import { NOW } from '../support/memory-gateway.js';
import { identifierOf, valuesIn } from '../surface/sentinel-city.js';
import { MATTER, type Received, type RunningServer, type Sent, send, startServer, tokenOf } from './running-server.js';

/** Something too large to be written down: in the document, the body, a variable, a header or the path. */
interface Generate {
  readonly document?: keyof typeof DOCUMENTS;
  readonly body?: keyof typeof BODIES;
  readonly variable?: keyof typeof VARIABLES;
  readonly header?: string;
  readonly path?: string;
  readonly prefix?: string;
  readonly leaf?: string;
  readonly count: number;
}

interface Case {
  readonly id: string;
  readonly name: string;
  readonly method?: string;
  readonly path?: string;
  readonly token?: keyof typeof TOKENS;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly query?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly body?: string;
  readonly bytes?: string;
  readonly generate?: Generate;
  /** What the client sent, beside identifiers, that no answer may hold. */
  readonly planted?: readonly string[];
  readonly code: keyof typeof ERROR_STATUS;
  readonly status: number;
  readonly jsonStatus?: number;
  readonly field?: string;
  readonly message?: string;
  readonly without?: readonly string[];
  readonly bodyless?: boolean;
  readonly record?: 'none';
}

const cases = ['bad-input', 'hardening'].flatMap(
  (name) => parse(readFileSync(join(PACKAGE_ROOT, 'test/cases', `${name}.yaml`), 'utf8')) as readonly Case[],
);

const OPERATOR = 'clerk-440106197709097777';

/** An identifier that no document needs, to be planted. */
const WRONG = '110105194912310020';

const TOKENS = {
  school: () => `Bearer ${tokenOf('school')}`,
  nobody: () => `Bearer ${tokenOf('nobody')}`,
  expired: () => `Bearer ${tokenOf('school', -600)}`,
  person: () => `Bearer ${forge({ now: NOW, claims: { sub: 'clerk', client_id: 'school', citizen_id: WRONG } })}`,
  none: () => null,
} as const;

const DOCUMENTS = {
  nested: (count: number) => '{ a '.repeat(count) + '}'.repeat(count),
  aliases: (count: number) => `{ ${Array.from({ length: count }, (_, i) => `a${i}: __typename`).join(' ')} }`,
  fields: (count: number) => `{ ${'__typename '.repeat(count)}}`,
  aliasesTwice: (count: number) => `{ ...A ...A } fragment A on Query ${DOCUMENTS.aliases(count)}`,
  fieldsInFragments: (count: number) =>
    `{ ...A } fragment A on Query { ...B } fragment B on Query ${DOCUMENTS.fields(count)}`,
  wide: (count: number) => `{ resident(id: "${WRONG}") { ${'name '.repeat(count)}} }`,
  wideTwice: (count: number) =>
    `{ resident(id: "${WRONG}") { ...A ... { ...A } } } fragment A on Resident { ${'name '.repeat(count)}}`,
  directives: (count: number) =>
    `{ ${Array.from({ length: count }, () => '... @include(if: true) { __typename }').join(' ')} }`,
  variableDirectives: (count: number) =>
    `query(${Array.from({ length: count }, (_, i) => `$v${i}: Int @include(if: true)`).join(' ')}) { __typename }`,
  nestedFragments: (count: number) => {
    const fragments = Array.from({ length: count }, (_, i) => `fragment F${i} on Query { a { ...F${i + 1} } }`);
    return `{ ...F0 } ${fragments.join(' ')} fragment F${count} on Query { __typename }`;
  },
  unspread: (count: number) => `{ __typename } fragment A on Query ${DOCUMENTS.fields(count)}`,
  operations: (count: number) => Array.from({ length: count }, (_, i) => `query Q${i} { __typename a b }`).join(' '),
  listsOfLists: (count: number) => {
    const lists = Array.from({ length: count }, (_, i) => `a${i}: properties(first: 100) { share }`);
    return `{ residents(ids: [${'"<Resident>" '.repeat(100)}]) { ${lists.join(' ')} } }`;
  },
  sameKey: (count: number) => `{ ${'divisions { code } '.repeat(count)}}`,
  listLiteral: (count: number) => `{ residents(ids: [${'1 '.repeat(count)}]) { name } }`,
  nestedList: (count: number) => `{ residents(ids: ${'['.repeat(count)}"${WRONG}"${']'.repeat(count)}) { name } }`,
  nestedType: (count: number) => `query($a: ${'['.repeat(count)}Int${']'.repeat(count)}) { divisions { code } }`,
  nestedInline: (count: number) => `${'{ ... '.repeat(count)}{ divisions { code } ${'}'.repeat(count + 1)}`,
  fragmentBomb: (count: number, leaf = '__typename') => {
    const fragments = Array.from({ length: count }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    return `{ ...F0 } ${fragments.join(' ')} fragment F${count} on Query { ${leaf} }`;
  },
} as const;

const BODIES = {
  blanks: (count: number) => Buffer.alloc(count, ' '),
  nestedVariables: (count: number) => {
    const query = 'query($id: CitizenId!) { resident(id: $id) { name } }';
    return Buffer.from(`{"query":"${query}","variables":{"id":${'['.repeat(count)}"${WRONG}"${']'.repeat(count)}}}`);
  },
} as const;

const VARIABLES = {
  id: (count: number) => '1'.repeat(count),
  ids: (count: number) =>
    Array.from({ length: count }, (_, i) => {
      const first17 = `11010519491231${String(i).padStart(3, '0')}`;
      return first17 + citizenIdCheckCharacter(first17);
    }),
} as const;

/** Puts the city's identifiers in place of `<Resident>` and so on. */
function placed(text: string): string {
  return text.replace(/<([A-Z]\w+)>/g, (_, type: string) => identifierOf(type, 0));
}

function bodyOf(c: Case): Buffer | null {
  const { generate } = c;
  if (generate?.body !== undefined) return BODIES[generate.body](generate.count);
  if (c.body !== undefined) return Buffer.from(placed(c.body));
  if (c.bytes !== undefined) return Buffer.from(c.bytes.replaceAll(' ', ''), 'hex');
  const document =
    generate?.document === undefined ? c.query : DOCUMENTS[generate.document](generate.count, generate.leaf);
  if (document === undefined) return null;
  const generated =
    generate?.variable === undefined ? {} : { [generate.variable]: VARIABLES[generate.variable](generate.count) };
  const { operationName, variables = {} } = c;
  return Buffer.from(
    placed(JSON.stringify({ query: document, operationName, variables: { ...variables, ...generated } })),
  );
}

function requestOf(c: Case, accept: string): Sent {
  const { generate } = c;
  const noise = 'a'.repeat(generate?.count ?? 0);
  const headers: Record<string, string | null> = {
    accept,
    authorization: TOKENS[c.token ?? 'school'](),
    'content-type': 'application/json',
    'mianzheng-matter': MATTER,
    'mianzheng-case': 'C-1',
    'mianzheng-operator': OPERATOR,
    ...(generate?.header === undefined ? {} : { [generate.header]: (generate.prefix ?? '') + noise }),
    ...c.headers,
  };
  return {
    method: c.method ?? 'POST',
    path: generate?.path === undefined ? placed(c.path ?? '/graphql') : generate.path + noise,
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ),
    body: bodyOf(c),
  };
}

/** Whatever in a request looks like an identifier or a token. */
function plantedIn({ path, headers, body }: Sent): string[] {
  const written = [path, ...Object.values(headers), (body ?? Buffer.alloc(0)).subarray(0, 100_000).toString()].join(
    '\n',
  );
  const words = written.match(/[0-9A-Za-z]*\d{6}[0-9A-Za-z]*/g) ?? [];
  return [...new Set([...words, ...(headers.authorization ?? '').split(/[ .]/).filter((part) => part.length > 12)])];
}

/** What an answer to nobody in particular must not hold. */
const INTERNALS: readonly RegExp[] = [
  /\bat \S+ \(/,
  /\.(ts|js|mjs|cjs|sqlite)\b/,
  /node_modules|node:internal/,
  /\b(select|insert into|update|delete from)\b.*\b(from|values|set|where)\b/i,
  /sqlite|mysql|knex/i,
  /(^|[\s"'(:])\/[\w.-]+\/[\w.-]+/,
  /[A-Z]:\\/,
];

interface Body {
  readonly data?: unknown;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly field?: string };
  }[];
  readonly extensions?: { readonly mianzheng: { readonly requestId: string; readonly record: string } };
}

function checkSafe(text: string, planted: readonly string[]): void {
  for (const internal of INTERNALS) expect(text).not.toMatch(internal);
  expect(planted.filter((value) => text.includes(value))).toEqual([]);
  expect(valuesIn(text)).toEqual([]);
}

function checkHeaders({ status, headers }: Received): void {
  if (status === 401)
    expect(headers['www-authenticate']).toMatch(/^Bearer( error="invalid_token")?, DPoP algs="[\w ]+"$/);
  if (status === 405) expect(headers.allow).toBe('GET, POST');
  expect(headers['x-powered-by']).toBeUndefined();
}

let running: RunningServer;

beforeAll(async () => {
  running = await startServer();
});

afterAll(() => running.close());

const EXCHANGES = cases.flatMap((c) =>
  c.headers?.accept === undefined
    ? [
        { ...c, accept: 'application/graphql-response+json', expected: c.status },
        { ...c, accept: 'application/json', expected: c.jsonStatus ?? c.status },
      ]
    : [{ ...c, accept: '*/*', expected: c.status }],
);

describe('bad input', () => {
  it('is described once, with codes of the closed list and their status', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    for (const { id, code, status } of cases) expect(`${id} ${status}`).toBe(`${id} ${ERROR_STATUS[code]}`);
  });

  it.each(EXCHANGES)('$id $name ($accept)', async (c) => {
    const { entries } = running.run;
    const before = entries.length;
    const sent = requestOf(c, c.accept);
    const received = await send(running.port, sent);
    const { status, text, headers } = received;
    expect(status).toBe(c.expected);
    checkHeaders(received);
    const planted = [...plantedIn(sent), ...(c.planted ?? [])];
    expect(planted.length).toBeGreaterThan(0);
    checkSafe(text, planted);

    if (c.bodyless !== true) {
      const body = JSON.parse(text) as Body;
      expect(body).not.toHaveProperty('data');
      expect(body.errors.length).toBeGreaterThan(0);
      for (const error of body.errors) {
        expect(error.extensions.code).toBe(c.code);
        expect(error.extensions.field).toBe(c.field);
      }
      const messages = body.errors.map((error) => error.message).join('\n');
      if (c.message !== undefined) expect(messages).toContain(c.message);
      for (const absent of c.without ?? []) expect(messages).not.toMatch(new RegExp(`${absent}\\b`));
      if (c.record !== 'none') expect(body.extensions?.mianzheng.record).toBe(`test/${before + 1}`);
    }

    if (c.record === 'none') {
      expect(entries).toHaveLength(before);
      return;
    }
    const type = c.accept === '*/*' ? 'application/json' : c.accept;
    expect(headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(entries).toHaveLength(before + 1);
    expect(entries[before]).toMatchObject({
      kind: 'request',
      outcome: 'REFUSED',
      code: c.code,
      status,
      disclosed: [],
      masked: [],
      used: [],
      verdict: null,
      receipt: null,
    });
  });
});

/** Writes bytes as they are, and reads until the server ends the connection. */
function exchangeBytes(bytes: Buffer | string): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(running.port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts).toString()));
  });
}

describe('bytes that are no request of HTTP/1.1', () => {
  const head = 'POST /graphql HTTP/1.1\r\nHost: gateway\r\n';
  it.each([
    ['no HTTP at all', `RESIDENT ${WRONG}\r\n\r\n`],
    ['the beginning of TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc])],
    ['a null byte in a header', `${head}X-Id: ${WRONG}\0\r\n\r\n`],
    ['a length beside chunks', `${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${WRONG}`],
    ['two lengths', `${head}Content-Length: 3\r\nContent-Length: 5\r\n\r\n${WRONG}`],
    ['a chunk without a length', `${head}Transfer-Encoding: chunked\r\n\r\n${WRONG}z\r\n`],
  ])('%s', async (_, bytes) => {
    const text = await exchangeBytes(bytes);
    const [heading = '', body = ''] = text.split('\r\n\r\n');
    expect(heading).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(body)).toEqual({
      errors: [{ message: 'the request cannot be read', extensions: { code: 'BAD_REQUEST' } }],
    });
    checkSafe(body, [WRONG]);
  });
});

it('still answers after all of it', async () => {
  const query = `{ resident(id: "${identifierOf('Resident', 0)}") { name } }`;
  const c: Case = { id: '', name: '', query, code: 'INTERNAL', status: 200 };
  const { status, text } = await send(running.port, requestOf(c, 'application/json'));
  expect(status).toBe(200);
  expect(valuesIn(text)).toHaveLength(1);
});
