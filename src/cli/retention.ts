import { userInfo } from 'node:os';
import { Command } from 'commander';
import { loadConfig } from '../config.js';
import { type ChainRetention, type RetentionReport, runRetention } from '../jobs/retention.js';
import { keySetIn } from './key-set.js';
import { NO, print } from './output.js';

interface Options {
  readonly dryRun?: boolean;
  readonly keys?: string;
  readonly json?: boolean;
}

/** The account the command runs as; its number where it has no name, as in a container. */
function account(): string {
  try {
    return userInfo().username;
  } catch {
    // The system has no name for it.
    return String(process.getuid?.() ?? 'unknown');
  }
}

function lineOf(found: ChainRetention): string {
  switch (found.state) {
    case 'NOTHING_DUE':
      return `  ${found.chain}: nothing due`;
    case 'REFUSED':
      return `  ${found.chain}: stays, ${found.reason}`;
    default: {
      const verb = found.state === 'DUE' ? 'due' : 'removed';
      return `  ${found.chain}: ${found.entries} entries ${verb}, up to entry ${found.seq} of ${found.until}`;
    }
  }
}

function inWords({ dryRun, record, cases, logs }: RetentionReport): string {
  const verb = dryRun ? 'due' : 'removed';
  return [
    dryRun ? 'DRY RUN, nothing was removed' : 'RETENTION',
    ...record.map(lineOf),
    `  cases filed before ${cases.filedBefore}: ${cases.count} ${verb}`,
    `  log files: ${logs.length} ${verb}`,
  ].join('\n');
}

function runSubcommand(): Command {
  return new Command('run')
    .description('remove what was kept as long as configured; exit 1 where a chain of the record had to stay')
    .option('--dry-run', 'say what is due and remove nothing')
    .option('--keys <file>', 'JWKS with keys that sealed the record and are not in the key folder')
    .option('--json', 'print the result as JSON')
    .action(async (options: Options) => {
      const report = await runRetention({
        config: loadConfig(process.env, process.cwd()),
        earlierKeys: options.keys === undefined ? [] : keySetIn(options.keys),
        by: `command line, ${account()}`,
        now: Date.now,
        dryRun: options.dryRun === true,
        onFault: ({ what, chain }) => process.stderr.write(`mianzheng: record fault ${what} of chain ${chain}\n`),
      });
      print(report, options.json, inWords);
      if (report.record.some(({ state }) => state === 'REFUSED')) process.exitCode = NO;
    });
}

/** `mianzheng retention`: the job that `serve` runs daily, by hand. */
export function retentionCommand(): Command {
  return new Command('retention')
    .description('remove entries of the record, cases and log files that were kept as long as they must be')
    .addCommand(runSubcommand());
}
