/** Tasks in the control plane: whose they are, who may answer, and that the change is written with the answer. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorOf } from '../../src/admin/actor.js';
import type { AdminContext } from '../../src/admin/context.js';
import { tasks } from '../../src/admin/tasks.js';
import { DEFAULT_MASK_SETTINGS } from '../../src/domain/mask.js';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { matters } from '../support/memory-gateway.js';
import { STORE_PLACES } from '../support/store-places.js';
import { openDesk } from './desk.js';

const NOW = Date.parse('2026-07-09T02:00:00Z');
const PAGE = { number: 1, size: 20 };
const SUBJECTS = [
  { role: 'child', kind: 'CITIZEN', id: '350702202003059021' },
  { role: 'guardian', kind: 'CITIZEN', id: '350702199001010027' },
];
const TASK = { name: 'guardianship', proof: 'ZM-050', openedAt: NOW - 1000 };

describe.each(STORE_PLACES.filter(({ skip }) => !skip))('on $name', ({ create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;
  const ids: Record<string, string> = {};
  const changes: unknown[] = [];
  /** What the record gets of looks. */
  const looks: unknown[] = [];

  beforeAll(async () => {
    place = await create();
    store = await openControlStore(place.url);
    for (const [number, department, dueOn] of [
      ['C-1', 'HOUSEHOLD', '2026-07-08'],
      ['C-2', 'PROPERTY', '2026-07-20'],
      ['C-3', 'HOUSEHOLD', null],
    ] as const) {
      const of = { client: 'school', number, matter: 'school-enrolment-primary' };
      await store.registerCase({ ...of, filedOn: '2026-07-01', subjects: SUBJECTS });
      const [task] = await store.tasks.open(of, [{ ...TASK, department, dueOn }], null, async () => undefined);
      ids[number] = task?.id ?? '';
    }
  });
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  function as(...roles: string[]): AdminContext {
    const actor = actorOf({ subject: 'somebody', roles, citizenId: null }, { by: 'TOKEN', until: NOW, csrf: null });
    const context: Partial<AdminContext> = {
      parts: {
        store,
        matters,
        utcOffsetMinutes: 480,
        masks: DEFAULT_MASK_SETTINGS,
      } as unknown as AdminContext['parts'],
      actor,
      now: NOW,
      today: '2026-07-09',
      concern: (kind, id) => looks.push(`${kind}:${id}`),
      note: (action, subject, detail) => looks.push({ action, subject, detail }),
      async change(work) {
        const author = { requestId: 'r-1', actor: actor.name, roles, at: NOW };
        const done = await store.changes.run(author, work);
        changes.push(...done.changes.map(({ action, subject, before, after }) => ({ action, subject, before, after })));
        return done.result;
      },
    };
    return context as AdminContext;
  }

  const list = async (context: AdminContext, filter: object = {}) => {
    const page = (await tasks.query.tasks?.({ filter, page: PAGE }, context)) as {
      readonly total: number;
      readonly items: readonly { readonly caseNumber: string; readonly overdue: boolean }[];
    };
    return [page.total, page.items.map(({ caseNumber }) => caseNumber)];
  };

  it('are seen by their department, the platform and the auditor', async () => {
    expect(await list(as('department-admin:HOUSEHOLD'))).toEqual([2, ['C-1', 'C-3']]);
    expect(await list(as('department-admin:PROPERTY'))).toEqual([1, ['C-2']]);
    expect(await list(as('department-admin:PROPERTY'), { department: 'HOUSEHOLD' })).toEqual([0, []]);
    expect(await list(as('department-admin:VACCINATION'))).toEqual([0, []]);
    expect(await list(as('auditor'))).toEqual([3, ['C-1', 'C-2', 'C-3']]);
    expect(await list(as('platform-admin'), { overdue: true })).toEqual([1, ['C-1']]);
    expect(await list(as('platform-admin'), { overdue: false })).toEqual([2, ['C-2', 'C-3']]);
    expect(await list(as('platform-admin'), { state: 'CANCELLED' })).toEqual([0, []]);
    expect(await tasks.query.task?.({ id: ids['C-1'] }, as('department-admin:PROPERTY'))).toBeNull();
    expect(await tasks.query.task?.({ id: ids['C-1'] }, as('auditor'))).toMatchObject({ overdue: true, state: 'OPEN' });
  });

  it.each([
    ['department-admin:HOUSEHOLD', ['350702202003059021', '350702199001010027']],
    ['platform-admin', ['350702**********21', '350702**********27']],
    ['auditor', ['350702**********21', '350702**********27']],
  ])('tells %s the question and whom it is about; who must answer sees them, on the record', async (role, numbers) => {
    looks.length = 0;
    const shown = (await tasks.query.task?.({ id: ids['C-1'] }, as(role))) as {
      readonly questionZh: string;
      readonly subjects: () => Promise<readonly { readonly role: string; readonly id: string }[]>;
    };
    expect(shown.questionZh).toContain('申请人是否为该学生的监护人');
    // Nobody was looked at by the list.
    expect(looks).toEqual([]);
    const own = role === 'department-admin:HOUSEHOLD';
    expect(await shown.subjects()).toEqual(
      SUBJECTS.map(({ role: part, kind }, i) => ({ role: part, kind, id: numbers[i], masked: !own })),
    );
    const look = { action: 'task.look', subject: `task:${ids['C-1']}`, detail: { roles: ['child', 'guardian'] } };
    expect(looks).toEqual(own ? [...SUBJECTS.map(({ kind, id }) => `${kind}:${id}`), look] : []);
  });

  it('shows the reminders of its day, and what became of them', async () => {
    const of = { of: 'TASK', subject: ids['C-1'] ?? '', department: 'HOUSEHOLD', dueOn: '2026-07-08' } as const;
    const near = { ...of, id: randomUUID(), stage: 'NEAR', at: NOW } as const;
    expect(await store.reminders.write(near, async () => ({ url: 'https://household.example', body: '' }))).toBe(true);
    const passed = { ...of, id: randomUUID(), stage: 'PASSED', at: NOW + 1 } as const;
    expect(await store.reminders.write(passed, async () => null)).toBe(true);
    await store.reminders.delivered(near.id, 'DELIVERED');
    const shown = (await tasks.query.task?.({ id: of.subject }, as('department-admin:HOUSEHOLD'))) as {
      readonly reminders: () => Promise<unknown>;
    };
    expect(await shown.reminders()).toEqual([
      { department: 'HOUSEHOLD', stage: 'NEAR', at: '2026-07-09T02:00:00.000Z', state: 'DELIVERED' },
      { department: 'HOUSEHOLD', stage: 'PASSED', at: '2026-07-09T02:00:00.001Z', state: 'NO_CHANNEL' },
    ]);
  });

  it('are answered by their department alone, once, with a reason, and the change says before and after', async () => {
    const answer = (context: AdminContext, given: object) =>
      tasks.mutation.answerTask?.({ id: ids['C-1'], ...given }, context) as Promise<unknown>;
    const no = { finding: 'NOT_CONFIRMED', reason: '户籍档案中没有记录' };
    await expect(answer(as('department-admin:PROPERTY'), no)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(answer(as('platform-admin'), no)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(answer(as('department-admin:HOUSEHOLD'), { finding: 'NOT_CONFIRMED' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      detail: { field: 'reason' },
    });
    expect(changes).toEqual([]);
    expect(await answer(as('department-admin:HOUSEHOLD'), no)).toMatchObject({
      state: 'ANSWERED',
      finding: 'NOT_CONFIRMED',
      answeredBy: 'somebody',
    });
    await expect(answer(as('department-admin:HOUSEHOLD'), { finding: 'CONFIRMED' })).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
    });
    const after = { ...no, by: 'somebody' };
    expect(changes).toEqual([
      { action: 'task.answer', subject: `task:${ids['C-1']}`, before: { finding: null }, after },
    ]);
    expect((await store.cases.events({ client: 'school', number: 'C-1' })).map(({ kind }) => kind)).toEqual([
      'TASK_OPENED',
      'TASK_ANSWERED',
    ]);
  });

  it('is in the record once: the case’s event has its place with the change, and waits for it', async () => {
    const answered = async () =>
      (await store.cases.events({ client: 'school', number: 'C-1' })).find(({ kind }) => kind === 'TASK_ANSWERED');
    const event = await answered();
    expect(event?.record).toBeNull();
    const claimed = async () => (await store.cases.claim(NOW + 60_000, 100)).map(({ id }) => id);
    expect(await claimed()).not.toContain(event?.id);
    // Of one whose request died the change is taken up after half a minute, and the event with it.
    const [change] = await store.changes.claim(NOW + 60_000, 100);
    expect(change).toMatchObject({ id: event?.id, action: 'task.answer' });
    await store.changes.recorded([change?.id ?? ''], 'gateway-1/7');
    expect(await answered()).toMatchObject({ record: 'gateway-1/7', actor: 'department:HOUSEHOLD' });
    expect(await claimed()).toContain(event?.id);
  });
});

describe('an answer over the whole control plane', () => {
  it('is one entry of the record, by who answered, to which the case’s event leads', async () => {
    const desk = await openDesk({ grants: [] });
    try {
      const { store, cases } = desk.gateway;
      const of = { client: 'school', number: 'C-9', matter: 'school-enrolment-primary' };
      await store.registerCase({ ...of, filedOn: '2026-07-01', subjects: SUBJECTS });
      const asked = { ...TASK, department: 'HOUSEHOLD', dueOn: null };
      const [task] = await store.tasks.open(of, [asked], null, async () => 'test/0');
      const answered = await desk.ask(
        'household-admin',
        'mutation($id: ID!) { answerTask(id: $id, finding: CONFIRMED) { state answeredBy subjects { id } } }',
        { id: task?.id },
      );
      expect(answered.errors).toBeUndefined();
      expect(answered.data?.answerTask).toEqual({
        state: 'ANSWERED',
        answeredBy: 'household-admin',
        subjects: SUBJECTS.map(({ id }) => ({ id })),
      });
      // Whatever else settles events finds nothing left to record.
      await cases.turn();
      const entries = desk.entries.filter((entry) => JSON.stringify(entry).includes(task?.id ?? ''));
      expect(entries).toMatchObject([
        {
          kind: 'control',
          actor: 'household-admin',
          subjects: SUBJECTS.map(({ kind, id }) => `pseudonym of ${kind}:${id}`).sort(),
          changes: [
            { action: 'task.answer', after: { finding: 'CONFIRMED', reason: null, by: 'household-admin' } },
            { action: 'task.look' },
          ],
        },
      ]);
      const place = (answered.extensions.mianzheng as { readonly record?: string }).record;
      const told = (await store.cases.events(of)).find(({ kind }) => kind === 'TASK_ANSWERED');
      expect(told?.record).toBe(place);
    } finally {
      await desk.close();
    }
  });
});
