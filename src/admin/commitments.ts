/** Commitments (告知承诺) in the control plane: followed up by the departments whose requirement they stand in the place of. */
import {
  ACT_REASON_LENGTH,
  type CommitmentAct,
  type CommitmentState,
  decideAct,
  recordedChange,
  toldCommitment,
  wordsFault,
} from '../commitments/commitment.js';
import { MianzhengError } from '../errors.js';
import { commitmentOwners } from '../matters/index.js';
import { type CommitmentFilter, changeCommitmentIn, type StoredCommitment } from '../store/commitments.js';
import { departmentsSeen, seesAll, seesDepartment } from './actor.js';
import { known } from './clients.js';
import type { AdminContext } from './context.js';
import { checkPage, type PageArgument } from './lists.js';
import { remindersShown } from './reminders.js';
import type { Theme } from './theme.js';

interface CommitmentsArguments {
  readonly filter?: {
    readonly state?: CommitmentState['is'] | null;
    readonly department?: string | null;
    readonly matter?: string | null;
    readonly overdue?: boolean | null;
  } | null;
  readonly page: PageArgument;
}

const instant = (at: number): string => new Date(at).toISOString();

/** Departments that look after the commitments of a matter; none of one that this gateway no longer has. */
function ownersOf(matter: string, { parts }: Pick<AdminContext, 'parts'>): readonly string[] {
  return commitmentOwners(parts.matters.get(matter)?.requirements ?? []);
}

const owns = (matter: string, context: AdminContext): boolean =>
  ownersOf(matter, context).some((department) => context.actor.departments.has(department));

/** What the person may do with it now. */
function actionsOn({ commitment }: StoredCommitment, context: AdminContext): string[] {
  if (!owns(commitment.matter, context)) return [];
  const may = (act: CommitmentAct): boolean => decideAct(commitment, act, context.now, '').ok;
  return [
    ...(may({ act: 'BREACH', reason: '' }) ? ['concludeCommitment'] : []),
    ...(may({ act: 'REINSTATE', reason: '' }) ? ['reinstateCommitment'] : []),
  ];
}

/** The schema's `Commitment`. */
function shown(
  stored: StoredCommitment,
  context: AdminContext,
  reminders = remindersShown(context, 'COMMITMENT', [stored.commitment.id]),
) {
  const { commitment } = stored;
  const { id, client, case: caseNumber, matter, dueOn, state, overdue } = toldCommitment(commitment, context.today);
  const documents = context.parts.matters.get(matter)?.commitment?.documents ?? [];
  const received = new Set(
    commitment.events.flatMap((event) => (event.kind === 'DOCUMENT_RECEIVED' ? event.document : [])),
  );
  const departments = ownersOf(matter, context);
  const seen = departments.filter((department) => seesDepartment(context.actor, department));
  return {
    id,
    client,
    caseNumber,
    matter,
    dueOn,
    state,
    overdue,
    departments,
    reminders: reminders(id, ...seen),
    signedAt: instant(commitment.signedAt),
    documents: commitment.documents.map((document) => {
      const name = documents.find((one) => one.document === document)?.name;
      return { nameZh: name?.zh ?? document, nameEn: name?.en ?? document, received: received.has(document) };
    }),
    events: commitment.events.map((event) => ({
      at: instant(event.at),
      kind: event.kind,
      by: event.by,
      reason: 'reason' in event ? event.reason : null,
    })),
    actions: actionsOn(stored, context),
  };
}

/** Whether the person sees commitments of a matter. */
const sees = (matter: string, context: AdminContext): boolean => seesAll(context.actor) || owns(matter, context);

/** What a list is of, for this person. */
function filterOf({ filter }: CommitmentsArguments, context: AdminContext): CommitmentFilter {
  const { state, department, matter, overdue } = filter ?? {};
  const narrowed = departmentsSeen(context.actor) !== null || Boolean(department) || Boolean(matter);
  const matters = [...context.parts.matters.keys()].filter(
    (code) =>
      sees(code, context) &&
      (!matter || matter === code) &&
      (!department || ownersOf(code, context).includes(department)),
  );
  return {
    ...(narrowed ? { matters } : {}),
    ...(state ? { state } : {}),
    ...(overdue ? { overdueOn: context.today } : {}),
  };
}

async function list(args: CommitmentsArguments, context: AdminContext) {
  checkPage(args.page);
  const { number, size } = args.page;
  const page = { offset: (number - 1) * size, most: size };
  const { items, total } = await context.parts.store.commitments.list(filterOf(args, context), page);
  const ids = items.map(({ commitment }) => commitment.id);
  const reminders = remindersShown(context, 'COMMITMENT', ids);
  return { items: items.map((stored) => shown(stored, context, reminders)), total, number, size };
}

/** One that the person may see; of another department's nothing shows, not even that it is there. */
async function one(id: string, context: AdminContext): Promise<StoredCommitment | null> {
  const stored = await context.parts.store.commitments.find(id);
  return stored !== null && sees(stored.commitment.matter, context) ? stored : null;
}

/** @throws MianzhengError NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, STATE_CONFLICT where it does not stand so, or somebody was first */
async function act(id: string, kind: 'COMPLETE' | 'BREACH' | 'REINSTATE', reason: string, context: AdminContext) {
  const stored = known(await one(id, context), 'commitment', 'id');
  const { commitment } = stored;
  if (!owns(commitment.matter, context)) {
    throw new MianzhengError('FORBIDDEN', 'only an administrator of a department that looks after it may do this', {
      field: 'id',
    });
  }
  const fault = wordsFault(reason, ACT_REASON_LENGTH);
  if (fault !== null) throw new MianzhengError('BAD_USER_INPUT', `reason: ${fault}`, { field: 'reason' });
  const by = `person:${context.actor.name}`.slice(0, 100);
  const result = decideAct(commitment, { act: kind, reason: reason.trim() }, context.now, by);
  if (!result.ok) throw new MianzhengError('STATE_CONFLICT', 'the commitment does not stand so', { field: 'id' });
  context.concern(commitment.subject.kind, commitment.subject.id);
  const after = await context.change(async (trx) => {
    const changed = await changeCommitmentIn(trx, stored, result.events, null);
    if (changed === null) {
      throw new MianzhengError('STATE_CONFLICT', 'somebody else changed it at the same time', { field: 'id' });
    }
    const [event] = changed.events;
    // The case's event, where there is one, has its place in the record with the change.
    const change = {
      ...(event === undefined ? {} : { id: event.id }),
      ...recordedChange(commitment, changed.commitment),
    };
    return { result: { commitment: changed.commitment, revision: stored.revision + 1 }, changes: [change] };
  });
  return shown(after, context);
}

interface ActArguments {
  readonly id: string;
  readonly reason: string;
}

/** The theme. */
export const commitments: Theme = {
  file: 'commitments.graphql',
  query: {
    commitments: (args: CommitmentsArguments, context) => list(args, context),
    async commitment({ id }: { readonly id: string }, context) {
      const stored = await one(id, context);
      return stored === null ? null : shown(stored, context);
    },
  },
  mutation: {
    concludeCommitment: (
      { id, outcome, reason }: ActArguments & { readonly outcome: 'COMPLETED' | 'BREACHED' },
      context,
    ) => act(id, outcome === 'COMPLETED' ? 'COMPLETE' : 'BREACH', reason, context),
    reinstateCommitment: ({ id, reason }: ActArguments, context) => act(id, 'REINSTATE', reason, context),
  },
};
