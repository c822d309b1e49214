/** What `serve` does once a day, told by the log: follow-up of commitments, then retention. */
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { type DailyJob, runDaily } from './daily.js';
import { runFollowUps } from './follow-up.js';
import { runRetention } from './retention.js';

/** Begins it; it must run in one process of an installation only. @param now ms since the epoch */
export function retainDaily(config: Config, log: Logger, now: () => number): DailyJob {
  const followUp = async (signal: AbortSignal): Promise<void> => {
    const report = await runFollowUps({
      config,
      now,
      onFault: ({ what, chain, cause }) => log.error({ err: cause, what, chain }, 'record fault'),
      signal,
    });
    if (report.opened > 0 || report.passedOver > 0) log.info(report, 'commitments whose documents are overdue');
  };
  const job = async (signal: AbortSignal): Promise<void> => {
    // One after the other: both write the jobs' chain. A fault of the one is none of the other's.
    await followUp(signal).catch((cause: unknown) => log.error({ err: cause }, 'follow-up of commitments failed'));
    const report = await runRetention({
      config,
      by: `serve, ${config.instance}`,
      now,
      dryRun: false,
      onFault: ({ what, chain, cause }) => log.error({ err: cause, what, chain }, 'record fault'),
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
  return runDaily(job, (cause) => log.error({ err: cause }, 'retention failed'));
}
