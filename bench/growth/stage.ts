/** What every point of a series stands on: cities that are made once, and the load. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SEED } from '../../seeds/generate.js';
import { readCity } from '../../seeds/load.js';
import { type Arena, openArena, startAll, stopAll } from '../arena.js';
import { ensureCity, mysqlDepartments } from '../city.js';
import type { Workload } from '../contestant.js';
import { type GatewayOverrides, gateway } from '../contestants/ours.js';
import type { DatabaseServer } from '../database.js';
import type { Ground } from '../ground.js';
import type { BenchIssuer } from '../issuer.js';
import type { Load } from '../load/load.js';
import { applicantsOfMysql, FILED_ON, MATTER } from '../work.js';
import { questionsOf } from '../workloads.js';

/** Applicants asked for; a city of 10,000 has fewer. */
const APPLICANTS = 1000;
/** Connections of the gateway to each department. */
const CONNECTIONS = 16;
/** The gateway's name as a contestant. */
export const GATEWAY = 'growth';

/** Begin of the databases' names, by residents. The city of a million is the one of `npm run bench`. */
const PREFIXES: Readonly<Record<number, string>> = {
  10000: 'mianzheng_bench_10k_',
  100000: 'mianzheng_bench_100k_',
  1000000: 'mianzheng_bench_',
  10000000: 'mianzheng_bench_10m_',
};

/** What the measurement has open. */
export interface Stage {
  readonly target: string;
  readonly database: DatabaseServer;
  readonly issuer: BenchIssuer;
  readonly load: Load;
  /** Folder of the run, absolute. */
  readonly folder: string;
  /** Measured seconds of one run. */
  readonly seconds: number;
  readonly announce: (what: string) => void;
}

/**
 * The ground over a city, which is made where it is missing.
 * @throws Error where the databases hold another city: this measurement replaces none
 */
export async function groundOver(stage: Stage, residents: number): Promise<Ground> {
  const { target, issuer, folder } = stage;
  const prefix = PREFIXES[residents];
  if (prefix === undefined) throw new RangeError(`no databases are named for ${residents} residents`);
  const place = { kind: 'MYSQL', url: target, databasePrefix: prefix } as const;
  const there = await readCity(place);
  if (there !== null && (there.residents !== residents || there.seed !== DEFAULT_SEED)) {
    throw new Error(`${prefix}* hold a city of ${there.residents}; it is not replaced`);
  }
  await ensureCity(place, residents);
  const departments = mysqlDepartments(target, prefix);
  return {
    departments,
    connections: CONNECTIONS,
    record: null,
    folder,
    issuer: issuer.public,
    token: await issuer.mint('bench'),
    listToken: await issuer.mint('bench-list'),
    // The client of the lists has cases where there are clients of the mix.
    tokens: [await issuer.mint('bench-0')],
    matter: MATTER,
    filedOn: FILED_ON,
    applicants: await applicantsOfMysql(departments, APPLICANTS),
  };
}

/** A gateway that is up. */
export interface Standing {
  /** Origin. */
  readonly url: string;
  /** From its begin until `/readyz` said yes, s. */
  readonly startSeconds: number;
  /** Aims a load at it. */
  readonly arena: (workload: Workload, load: Load) => Promise<Arena>;
}

/** Starts a gateway, has something measured, and ends it. */
export async function withGateway<T>(
  stage: Stage,
  ground: Ground,
  overrides: GatewayOverrides,
  measureIt: (standing: Standing) => Promise<T>,
): Promise<T> {
  const contestant = gateway(GATEWAY, 'The gateway', ['enrolment', 'list', 'verify'], [], overrides);
  mkdirSync(stage.folder, { recursive: true });
  const groundFile = join(stage.folder, 'ground.json');
  writeFileSync(groundFile, JSON.stringify(ground));
  const entrants = await startAll([contestant], ground, groundFile);
  try {
    const running = entrants[0]?.running;
    if (running === undefined) throw new TypeError('a contestant that was started is up');
    return await measureIt({
      url: running.url,
      startSeconds: running.startSeconds ?? Number.NaN,
      arena: (workload, load) => openArena(workload, entrants, questionsOf(workload, ground), load, stage.database),
    });
  } finally {
    await stopAll([contestant]);
  }
}
