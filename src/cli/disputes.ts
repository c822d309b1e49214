/** `mianzheng disputes`: facts that somebody says are wrong, for who has the control store and the keys at hand. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { createPseudonymiser, loadOrCreateKey } from '../audit/subject-pseudonym.js';
import { buildCatalogue } from '../authorize/catalogue.js';
import { buildGatewaySchema } from '../authorize/schema.js';
import { type Config, loadConfig } from '../config.js';
import { type Dispute, type Disputes, openDisputes } from '../disputes/desk.js';
import { openSeal } from '../disputes/seal.js';
import { parseCitizenId } from '../domain/identifiers.js';
import { workingCalendar } from '../domain/working-days.js';
import { MianzhengError } from '../errors.js';
import { openStore } from '../open-store.js';
import { readSchemaFiles } from '../package-root.js';
import { keyFolder } from '../places.js';
import type { ControlStore } from '../store/control-store.js';
import type { DisputeFinding } from '../store/disputes.js';
import { CommandError, print, table } from './output.js';

const NAME = /^[\w.@-]{1,64}$/;
/** Disputes listed at most. */
const MOST = 1000;

async function* nothing(): AsyncGenerator<never> {}

/** A desk that writes; the running gateway puts what it changes into the record within a minute. */
async function withDesk<T>(work: (desk: Disputes, store: ControlStore, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env, process.cwd());
  const secret = await loadOrCreateKey(join(keyFolder(config), 'subject-pseudonym.key'));
  const store = await openStore(config);
  try {
    const desk = await openDisputes({
      store,
      seal: openSeal(secret),
      pseudonym: createPseudonymiser(secret),
      calendar: workingCalendar(config.workingDays),
      utcOffsetMinutes: config.utcOffsetMinutes,
      now: Date.now,
      machine: null,
      entriesAbout: nothing,
      append: () => Promise.reject(new Error('the gateway records')),
      onFault: () => undefined,
    });
    try {
      return await work(desk, store, config);
    } finally {
      await desk.close();
    }
  } catch (error) {
    if (error instanceof MianzhengError) throw new CommandError(error.message, { cause: error });
    throw error;
  } finally {
    await store.close();
  }
}

function author(by: string) {
  if (!NAME.test(by)) throw new CommandError('--by takes 1 to 64 letters, digits or . _ @ -');
  return { requestId: randomUUID(), actor: by, roles: ['command-line'], at: Date.now() };
}

/** Whose fact it is and what was said stay with the owner, who names the department. */
function shown({ subjectId, reason, answer, ...rest }: Dispute, department: string | undefined) {
  return rest.department === department ? { ...rest, subjectId, reason, answer } : rest;
}

interface ListOptions {
  readonly department?: string;
  readonly open?: boolean;
  readonly overdue?: boolean;
  readonly json?: boolean;
}

function listSubcommand(): Command {
  return new Command('list')
    .description('disputes, latest first; with --department also whose fact it is and what was said')
    .option('--department <code>', "one owner's, such as HOUSEHOLD")
    .option('--open', 'only those not answered')
    .option('--overdue', 'only those beyond their ten working days')
    .option('--json', 'print the result as JSON')
    .action(async ({ department, open, overdue, json }: ListOptions) => {
      const all = await withDesk(async (desk, store) => {
        const stored = await store.disputes.list(
          {
            ...(department === undefined ? {} : { departments: [department] }),
            ...(open || overdue ? { state: 'OPEN' as const } : {}),
            ...(overdue ? { raisedBefore: desk.overdueBefore() } : {}),
          },
          MOST,
        );
        return stored.map((dispute) => shown(desk.opened(dispute), department));
      });
      print(all, json, (disputes) =>
        table(
          ['id', 'field', 'raised by', 'due', 'state', 'reason'],
          disputes.map((one) => [
            one.id,
            one.coordinate,
            one.raisedBy,
            one.overdue ? `${one.dueOn} OVERDUE` : one.dueOn,
            one.finding ?? one.state,
            'reason' in one ? one.reason : '',
          ]),
        ),
      );
    });
}

interface RaiseOptions {
  readonly citizen: string;
  readonly field: string;
  readonly reason: string;
  readonly by: string;
  readonly json?: boolean;
}

function raiseSubcommand(): Command {
  return new Command('raise')
    .description('raise a dispute for a citizen at the counter; the fact is DISPUTED within a second')
    .requiredOption('--citizen <id>', 'whose fact it is; standing at the counter is for the clerk to check')
    .requiredOption('--field <coordinate>', 'the field, such as Resident.name')
    .requiredOption('--reason <words>', 'what is wrong, 5 to 500 characters')
    .option('--by <name>', 'who does it', userInfo().username)
    .option('--json', 'print the result as JSON')
    .action(async ({ citizen, field, reason, by, json }: RaiseOptions) => {
      const parsed = parseCitizenId(citizen);
      if (!parsed.ok) throw new CommandError(`--citizen: ${parsed.group}: ${parsed.reason}`);
      const known = buildCatalogue(buildGatewaySchema(readSchemaFiles())).fields.get(field);
      if (known === undefined || known.sharing !== 'CONDITIONAL' || known.department === 'PLATFORM') {
        throw new CommandError(`--field: there is no field ${field} that a department shares`);
      }
      const dispute = await withDesk(async (desk, store) => {
        const { result } = await store.changes.run(author(by), (trx) =>
          desk.raise(trx, {
            kind: 'CITIZEN',
            id: parsed.value,
            coordinate: field,
            department: known.department,
            reason,
            raisedIn: null,
          }),
        );
        return shown(result, undefined);
      });
      print(dispute, json, ({ id, department, dueOn }) => `${id}\n${department} answers by ${dueOn}`);
    });
}

interface AnswerOptions {
  readonly finding: DisputeFinding;
  readonly department: string;
  readonly reason: string;
  readonly by: string;
  readonly json?: boolean;
}

function answerSubcommand(): Command {
  return new Command('answer')
    .description('answer a dispute as its owner')
    .argument('<id>', 'identifier of the dispute')
    .requiredOption('--department <code>', 'the owner, such as HOUSEHOLD')
    .addOption(
      new Option('--finding <finding>', 'what was found').choices(['CORRECTED', 'UPHELD']).makeOptionMandatory(),
    )
    .requiredOption('--reason <words>', 'in words for who raised it, 5 to 500 characters; names no person')
    .option('--by <name>', 'who does it', userInfo().username)
    .option('--json', 'print the result as JSON')
    .action(async (id: string, { finding, department, reason, by, json }: AnswerOptions) => {
      const dispute = await withDesk(async (desk, store) => {
        const { result } = await store.changes.run(author(by), (trx) =>
          desk.answer(trx, id, { finding, answer: reason, by }, (one) => one.department === department),
        );
        return shown(result, department);
      });
      print(dispute, json, () => `${id} ${finding}`);
    });
}

/** `mianzheng disputes`. */
export function disputesCommand(): Command {
  return new Command('disputes')
    .description('facts that somebody says are wrong (校核): see, raise and answer')
    .addCommand(listSubcommand())
    .addCommand(raiseSubcommand())
    .addCommand(answerSubcommand());
}
