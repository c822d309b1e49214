/**
 * A gateway in its own process, asked everything: the stories, bad input, bad tokens, and with departments and control
 * store broken under it. What it wrote anywhere, beside the data it answers, names nobody and shows no token.
 */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStories } from '../../seeds/stories.js';
import { VERIFY } from '../../src/cli/client.js';
import { loadConfig } from '../../src/config.js';
import { openIssuer } from '../../src/open-issuer.js';
import { forge } from '../authenticate/forge.js';
import { embeddedCityFolder } from '../support/city.js';
import { errorsIn } from '../support/collected.js';
import { type StartedGateway, start } from '../support/gateway-process.js';
import { type Leak, leaksIn } from '../support/leaks.js';

const { stories } = readStories();
const ID = '350702202003059021';
const RESIDENT = (id: string) => `{ resident(id: "${id}") { name idNumber guardians { relation name } } }`;

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let gateway: StartedGateway;
let written = '';
let errors = '';
let data = '';
let codes: Set<string>;
let tokens: Map<string, string>;

interface Asked {
  readonly token?: string;
  readonly matter?: string;
  readonly caseNumber?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask({ token, matter, caseNumber, body, headers = {} }: Asked): Promise<void> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'mianzheng-operator': `clerk-${ID}`,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(matter === undefined ? {} : { 'mianzheng-matter': matter }),
      ...(caseNumber === undefined ? {} : { 'mianzheng-case': caseNumber }),
      ...headers,
    },
    body,
  });
  const text = await response.text();
  const found = errorsIn(text);
  errors += `${found}\n`;
  for (const [, code = ''] of found.matchAll(/"code":"([A-Z_]+)"/g)) codes.add(code);
  data += JSON.stringify((JSON.parse(text) as { readonly data?: unknown }).data ?? null);
}

const query = (text: string, variables: object = {}) => JSON.stringify({ query: text, variables });

async function askStories(): Promise<void> {
  for (const story of stories) {
    const { matter, caseNumber, client } = story;
    const token = tokens.get(client) ?? '';
    await ask({ token, matter, caseNumber, body: query(VERIFY) });
    for (const { id } of story.subjects) await ask({ token, matter, caseNumber, body: query(RESIDENT(id)) });
  }
}

async function askBadly(): Promise<void> {
  const [story] = stories;
  const { matter = '', caseNumber = '', client = '' } = story ?? {};
  const token = tokens.get(client) ?? '';
  const good = { token, matter, caseNumber };
  const register = 'mutation($i: RegisterCaseInput!) { registerCase(input: $i) { number } }';
  for (const body of [
    `{"query": "${ID}`,
    query(`{ resident(id: ${ID}) { name } }`),
    query(`{ resident(id: "${ID}" `),
    query(`{ "${ID}" }`),
    query(`{ resident(id: "${ID}") { x${ID} } }`),
    query('query($id: Int) { resident(id: $id) { name } }', { id: ID }),
    query('query($id: [[Boolean!]]) { divisions { code } }', { id: [[ID]] }),
    query(RESIDENT('350702202003059022')),
    query(RESIDENT(`${ID}陈雨涵`)),
    query(register, { i: { number: ID.repeat(5), matter, subjects: [] } }),
    query(register, { i: { number: 'C-9', matter, subjects: [{ role: '陈雨涵', kind: ID, id: ID }] } }),
    query(register, { i: { number: caseNumber, matter, filedOn: '2026-06-30', subjects: story?.subjects } }),
    query(register, { i: { number: 'C-9', matter, filedOn: ID, subjects: ID } }),
  ]) {
    await ask({ ...good, body });
  }
  await ask({ ...good, caseNumber: ID, body: query(VERIFY) });
  await ask({ ...good, matter: ID, body: query(VERIFY) });
  await ask({ token, body: query(RESIDENT(ID)) });
  await ask({ ...good, token: tokens.get('no-grants') ?? '', body: query(RESIDENT(ID)) });
}

async function attack(): Promise<void> {
  const now = Date.now();
  const right = tokens.get('school-enrolment') ?? '';
  for (const token of [
    forge({ now }),
    forge({ now, sign: 'NONE' }),
    forge({ now, claims: { sub: ID, client_id: ID, name: '陈雨涵' } }),
    forge({ now, header: { kid: `../../${ID}`, jku: `https://x.example/${ID}` } }),
    `${right.slice(0, -4)}AAAA`,
    right.split('.').reverse().join('.'),
    `eyJ${ID}`,
    ID,
  ]) {
    await ask({ token, body: query(RESIDENT(ID)) });
  }
}

/** Takes tables away under the running gateway. */
function breakStore(path: string, table: string): void {
  const database = new Database(join(city.folder, path));
  database.exec(`DROP TABLE ${table}`);
  database.close();
}

beforeAll(async () => {
  city = await embeddedCityFolder();
  codes = new Set();
  gateway = await start(city.folder, {}, (text) => {
    written += text;
  });
  const issuer = await openIssuer(loadConfig({ MIANZHENG_DATA: city.folder }, city.folder), Date.now);
  tokens = new Map();
  for (const client of ['school-enrolment', 'licence-approval', 'benefits-office', 'no-grants']) {
    tokens.set(client, (await issuer.mint(client)).token);
  }
  await askStories();
  await askBadly();
  await attack();
  breakStore('departments/household.sqlite', 'HJXX_CZRKJBXXB');
  breakStore('departments/property.sqlite', 'BDC_QLR');
  await askStories();
  breakStore('control.sqlite', 'case_file');
  await ask({
    token: tokens.get('school-enrolment') ?? '',
    matter: 'school-enrolment-primary',
    caseNumber: 'NEW-1',
    body: query(VERIFY),
  });
  breakStore('control.sqlite', 'policy');
  await fetch(`${gateway.url}/readyz`);
  await sleep(1000);
}, 120_000);

afterAll(async () => {
  gateway.child.kill('SIGKILL');
  if (gateway.child.exitCode === null && gateway.child.signalCode === null) await once(gateway.child, 'exit');
  city.remove();
});

const none: readonly Leak[] = [];

describe('a gateway that was asked everything', () => {
  it('had people in its answers, and refused and failed in many ways', () => {
    // Masked, as the grants say; the departments held them whole.
    expect(/"name":"陈\*/.test(data)).toBe(true);
    for (const code of [
      'BAD_REQUEST',
      'GRAPHQL_PARSE_FAILED',
      'GRAPHQL_VALIDATION_FAILED',
      'BAD_USER_INPUT',
      'BAD_IDENTIFIER',
      'PURPOSE_REQUIRED',
      'MATTER_UNKNOWN',
      'CASE_UNKNOWN',
      'CASE_CONFLICT',
      'UNAUTHENTICATED',
      'WITHHELD',
      'SOURCE_DOWN',
      'OVERLOADED',
    ]) {
      expect([...codes]).toContain(code);
    }
  });

  it('names nobody and shows no token in its errors', () => {
    expect(leaksIn(errors)).toEqual(none);
    expect(errors.includes(ID)).toBe(false);
  });

  it('nor in its metrics and states', async () => {
    for (const path of ['/metrics', '/healthz', '/readyz']) {
      const text = await (await fetch(`${gateway.url}${path}`)).text();
      expect(text.length).toBeGreaterThan(0);
      expect(leaksIn(text), path).toEqual(none);
      expect(text, path).not.toContain(ID);
    }
  });

  it('nor in what it wrote to its log and to standard error', async () => {
    gateway.child.kill('SIGTERM');
    await once(gateway.child, 'exit');
    for (const message of ['policy cannot be read', 'stopping']) expect(written.includes(message), message).toBe(true);
    expect(leaksIn(written)).toEqual(none);
    expect(written.includes(ID)).toBe(false);
  });

  it('nor in the record, but for operator and case as the application names them', () => {
    const folder = join(city.folder, 'record');
    let entries = 0;
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\d\.jsonl$/.test(path)) continue;
      for (const line of readFileSync(join(folder, path), 'utf8').split('\n').slice(0, -1)) {
        entries += 1;
        // What is beyond ASCII is escaped there.
        const {
          operator: _operator,
          caseNumber: _case,
          ...entry
        } = JSON.parse(line.slice(130)) as Record<string, unknown>;
        const text = JSON.stringify(entry);
        expect(leaksIn(text)).toEqual(none);
        expect(text).not.toContain(ID);
      }
    }
    expect(entries).toBeGreaterThan(50);
  });
});
