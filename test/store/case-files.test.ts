/** Cases in the control store: found, counted and cut by it; and a citizen's own, also those of an earlier version. */
import knex from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseQuery } from '../../src/store/case-files.js';
import { type CaseFile, type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { handOf, STORE_PLACES } from '../support/store-places.js';

const FATHER = '350702199003149014';
const CHILD = '350702202003059021';
const OTHER = '350703199208279062';

function file(client: string, number: string, matter: string, filedOn: string, ...citizens: string[]): CaseFile {
  const subjects = citizens.map((id, i) => ({ role: i === 0 ? 'child' : 'guardian', kind: 'CITIZEN', id }));
  return { client, number, matter, filedOn, subjects };
}

const CASES: readonly CaseFile[] = [
  file('school', 'A-1', 'enrolment', '2026-07-01', CHILD, FATHER),
  file('school', 'A-2', 'enrolment', '2026-07-03', OTHER),
  file('school', 'B-1', 'transfer', '2026-07-02', FATHER, FATHER),
  file('clinic', 'A-1', 'vaccination', '2026-07-03', CHILD),
  {
    ...file('clinic', 'a-2', 'vaccination', '2026-06-30'),
    subjects: [{ role: 'firm', kind: 'ENTERPRISE', id: FATHER }],
  },
];

const TASK = { name: 'guardianship', proof: 'ZM-050', openedAt: 1, dueOn: null };
const ALL = { offset: 0, most: 100 };

const keyOf = ({ client, number }: Pick<CaseFile, 'client' | 'number'>) => `${client}/${number}`;

describe.each(STORE_PLACES.filter(({ skip }) => !skip))('on $name', ({ create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;

  beforeAll(async () => {
    place = await create();
    store = await openControlStore(place.url);
    for (const one of CASES) await store.registerCase(one);
    const of = { client: 'school', number: 'B-1', matter: 'transfer' };
    await store.tasks.open(of, [{ ...TASK, department: 'HOUSEHOLD' }], null, async () => undefined);
  });
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  const CONCERNING: CaseQuery = { concerning: { matters: ['vaccination'], departments: ['HOUSEHOLD'] } };
  const QUERIES: readonly (readonly [string, CaseQuery, readonly string[]])[] = [
    ['all, latest filed first', {}, ['clinic/A-1', 'school/A-2', 'school/B-1', 'school/A-1', 'clinic/a-2']],
    ['an application', { client: 'clinic' }, ['clinic/A-1', 'clinic/a-2']],
    ['a matter', { matter: 'enrolment' }, ['school/A-2', 'school/A-1']],
    ['a beginning of numbers, byte by byte', { number: 'A-' }, ['clinic/A-1', 'school/A-2', 'school/A-1']],
    ['a whole number', { number: 'A-1' }, ['clinic/A-1', 'school/A-1']],
    ['days', { filedFrom: '2026-07-01', filedTo: '2026-07-02' }, ['school/B-1', 'school/A-1']],
    ['matters, or tasks of departments', CONCERNING, ['clinic/A-1', 'school/B-1', 'clinic/a-2']],
    ['both at once', { ...CONCERNING, client: 'school' }, ['school/B-1']],
    ['no matter and no department', { concerning: { matters: [], departments: [] } }, []],
  ];

  it.each(QUERIES)('finds %s', async (_, query, expected) => {
    const { items, total } = await store.listCases(query, ALL);
    expect([items.map(keyOf), total]).toEqual([expected, expected.length]);
  });

  it('cuts pages and counts beyond them', async () => {
    const { items, total } = await store.listCases({}, { offset: 2, most: 2 });
    expect([items.map(keyOf), total]).toEqual([['school/B-1', 'school/A-1'], 5]);
    expect((await store.casesOf(FATHER, { offset: 1, most: 1 })).items.map(keyOf)).toEqual(['school/A-1']);
  });

  const OWN: readonly (readonly [string, string, readonly string[]])[] = [
    ['in whatever role, once a case', FATHER, ['school/B-1', 'school/A-1']],
    ['of whatever application', CHILD, ['clinic/A-1', 'school/A-1']],
    ['and nobody else’s', OTHER, ['school/A-2']],
    ['none of a stranger', '350781199504039070', []],
  ];

  it.each(OWN)('knows a citizen’s own cases: %s', async (_, citizen, expected) => {
    const { items, total } = await store.casesOf(citizen, ALL);
    expect([items.map(keyOf), total]).toEqual([expected, expected.length]);
  });

  it('registers cases together, new ones beside known ones, and tells which number is taken', async () => {
    const known = file('school', 'A-2', 'enrolment', '2026-07-03', OTHER);
    const taken = file('school', 'B-1', 'enrolment', '2026-07-02', OTHER);
    expect(await store.registerCases('school', [known, taken, known])).toEqual([true, false, true]);
    expect((await store.casesOf(OTHER, ALL)).items.map(keyOf)).toEqual(['school/A-2']);
  });

  it('gives nobody a case whose number was taken by other content', async () => {
    const conflicting = file('school', 'A-2', 'enrolment', '2026-07-03', CHILD);
    await expect(store.registerCase(conflicting)).rejects.toMatchObject({ code: 'CASE_CONFLICT' });
    expect((await store.casesOf(CHILD, ALL)).total).toBe(2);
  });

  it('finds own cases of an earlier version too, also where the change to this one was broken off', async () => {
    const byHand = knex(handOf(place.url));
    try {
      await byHand.schema.dropTable('case_citizen_whole');
      await byHand('case_citizen').where({ citizen: FATHER }).delete();
    } finally {
      await byHand.destroy();
    }
    const opened = await Promise.all([openControlStore(place.url), openControlStore(place.url)]);
    try {
      for (const [, citizen, expected] of OWN) {
        expect((await opened[1].casesOf(citizen, ALL)).items.map(keyOf)).toEqual(expected);
      }
    } finally {
      for (const one of opened) await one.close();
    }
  });

  it('reads the events of several cases in one go, each case’s in order', async () => {
    const events = await store.cases.eventsOf(CASES);
    expect(events.map((event) => [keyOf(event), event.kind])).toEqual([['school/B-1', 'TASK_OPENED']]);
    expect(await store.cases.eventsOf([])).toEqual([]);
  });

  it('forgets with a case whose it was', async () => {
    await store.registerCase(file('school', 'OLD-1', 'enrolment', '2020-01-01', OTHER));
    expect((await store.casesOf(OTHER, ALL)).total).toBe(2);
    expect(await store.removeCasesFiledBefore('2021-01-01', 10)).toBe(1);
    expect((await store.casesOf(OTHER, ALL)).items.map(keyOf)).toEqual(['school/A-2']);
  });
});
