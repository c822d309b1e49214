/** What `serve` does again and again, told by the log: reminders every hour; follow-up of commitments and retention once a day. */
import type { Logger } from 'pino';
import type { ChainFault } from '../audit/chain.js';
import type { Config } from '../config.js';
import type { Gateway } from '../gateway.js';
import { mattersOf } from '../open-matters.js';
import { runFollowUps } from './follow-up.js';
import { type PeriodicJob, runPeriodically } from './periodic.js';
import { runReminders } from './remind.js';
import { runRetention } from './retention.js';

const HOUR_MS = 3_600_000;
const HOURS_A_DAY = 24;

/**
 * Begins it; it must run in one process of an installation only.
 * @param now ms since the epoch
 * @param gateway the gateway of this process, whose store and matters are used; default: each run opens its own
 */
export function runRecurring(
  config: Config,
  log: Logger,
  now: () => number,
  gateway?: Pick<Gateway, 'store' | 'matters'>,
): PeriodicJob {
  const store = gateway?.store;
  const matters = gateway === undefined ? mattersOf(config) : async () => gateway.matters;
  const onFault = ({ what, chain, cause }: ChainFault) => log.error({ err: cause, what, chain }, 'record fault');
  const remind = async (signal: AbortSignal): Promise<void> => {
    const { written, withoutChannel } = await runReminders({ config, now, store, matters, onFault, signal });
    if (written > 0) log.info({ written, withoutChannel }, 'departments are reminded of deadlines');
  };
  const followUp = async (signal: AbortSignal): Promise<void> => {
    const report = await runFollowUps({ config, now, store, onFault, signal });
    if (report.opened > 0 || report.passedOver > 0) log.info(report, 'commitments whose documents are overdue');
  };
  let hour = 0;
  const job = async (signal: AbortSignal): Promise<void> => {
    // One after the other: all write the jobs' chain. A fault of the one is none of the others'.
    await remind(signal).catch((cause: unknown) => log.error({ err: cause }, 'reminders failed'));
    const daily = hour % HOURS_A_DAY === 0;
    hour += 1;
    if (!daily || signal.aborted) return;
    await followUp(signal).catch((cause: unknown) => log.error({ err: cause }, 'follow-up of commitments failed'));
    const report = await runRetention({
      config,
      by: `serve, ${config.instance}`,
      now,
      store,
      dryRun: false,
      onFault,
      signal,
    });
    for (const found of report.record) {
      if (found.state === 'REFUSED') {
        log.error({ chain: found.chain, reason: found.reason }, 'retention leaves a chain as it is');
      } else if (found.state === 'REMOVED') {
        const { chain, entries, seq, until } = found;
        log.info({ chain, entries, seq, until }, 'entries of the record were kept long enough and are removed');
      }
    }
    if (report.cases.count > 0) log.info(report.cases, 'cases were kept long enough and are removed');
    if (report.logs.length > 0)
      log.info({ files: report.logs.length }, 'log files were kept long enough and are removed');
  };
  return runPeriodically(HOUR_MS, job, (cause) => log.error({ err: cause }, 'retention failed'));
}
