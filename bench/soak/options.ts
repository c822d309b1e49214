/** Options of `npm run soak`. */
import { Command, InvalidArgumentError } from 'commander';

/** How the soak is run. */
export interface SoakOptions {
  /** Print the results as JSON. */
  readonly json: boolean;
  /** Measured minutes, 4 to 1,440; of an hour and more docs/soak.md is written. */
  readonly minutes: number;
  /** MariaDB or MySQL server. */
  readonly target: string;
  /** Share of the measured capacity that is asked for, 0.05 to 0.9. */
  readonly share: number;
}

function between(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`takes ${least} to ${most}`);
    return value;
  };
}

/** Reads the command line. */
export function readSoakOptions(): SoakOptions {
  return new Command('soak')
    .description('the gateway under a steady load for long: does it keep its memory and its latency, without one error')
    .option('--json', 'print the results as JSON', false)
    .option('--minutes <n>', 'measured minutes', between(4, 1440), 60)
    .option('--share <n>', 'share of the measured capacity that is asked for', between(0.05, 0.9), 0.5)
    .option('--target <url>', 'database server, a user who may create databases', 'mysql://root@127.0.0.1:3306')
    .parse()
    .opts<SoakOptions>();
}
