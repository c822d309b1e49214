/** One measured run: what the load generator saw, and what it cost the server and the database. */
import type { Running } from './contestant.js';
import type { DatabaseServer, Statements } from './database.js';
import type { Load } from './load/load.js';
import type { Observed, Plan } from './load/plan.js';
import { cpuOf, cpuOfAll, memoryOfAll } from './processes.js';

/** A run with its costs. */
export interface Measured extends Observed {
  /** CPU time of the contestant's processes, ms per answer. */
  readonly serverCpu: number;
  /** CPU time of the database, ms per answer; null where it has no process here. */
  readonly databaseCpu: number | null;
  /** SELECTs (`Com_select`) per answer. */
  readonly selects: number;
  /** INSERTs (`Com_insert`) per answer. */
  readonly inserts: number;
  /** Resident memory of the contestant at the end, MiB. */
  readonly memory: number;
}

interface Sample {
  readonly server: number;
  readonly database: number | null;
  readonly statements: Promise<Statements>;
}

const NO_STATEMENTS: Statements = { selects: 0, inserts: 0 };

/** CPU time of server and database together, ms per answer. */
export function cpuPerAnswer({ serverCpu, databaseCpu }: Measured): number {
  return serverCpu + (databaseCpu ?? 0);
}

/** Runs a plan against a contestant that is up and measures it. */
export async function measure(
  load: Load,
  name: string,
  running: Running,
  database: DatabaseServer | null,
  plan: Plan,
): Promise<Measured> {
  const samples: Sample[] = [];
  const sample = () => {
    samples.push({
      server: cpuOfAll(running.pids),
      database: database === null || database.pid === null ? null : cpuOf(database.pid),
      statements: database?.statements() ?? Promise.resolve(NO_STATEMENTS),
    });
  };
  const observed = await load.run(name, plan, { begin: sample, end: sample });
  const [from, to] = samples;
  if (from === undefined || to === undefined) throw new Error('the load generator named no begin or no end');
  const [before, after] = await Promise.all([from.statements, to.statements]);
  const answers = Math.max(1, observed.answers);
  return {
    ...observed,
    serverCpu: (to.server - from.server) / answers,
    databaseCpu: from.database === null || to.database === null ? null : (to.database - from.database) / answers,
    selects: (after.selects - before.selects) / answers,
    inserts: (after.inserts - before.inserts) / answers,
    memory: memoryOfAll(running.pids),
  };
}

/** The middle value; of an even number the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
