/** The whole control plane, asked by every role, and by one department about the things of another. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphQLField } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildAdminSchema } from '../../src/admin/schema.js';
import { THEMES } from '../../src/admin/themes.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { AccessApplication } from '../../src/store/access-applications.js';
import { putApplication } from '../../src/store/access-applications.js';
import { CITIZEN, type Desk, openDesk } from './desk.js';
import { documentOf } from './documents.js';

const cases = <T>(name: string): T => parse(readFileSync(join(PACKAGE_ROOT, 'test/cases', name), 'utf8')) as T;
const roles = cases<Record<string, string>>('admin-roles.yaml');
const departments = cases<Record<string, string>>('admin-departments.yaml');

const PEOPLE: Readonly<Record<string, string>> = {
  P: 'platform-admin',
  D: 'property-admin',
  A: 'auditor',
  O: 'operator',
  C: CITIZEN.name,
};

const { schema } = buildAdminSchema(THEMES);

interface Root {
  readonly coordinate: string;
  readonly operation: 'query' | 'mutation';
  readonly field: GraphQLField<unknown, unknown>;
}

const roots: readonly Root[] = (['query', 'mutation'] as const).flatMap((operation) => {
  const type = operation === 'query' ? schema.getQueryType() : schema.getMutationType();
  return Object.values(type?.getFields() ?? {}).map((field) => ({
    coordinate: `${type?.name ?? ''}.${field.name}`,
    operation,
    field,
  }));
});

/** Words that stand in the things of household registration and nowhere else. */
const SENTINEL = 'sentinel';

const APPLICATION: AccessApplication = {
  id: 'household',
  client: SENTINEL,
  status: 'SUBMITTED',
  purpose: `${SENTINEL} purpose`,
  matters: ['school-enrolment-primary'],
  legalBasis: `${SENTINEL} basis`,
  items: [
    {
      coordinate: 'Resident.name',
      department: 'HOUSEHOLD',
      disclosure: 'FULL',
      decision: 'PENDING',
      granted: null,
      reason: null,
    },
  ],
  regions: [],
  subjects: 'CASE_SUBJECTS',
  maxHops: 0,
  validFrom: '2026-07-01',
  validTo: '2026-12-31',
  createdBy: `${SENTINEL} creator`,
  createdAt: 1,
  submittedBy: `${SENTINEL} submitter`,
  submittedAt: 2,
  parts: [
    {
      department: 'HOUSEHOLD',
      workingDays: 10,
      dueOn: '2026-07-15',
      decidedBy: null,
      decidedAt: null,
      grant: null,
      dataDueOn: null,
    },
  ],
};

let desk: Desk;

beforeAll(async () => {
  const common = { client: SENTINEL, legalBasis: `${SENTINEL} basis` };
  desk = await openDesk({
    clients: ['school', SENTINEL],
    grants: [
      { ...common, id: 'sentinel-household', department: 'HOUSEHOLD', coordinates: { 'Resident.name': 'FULL' } },
      { id: 'own-property', department: 'PROPERTY', coordinates: { 'PropertyUnit.address': 'FULL' } },
    ],
  });
  const { store } = desk.gateway;
  // Its matter asks household registration and social security.
  await store.registerCase({
    client: SENTINEL,
    number: `${SENTINEL}-case`,
    matter: 'employment-subsidy',
    filedOn: '2026-06-01',
    subjects: [{ role: 'applicant', kind: 'CITIZEN', id: CITIZEN.id }],
  });
  const author = { requestId: randomUUID(), actor: 'test', roles: [], at: 0 };
  await store.changes.run(author, async (trx) => {
    await putApplication(trx, APPLICATION);
    return { result: null, changes: [] };
  });
  const event = {
    id: randomUUID(),
    client: SENTINEL,
    at: 5,
    actor: `${SENTINEL} actor`,
    reason: `${SENTINEL} reason`,
    alarm: null,
  };
  await store.events.setHold({ ...event, kind: 'HOLD' });
});

afterAll(() => desk.close());

describe('every field of the control plane', () => {
  it('stands in admin-roles.yaml', () => {
    expect(Object.keys(roles).sort()).toEqual(roots.map(({ coordinate }) => coordinate).sort());
  });

  it.each(roots)(
    '$coordinate is for the roles named there, and refuses all others on the record',
    async ({ coordinate, operation, field }) => {
      const { query, variables } = documentOf(operation, field);
      const allowed = new Set((roles[coordinate] ?? '').split(' '));
      for (const [letter, person] of [...Object.entries(PEOPLE), ['-', 'nobody'] as const]) {
        if (allowed.has(letter)) continue;
        const { status, errors, extensions } = await desk.ask(person, query, variables);
        expect(`${person} ${status} ${errors?.[0]?.extensions.code}`).toBe(`${person} 403 FORBIDDEN`);
        const entry = desk.entries.find(
          (one) => one.kind === 'control' && one.requestId === extensions.mianzheng.requestId,
        );
        expect(entry).toMatchObject({
          actor: person,
          fields: [coordinate],
          changes: [],
          outcome: 'REFUSED',
          code: 'FORBIDDEN',
        });
      }
      for (const letter of allowed) {
        // A change is asked with nothing that it could change.
        const { errors } = await desk.ask(PEOPLE[letter] ?? '', query, variables);
        const codes = (errors ?? []).map(({ extensions }) => extensions.code);
        for (const code of ['FORBIDDEN', 'INTERNAL']) {
          if (operation === 'query') expect(`${letter} ${codes.join()}`).not.toContain(code);
        }
        expect(codes).not.toContain('INTERNAL');
      }
    },
  );

  it('is named in what a person is told to be allowed, exactly where it is', async () => {
    for (const [letter, person] of Object.entries(PEOPLE)) {
      const { data } = await desk.ask(person, '{ me { allowed } }');
      const named = Object.keys(roles).filter((coordinate) => roles[coordinate]?.split(' ').includes(letter));
      expect(data).toEqual({ me: { allowed: named.sort() } });
    }
  });

  it('is closed to applications and to whoever brings nothing', async () => {
    expect((await desk.ask('school', '{ me { name } }')).status).toBe(401);
    expect((await desk.ask('', '{ me { name } }')).status).toBe(401);
  });
});

describe('a department', () => {
  const given = {
    id: 'sentinel-household',
    left: 'sentinel-household',
    right: 'sentinel-household',
    end: 'sentinel-household',
    coordinate: 'Resident.name',
    client: SENTINEL,
    number: `${SENTINEL}-case`,
  };

  it.each(roots.filter(({ operation }) => operation === 'query'))(
    'sees nothing of another by $coordinate',
    async ({ field }) => {
      for (const id of ['sentinel-household', 'household', SENTINEL]) {
        const { query, variables } = documentOf('query', field, { ...given, id });
        const answer = await desk.ask('property-admin', query, variables);
        const text = JSON.stringify(answer.data ?? null);
        // That an application system exists, and its name, is known to whoever may grant it something.
        expect(text.replaceAll(/"(id|client|nameZh|nameEn|clientNameZh)":"sentinel"/g, '')).not.toContain(SENTINEL);
        expect(JSON.stringify(answer.errors ?? [])).not.toMatch(
          /sentinel (purpose|basis|creator|submitter|actor|reason)/,
        );
      }
    },
  );

  it('sees own things by the same documents', async () => {
    const { data } = await desk.ask(
      'property-admin',
      '{ grants { items { id } total } grant(id: "own-property") { id actions } }',
    );
    expect(data).toEqual({
      grants: { items: [{ id: 'own-property' }], total: 1 },
      grant: { id: 'own-property', actions: ['narrowGrant', 'suspendGrant', 'revokeGrant', 'copyGrant'] },
    });
    expect((await desk.ask('household-admin', '{ grant(id: "sentinel-household") { legalBasis } }')).data).toEqual({
      grant: { legalBasis: `${SENTINEL} basis` },
    });
  });

  const mutations = roots.filter(
    ({ operation, coordinate }) => operation === 'mutation' && roles[coordinate]?.split(' ').includes('D'),
  );

  it('has every change that it may ask in admin-departments.yaml', () => {
    expect(Object.keys(departments).sort()).toEqual(mutations.map(({ coordinate }) => coordinate).sort());
  });

  it.each(mutations)('changes nothing of another by $coordinate', async ({ coordinate, field }) => {
    const expected = departments[coordinate];
    if (expected === 'OPEN') return;
    const csv = '字段坐标,共享依据,更新周期,责任单位,备注\nResident.name,a basis,DAILY,,\n';
    const id = coordinate.endsWith('Grant')
      ? 'sentinel-household'
      : coordinate.endsWith('Client')
        ? SENTINEL
        : 'household';
    const { query, variables } = documentOf('mutation', field, {
      id,
      coordinate: 'Resident.name',
      department: 'HOUSEHOLD',
      format: 'CSV',
      base64: Buffer.from(csv).toString('base64'),
      dryRun: false,
      reason: 'a reason long enough',
      client: SENTINEL,
      matters: ['school-enrolment-primary'],
      validFrom: '2026-07-01',
      validTo: '2026-12-31',
      decisions: [{ coordinate: 'Resident.name', granted: 'FULL' }],
    });
    const before = await desk.gateway.store.readPolicy();
    const { data, errors } = await desk.ask('property-admin', query, variables);
    if (expected === 'FAULT') {
      expect(data).toMatchObject({
        importResponsibilities: { done: false, faults: [{ line: 2, column: '字段坐标' }] },
      });
    } else {
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual([expected]);
    }
    expect(await desk.gateway.store.readPolicy()).toEqual(before);
    expect(await desk.gateway.store.applications.find('household')).toEqual(APPLICATION);
    expect((await desk.gateway.store.responsibilities.all()).size).toBe(0);
  });
});
