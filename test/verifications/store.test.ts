/** Tasks of department verification on SQLite and MariaDB: one for a case and a proof, answered once, recorded or not kept. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import type { RecordTask } from '../../src/store/verification-tasks.js';
import { STORE_PLACES } from '../support/store-places.js';

const OPENED_AT = Date.parse('2026-07-01T02:00:00Z');
const TASK = {
  name: 'guardianship',
  proof: 'ZM-050',
  department: 'HOUSEHOLD',
  openedAt: OPENED_AT,
  dueOn: '2026-07-08',
};
const BROKEN: RecordTask = async () => {
  throw new Error('the disk is full');
};

describe.each(STORE_PLACES.filter(({ skip }) => !skip))('on $name', ({ create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;
  beforeAll(async () => {
    place = await create();
    store = await openControlStore(place.url);
  });
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  async function caseFile(filedOn = '2026-07-01') {
    const of = { client: 'school', number: `C-${randomUUID().slice(0, 8)}`, matter: 'enrolment' };
    const subjects = [{ role: 'child', kind: 'CITIZEN', id: '350702202003059021' }];
    await store.registerCase({ ...of, filedOn, subjects });
    return of;
  }

  it('opens one task for a case and a proof, whoever comes together, and records it once', async () => {
    const of = await caseFile();
    const actions: string[] = [];
    const record: RecordTask = async (action, task, before, after) => {
      actions.push(action);
      expect([before, after]).toEqual([
        null,
        { department: 'HOUSEHOLD', proof: 'ZM-050', case: of.number, matter: 'enrolment', due: '2026-07-08' },
      ]);
      expect(JSON.stringify(task)).not.toContain('350702202003059021');
    };
    const opened = await Promise.all([1, 2, 3].map(() => store.tasks.open(of, [TASK], 'request-1', record)));
    expect(new Set(opened.flat().map(({ id }) => id)).size).toBe(1);
    expect(actions).toEqual(['task.open']);
    expect((await store.cases.events(of)).map(({ kind }) => kind)).toEqual(['TASK_OPENED']);
  });

  it('keeps nothing that cannot be recorded', async () => {
    const of = await caseFile();
    await expect(store.tasks.open(of, [TASK], null, BROKEN)).rejects.toThrow();
    expect(await store.tasks.ofCase(of)).toEqual([]);
    expect(await store.cases.events(of)).toEqual([]);
    const [task] = await store.tasks.open(of, [TASK], null, async () => undefined);
    const answer = { finding: 'CONFIRMED' as const, reason: null, by: 'household-admin', at: OPENED_AT };
    await expect(store.tasks.answer(task?.id ?? '', answer, BROKEN)).rejects.toThrow();
    expect((await store.tasks.find(task?.id ?? ''))?.answer).toBeNull();
  });

  it('is answered once: of two who answer together one is told so', async () => {
    const of = await caseFile();
    const [task] = await store.tasks.open(of, [TASK], null, async () => undefined);
    const recorded: unknown[] = [];
    const answers = await Promise.all(
      (['CONFIRMED', 'NOT_CONFIRMED'] as const).map((finding) =>
        store.tasks.answer(
          task?.id ?? '',
          {
            finding,
            reason: finding === 'CONFIRMED' ? null : 'not in the archive',
            by: 'household-admin',
            at: OPENED_AT,
          },
          async (action, _, before, after) => void recorded.push([action, before, after]),
        ),
      ),
    );
    const [first] = answers.filter((one) => one !== null);
    expect(answers.filter((one) => one !== null)).toHaveLength(1);
    const { finding, reason, by } = first?.answer ?? {};
    expect(recorded).toEqual([['task.answer', { finding: null }, { finding, reason, by }]]);
    expect((await store.tasks.find(task?.id ?? ''))?.answer?.finding).toBe(finding);
    expect(
      await store.tasks.answer('nowhere', { finding: 'CONFIRMED', reason: null, by: 'x', at: 0 }, BROKEN),
    ).toBeNull();
  });

  it('lists by department and by what is overdue, those due first before those without a last day', async () => {
    const department = `D-${randomUUID().slice(0, 8)}`;
    const days = ['2026-07-09', null, '2026-07-02'];
    for (const dueOn of days)
      await store.tasks.open(await caseFile(), [{ ...TASK, department, dueOn }], null, async () => undefined);
    const all = await store.tasks.list({ departments: [department], answered: false }, { offset: 0, most: 10 });
    expect(all.items.map(({ dueOn }) => dueOn)).toEqual(['2026-07-02', '2026-07-09', null]);
    const overdue = await store.tasks.list(
      { departments: [department], overdueOn: '2026-07-09' },
      { offset: 0, most: 10 },
    );
    expect(overdue.items.map(({ dueOn }) => dueOn)).toEqual(['2026-07-02']);
    const page = await store.tasks.list({ departments: [department] }, { offset: 1, most: 1 });
    expect([page.total, page.items.map(({ dueOn }) => dueOn)]).toEqual([3, ['2026-07-09']]);
  });

  it('goes with its case', async () => {
    const of = await caseFile('2001-01-01');
    await store.tasks.open(of, [TASK], null, async () => undefined);
    await store.removeCasesFiledBefore('2001-01-02', 10);
    expect(await store.tasks.ofCase(of)).toEqual([]);
  });
});
