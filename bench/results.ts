/** What a whole run gives. */
import type { Workload } from './contestant.js';
import type { Capacity, Rounds } from './runs.js';

/** The figures of one workload. */
export interface WorkloadResults {
  /** Closed loop, by number of connections. */
  readonly closed: Readonly<Record<number, Rounds>>;
  /** Open loop at fixed rates, by rate; a contestant is left out above its capacity. */
  readonly open: Readonly<Record<number, Rounds>>;
  /** Capacity by contestant; null where it was not searched. */
  readonly capacity: Readonly<Record<string, Capacity>> | null;
  /** Open loop of each contestant at half its capacity; null where it was not searched. */
  readonly half: Rounds | null;
}

/** One of the contestants, for the reader. */
export interface Named {
  readonly name: string;
  readonly title: string;
}

/** A whole run. */
export interface Results {
  /** When it began, ISO 8601. */
  readonly time: string;
  /** The command that made it. */
  readonly command: string;
  readonly machine: string;
  /** Version of the database server. */
  readonly database: string;
  /** Random residents of the MariaDB city, and of the SQLite city. */
  readonly residents: number;
  readonly sqliteResidents: number;
  /** Connections of each contestant to each department. */
  readonly connections: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly contestants: readonly Named[];
  /** On MariaDB. */
  readonly workloads: Readonly<Partial<Record<Workload, WorkloadResults>>>;
  /** The enrolment read on embedded SQLite; null where it did not run. */
  readonly sqlite: WorkloadResults | null;
}
