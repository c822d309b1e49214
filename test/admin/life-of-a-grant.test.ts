/**
 * The life of a grant on a real record: applied for, approved in part, used, narrowed, suspended, ended; every change of
 * access administration once, on two gateways over one control store, on each kind of database.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { applications } from '../../src/admin/applications.js';
import { catalogue } from '../../src/admin/catalogue.js';
import { clients } from '../../src/admin/clients.js';
import { grants } from '../../src/admin/grants.js';
import type { ControlRecord } from '../../src/audit/entries.js';
import { exportRecord } from '../../src/audit/export.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { STORE_PLACES } from '../support/store-places.js';

const CHILD = '350702202003059021';
/** Until another gateway has read the policy. */
const inAWhile = { timeout: 30_000, interval: 50 };
const PURPOSE = { 'mianzheng-matter': 'school-enrolment-primary', 'mianzheng-case': 'NP-2026-0001' };
const QUERY = `{ resident(id: "${CHILD}") { name sex birthDate address { text } } }`;
/** 2026-07-01 10:00 in China, a Wednesday; a moment later every time it is looked at. */
let at = Date.parse('2026-07-01T02:00:00Z');
const now = (): number => {
  at += 1;
  return at;
};

/** A field of household registration is refused, and another given more narrowly. */
const INPUT = {
  client: 'no-grants',
  purpose: 'Where children live who are to enrol',
  matters: ['school-enrolment-primary'],
  legalBasis: '《义务教育法》第十二条',
  items: [
    { coordinate: 'Query.resident', disclosure: 'FULL' },
    { coordinate: 'Resident.name', disclosure: 'FULL' },
    { coordinate: 'Resident.sex', disclosure: 'FULL' },
    { coordinate: 'Resident.birthDate', disclosure: 'FULL' },
    { coordinate: 'PropertyUnit.address', disclosure: 'FULL' },
  ],
  regions: ['3507'],
  subjects: 'CASE_SUBJECTS',
  maxHops: 0,
  validFrom: '2026-07-01',
  validTo: '2026-12-31',
};

const DECISIONS = [
  { coordinate: 'Query.resident', granted: 'FULL' },
  { coordinate: 'Resident.name', granted: 'MASKED', reason: '核验姓氏即可' },
  { coordinate: 'Resident.sex', granted: 'FULL' },
  { coordinate: 'Resident.birthDate', granted: null, reason: '年龄以核验方式使用，不提供原值' },
];

type Data = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Told {
  readonly data: Data | null;
  readonly codes: readonly string[];
}

describe.each(STORE_PLACES)('on $name', ({ skip, create }) => {
  describe.skipIf(skip)('the life of a grant', () => {
    let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
    let place: Awaited<ReturnType<typeof create>>;
    let one: RunningGateway;
    let two: RunningGateway;

    beforeAll(async () => {
      city = await embeddedCityFolder();
      place = await create();
      const given = { control: place.url };
      one = await startGateway(city.folder, {}, 'gateway-1', given, now);
      two = await startGateway(city.folder, {}, 'gateway-2', given, now);
      const subjects = [{ role: 'child', kind: 'CITIZEN', id: CHILD }];
      const file = {
        client: 'no-grants',
        number: 'NP-2026-0001',
        matter: 'school-enrolment-primary',
        filedOn: '2026-07-01',
      };
      await one.gateway.store.registerCase({ ...file, subjects });
    });

    afterAll(async () => {
      await one.close();
      await two.close();
      await place.remove();
      city.remove();
    });

    /** Asks the control plane of one gateway. */
    async function ask(
      person: string,
      query: string,
      variables: unknown = {},
      gateway: RunningGateway = one,
    ): Promise<Told> {
      const token = (await gateway.gateway.developmentIssuer?.mint(person))?.token ?? '';
      const response = await fetch(`${gateway.url}/admin/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const { data = null, errors = [] } = (await response.json()) as {
        readonly data?: Data | null;
        readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
      };
      return { data, codes: errors.map(({ extensions }) => extensions.code) };
    }

    /** What the application gets, and the reasons for what it does not. */
    async function gets(gateway: RunningGateway): Promise<{ readonly resident: unknown; readonly withheld: number }> {
      const { data, errors = [] } = await gateway.ask('no-grants', PURPOSE, QUERY);
      return { resident: data?.resident ?? null, withheld: errors.length };
    }

    let id = '';
    const GRANT = () => `no-grants.household.${id.slice(0, 8)}`;

    it('begins with an application that is as its need is explained', async () => {
      const explained = await ask(
        'operator',
        'query($q: String!) { explainAccess(client: "no-grants", matter: "school-enrolment-primary", query: $q) { complete missing { department coordinates } } }',
        { q: QUERY },
      );
      expect(explained.data?.explainAccess).toEqual({
        complete: false,
        missing: [
          {
            department: 'HOUSEHOLD',
            coordinates: [
              'Address.text',
              'Query.resident',
              'Resident.address',
              'Resident.birthDate',
              'Resident.name',
              'Resident.sex',
            ],
          },
        ],
      });
      const made = await ask(
        'operator',
        'mutation($input: ApplicationInput!) { createApplication(input: $input) { id status actions parts { department } } }',
        { input: INPUT },
      );
      expect(made.data?.createApplication).toMatchObject({
        status: 'DRAFT',
        actions: ['updateApplication', 'submitApplication', 'withdrawApplication'],
        parts: [],
      });
      id = String(made.data?.createApplication?.id);
      // Nobody else sees a draft.
      for (const person of ['platform-admin', 'household-admin', 'auditor']) {
        expect((await ask(person, 'query($id: ID!) { application(id: $id) { id } }', { id })).data).toEqual({
          application: null,
        });
      }
    });

    it('has a clock of ten working days for each owner from when it is submitted', async () => {
      const purpose = 'Where children live who are to enrol in 2026';
      await ask(
        'operator',
        'mutation($id: ID!, $input: ApplicationInput!) { updateApplication(id: $id, input: $input) { id } }',
        { id, input: { ...INPUT, purpose } },
      );
      const { data } = await ask(
        'operator',
        'mutation($id: ID!) { submitApplication(id: $id) { status purpose parts { department workingDays dueOn daysLeft overdue } } }',
        { id },
      );
      expect(data?.submitApplication).toEqual({
        status: 'SUBMITTED',
        purpose,
        parts: ['HOUSEHOLD', 'PROPERTY'].map((department) => ({
          department,
          workingDays: 10,
          dueOn: '2026-07-15',
          daysLeft: 10,
          overdue: false,
        })),
      });
    });

    it('shows each owner its own fields, and who else may decide nothing', async () => {
      const shown = await ask(
        'household-admin',
        '{ applications(filter: {status: [SUBMITTED]}) { total items { id actions items { coordinate } parts { department } } } }',
      );
      expect(shown.data?.applications).toEqual({
        total: 1,
        items: [
          {
            id,
            actions: ['decideApplication'],
            items: INPUT.items.slice(0, 4).map(({ coordinate }) => ({ coordinate })),
            parts: [{ department: 'HOUSEHOLD' }],
          },
        ],
      });
      const decide =
        'mutation($id: ID!, $d: [ItemDecisionInput!]!) { decideApplication(id: $id, department: "HOUSEHOLD", decisions: $d) { status } }';
      for (const person of ['operator', 'property-admin', 'platform-admin', 'auditor']) {
        expect((await ask(person, decide, { id, d: DECISIONS })).codes).toEqual(['FORBIDDEN']);
      }
      // Less than was applied for needs its reason; more is never given; every field needs a decision.
      const without = DECISIONS.map(({ coordinate, granted }) => ({ coordinate, granted }));
      expect((await ask('household-admin', decide, { id, d: without })).codes).toEqual(['BAD_USER_INPUT']);
      expect((await ask('household-admin', decide, { id, d: DECISIONS.slice(1) })).codes).toEqual(['BAD_USER_INPUT']);
    });

    it('refuses whoever began it, although the fields are that person’s to give', async () => {
      const input = { ...INPUT, items: [INPUT.items[1]] };
      const made = await ask(
        'household-admin',
        'mutation($input: ApplicationInput!) { createApplication(input: $input) { id } }',
        { input },
      );
      const own = String(made.data?.createApplication?.id);
      await ask('household-admin', 'mutation($id: ID!) { submitApplication(id: $id) { id } }', { id: own });
      const d = [{ coordinate: 'Resident.name', granted: 'FULL' }];
      const decided = await ask(
        'household-admin',
        'mutation($id: ID!, $d: [ItemDecisionInput!]!) { decideApplication(id: $id, department: "HOUSEHOLD", decisions: $d) { id } }',
        { id: own, d },
      );
      expect(decided.codes).toEqual(['FORBIDDEN']);
      const taken = await ask('household-admin', 'mutation($id: ID!) { withdrawApplication(id: $id) { status } }', {
        id: own,
      });
      expect(taken.data?.withdrawApplication).toEqual({ status: 'WITHDRAWN' });
    });

    it('gives exactly the fields that were approved, from the next request on, and on other gateways within a second', async () => {
      expect(await gets(one)).toEqual({ resident: null, withheld: 1 });
      expect(await gets(two)).toEqual({ resident: null, withheld: 1 });
      const { data, codes } = await ask(
        'household-admin',
        'mutation($id: ID!, $d: [ItemDecisionInput!]!) { decideApplication(id: $id, department: "HOUSEHOLD", decisions: $d, bounds: {subjectsPerDay: 500}) { status subjectsPerDay items { coordinate decision granted reason } parts { decidedBy grant dataDueOn } } }',
        { id, d: DECISIONS },
      );
      expect(codes).toEqual([]);
      expect(data?.decideApplication).toMatchObject({
        status: 'SUBMITTED',
        subjectsPerDay: null,
        parts: [{ decidedBy: 'household-admin', grant: GRANT(), dataDueOn: '2026-07-29' }],
      });
      const explained = await ask(
        'household-admin',
        'query($q: String!) { explainAccess(client: "no-grants", matter: "school-enrolment-primary", query: $q) { quotas { grant subjectsPerDay } } catalogueField(coordinate: "Resident.sex") { readers { client subjectsPerDay } } }',
        { q: QUERY },
      );
      expect(explained.data?.explainAccess).toEqual({ quotas: [{ grant: GRANT(), subjectsPerDay: 500 }] });
      expect(explained.data?.catalogueField?.readers).toContainEqual({ client: 'no-grants', subjectsPerDay: 500 });
      const given = { resident: { name: '陈*涵', sex: 'FEMALE', birthDate: null, address: null }, withheld: 2 };
      expect(await gets(one)).toEqual(given);
      await vi.waitFor(async () => expect(await gets(two)).toEqual(given), inAWhile);
      const d = [{ coordinate: 'PropertyUnit.address', granted: null, reason: '与入学无关的地址不提供' }];
      const whole = await ask(
        'property-admin',
        'mutation($id: ID!, $d: [ItemDecisionInput!]!) { decideApplication(id: $id, department: "PROPERTY", decisions: $d) { status parts { grant } } }',
        { id, d },
      );
      expect(whole.data?.decideApplication).toEqual({ status: 'PARTLY_APPROVED', parts: [{ grant: null }] });
    });

    it('knows from the record what of it was used, and what its end would do', async () => {
      const use = await ask(
        'household-admin',
        'query { grantUse(days: 30, page: {size: 200}) { items { grant { id } requests unusedFields leastFields { coordinate disclosure } } } }',
      );
      const items = use.data?.grantUse?.items as readonly { readonly grant: { readonly id: string } }[];
      expect(items.find(({ grant }) => grant.id === GRANT())).toEqual({
        grant: { id: GRANT() },
        requests: 2,
        unusedFields: [],
        leastFields: [
          { coordinate: 'Query.resident', disclosure: 'FULL' },
          { coordinate: 'Resident.name', disclosure: 'MASKED' },
          { coordinate: 'Resident.sex', disclosure: 'FULL' },
        ],
      });
      const effect = 'coordinate before after requests';
      const end = await ask(
        'household-admin',
        `query($id: ID!) { dryRun(change: {end: $id}) { requests losses { ${effect} } gains { ${effect} } } }`,
        { id: GRANT() },
      );
      expect(end.data?.dryRun).toMatchObject({
        gains: [],
        losses: [
          { coordinate: 'Query.resident', before: 'FULL', after: 'WITHHELD' },
          { coordinate: 'Resident.name', before: 'MASKED', after: 'WITHHELD' },
          { coordinate: 'Resident.sex', before: 'FULL', after: 'WITHHELD' },
        ],
      });
      const draft = {
        id: GRANT(),
        client: 'no-grants',
        department: 'HOUSEHOLD',
        matters: INPUT.matters,
        items: [...INPUT.items.slice(0, 3), { coordinate: 'Resident.birthDate', disclosure: 'PREDICATE' }],
        subjectsPerDay: 1,
      };
      const wider = await ask(
        'household-admin',
        `query($draft: DraftGrantInput!) { dryRun(change: {draft: $draft}) { quota { subjectsPerDay busiestDay mostSubjects daysBeyond } losses { ${effect} } gains { ${effect} } } }`,
        { draft },
      );
      expect(wider.data?.dryRun).toMatchObject({
        quota: { subjectsPerDay: 1, busiestDay: '2026-07-01', mostSubjects: 1, daysBeyond: 0 },
        losses: [],
        gains: [
          { coordinate: 'Resident.birthDate', before: 'WITHHELD', after: 'PREDICATE' },
          { coordinate: 'Resident.name', before: 'MASKED', after: 'FULL' },
        ],
      });
    });

    const reason = { reason: '暑期抽查发现不需要' };
    const change = (field: string) =>
      `mutation($id: ID!, $reason: String!) { ${field}(id: $id, reason: $reason) { status actions } }`;

    it('becomes narrower by its owner alone, and never wider', async () => {
      const narrow =
        'mutation($id: ID!, $terms: NarrowerTermsInput!, $reason: String!) { narrowGrant(id: $id, terms: $terms, reason: $reason) { coordinates { coordinate disclosure } validTo subjectsPerDay } }';
      const names = { coordinate: 'Resident.name', disclosure: 'FULL' };
      for (const terms of [
        { items: [names] },
        { matters: ['employment-subsidy'] },
        { regions: ['35'] },
        { subjects: 'ANY' },
        { validTo: '2027-01-01' },
        { subjectsPerDay: 0 },
        { subjectsPerDay: 501 },
      ]) {
        expect((await ask('household-admin', narrow, { id: GRANT(), terms, ...reason })).codes).toEqual([
          'BAD_USER_INPUT',
        ]);
      }
      const terms = {
        items: [
          { coordinate: 'Query.resident', disclosure: 'FULL' },
          { coordinate: 'Resident.name', disclosure: 'MASKED' },
        ],
        validTo: '2026-09-30',
        subjectsPerDay: 1,
      };
      expect((await ask('platform-admin', narrow, { id: GRANT(), terms, ...reason })).codes).toEqual(['FORBIDDEN']);
      const { data } = await ask('household-admin', narrow, { id: GRANT(), terms, ...reason });
      expect(data?.narrowGrant).toEqual({ coordinates: terms.items, validTo: '2026-09-30', subjectsPerDay: 1 });
      expect((await gets(one)).resident).toEqual({ name: '陈*涵', sex: null, birthDate: null, address: null });
    });

    it('is suspended by the platform too, resumed by its owner alone, and ends for good', async () => {
      expect(
        (await ask('platform-admin', change('suspendGrant'), { id: GRANT(), ...reason })).data?.suspendGrant,
      ).toMatchObject({ status: 'SUSPENDED' });
      expect((await gets(one)).resident).toBeNull();
      expect((await ask('platform-admin', change('resumeGrant'), { id: GRANT(), ...reason })).codes).toEqual([
        'FORBIDDEN',
      ]);
      expect(
        (await ask('household-admin', change('resumeGrant'), { id: GRANT(), ...reason })).data?.resumeGrant,
      ).toMatchObject({ status: 'APPROVED' });
      expect((await gets(one)).resident).not.toBeNull();
      await vi.waitFor(async () => expect((await gets(two)).resident).not.toBeNull(), inAWhile);
      expect(
        (await ask('household-admin', change('revokeGrant'), { id: GRANT(), ...reason })).data?.revokeGrant,
      ).toEqual({ status: 'REVOKED', actions: ['copyGrant'] });
      expect((await gets(one)).resident).toBeNull();
      await vi.waitFor(async () => expect((await gets(two)).resident).toBeNull(), inAWhile);
      expect((await ask('household-admin', change('resumeGrant'), { id: GRANT(), ...reason })).codes).toEqual([
        'STATE_CONFLICT',
      ]);
    });

    it('is extended by an application like any other', async () => {
      const { data } = await ask(
        'household-admin',
        'mutation($id: ID!) { copyGrant(id: $id, validTo: "2027-12-31", purpose: "The next year") { status validTo subjectsPerDay items { coordinate } } }',
        { id: GRANT() },
      );
      expect(data?.copyGrant).toMatchObject({
        status: 'DRAFT',
        validTo: '2027-12-31',
        // The owner decides anew whether that is still enough.
        subjectsPerDay: 1,
        items: [{ coordinate: 'Query.resident' }, { coordinate: 'Resident.name' }],
      });
      const compared = await ask(
        'household-admin',
        'query($l: ID!) { compareGrants(left: $l, right: "school-enrolment-household") { terms { term left right } } }',
        { l: GRANT() },
      );
      expect(compared.data?.compareGrants?.terms).toContainEqual({ term: 'subjectsPerDay', left: '1', right: '' });
      expect(compared.data?.compareGrants?.terms).toContainEqual({
        term: 'client',
        left: 'no-grants',
        right: 'school-enrolment',
      });
    });

    it('has around it application systems that are registered, renamed, switched off and on, held and released', async () => {
      const system = 'id state actions';
      const input = { id: 'library', nameZh: '图书借阅', nameEn: 'Library' };
      const put = (field: string) => `mutation($input: ClientInput!) { ${field}(input: $input) { ${system} nameZh } }`;
      expect((await ask('platform-admin', put('renameClient'), { input })).codes).toEqual(['NOT_FOUND']);
      expect((await ask('platform-admin', put('registerClient'), { input })).data?.registerClient).toMatchObject({
        state: 'ACTIVE',
      });
      expect((await ask('platform-admin', put('registerClient'), { input })).codes).toEqual(['STATE_CONFLICT']);
      expect(
        (await ask('platform-admin', put('renameClient'), { input: { ...input, nameZh: '图书馆' } })).data
          ?.renameClient,
      ).toMatchObject({ nameZh: '图书馆' });
      const set =
        'mutation($id: ID!, $active: Boolean!, $reason: String!) { setClientActive(id: $id, active: $active, reason: $reason) { state } }';
      for (const [active, state] of [
        [false, 'INACTIVE'],
        [true, 'ACTIVE'],
      ] as const) {
        expect((await ask('platform-admin', set, { id: 'library', active, ...reason })).data?.setClientActive).toEqual({
          state,
        });
      }
      const hold = (field: string) =>
        `mutation($id: ID!, $reason: String!) { ${field}(id: $id, reason: $reason) { ${system} } }`;
      // The department granted it something once; that the grant has ended takes nothing from its concern.
      expect((await ask('household-admin', hold('holdClient'), { id: 'library', ...reason })).codes).toEqual([
        'FORBIDDEN',
      ]);
      expect(
        (await ask('household-admin', hold('holdClient'), { id: 'no-grants', ...reason })).data?.holdClient,
      ).toMatchObject({ state: 'HELD' });
      expect((await one.ask('no-grants', PURPOSE, QUERY)).status).toBe(403);
      expect(
        (await ask('platform-admin', hold('releaseClient'), { id: 'no-grants', ...reason })).data?.releaseClient,
      ).toMatchObject({ state: 'ACTIVE' });
      expect(
        (await ask('platform-admin', hold('releaseClient'), { id: 'no-grants', reason: `about ${CHILD}` })).codes,
      ).toEqual(['BAD_USER_INPUT']);
    });

    it('has around it what departments vouch for, by hand and by file', async () => {
      const said = { legalBasis: '《户口登记条例》', freshness: 'DAILY', unit: '人口管理支队' };
      const { data } = await ask(
        'household-admin',
        'mutation($input: FieldResponsibilityInput!) { describeField(coordinate: "Resident.name", input: $input) { responsibility { legalBasis freshness unit remark saidBy } } }',
        { input: said },
      );
      expect(data?.describeField).toEqual({ responsibility: { ...said, remark: null, saidBy: 'household-admin' } });
      for (const format of ['CSV', 'XLSX']) {
        const file = await ask(
          'household-admin',
          'query($format: FileFormat!) { exportCatalogue(list: RESPONSIBILITIES, format: $format) { base64 rows } }',
          { format },
        );
        const { base64, rows } = file.data?.exportCatalogue ?? {};
        const read =
          'mutation($format: FileFormat!, $base64: String!, $dryRun: Boolean!) { importResponsibilities(format: $format, base64: $base64, dryRun: $dryRun) { lines changed faults { line message } done } }';
        const again = await ask('household-admin', read, { format, base64, dryRun: false });
        expect(again.data?.importResponsibilities).toEqual({ lines: rows, changed: [], faults: [], done: true });
        if (format !== 'CSV') continue;
        const text = Buffer.from(String(base64), 'base64').toString().replace('DAILY', 'MONTHLY');
        const changed = await ask('household-admin', read, {
          format,
          base64: Buffer.from(text).toString('base64'),
          dryRun: false,
        });
        expect(changed.data?.importResponsibilities).toMatchObject({ changed: ['Resident.name'], done: true });
      }
    });

    it('stands in the verified record, every change with its state before and after, and nobody’s number', async () => {
      const folder = join(city.folder, 'record');
      const changed = new Map<string, ControlRecord>();
      const text: string[] = [];
      for await (const entry of exportRecord(folder)) {
        if (entry.kind !== 'control') continue;
        text.push(JSON.stringify(entry.record));
        if (entry.record.outcome !== 'ANSWERED') expect(entry.record.changes).toEqual([]);
        else if (entry.record.changes.length > 0)
          for (const field of entry.record.fields) changed.set(field, entry.record);
      }
      const all = [catalogue, applications, grants, clients].flatMap(({ mutation }) => Object.keys(mutation));
      expect([...changed.keys()].sort()).toEqual(all.map((name) => `Mutation.${name}`).sort());
      for (const { changes } of changed.values()) {
        for (const { before, after } of changes) expect(after).not.toEqual(before);
      }
      expect(changed.get('Mutation.revokeGrant')).toMatchObject({
        actor: 'household-admin',
        roles: ['department-admin:HOUSEHOLD'],
        changes: [
          {
            action: 'grant.revoke',
            subject: GRANT(),
            before: { status: 'APPROVED' },
            after: { status: 'REVOKED', ...reason },
          },
        ],
      });
      expect(text.join()).not.toContain(CHILD);
      expect(await verifyRecord(folder, one.gateway.publicKeys())).toMatchObject({ state: 'INTACT' });
      const { data } = await ask(
        'household-admin',
        'query($id: ID!) { grant(id: $id) { changes { action actor record } } }',
        { id: GRANT() },
      );
      expect(data?.grant?.changes).toMatchObject(
        ['grant.revoke', 'grant.resume', 'grant.suspend', 'grant.narrow', 'grant.approve'].map((action) => ({
          action,
          record: expect.stringMatching(/^gateway-1\/\d+$/),
        })),
      );
    });
  });
});
