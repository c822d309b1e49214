/** Options of `npm run bench`. */
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import type { Workload } from './contestant.js';

/** All workloads, in the order in which they are measured. */
export const WORKLOADS: readonly Workload[] = ['enrolment', 'wide', 'list', 'verify', 'mix'];

/** How the benchmark is run. */
export interface Options {
  /** Short runs: minutes instead of an hour. */
  readonly quick: boolean;
  /** Print the results as JSON. */
  readonly json: boolean;
  /** Names of the contestants that take part; null: all. */
  readonly only: readonly string[] | null;
  /** What is measured; {@link WORKLOADS} itself where all is. */
  readonly workloads: readonly Workload[];
  /** Measured seconds of one run. */
  readonly seconds: number;
  /** Interleaved rounds. */
  readonly rounds: number;
  readonly residents: number;
  /** MariaDB or MySQL server. */
  readonly target: string;
  /** Begin of the names of its databases. */
  readonly prefix: string;
  /** Connections of a contestant to each department. */
  readonly connections: number;
  /** Contestants whose CPU profile is written; it costs them speed. */
  readonly profile: readonly string[];
}

const list = (text: string) => text.split(',').filter((name) => name !== '');

function workloadsIn(text: string): readonly Workload[] {
  return list(text).map((name) => {
    const workload = WORKLOADS.find((known) => known === name);
    if (workload === undefined) throw new InvalidArgumentError(`there are ${WORKLOADS.join(', ')}`);
    return workload;
  });
}

/** Reads the command line. */
export function readOptions(): Options {
  const options = new Command('bench')
    .description('floors, peers and the gateway side by side on the same work with equal answers')
    .option('--quick', 'short runs: some five minutes with all peers', false)
    .option('--json', 'print the results as JSON', false)
    .option('--only <names>', 'contestants that take part, comma-separated', list)
    .option('--workloads <names>', 'what is measured, comma-separated', workloadsIn, WORKLOADS)
    .option('--seconds <n>', 'measured seconds of one run (default 5, quick 1)', Number)
    .option('--rounds <n>', 'interleaved rounds (default 5, quick 3)', Number)
    .option('--residents <n>', 'size of the city; made where it is missing', Number, 1_000_000)
    .option('--target <url>', 'database server, a user who may create databases', 'mysql://root@127.0.0.1:3306')
    .option('--prefix <text>', "begin of the databases' names", 'mianzheng_bench_')
    .option('--connections <n>', 'connections of each contestant to each department', Number, 16)
    .option('--profile <names>', 'contestants whose CPU profile is written', list, [])
    .parse()
    .opts<Omit<Options, 'only' | 'seconds' | 'rounds'> & Partial<Options>>();
  const { quick } = options;
  return {
    ...options,
    only: options.only ?? null,
    seconds: options.seconds ?? (quick ? 1 : 5),
    rounds: options.rounds ?? (quick ? 3 : 5),
  };
}

/** The machine in one line. */
export function machine(): string {
  return `${availableParallelism()} cores, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}
