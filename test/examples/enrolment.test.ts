/** The example application over HTTP, before a real gateway with the demonstration city. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readStories } from '../../seeds/stories.js';
import { exportRecord } from '../../src/audit/export.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { recordFolder } from '../../src/places.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { CLERK_CODE, departmentOf, type RunningEnrolment, startEnrolment } from '../support/enrolment.js';

interface Told {
  readonly state?: string;
  readonly tier?: string;
  readonly element?: string;
  readonly filled?: number;
  readonly left?: number;
  readonly waitingFor?: readonly string[];
  readonly faults?: Readonly<Record<string, string>>;
}

interface Case {
  readonly name: string;
  readonly story: string;
  readonly change?: Readonly<Record<string, unknown>>;
  readonly down?: readonly string[];
  readonly told: Told;
  readonly record: readonly string[];
  /** What is told once the departments are up again. */
  readonly then?: Told;
}

const { cases } = parse(readFileSync(join(PACKAGE_ROOT, 'test/cases/enrolment-application.yaml'), 'utf8')) as {
  readonly cases: readonly Case[];
};
const { stories } = readStories();

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let run: RunningGateway;
let example: RunningEnrolment;
let departments: Readonly<Record<string, { down: boolean }>>;
/** Beyond the clock, so that a retry is due when a test says so. */
let later = 0;

beforeAll(async () => {
  city = await embeddedCityFolder();
  run = await startGateway(city.folder);
  departments = Object.fromEntries(['HOUSEHOLD', 'PROPERTY'].map((name) => [name, departmentOf(run, name)]));
  example = await startEnrolment(run, () => Date.now() + later);
});

afterAll(async () => {
  await example.close();
  await run.close();
  city.remove();
});

/** What the story's parent types: name and household as the register has them. */
function typedIn(id: string): Record<string, unknown> {
  const story = stories.find((one) => one.id === id);
  const [child, guardian] = story?.subjects ?? [];
  if (child === undefined || guardian === undefined) throw new Error(`no story ${id}`);
  const household = new Database(join(city.folder, 'departments/household.sqlite'), { readonly: true });
  const row = household.prepare('SELECT xm, hh FROM HJXX_CZRKJBXXB WHERE upper(gmsfhm) = ? LIMIT 1').get(child.id);
  household.close();
  const { xm, hh } = row as { readonly xm: string; readonly hh: string };
  return { childName: xm, childId: child.id, household: hh === '' ? null : hh, guardianId: guardian.id };
}

interface Reply {
  readonly status: number;
  readonly body: Record<string, never>;
  readonly cookie: string;
  readonly text: string;
}

async function call(
  path: string,
  {
    body,
    cookie = '',
    method = body === undefined ? 'GET' : 'POST',
    headers = {},
  }: {
    readonly body?: unknown;
    readonly cookie?: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Reply> {
  const response = await fetch(`${example.url}/${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), cookie, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  const set = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { status: response.status, body: json ? JSON.parse(text) : {}, cookie: set, text };
}

interface Entry {
  readonly caseNumber: string | null;
  readonly operator: string | null;
  readonly disclosed: readonly string[];
  readonly withheld: readonly string[];
  readonly verdict: string | null;
}

/** The entries since the seq, in their order. */
async function entriesSince(seq: number): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const exported of exportRecord(recordFolder(run.config))) {
    if (exported.position.seq > seq && exported.kind === 'request') entries.push(exported.record);
  }
  return entries;
}

async function lastSeq(): Promise<number> {
  let last = 0;
  for await (const { position } of exportRecord(recordFolder(run.config))) last = position.seq;
  return last;
}

function expectTold({ status, body }: Reply, { state, tier, element, filled, left, waitingFor, faults }: Told): void {
  if (faults !== undefined) {
    expect({ status, body }).toEqual({ status: 422, body: { faults } });
    return;
  }
  expect({ status, body }).toMatchObject({ status: 200, body: { state } });
  const told = body as unknown as {
    readonly waitingFor?: readonly string[];
    readonly form: readonly { readonly state: string }[] | null;
    readonly verdict?: {
      readonly tier: string | null;
      readonly requirements: readonly { readonly element: string | null }[];
    };
  };
  if (tier !== undefined) expect(told.verdict?.tier).toBe(tier);
  if (element !== undefined) expect(told.verdict?.requirements.map((r) => r.element)).toContain(element);
  if (waitingFor !== undefined) expect(told.waitingFor).toEqual(waitingFor);
  if (filled !== undefined) expect(told.form?.filter((field) => field.state === 'FILLED')).toHaveLength(filled);
  if (left !== undefined) expect(told.form?.filter((field) => field.state === 'TYPED')).toHaveLength(left);
}

describe('a parent', () => {
  it.each(cases)(
    '$name',
    async ({ story, change = {}, down = [], told, record, then }) => {
      const before = await lastSeq();
      for (const name of down) Object.assign(departments[name] ?? {}, { down: true });
      const reply = await call('api/applications', { body: { ...typedIn(story), ...change } });
      for (const name of down) Object.assign(departments[name] ?? {}, { down: false });
      expectTold(reply, told);

      const entries = await entriesSince(before);
      const roots = entries.map(({ disclosed, verdict }) =>
        [disclosed.find((name) => /^(Query|Mutation)\./.test(name)) ?? '-', verdict ?? ''].join(' ').trim(),
      );
      expect(roots).toEqual(record);
      expect(entries.flatMap(({ withheld }) => withheld)).toEqual([]);

      if (then === undefined) return;
      // The breaker of the gateway and the pause of the example are over.
      later += 3_600_000;
      await expect
        .poll(async () => (await call('api/application', { cookie: reply.cookie, method: 'GET' })).body.state, {
          timeout: 60_000,
          interval: 500,
        })
        .toBe(then.state);
      expectTold(await call('api/application', { cookie: reply.cookie }), then);
    },
    120_000,
  );

  it('is told a verdict and its reasons, never a fact, the receipt or the token', async () => {
    const { text } = await call('api/applications', { body: typedIn('household-and-home') });
    for (const known of ['陈雨涵', '350702202003059021', '900000001', '梅山街道', '2020-03-05', 'Bearer', 'eyJ']) {
      expect(text).not.toContain(known);
    }
  });

  it('who guesses about one child is stopped by the gateway, whatever is right then', async () => {
    const typed = typedIn('half-share');
    const faults: unknown[] = [];
    for (let i = 0; i < 21; i += 1) {
      const { body } = await call('api/applications', { body: { ...typed, household: `9000001${10 + i}` } });
      faults.push((body as { readonly faults?: unknown }).faults);
    }
    expect(faults[0]).toEqual({ household: 'MISMATCH' });
    expect(faults.at(-1)).toEqual({ childId: 'ATTEMPTS' });
    expect((await call('api/applications', { body: typed })).body).toEqual({ faults: { childId: 'ATTEMPTS' } });
  });

  it('sees only the application of this browser, for which a cookie made elsewhere is worth nothing', async () => {
    const { cookie, body } = await call('api/applications', { body: typedIn('household-and-home') });
    const number = (body as { readonly number?: string }).number ?? '';
    expect((await call('api/application', { cookie })).body).toMatchObject({ number });
    expect((await call('api/application')).body).toEqual({ state: 'NONE' });
    const [value = '', until = '', mac = ''] = cookie.replace(/^application=/, '').split('~');
    for (const forged of [
      `${value}~${Number(until) + 1}~${mac}`,
      `${value}~${until}~`,
      `RX-1~${until}~${mac}`,
      value,
    ]) {
      expect((await call('api/application', { cookie: `application=${forged}` })).body).toEqual({ state: 'NONE' });
    }
  });

  it('adds what the form still asks, and saves the receipt', async () => {
    const { cookie, body } = await call('api/applications', { body: typedIn('household-and-home') });
    const wrong = await call('api/application/details', { cookie, body: { school: ' ', guardianPhone: '0599' } });
    expect(wrong).toMatchObject({ status: 422, body: { faults: { school: 'EMPTY', guardianPhone: 'CHARACTERS' } } });
    const right = await call('api/application/details', {
      cookie,
      body: { school: '实验小学', guardianPhone: '13800000000' },
    });
    expect(right).toMatchObject({ status: 200, body: { submitted: true } });
    const receipt = await call('api/application/receipt', { cookie });
    expect(receipt.text).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{86}$/);
    expect(JSON.parse(Buffer.from(receipt.text.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      case: (body as { readonly number?: string }).number,
      verdict: 'APPROVED',
    });
  });

  it('from a page of another site changes nothing', async () => {
    const headers = { origin: 'https://example.com' };
    const { status, body } = await call('api/applications', { body: typedIn('household-and-home'), headers });
    expect({ status, body }).toEqual({ status: 403, body: { code: 'FOREIGN_ORIGIN' } });
    const form = await fetch(`${example.url}/api/applications`, { method: 'POST', body: 'childName=x' });
    expect(form.status).toBe(415);
  });
});

describe('the clerk', () => {
  async function signedIn(): Promise<string> {
    return (await call('api/clerk/session', { body: { name: 'teacher.li', code: CLERK_CODE } })).cookie;
  }

  it('without signing in sees nothing', async () => {
    for (const path of ['api/clerk/applications', 'api/clerk/applications/RX-1']) {
      expect(await call(path)).toMatchObject({ status: 401, body: { code: 'SIGN_IN' } });
    }
    expect((await call('api/clerk/session', { body: { name: 'teacher.li', code: 'guess' } })).status).toBe(422);
    expect((await call('api/clerk/session', { body: { name: '李老师 ', code: CLERK_CODE } })).status).toBe(422);
    // No demonstration: the code is told to nobody.
    expect((await call('api/clerk/session')).body).toEqual({ name: null, code: null });
  });

  it('sees the granted facts with outcome and source, masked as granted, by name in the record; and a receipt that holds', async () => {
    const cookie = await signedIn();
    const { body } = await call('api/applications', { body: typedIn('household-and-home') });
    const number = (body as { readonly number?: string }).number ?? '';
    const before = await lastSeq();
    const seen = await call(`api/clerk/applications/${number}`, { cookie });
    const { facts, form, receipt } = seen.body as unknown as {
      readonly facts: {
        readonly rows: readonly {
          readonly path: readonly string[];
          readonly value: unknown;
          readonly outcome: string;
          readonly department: string;
        }[];
      };
      readonly form: { readonly filled: number; readonly total: number };
      readonly receipt: { readonly valid: boolean; readonly claims: Readonly<Record<string, unknown>> };
    };
    const row = (path: string) => facts.rows.find((one) => one.path.join('.') === path);
    expect(row('resident.name')).toMatchObject({ value: '陈雨涵', outcome: 'SHOWN', department: 'HOUSEHOLD' });
    expect(row('resident.idNumber')).toMatchObject({
      value: '350702**********21',
      outcome: 'MASKED',
      department: 'HOUSEHOLD',
    });
    expect(row('resident.guardians.0.name')).toMatchObject({ value: '陈*明', outcome: 'MASKED' });
    expect(row('resident.guardians.0.resident.properties.0.unit.area')).toMatchObject({
      value: 98.6,
      department: 'PROPERTY',
    });
    expect(row('resident.vaccination.assessment.result')).toMatchObject({
      value: 'COMPLETE',
      department: 'VACCINATION',
    });
    expect(facts.rows.filter(({ outcome }) => outcome === 'WITHHELD')).toEqual([]);
    expect(seen.text).not.toContain('350702199003149014');
    expect(form).toMatchObject({ filled: 7, total: 9 });
    expect(receipt).toMatchObject({ valid: true, claims: { case: number, verdict: 'APPROVED' } });
    const entries = await entriesSince(before);
    expect(entries.map(({ operator, caseNumber }) => ({ operator, caseNumber }))).toEqual(
      Array.from({ length: 2 }, () => ({ operator: 'teacher.li', caseNumber: number })),
    );
  });

  it('is told of a department that is down, not of an absence', async () => {
    const cookie = await signedIn();
    const { body } = await call('api/applications', { body: typedIn('household-and-home') });
    Object.assign(departments.PROPERTY ?? {}, { down: true });
    const seen = await call(`api/clerk/applications/${(body as { readonly number?: string }).number}`, { cookie });
    Object.assign(departments.PROPERTY ?? {}, { down: false });
    const { facts } = seen.body as unknown as {
      readonly facts: {
        readonly rows: readonly {
          readonly path: readonly string[];
          readonly outcome: string;
          readonly department: string;
        }[];
      };
    };
    const rows = facts.rows.filter(({ path }) => path.includes('properties'));
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatchObject({ outcome: 'SOURCE_DOWN', department: 'PROPERTY', value: null });
  });
});

describe('the page', () => {
  it('has its words in both languages', async () => {
    for (const name of ['parent-words.js', 'clerk-words.js']) {
      const { WORDS } = (await import(join(PACKAGE_ROOT, 'examples/enrolment/page', name))) as {
        readonly WORDS: Readonly<Record<string, unknown>>;
      };
      expect(shapeOf(WORDS.en)).toEqual(shapeOf(WORDS.zh));
    }
  });

  it('may load nothing of others, and every file it names is there', async () => {
    for (const page of ['', 'clerk']) {
      const response = await fetch(`${example.url}/${page}`);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
      const text = await response.text();
      expect(text).not.toMatch(/<script(?! type="module" src=)|style=|onclick|https?:/);
      for (const [, file] of text.matchAll(/(?:src|href)="(assets\/[^"]+)"/g))
        expect((await fetch(`${example.url}/${file}`)).status).toBe(200);
    }
    expect((await fetch(`${example.url}/assets/demonstration.json`)).status).toBe(404);
    expect((await fetch(`${example.url}/assets/..%2fplugin.js`)).status).toBe(404);
  });
});

/** Keys and kinds of a tree of words. */
function shapeOf(words: unknown): unknown {
  if (Array.isArray(words)) return words.map(shapeOf);
  if (typeof words !== 'object' || words === null) return typeof words;
  return Object.fromEntries(Object.entries(words).map(([key, inner]) => [key, shapeOf(inner)]));
}
