/** `mianzheng tasks`: what departments are asked to verify (部门核验). */
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEVELOPMENT_PEOPLE } from '../authenticate/development-people.js';
import { type Config, loadConfig } from '../config.js';
import { todayIn } from '../domain/calendar.js';
import { recordingActs } from '../jobs/record-act.js';
import { openStore } from '../open-store.js';
import type { ControlStore } from '../store/control-store.js';
import { FINDINGS, type Finding, reasonFault, taskState, type VerificationTask } from '../verifications/task.js';
import { CommandError, NO, print, table } from './output.js';

/** Runs work with the configured store. */
export async function withControlStore<T>(config: Config, work: (store: ControlStore) => Promise<T>): Promise<T> {
  const store = await openStore(config);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Tells a fault of the record's chain. */
export function tellChainFault({ what, cause }: { readonly what: string; readonly cause: unknown }): void {
  process.stderr.write(`record: ${what}: ${cause instanceof Error ? cause.message : String(cause)}\n`);
}

const DEPARTMENT_ADMIN = 'department-admin:';

/** The department that a person of the demonstration administers. @throws CommandError for any other name, and in production */
function departmentOf(config: Config, person: string): string {
  if (config.mode === 'production') throw new CommandError('in production tasks are answered in the control plane');
  const roles = DEVELOPMENT_PEOPLE.find(({ name }) => name === person)?.roles ?? [];
  const role = roles.find((one) => one.startsWith(DEPARTMENT_ADMIN));
  if (role === undefined) throw new CommandError(`--as ${person}: administers no department`);
  return role.slice(DEPARTMENT_ADMIN.length);
}

/** A task and where it stands, for people and programs. */
function told(task: VerificationTask, config: Config, now: number) {
  const state = taskState(task, now, config.utcOffsetMinutes);
  const { id, department, client, number, matter, proof, dueOn, answer } = task;
  const finding = answer?.finding ?? null;
  return { id, department, client, case: number, matter, proof, dueOn, state: state.is, finding };
}

/** Tasks shown at most. */
const MOST = 500;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MOST) throw new InvalidArgumentError(`takes 1 to ${MOST}`);
  return value;
}

interface ListOptions {
  readonly as?: string;
  readonly all?: boolean;
  readonly overdue?: boolean;
  readonly first: number;
  readonly json?: boolean;
}

function listSubcommand(): Command {
  return new Command('list')
    .description('open tasks, those due first before others')
    .option('--as <person>', "only those of this administrator's department, such as household-admin")
    .option('--all', 'those answered too')
    .option('--overdue', 'only those whose last day has passed without an answer; exit 1 where there is one')
    .option('--first <n>', 'how many at most', wholeNumber, 100)
    .option('--json', 'print {total, tasks}')
    .action(async ({ as, all, overdue, first, json }: ListOptions) => {
      const config = loadConfig(process.env, process.cwd());
      const now = Date.now();
      const filter = {
        ...(as === undefined ? {} : { departments: [departmentOf(config, as)] }),
        ...(all ? {} : { answered: false }),
        ...(overdue ? { overdueOn: todayIn(config.utcOffsetMinutes, now) } : {}),
      };
      const { items, total } = await withControlStore(config, (store) =>
        store.tasks.list(filter, { offset: 0, most: first }),
      );
      const tasks = items.map((task) => told(task, config, now));
      print({ total, tasks }, json, (found) =>
        [
          table(
            ['task', 'department', 'case', 'matter', 'proof', 'due', 'state'],
            found.tasks.map((t) => [
              t.id,
              t.department,
              t.case,
              t.matter,
              t.proof,
              t.dueOn ?? 'unknown',
              t.finding === null ? t.state : `${t.state} ${t.finding}`,
            ]),
          ),
          `${found.tasks.length} of ${found.total} tasks`,
        ].join('\n'),
      );
      if (overdue && total > 0) process.exitCode = NO;
    });
}

interface AnswerOptions {
  readonly as: string;
  readonly finding: Finding;
  readonly reason?: string;
  readonly json?: boolean;
}

function answerSubcommand(): Command {
  return new Command('answer')
    .description("answer a task of one's own department; the case goes on with it when it is judged next")
    .argument('<task>', 'its identifier')
    .requiredOption('--as <person>', 'who answers, such as household-admin')
    .addOption(new Option('--finding <finding>', 'what was found').choices(FINDINGS).makeOptionMandatory())
    .option('--reason <words>', 'why, 5 to 500 characters; needed unless CONFIRMED; stands in the record')
    .option('--json', 'print the task')
    .action(async (id: string, options: AnswerOptions) => {
      const { as, finding, json } = options;
      const reason = options.reason ?? null;
      const config = loadConfig(process.env, process.cwd());
      const department = departmentOf(config, as);
      const fault = reasonFault(finding, reason);
      if (fault !== null) throw new CommandError(`--reason: ${fault}`);
      const answered = await withControlStore(config, async (store) => {
        const task = await store.tasks.find(id);
        // Somebody else's task is told apart from none by nobody.
        if (task === null || task.department !== department) throw new CommandError(`${department} has no task ${id}`);
        const answer = { finding, reason, by: as, at: Date.now() };
        return recordingActs({ config, now: Date.now, onFault: tellChainFault }, (record) =>
          store.tasks.answer(id, answer, (action, { id: subject }, before, after) =>
            record({ actor: `person:${as}`, action, subject: `task:${subject}`, before, after }),
          ),
        );
      });
      if (answered === null) throw new CommandError(`${id} was answered before`);
      print(told(answered, config, Date.now()), json, (t) => `${t.id}: ${t.finding}`);
    });
}

/** `mianzheng tasks`. */
export function tasksCommand(): Command {
  return new Command('tasks')
    .description('what departments are asked to verify (部门核验)')
    .addCommand(listSubcommand())
    .addCommand(answerSubcommand());
}
