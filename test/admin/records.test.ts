/** The control plane's records, monitoring and citizen's view, over a running gateway and its real record. */
import { randomUUID } from 'node:crypto';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CryptoKey, importJWK } from 'jose';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChain } from '../../src/audit/chain.js';
import { exportRecord } from '../../src/audit/export.js';
import { loadSigningKeys } from '../../src/audit/signing-key.js';
import { keyFolder, recordFolder } from '../../src/places.js';
import { verifyFile } from '../../src/records/signed-file.js';
import type { RatingLevel } from '../../src/store/case-events.js';
import { addRating } from '../../src/store/ratings.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';

const CHILD = '350702202003059021';
const CASE = {
  'Mianzheng-Matter': 'school-enrolment-primary',
  'Mianzheng-Case': 'NP-2026-0001',
  'Mianzheng-Operator': 'teacher-7',
};
const READ = `{ resident(id: "${CHILD}") { name idNumber guardians { relation name resident { name } } vaccination { assessment { result } } } }`;
const FROM = '2020-01-01T00:00:00Z';

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let running: RunningGateway;

beforeAll(async () => {
  city = await embeddedCityFolder();
  running = await startGateway(city.folder);
  await running.ask('school-enrolment', CASE, READ);
  await running.ask('school-enrolment', CASE, 'mutation { verify { verdict } }');
  await running.ask('no-grants', CASE, `{ resident(id: "${CHILD}") { name } }`);
});

afterAll(async () => {
  await running?.close();
  city?.remove();
});

interface Item {
  readonly position: string;
  readonly client: string;
  readonly verdict: string | null;
  readonly inWords: { readonly zh: string; readonly en: string };
  readonly subjects: readonly string[];
  readonly disclosed: readonly string[];
  readonly masked: readonly string[];
  readonly used: readonly string[];
  readonly withheld: readonly string[];
  readonly about: readonly { readonly subject: string; readonly age: string; readonly fields: readonly string[] }[];
}

interface Use {
  readonly verdict: string | null;
  readonly fields: readonly { readonly coordinate: string }[];
}

interface SignedFile {
  readonly file: { readonly name: string; readonly base64: string; readonly rows: number };
  readonly signature: string;
}

/** What the queries of these tests answer; each asks for a part of it. */
interface Data {
  readonly records: { readonly items: readonly Item[]; readonly next: string | null };
  readonly record: Pick<Item, 'position'> | null;
  readonly exportRecords: SignedFile;
  readonly sealState: unknown;
  readonly minorsReport: { readonly lines: readonly { readonly fields: readonly { readonly name: string }[] }[] };
  readonly exportMinorsReport: SignedFile;
  readonly monitoring: {
    readonly requests: number;
    readonly verdicts: unknown;
    readonly topClients: unknown;
    readonly topFields: readonly { readonly name: string }[];
    readonly ratings: unknown;
  };
  readonly live: { readonly p50: number; readonly departments: readonly unknown[] };
  readonly mine: { readonly uses: { readonly total: number; readonly items: readonly Use[] } };
}

interface AdminAnswer {
  readonly data: Data;
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly field?: string } }[];
}

async function admin(who: string, query: string, variables: object = {}): Promise<AdminAnswer> {
  const token = (await running.gateway.developmentIssuer?.mint(who))?.token ?? '';
  const response = await fetch(`${running.url}/admin/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as AdminAnswer;
}

/** The last year: a period of a search has a bound. */
const period = () => ({ from: new Date(Date.now() - 86_400_000).toISOString() });

const SEARCH = `query ($filter: RecordFilter!, $size: Int! = 20, $after: String) { records(filter: $filter, size: $size, after: $after) {
  items { position hash kind client operator matter caseNumber subjects disclosed masked used withheld verdict outcome code actor inWords { zh en }
    about { subject age fields } changes { action subject after } } next unsound } }`;

const search = (who: string, filter: object, more: object = {}) =>
  admin(who, SEARCH, { filter: { ...period(), ...filter }, ...more });

/** What people asked last; the gateway's own work may be recorded after it. */
async function lastEntry() {
  let last: unknown = null;
  for await (const entry of exportRecord(recordFolder(running.config))) if (entry.kind === 'control') last = entry;
  return last;
}

describe('a search of the record', () => {
  it('finds a person by the identifier, which neither the index nor the record of the search has', async () => {
    const { data } = await search('auditor', { subject: { kind: 'CITIZEN', id: CHILD } });
    expect(data.records.items.map((item) => item.client)).toEqual(['school-enrolment', 'school-enrolment']);
    const [verdict, read] = data.records.items;
    expect(verdict).toMatchObject({ kind: 'REQUEST', outcome: 'ANSWERED', verdict: expect.any(String) });
    expect(read).toMatchObject({
      caseNumber: 'NP-2026-0001',
      operator: 'teacher-7',
      matter: 'school-enrolment-primary',
    });
    expect(read?.about.find(({ age }) => age === 'UNDER_14')?.fields).toContain('Resident.name');
    expect(read?.inWords.zh).toContain('经办人 teacher-7');
    expect(read?.inWords.en).toContain('case NP-2026-0001');
    const noted = await lastEntry();
    expect(noted).toMatchObject({
      kind: 'control',
      record: {
        actor: 'auditor',
        changes: [
          {
            action: 'records.search',
            after: { subject: running.gateway.pseudonym('CITIZEN', CHILD) },
          },
        ],
      },
    });
    expect(JSON.stringify(noted)).not.toContain(CHILD);
  });

  it('finds by application, matter, case, field, outcome, code and operator, page by page', async () => {
    const places = async (filter: object) => (await search('auditor', filter)).data.records.items.length;
    expect(await places({ client: 'no-grants' })).toBe(1);
    expect(
      await places({ client: 'school-enrolment', matter: 'school-enrolment-primary', caseNumber: 'NP-2026-0001' }),
    ).toBe(2);
    expect(await places({ coordinate: 'VaccinationAssessment.result' })).toBeGreaterThan(0);
    expect(await places({ operator: 'teacher-7', kind: ['REQUEST'] })).toBe(3);
    expect(await places({ outcome: 'FAILED' })).toBe(0);
    expect(await places({ client: 'nobody' })).toBe(0);
    const first = (await search('auditor', { kind: ['REQUEST'] }, { size: 2 })).data.records;
    const second = (await search('auditor', { kind: ['REQUEST'] }, { size: 2, after: first.next })).data.records;
    expect([...first.items, ...second.items]).toHaveLength(3);
    expect(second.next).toBeNull();
  });

  it('refuses what is no search, naming the argument', async () => {
    const refused = async (filter: object, more = {}) =>
      (await search('auditor', filter, more)).errors?.[0]?.extensions;
    expect(await refused({ from: FROM })).toEqual({ code: 'BAD_USER_INPUT', field: 'from' });
    expect(await refused({ subject: { kind: 'CITIZEN', id: '350702202003059020' } })).toEqual({
      code: 'BAD_IDENTIFIER',
      field: 'filter.subject.id',
    });
    expect(await refused({ client: CHILD.replace('X', '1') })).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'filter.client',
    });
    expect(await refused({}, { size: 201 })).toEqual({ code: 'BAD_USER_INPUT', field: 'size' });
    expect(await refused({}, { after: 'nonsense' })).toEqual({ code: 'BAD_USER_INPUT', field: 'after' });
    expect(await refused({ actor: 'a', operator: 'b' })).toEqual({ code: 'BAD_USER_INPUT', field: 'filter.operator' });
  });

  it('shows a department own fields alone: no other coordinate, no verdict, nobody else', async () => {
    const { data, errors } = await search('vaccination-admin', {});
    expect(errors).toBeUndefined();
    expect(data.records.items).toHaveLength(2);
    const own = [...running.gateway.catalogue.fields.values()].filter(({ department }) => department === 'VACCINATION');
    const coordinates = own.map(({ coordinate }) => coordinate);
    for (const item of data.records.items) {
      expect(item.verdict).toBeNull();
      expect(item.subjects).toHaveLength(1);
      for (const list of [
        item.disclosed,
        item.masked,
        item.used,
        item.withheld,
        ...item.about.map(({ fields }) => fields),
      ]) {
        for (const coordinate of list) expect(coordinates).toContain(coordinate);
      }
    }
    // Nor by asking for one who was met beside them: a page of one would tell by its next.
    const file = await running.gateway.store.findCase('school-enrolment', 'NP-2026-0001');
    const guardian = file?.subjects.find(({ role }) => role === 'guardian')?.id ?? '';
    const met = async (who: string, id: string) =>
      (await search(who, { subject: { kind: 'CITIZEN', id } }, { size: 1 })).data.records;
    expect((await met('auditor', guardian)).items).toHaveLength(1);
    expect(await met('vaccination-admin', guardian)).toMatchObject({ items: [], next: null });
    expect((await met('vaccination-admin', CHILD)).items).toHaveLength(1);
    const others = await search('vaccination-admin', { coordinate: 'Resident.name' });
    expect(others.data.records.items).toEqual([]);
    const [whole] = (await search('auditor', { client: 'no-grants' })).data.records.items;
    const one = 'query ($position: String!) { record(position: $position) { position } }';
    expect((await admin('vaccination-admin', one, { position: whole?.position })).data.record).toBeNull();
    expect((await admin('household-admin', one, { position: whole?.position })).data.record).toEqual({
      position: whole?.position,
    });
  });

  it('is for nobody else', async () => {
    for (const who of ['operator', `citizen:${CHILD}`]) {
      expect((await search(who, {})).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
    const query = 'query ($filter: RecordFilter!) { exportRecords(filter: $filter, format: CSV) { signature } }';
    expect((await admin('household-admin', query, { filter: period() })).errors?.[0]?.extensions.code).toBe(
      'FORBIDDEN',
    );
  });
});

describe('a file of the record', () => {
  async function keys(): Promise<ReadonlyMap<string, CryptoKey>> {
    const response = await fetch(`${running.url}/.well-known/jwks.json`);
    const set = (await response.json()) as { readonly keys: readonly { readonly kid: string }[] };
    return new Map(
      await Promise.all(set.keys.map(async (jwk) => [jwk.kid, (await importJWK(jwk, 'EdDSA')) as CryptoKey] as const)),
    );
  }

  it.each(['CSV', 'JSON'] as const)(
    'as %s verifies by the published keys, and any change of it does not',
    async (format) => {
      const query = `query ($filter: RecordFilter!) { exportRecords(filter: $filter, format: ${format}) { file { name base64 rows } signature } }`;
      const { data } = await admin('auditor', query, { filter: { ...period(), kind: ['REQUEST'] } });
      const { file, signature } = data.exportRecords;
      expect(file.rows).toBe(3);
      const bytes = Buffer.from(file.base64, 'base64');
      expect(bytes.toString('utf8')).toContain('NP-2026-0001');
      const verified = await verifyFile(bytes, signature, await keys());
      expect(verified).toMatchObject({
        ok: true,
        statement: { name: file.name, by: 'auditor', entries: 3, chains: { 'gateway-1': expect.any(Number) } },
      });
      const changed = Buffer.from(bytes);
      changed[50] = (changed[50] ?? 0) ^ 1;
      expect(await verifyFile(changed, signature, await keys())).toEqual({
        ok: false,
        reason: 'the file or its signature was changed',
      });
      expect(await verifyFile(bytes, signature, new Map())).toMatchObject({ ok: false });
      expect(await verifyFile(bytes, 'nonsense', await keys())).toMatchObject({ ok: false });
    },
  );
});

describe('the state of the seals', () => {
  it('says how far each chain is sealed, and verifies when asked', async () => {
    const query =
      'query ($verify: Boolean!) { sealState(verify: $verify) { chain entries sealed sound verifiedAt faults pruned } }';
    const before = (await admin('auditor', query, { verify: false })).data.sealState;
    expect(before).toMatchObject([{ chain: 'gateway-1', sound: null, faults: [], pruned: 0 }]);
    const after = (await admin('auditor', query, { verify: true })).data.sealState;
    expect(after).toMatchObject([{ chain: 'gateway-1', sound: true, faults: [], verifiedAt: expect.any(String) }]);
  });

  it.each(['checkpoints.jsonl', 'anchors.jsonl'])(
    'says what is wrong with a chain whose %s ends in nonsense',
    async (file) => {
      const folder = join(recordFolder(running.config), 'gateway-0');
      const { current: signingKey } = await loadSigningKeys(keyFolder(running.config));
      const onFault = () => undefined;
      await (
        await openChain({ folder: join(folder, '..'), chain: 'gateway-0', signingKey, now: Date.now, onFault })
      ).close();
      await appendFile(join(folder, file), 'nonsense\n');
      try {
        const query = '{ sealState(verify: true) { chain sound faults } }';
        const { data, errors } = await admin('auditor', query);
        expect(errors).toBeUndefined();
        expect(data.sealState).toMatchObject([
          { chain: 'gateway-0', sound: false, faults: expect.arrayContaining([expect.stringMatching(/_CHANGED: /)]) },
          { chain: 'gateway-1', sound: true, faults: [] },
        ]);
        expect((await search('auditor', { client: 'no-grants' })).data.records.items).toHaveLength(1);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});

describe('the yearly report on minors', () => {
  it('tells who used which field of minors, and comes as a signed workbook', async () => {
    const year = new Date(Date.now() + 480 * 60_000).getUTCFullYear();
    const query = `{ minorsReport(year: ${year}) { requests minors under14 refused lines { client operator matter legalBases requests fields { name count } } anomalies { kind inWords } }
      exportMinorsReport(year: ${year}, format: XLSX) { file { name base64 } signature } }`;
    const { data, errors } = await admin('auditor', query);
    expect(errors).toBeUndefined();
    expect(data.minorsReport).toMatchObject({ requests: 2, minors: 1, under14: 1 });
    const names = data.minorsReport.lines.flatMap(({ fields }) => fields.map(({ name }) => name));
    expect(names).toContain('VaccinationAssessment.result');
    expect(Buffer.from(data.exportMinorsReport.file.base64, 'base64').subarray(0, 2).toString()).toBe('PK');
    expect((await admin('household-admin', query)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});

describe('monitoring', () => {
  const ACTIVITY = `query ($from: DateTime!) { monitoring(from: $from, step: HOUR) { requests outcomes { name count } series { at answered refused failed } verdicts { name count }
    matterVerdicts { matter } topClients { name count } topFields { name } refusals { name count } unanswered { name } alarms { name } } }`;

  it('counts what happened; a department sees own fields and no verdict', async () => {
    const { data } = await admin('platform-admin', ACTIVITY, period());
    expect(data.monitoring.requests).toBe(3);
    expect(data.monitoring.topClients).toEqual([
      { name: 'school-enrolment', count: 2 },
      { name: 'no-grants', count: 1 },
    ]);
    expect(data.monitoring.verdicts).toHaveLength(1);
    const own = (await admin('vaccination-admin', ACTIVITY, period())).data.monitoring;
    expect(own).toMatchObject({ requests: 2, verdicts: [], matterVerdicts: [] });
    const department = (name: string) => running.gateway.catalogue.fields.get(name)?.department;
    for (const { name } of own.topFields) expect(department(name)).toBe('VACCINATION');
  });

  it('counts ratings of the period by level, and what waits now whenever it was rated', async () => {
    const { store } = running.gateway;
    const before = await store.cases.ratings({}, '2000-01-01');
    const given = [
      ['SATISFIED', Date.now() - 1000, 'NONE_NEEDED', null],
      ['VERY_DISSATISFIED', Date.now() - 1000, 'OPEN', '2999-01-01'],
      ['DISSATISFIED', Date.parse('2020-01-01'), 'UNRESOLVED', '2020-01-10'],
      ['DISSATISFIED', Date.parse('2020-01-01'), 'RESOLVED', '2020-01-10'],
    ] as const;
    for (const [i, [level, at, rectification, due]] of given.entries()) {
      const key = { client: 'school-enrolment', number: `RATED-${i}` };
      await store.registerCase({ ...key, matter: 'school-enrolment-primary', filedOn: '2026-07-01', subjects: [] });
      const rating = { ...key, id: randomUUID(), matter: 'school-enrolment-primary', level, at, rectification, due };
      const also = (db: Knex) => addRating(db, rating);
      await store.cases.change(key, () => ({ events: [], notices: [], also }), 0);
    }
    const query = `query ($from: DateTime!) { monitoring(from: $from, step: DAY) {
      ratings { levels { name count } openRectifications overdueRectifications } } }`;
    const counted = (name: string, added: number) => ({
      name,
      count: (before.levels[name as RatingLevel] ?? 0) + added,
    });
    const year = { from: new Date(Date.now() - 365 * 86_400_000).toISOString() };
    expect((await admin('auditor', query, year)).data.monitoring.ratings).toEqual({
      levels: [
        counted('VERY_SATISFIED', 0),
        counted('SATISFIED', 1),
        counted('BASICALLY_SATISFIED', 0),
        counted('DISSATISFIED', 0),
        counted('VERY_DISSATISFIED', 1),
      ],
      openRectifications: before.open + 2,
      overdueRectifications: before.overdue + 1,
    });
    expect((await admin('household-admin', query, year)).data.monitoring.ratings).toBeNull();
  });

  it('tells how the departments do now', async () => {
    const query = '{ live { p50 p99 inProgress departments { department state breaker lastFault up down } } }';
    const all = (await admin('auditor', query)).data.live;
    expect(all.departments).toHaveLength(5);
    expect(all.departments[0]).toMatchObject({ state: 'UP', breaker: 'CLOSED', lastFault: null });
    expect(all.p50).toBeGreaterThan(0);
    const own = (await admin('property-admin', query)).data.live;
    expect(own.departments).toMatchObject([{ department: 'PROPERTY' }]);
  });
});

describe("a citizen's own view", () => {
  const MINE = `query ($page: PageInput! = {}) { mine { uses(page: $page) { total items { position client clientNameZh matterZh caseNumber certain verdict inWords { zh en } fields { coordinate nameZh nameEn department how } } } } }`;

  it('tells who used which of the own fields for what, in plain words, and nothing of anybody else', async () => {
    const { data, errors } = await admin(`citizen:${CHILD}`, MINE);
    expect(errors).toBeUndefined();
    const { total, items } = data.mine.uses;
    expect(total).toBe(2);
    const read = items.at(-1);
    expect(read).toMatchObject({ client: 'school-enrolment', caseNumber: 'NP-2026-0001', certain: true });
    const name = read?.fields.find(({ coordinate }) => coordinate === 'Resident.name');
    expect(name).toEqual({
      coordinate: 'Resident.name',
      nameZh: '人口·姓名',
      nameEn: 'Name (resident)',
      department: 'HOUSEHOLD',
      how: expect.any(String),
    });
    for (const item of items) expect(item.verdict).toBeNull();
    // The clerk of the request is somebody else.
    expect(JSON.stringify(items)).not.toContain('teacher-7');
    const noted = await lastEntry();
    expect(noted).toMatchObject({
      kind: 'control',
      record: { fields: ['Query.mine'], subjects: [expect.any(String)] },
    });
    expect(JSON.stringify(noted)).not.toContain(CHILD);
  });

  it('tells a guardian what was seen of the guardian, not of the child', async () => {
    const { data } = await search('auditor', { subject: { kind: 'CITIZEN', id: CHILD } });
    const read = data.records.items.at(-1);
    const child = read?.about.find(({ subject }) => subject === running.gateway.pseudonym('CITIZEN', CHILD));
    expect(child).toMatchObject({ age: 'UNDER_14', fields: expect.arrayContaining(['VaccinationAssessment.result']) });
    const adult = read?.about.find(({ age }) => age === 'ADULT');
    expect(adult?.fields).not.toContain('VaccinationAssessment.result');
  });

  it('pages, and has a bound', async () => {
    const second = (await admin(`citizen:${CHILD}`, MINE, { page: { number: 2, size: 1 } })).data.mine.uses;
    expect(second.items).toHaveLength(1);
    const beyond = await admin(`citizen:${CHILD}`, MINE, { page: { number: 100, size: 101 } });
    expect(beyond.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'page.number' });
    const stranger = (await admin('citizen:440524188001010014', MINE)).data.mine.uses;
    expect(stranger).toEqual({ total: 0, items: [] });
  });

  it('is for citizens alone', async () => {
    expect((await admin('platform-admin', MINE)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
