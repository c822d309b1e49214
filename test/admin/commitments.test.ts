/** Commitments in the control plane: whose they are, who may conclude them, and that each change is written with its before and after, once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorOf } from '../../src/admin/actor.js';
import { commitments } from '../../src/admin/commitments.js';
import type { AdminContext } from '../../src/admin/context.js';
import type { Commitment } from '../../src/commitments/commitment.js';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { matters } from '../support/memory-gateway.js';
import { STORE_PLACES } from '../support/store-places.js';

const NOW = Date.parse('2026-08-05T02:00:00Z');
const MATTER = 'labour-dispatch-licence';
const OWNER = 'department-admin:SOCIAL_SECURITY';
const ENTERPRISE = { role: 'enterprise', kind: 'ENTERPRISE', id: '91350702MB2A10019D' };
const REASON = '现场核查，经营场所属实';

describe.each(STORE_PLACES.filter(({ skip }) => !skip))('on $name', ({ create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;
  const ids: Record<string, string> = {};
  const changes: unknown[] = [];
  const concerned: string[] = [];

  beforeAll(async () => {
    place = await create();
    store = await openControlStore(place.url);
    for (const [number, matter, dueOn] of [
      ['C-1', MATTER, '2026-08-04'],
      ['C-2', MATTER, '2026-08-05'],
      ['C-3', 'a-matter-of-before', '2026-09-01'],
    ] as const) {
      const subjects = [ENTERPRISE];
      await store.registerCase({ client: 'office', number, matter, filedOn: '2026-07-01', subjects });
      const signed: Commitment = {
        id: randomUUID(),
        client: 'office',
        number,
        matter,
        subject: { kind: ENTERPRISE.kind, id: ENTERPRISE.id },
        documents: ['premises', 'rules'],
        textDigest: '0'.repeat(64),
        signatory: 'office holder',
        signedAt: NOW - 1000,
        dueOn,
        events: [{ kind: 'SIGNED', at: NOW - 1000, by: 'client:office' }],
      };
      await store.commitments.sign(signed, null, async () => 'gateway-1/1');
      ids[number] = signed.id;
    }
  });
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  function as(...roles: string[]): AdminContext {
    const actor = actorOf({ subject: 'somebody', roles, citizenId: null }, { by: 'TOKEN', until: NOW, csrf: null });
    const context: Partial<AdminContext> = {
      parts: { store, matters } as unknown as AdminContext['parts'],
      actor,
      now: NOW,
      today: '2026-08-05',
      concern: (kind, id) => concerned.push(`${kind}:${id}`),
      async change(work) {
        const author = { requestId: randomUUID(), actor: actor.name, roles, at: NOW };
        const done = await store.changes.run(author, work);
        changes.push(...done.changes.map(({ action, subject, before, after }) => ({ action, subject, before, after })));
        await store.changes.recorded(
          done.changes.map(({ id }) => id),
          'gateway-1/7',
        );
        return done.result;
      },
    };
    return context as AdminContext;
  }

  const list = async (context: AdminContext, filter: object = {}) => {
    const page = (await commitments.query.commitments?.({ filter, page: { number: 1, size: 20 } }, context)) as {
      readonly total: number;
      readonly items: readonly { readonly caseNumber: string }[];
    };
    return [page.total, page.items.map(({ caseNumber }) => caseNumber)];
  };

  it('are seen by the departments that look after them, the platform and the auditor', async () => {
    expect(await list(as(OWNER))).toEqual([2, ['C-1', 'C-2']]);
    expect(await list(as('department-admin:PROPERTY'))).toEqual([0, []]);
    expect(await list(as('department-admin:PROPERTY'), { department: 'SOCIAL_SECURITY' })).toEqual([0, []]);
    expect(await list(as('auditor'))).toEqual([3, ['C-1', 'C-2', 'C-3']]);
    expect(await list(as('platform-admin'), { overdue: true })).toEqual([1, ['C-1']]);
    expect(await list(as('platform-admin'), { matter: MATTER, department: 'PROPERTY' })).toEqual([0, []]);
    expect(await list(as('platform-admin'), { state: 'BREACHED' })).toEqual([0, []]);
    expect(await commitments.query.commitment?.({ id: ids['C-1'] }, as('department-admin:PROPERTY'))).toBeNull();
    const shown = await commitments.query.commitment?.({ id: ids['C-1'] }, as('auditor'));
    expect(shown).toMatchObject({ departments: ['SOCIAL_SECURITY'], overdue: true, actions: [] });
    expect(JSON.stringify(shown)).not.toContain(ENTERPRISE.id);
    expect(await commitments.query.commitment?.({ id: ids['C-1'] }, as(OWNER))).toMatchObject({
      state: 'AWAITING_DOCUMENTS',
      documents: [
        { nameZh: '经营场所使用证明', received: false },
        { nameZh: '劳务派遣管理制度文本', received: false },
      ],
      actions: ['concludeCommitment'],
    });
  });

  it('show each department that looks after them the reminders it was sent', async () => {
    const reminder = {
      of: 'COMMITMENT',
      subject: ids['C-2'] ?? '',
      stage: 'NEAR',
      dueOn: '2026-08-05',
      at: NOW,
    } as const;
    for (const department of ['SOCIAL_SECURITY', 'A_DEPARTMENT_OF_BEFORE']) {
      await store.reminders.write({ ...reminder, id: randomUUID(), department }, async () => null);
    }
    const told = { department: 'SOCIAL_SECURITY', stage: 'NEAR', at: new Date(NOW).toISOString(), state: 'NO_CHANNEL' };
    for (const [role, expected] of [
      [OWNER, [[], [told]]],
      ['department-admin:PROPERTY', []],
      ['auditor', [[], [told], []]],
    ] as const) {
      const page = (await commitments.query.commitments?.({ page: { number: 1, size: 20 } }, as(role))) as {
        readonly items: readonly { readonly reminders: () => Promise<unknown> }[];
      };
      expect(await Promise.all(page.items.map(({ reminders }) => reminders()))).toEqual(expected);
    }
  });

  const conclude = (context: AdminContext, outcome: string, reason = REASON, number = 'C-1') =>
    commitments.mutation.concludeCommitment?.({ id: ids[number], outcome, reason }, context) as Promise<unknown>;
  const reinstate = (context: AdminContext) =>
    commitments.mutation.reinstateCommitment?.({ id: ids['C-1'], reason: REASON }, context) as Promise<unknown>;

  it.each([
    ['of another department', 'department-admin:PROPERTY', 'COMPLETED', REASON, 'NOT_FOUND'],
    ['by the platform', 'platform-admin', 'COMPLETED', REASON, 'FORBIDDEN'],
    ['without a reason', OWNER, 'BREACHED', 'no', 'BAD_USER_INPUT'],
    ['with an identity number in the reason', OWNER, 'BREACHED', 'of 350702199001010027', 'BAD_USER_INPUT'],
  ])('are not concluded %s', async (_, role, outcome, reason, code) => {
    await expect(conclude(as(role), outcome, reason)).rejects.toMatchObject({ code });
    expect(changes).toEqual([]);
  });

  it('are confirmed, found breached and reinstated by their department, each once in the record', async () => {
    const recorded = (state: string, reason: string | null) => ({
      state,
      case: 'C-1',
      matter: MATTER,
      due: '2026-08-04',
      textDigest: '0'.repeat(64),
      received: [],
      reason,
    });
    const change = (kind: string, before: [string, string | null], after: string) => ({
      action: `commitment.${kind}`,
      subject: `commitment:${ids['C-1']}`,
      before: recorded(...before),
      after: recorded(after, REASON),
    });
    await expect(reinstate(as(OWNER))).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
    expect(await conclude(as(OWNER), 'COMPLETED')).toMatchObject({ state: 'COMPLETED', overdue: false });
    await expect(conclude(as(OWNER), 'COMPLETED')).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
    // It may turn out false after it was completed.
    expect(await conclude(as(OWNER), 'BREACHED')).toMatchObject({
      state: 'BREACHED',
      actions: ['reinstateCommitment'],
      events: [
        { kind: 'SIGNED', by: 'client:office', reason: null },
        { kind: 'COMPLETED', by: 'person:somebody', reason: REASON },
        { kind: 'BREACHED', by: 'person:somebody', reason: REASON },
      ],
    });
    expect(await store.commitments.breachedBy([ENTERPRISE])).toBe(true);
    expect(await reinstate(as(OWNER))).toMatchObject({ state: 'REINSTATED', actions: [] });
    expect(await store.commitments.breachedBy([ENTERPRISE])).toBe(false);
    expect(changes).toEqual([
      change('completed', ['AWAITING_DOCUMENTS', null], 'COMPLETED'),
      change('breached', ['COMPLETED', REASON], 'BREACHED'),
      change('reinstated', ['BREACHED', REASON], 'REINSTATED'),
    ]);
    expect(new Set(concerned)).toEqual(new Set([`ENTERPRISE:${ENTERPRISE.id}`]));
    const events = await store.cases.events({ client: 'office', number: 'C-1' });
    expect(events.map(({ kind, record }) => [kind, record])).toEqual([
      ['COMMITTED', 'gateway-1/1'],
      ['COMMITMENT_KEPT', 'gateway-1/7'],
      ['COMMITMENT_BREACHED', 'gateway-1/7'],
    ]);
  });

  it('are concluded once by two who do it together', async () => {
    const both = await Promise.allSettled([
      conclude(as(OWNER), 'COMPLETED', REASON, 'C-2'),
      conclude(as(OWNER), 'BREACHED', REASON, 'C-2'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'STATE_CONFLICT' } });
  });
});
