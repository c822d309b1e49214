/** Disputes (校核) in the control plane: the owner's list and answers, and the citizen's own. */
import type { Dispute } from '../disputes/desk.js';
import { MianzhengError } from '../errors.js';
import type { DisputeFinding, DisputeQuery, DisputeState, StoredDispute } from '../store/disputes.js';
import { departmentsSeen, seesDepartment } from './actor.js';
import type { AdminContext } from './context.js';
import { checkPage, type PageArgument } from './lists.js';
import { remindersShown } from './reminders.js';
import type { Theme } from './theme.js';

/** Shape of the schema's `DisputeFilter`. */
interface DisputeFilter {
  readonly state?: DisputeState | null;
  readonly department?: string | null;
  readonly coordinate?: string | null;
  readonly overdue?: boolean | null;
}

const MINE = 200;

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/**
 * A dispute as a person of the administration sees it. What was said is for the owner alone; whose fact it is stays a
 * pseudonym here.
 */
function shown(
  stored: StoredDispute,
  { parts, actor }: Pick<AdminContext, 'parts' | 'actor'>,
  reminders = remindersShown({ parts }, 'DISPUTE', [stored.id]),
) {
  const { reason, answer, ...dispute } = parts.disputes.opened(stored);
  const owner = actor.departments.has(dispute.department);
  return {
    ...dispute,
    reason: owner ? reason : '（仅数据提供部门可见）',
    answer: owner ? answer : null,
    raisedAt: instant(dispute.raisedAt),
    reminders: reminders(dispute.id, dispute.department),
    answeredBy: dispute.state === 'ANSWERED' ? dispute.closedBy : null,
    answeredAt: dispute.state === 'ANSWERED' ? instant(dispute.closedAt) : null,
    receipts: async () => (await parts.disputes.receiptsOf(dispute.id)).receipts.map(({ receipt }) => receipt),
  };
}

function queryOf(filter: DisputeFilter | null | undefined, { parts, actor }: AdminContext): DisputeQuery {
  const seen = departmentsSeen(actor);
  const { state, department, coordinate, overdue } = filter ?? {};
  const asked = department == null ? null : [department];
  const departments = seen === null ? asked : (asked ?? [...seen]).filter((one) => seen.has(one));
  return {
    ...(departments === null ? {} : { departments }),
    ...(coordinate == null ? {} : { coordinate }),
    ...(state == null ? {} : { state }),
    ...(overdue === true ? { state: 'OPEN', raisedBefore: parts.disputes.overdueBefore() } : {}),
  };
}

/** Disputes as their owner and the auditor see them. */
export const disputes: Theme = {
  file: 'disputes.graphql',
  query: {
    async disputes(args: { readonly filter?: DisputeFilter | null; readonly page: PageArgument }, context) {
      const { filter, page } = args;
      checkPage(page);
      const { number, size } = page;
      const query = queryOf(filter, context);
      const store = context.parts.store.disputes;
      const [stored, total] = [await store.list(query, size, (number - 1) * size), await store.count(query)];
      const ids = stored.map(({ id }) => id);
      const reminders = remindersShown(context, 'DISPUTE', ids);
      return { items: stored.map((one) => shown(one, context, reminders)), total, number, size };
    },
    async dispute({ id }: { readonly id: string }, context) {
      const stored = await context.parts.store.disputes.find(id);
      return stored === null || !seesDepartment(context.actor, stored.department) ? null : shown(stored, context);
    },
  },
  mutation: {
    async answerDispute(
      { id, finding, reason }: { readonly id: string; readonly finding: DisputeFinding; readonly reason: string },
      context,
    ) {
      const { parts, actor } = context;
      await context.change((trx) =>
        parts.disputes.answer(trx, id, { finding, answer: reason, by: actor.name }, ({ department }) =>
          actor.departments.has(department),
        ),
      );
      await parts.disputes.refresh();
      const stored = await parts.store.disputes.find(id);
      if (stored === null) throw new TypeError('a dispute that was answered is gone');
      return shown(stored, context);
    },
  },
};

/** A dispute as the citizen who raised it sees it. */
function own({ id, coordinate, department, reason, raisedAt, dueOn, state, finding, answer }: Dispute) {
  return { id, coordinate, department, reason, raisedAt: instant(raisedAt), dueOn, state, finding, answer };
}

/** The citizen of the request. @throws MianzhengError FORBIDDEN for anybody else */
function citizenOf({ actor }: Pick<AdminContext, 'actor'>): string {
  if (actor.citizenId === null) throw new MianzhengError('FORBIDDEN', 'only a citizen may do this');
  return actor.citizenId;
}

/**
 * `raiseDispute`: of the citizen's own facts. Those of a child are raised at the counter or by the
 * office of a case, which have seen that the child is theirs: nothing here proves it.
 */
async function raiseOwnDispute(
  { coordinate, reason }: { readonly coordinate: string; readonly reason: string },
  context: AdminContext,
) {
  const id = citizenOf(context);
  const { parts } = context;
  const department = parts.authorizer.ownerOf(coordinate);
  if (department === null || department === 'PLATFORM') {
    throw new MianzhengError('BAD_USER_INPUT', 'coordinate: no field that a department shares', {
      field: 'coordinate',
    });
  }
  const dispute = await context.change((trx) =>
    parts.disputes.raise(trx, { kind: 'CITIZEN', id, coordinate, department, reason, raisedIn: null }),
  );
  await parts.disputes.refresh();
  return own(dispute);
}

/** `mine.disputes`: what the citizen raised, latest first; not what an office raised about them. */
export async function ownDisputes(context: AdminContext) {
  const { parts } = context;
  const subject = parts.pseudonym('CITIZEN', citizenOf(context));
  const stored = await parts.store.disputes.list({ subject, client: 'CITIZEN' }, MINE);
  return stored.map((one) => own(parts.disputes.opened(one)));
}

/** The citizen's own. `mine.disputes` is told beside the rest of `mine`. */
export const citizenDisputes: Theme = {
  file: 'citizen-disputes.graphql',
  query: {},
  mutation: { raiseDispute: raiseOwnDispute },
};
