/** `npm run bench`: floors, peers and the gateway on the same work, with equal answers, in one run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { openArena, startAll, stopAll } from './arena.js';
import { build } from './build.js';
import { ensureCity, mysqlDepartments, sqliteDepartments } from './city.js';
import type { Contestant } from './contestant.js';
import { type DatabaseServer, openDatabaseServer } from './database.js';
import { fieldOf } from './field.js';
import type { Ground } from './ground.js';
import { type BenchIssuer, openBenchIssuer } from './issuer.js';
import { openLoad } from './load/load.js';
import { machine, type Options, readOptions } from './options.js';
import { writePage } from './page.js';
import { reportOf } from './report.js';
import type { Results, WorkloadResults } from './results.js';
import { type Announce, capacities, closedLoop, medianOf, openLoop, type Timing } from './runs.js';
import { judge } from './targets.js';
import { applicantsOfMysql, applicantsOfSqlite, FILED_ON, MATTER } from './work.js';

/** Applicants asked for. */
const APPLICANTS = 2000;
/** Connections to the database server that all contestants together may need. */
const ALL_CONNECTIONS = 3000;
/** Residents of the SQLite city at most. */
const SQLITE_RESIDENTS = 100_000;
/** Unmeasured beginning of the first run of a contestant, s: its code gets compiled. */
const FIRST_WARM_SECONDS = { quick: 2, full: 10 };
const WARM_SECONDS = 0.5;
/** Rates of the open loop, req/s. */
const RATES = [500, 1500, 3000, 5000];

interface Stage {
  readonly contestants: readonly Contestant[];
  readonly ground: Ground;
  readonly database: DatabaseServer | null;
}

function announcer(): Announce {
  return (what) => process.stderr.write(`${what}\n`);
}

async function groundOf(
  issuer: BenchIssuer,
  part: Pick<Ground, 'departments' | 'connections' | 'record' | 'folder' | 'applicants'>,
): Promise<Ground> {
  return {
    ...part,
    issuer: issuer.public,
    token: await issuer.mint('bench'),
    tokens: [],
    matter: MATTER,
    filedOn: FILED_ON,
  };
}

/** The enrolment read on one ground. */
async function enrolment({ contestants, ground, database }: Stage, options: Options): Promise<WorkloadResults | null> {
  if (contestants.length === 0) return null;
  const announce = announcer();
  const groundFile = join(ground.folder, database === null ? 'ground-sqlite.json' : 'ground.json');
  writeFileSync(groundFile, JSON.stringify(ground));
  const load = openLoad();
  try {
    announce(`starting ${contestants.map(({ name }) => name).join(', ')}`);
    const entrants = await startAll(contestants, ground, groundFile);
    announce('comparing answers');
    const arena = await openArena('enrolment', entrants, ground.applicants.length, load, database);
    const mains = contestants.filter(({ part }) => part === 'MAIN').map(({ name }) => name);
    const main = { ...arena, names: mains };
    const timing: Timing = { rounds: options.rounds, warmSeconds: WARM_SECONDS, seconds: options.seconds };
    const first = FIRST_WARM_SECONDS[options.quick ? 'quick' : 'full'];
    await closedLoop(arena, 64, { rounds: 1, warmSeconds: 0, seconds: first }, announce);
    const closed: Record<number, WorkloadResults['closed'][number]> = {};
    for (const connections of database === null ? [64] : options.quick ? [64, 1] : [64, 32, 1]) {
      const taking = options.quick && connections !== 64 ? main : arena;
      closed[connections] = await closedLoop(taking, connections, timing, announce);
    }
    if (database === null) return { closed, open: {}, capacity: null, half: null };
    const searching = { ...timing, rounds: options.quick ? 1 : 3 };
    const guess = (name: string) => medianOf(closed[64]?.[name], ({ perSecond }) => perSecond);
    const tried = options.quick ? main : arena;
    const capacity = await capacities(tried, guess, searching, announce);
    const rateOf = (name: string) => Math.max(...(capacity[name]?.rates ?? [0]));
    const open: Record<number, WorkloadResults['open'][number]> = {};
    for (const rate of options.quick ? [] : RATES) {
      const fit = tried.names.filter((name) => rateOf(name) >= rate);
      if (fit.length > 0) open[rate] = await openLoop({ ...arena, names: fit }, () => rate, timing, announce);
    }
    const bearing = tried.names.filter((name) => rateOf(name) > 0);
    const half = await openLoop(
      { ...arena, names: bearing },
      (name) => Math.round(rateOf(name) / 2),
      searching,
      announce,
    );
    return { closed, open, capacity, half };
  } finally {
    await stopAll(contestants);
    await load.close();
  }
}

async function onMysql(contestants: readonly Contestant[], issuer: BenchIssuer, options: Options, folder: string) {
  const { target, prefix, residents, connections } = options;
  const database = await openDatabaseServer(target);
  const { version } = database;
  try {
    if (contestants.length === 0) return { version, results: null };
    await ensureCity({ kind: 'MYSQL', url: target, databasePrefix: prefix }, residents);
    const departments = mysqlDepartments(target, prefix);
    const record = new URL(target);
    record.pathname = `/${prefix}record`;
    await database.ensureDatabase(`${prefix}record`);
    const applicants = await applicantsOfMysql(departments, APPLICANTS);
    const ground = await groundOf(issuer, { departments, connections, record: record.href, folder, applicants });
    const restore = await database.prepare(ALL_CONNECTIONS);
    try {
      return { version, results: await enrolment({ contestants, ground, database }, options) };
    } finally {
      await restore();
    }
  } finally {
    await database.close();
  }
}

async function onSqlite(contestants: readonly Contestant[], issuer: BenchIssuer, options: Options, folder: string) {
  if (contestants.length === 0) return null;
  const files = join(folder, 'departments');
  await ensureCity({ kind: 'SQLITE', folder: files }, Math.min(options.residents, SQLITE_RESIDENTS));
  const departments = sqliteDepartments(files);
  const applicants = await applicantsOfSqlite(departments, APPLICANTS);
  const ground = await groundOf(issuer, { departments, connections: 0, record: null, folder, applicants });
  return enrolment({ contestants, ground, database: null }, options);
}

async function main(): Promise<number> {
  const options = readOptions();
  const folder = join(PACKAGE_ROOT, '.data', 'bench');
  mkdirSync(folder, { recursive: true });
  build();
  const field = await fieldOf(options, folder);
  const issuer = await openBenchIssuer();
  try {
    const time = new Date().toISOString();
    const mysql = await onMysql(field.mysql, issuer, options, folder);
    const sqlite = await onSqlite(field.sqlite, issuer, options, folder);
    const results: Results = {
      time,
      command: `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
      machine: machine(),
      database: mysql.version,
      residents: options.residents,
      sqliteResidents: Math.min(options.residents, SQLITE_RESIDENTS),
      connections: options.connections,
      rounds: options.rounds,
      seconds: options.seconds,
      contestants: [...field.mysql, ...field.sqlite].map(({ name, title }) => ({ name, title })),
      workloads: mysql.results === null ? {} : { enrolment: mysql.results },
      sqlite,
    };
    const verdicts = judge(results);
    // A part of the field or a profiled one would overwrite the page with less than it says.
    if (options.only === null && options.profile.length === 0) {
      writePage(join(PACKAGE_ROOT, 'docs'), results, verdicts);
    }
    const text = options.json ? JSON.stringify({ results, verdicts }, null, 2) : reportOf(results, verdicts);
    process.stdout.write(`${text}\n`);
    return verdicts.some(({ met }) => met === false) ? 1 : 0;
  } finally {
    await issuer.close();
  }
}

process.exitCode = await main();
