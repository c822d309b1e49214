/** `mianzheng commitments`: what applicants committed to (告知承诺), their follow-up, and reinstatement. */
import { userInfo } from 'node:os';
import { Command, Option } from 'commander';
import { ACT_REASON_LENGTH, decideAct, toldCommitment, wordsFault } from '../commitments/commitment.js';
import { loadConfig } from '../config.js';
import { todayIn } from '../domain/calendar.js';
import { runFollowUps } from '../jobs/follow-up.js';
import { recordingActs } from '../jobs/record-act.js';
import { recordCommitment } from '../operations/commit-case.js';
import { CommandError, NO, print, table } from './output.js';
import { tellChainFault, withControlStore } from './tasks.js';

const STATES = ['AWAITING_DOCUMENTS', 'FOLLOW_UP', 'COMPLETED', 'BREACHED', 'REINSTATED'] as const;

/** Shown at most. */
const MOST = 500;

function listSubcommand(): Command {
  return new Command('list')
    .description('commitments, those due first before others')
    .addOption(new Option('--state <state>', 'only those that stand there').choices(STATES))
    .option('--json', 'print {total, commitments}')
    .action(async ({ state, json }: { readonly state?: (typeof STATES)[number]; readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      const { items, total } = await withControlStore(config, (store) =>
        store.commitments.list(state === undefined ? {} : { state }, { offset: 0, most: MOST }),
      );
      const today = todayIn(config.utcOffsetMinutes, Date.now());
      print({ total, commitments: items.map(({ commitment }) => toldCommitment(commitment, today)) }, json, (found) =>
        [
          table(
            ['commitment', 'case', 'matter', 'due', 'state', 'missing'],
            found.commitments.map((c) => [c.id, c.case, c.matter, c.dueOn, c.state, c.missing.join(' ')]),
          ),
          `${found.commitments.length} of ${found.total} commitments`,
        ].join('\n'),
      );
    });
}

function followUpSubcommand(): Command {
  return new Command('follow-up')
    .description('open the follow-up of commitments whose last day has passed, as a running gateway does daily')
    .option('--json', 'print {opened, passedOver}')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      const report = await runFollowUps({ config, now: Date.now, onFault: tellChainFault });
      print(report, json, ({ opened, passedOver }) => `${opened} opened, ${passedOver} passed over`);
    });
}

interface ReinstateOptions {
  readonly reason: string;
  readonly by: string;
  readonly json?: boolean;
}

function reinstateSubcommand(): Command {
  return new Command('reinstate')
    .description('lift the bar that follows a breach (信用修复); the breach stays on record')
    .argument('<commitment>', 'its identifier')
    .requiredOption('--reason <words>', 'why, 5 to 500 characters; stands in the record')
    .option('--by <name>', 'who does it', userInfo().username)
    .option('--json', 'print the commitment')
    .action(async (id: string, { reason, by, json }: ReinstateOptions) => {
      const fault = wordsFault(reason, ACT_REASON_LENGTH);
      if (fault !== null) throw new CommandError(`--reason ${fault}`);
      if (!/^[\w.@-]{1,64}$/.test(by)) throw new CommandError('--by takes 1 to 64 letters, digits or . _ @ -');
      const config = loadConfig(process.env, process.cwd());
      const actor = `person:${by}`;
      const after = await withControlStore(config, async (store) => {
        const stored = await store.commitments.find(id);
        if (stored === null) throw new CommandError(`there is no commitment ${id}`);
        const result = decideAct(stored.commitment, { act: 'REINSTATE', reason: reason.trim() }, Date.now(), actor);
        if (!result.ok) return null;
        return recordingActs({ config, now: Date.now, onFault: tellChainFault }, (record) => {
          const append = recordCommitment(record, actor, Date.now);
          return store.commitments.add(stored, result.events, null, append);
        });
      });
      print({ id, reinstated: after !== null }, json, () =>
        after === null ? `${id} is not breached, or somebody changed it at the same time` : `${id} bars no more`,
      );
      if (after === null) process.exitCode = NO;
    });
}

/** `mianzheng commitments`. */
export function commitmentsCommand(): Command {
  return new Command('commitments')
    .description('what applicants committed to (告知承诺), their follow-up, and reinstatement')
    .addCommand(listSubcommand())
    .addCommand(followUpSubcommand())
    .addCommand(reinstateSubcommand());
}
