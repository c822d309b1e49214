/** Department verification (部门核验) in the control plane: a department's administrators see and answer their own tasks only. */
import { mask } from '../domain/mask.js';
import { MianzhengError } from '../errors.js';
import { answerRecorded, answerTaskIn, type TaskFilter } from '../store/verification-tasks.js';
import { type Finding, reasonFault, taskState, type VerificationTask } from '../verifications/task.js';
import { departmentsSeen, requireDepartment, seesDepartment } from './actor.js';
import { known } from './clients.js';
import type { AdminContext } from './context.js';
import { checkPage, type PageArgument } from './lists.js';
import { remindersShown } from './reminders.js';
import type { Theme } from './theme.js';

interface TasksArguments {
  readonly filter?: {
    readonly state?: 'OPEN' | 'ANSWERED' | 'CANCELLED' | null;
    readonly department?: string | null;
    readonly matter?: string | null;
    readonly overdue?: boolean | null;
  } | null;
  readonly page: PageArgument;
}

interface AnswerArguments {
  readonly id: string;
  readonly finding: Finding;
  readonly reason?: string | null;
}

const instant = (at: number): string => new Date(at).toISOString();

/**
 * Whom a task is about, by the roles that its matter shows the department. Who must answer sees the identifiers, and
 * that look stands in the record concerning these subjects; anybody else sees them masked.
 */
async function subjectsOf(task: VerificationTask, about: readonly string[], context: AdminContext) {
  const { parts, actor } = context;
  const file = await parts.store.findCase(task.client, task.number);
  const subjects = (file?.subjects ?? []).filter(({ role }) => about.includes(role));
  const answers = actor.departments.has(task.department);
  if (answers && subjects.length > 0) {
    for (const { kind, id } of subjects) context.concern(kind, id);
    context.note('task.look', `task:${task.id}`, { roles: subjects.map(({ role }) => role) });
  }
  return subjects.map(({ role, kind, id }) => ({
    role,
    kind,
    id: answers ? id : mask('ID_NUMBER', id, parts.masks),
    masked: !answers,
  }));
}

function shown(task: VerificationTask, context: AdminContext, reminders = remindersShown(context, 'TASK', [task.id])) {
  const { parts, now } = context;
  const matter = parts.matters.get(task.matter);
  const proof = matter?.formerProofs.find((one) => one.proof === task.proof);
  const state = taskState(task, now, parts.utcOffsetMinutes);
  return {
    id: task.id,
    department: task.department,
    client: task.client,
    matter: task.matter,
    caseNumber: task.number,
    proofZh: proof?.name.zh ?? task.proof,
    proofEn: proof?.name.en ?? task.proof,
    questionZh: proof?.verification?.question.zh ?? null,
    questionEn: proof?.verification?.question.en ?? null,
    subjects: () => subjectsOf(task, proof?.verification?.about ?? [], context),
    state: state.is === 'ANSWERED' ? 'ANSWERED' : 'OPEN',
    openedAt: instant(task.openedAt),
    dueOn: task.dueOn,
    overdue: state.is === 'OVERDUE',
    reminders: reminders(task.id, task.department),
    finding: task.answer?.finding ?? null,
    reason: task.answer?.reason ?? null,
    answeredBy: task.answer?.by ?? null,
    answeredAt: task.answer === null ? null : instant(task.answer.at),
  };
}

/** What a list is of, for this person; null where nothing can be in it. */
function filterOf({ filter }: TasksArguments, { actor, today }: AdminContext): TaskFilter | null {
  // A task is never cancelled: it goes with its case.
  if (filter?.state === 'CANCELLED') return null;
  const seen = departmentsSeen(actor);
  const wanted = filter?.department ?? null;
  if (wanted !== null && !seesDepartment(actor, wanted)) return null;
  const departments = wanted === null ? seen : new Set([wanted]);
  const overdue = filter?.overdue ?? null;
  return {
    ...(departments === null ? {} : { departments: [...departments] }),
    ...(filter?.matter ? { matter: filter.matter } : {}),
    ...(filter?.state ? { answered: filter.state === 'ANSWERED' } : {}),
    ...(overdue === null ? {} : overdue ? { overdueOn: today } : { notOverdueOn: today }),
  };
}

async function list(args: TasksArguments, context: AdminContext) {
  checkPage(args.page);
  const { number, size } = args.page;
  const filter = filterOf(args, context);
  const found =
    filter === null
      ? { items: [], total: 0 }
      : await context.parts.store.tasks.list(filter, { offset: (number - 1) * size, most: size });
  const ids = found.items.map(({ id }) => id);
  const reminders = remindersShown(context, 'TASK', ids);
  return { items: found.items.map((task) => shown(task, context, reminders)), total: found.total, number, size };
}

/** A task that the person may see; of another department's nothing shows, not even that it is there. */
async function one(id: string, { parts, actor }: AdminContext): Promise<VerificationTask | null> {
  const task = await parts.store.tasks.find(id);
  return task !== null && seesDepartment(actor, task.department) ? task : null;
}

/** @throws MianzhengError NOT_FOUND, BAD_USER_INPUT, STATE_CONFLICT where it was answered before */
async function answer({ id, finding, reason = null }: AnswerArguments, context: AdminContext) {
  const task = known(await one(id, context), 'task', 'id');
  requireDepartment(context.actor, task.department, 'id');
  const fault = reasonFault(finding, reason);
  if (fault !== null) throw new MianzhengError('BAD_USER_INPUT', fault, { field: 'reason' });
  const given = { finding, reason: reason?.trim() ?? null, by: context.actor.name.slice(0, 64), at: context.now };
  const after = await context.change(async (trx) => {
    const answered = await answerTaskIn(trx, id, given);
    if (answered === null) {
      throw new MianzhengError('STATE_CONFLICT', 'the task was answered before', { field: 'id' });
    }
    const change = {
      // The case's event tells the same: it has its place in the record with this.
      id: answered.event.id,
      action: 'task.answer',
      subject: `task:${id}`,
      before: { finding: null },
      after: answerRecorded(given),
    };
    return { result: answered.task, changes: [change] };
  });
  return shown(after, context);
}

/** The theme. */
export const tasks: Theme = {
  file: 'tasks.graphql',
  query: {
    tasks: (args: TasksArguments, context) => list(args, context),
    async task({ id }: { readonly id: string }, context) {
      const task = await one(id, context);
      return task === null ? null : shown(task, context);
    },
  },
  mutation: {
    answerTask: (args: AnswerArguments, context) => answer(args, context),
  },
};
