/** `npm run bench`: floors, peers and the gateway on the same work, with equal answers, in one run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { type Arena, type Entrant, openArena, startAll, stopAll } from './arena.js';
import { build } from './build.js';
import { ensureCity, mysqlDepartments, sqliteDepartments } from './city.js';
import type { Contestant, Workload } from './contestant.js';
import { type DatabaseServer, openDatabaseServer } from './database.js';
import { fieldOf } from './field.js';
import type { Ground } from './ground.js';
import { type BenchIssuer, openBenchIssuer } from './issuer.js';
import { type Load, openLoad } from './load/load.js';
import { machine, type Options, readOptions, WORKLOADS } from './options.js';
import { writePage } from './page.js';
import { reportOf } from './report.js';
import type { Results, WorkloadResults } from './results.js';
import { type Announce, capacities, closedLoop, medianOf, openLoop, type Timing } from './runs.js';
import { judge } from './targets.js';
import { applicantsOfMysql, applicantsOfSqlite, FILED_ON, MATTER } from './work.js';
import { questionsOf } from './workloads.js';

/** Applicants asked for. */
const APPLICANTS = 2000;
/** Connections to the database server that all contestants together may need. */
const ALL_CONNECTIONS = 3000;
/** Residents of the SQLite city at most. */
const SQLITE_RESIDENTS = 100_000;
/** Unmeasured beginning of the first run of a contestant, s: its code gets compiled. */
const FIRST_WARM_SECONDS = { quick: 2, full: 10 };
/** The same of the workloads besides the enrolment read, whose servers are warm already. */
const ASIDE_WARM_SECONDS = { quick: 1, full: 5 };
const WARM_SECONDS = 0.5;
/** Rounds at most of a workload besides the enrolment read, in a quick run. */
const ASIDE_QUICK_ROUNDS = 2;
/** Shortest measured time of a run of lists, s: there are some forty a second. */
const LIST_SECONDS = 3;
/** Clients of the mix. */
const MIX_CLIENTS = 50;
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
  mixClients: number,
): Promise<Ground> {
  return {
    ...part,
    issuer: issuer.public,
    token: await issuer.mint('bench'),
    listToken: await issuer.mint('bench-list'),
    tokens: await Promise.all(Array.from({ length: mixClients }, (_, i) => issuer.mint(`bench-${i}`))),
    matter: MATTER,
    filedOn: FILED_ON,
  };
}

/** A ground with its contestants up. */
interface Match {
  readonly entrants: readonly Entrant[];
  readonly ground: Ground;
  readonly database: DatabaseServer | null;
  readonly load: Load;
  readonly announce: Announce;
}

/** Those who answer a workload, agreed with each other and warm. */
async function arenaOf(match: Match, workload: Workload, warmSeconds: number): Promise<Arena> {
  const { entrants, ground, database, load, announce } = match;
  const fit = entrants.filter(({ contestant }) => contestant.workloads.includes(workload));
  announce(`${workload}: comparing answers`);
  const arena = await openArena(workload, fit, questionsOf(workload, ground), load, database);
  await closedLoop(arena, 64, { rounds: 1, warmSeconds: 0, seconds: warmSeconds }, announce);
  return arena;
}

/** The enrolment read: everything that is measured. */
async function enrolment(match: Match, options: Options): Promise<WorkloadResults> {
  const { entrants, database, announce } = match;
  const arena = await arenaOf(match, 'enrolment', FIRST_WARM_SECONDS[options.quick ? 'quick' : 'full']);
  const mains = entrants.flatMap(({ contestant: { name, part } }) => (part === 'MAIN' ? [name] : []));
  const main = { ...arena, names: mains };
  const timing: Timing = { rounds: options.rounds, warmSeconds: WARM_SECONDS, seconds: options.seconds };
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
}

/** Another workload: the closed loop with 64 connections. */
async function aside(match: Match, workload: Workload, { quick, ...options }: Options): Promise<WorkloadResults> {
  const arena = await arenaOf(match, workload, ASIDE_WARM_SECONDS[quick ? 'quick' : 'full']);
  const rounds = quick ? Math.min(options.rounds, ASIDE_QUICK_ROUNDS) : options.rounds;
  const seconds = Math.max(options.seconds, workload === 'list' ? LIST_SECONDS : 0);
  const timing: Timing = { rounds, warmSeconds: WARM_SECONDS, seconds };
  return { closed: { 64: await closedLoop(arena, 64, timing, match.announce) }, open: {}, capacity: null, half: null };
}

/** Every workload that somebody answers, on one ground. */
async function play({ contestants, ground, database }: Stage, options: Options): Promise<Results['workloads']> {
  if (contestants.length === 0) return {};
  const announce = announcer();
  const groundFile = join(ground.folder, database === null ? 'ground-sqlite.json' : 'ground.json');
  writeFileSync(groundFile, JSON.stringify(ground));
  const load = openLoad();
  try {
    announce(`starting ${contestants.map(({ name }) => name).join(', ')}`);
    const match = { entrants: await startAll(contestants, ground, groundFile), ground, database, load, announce };
    const results: Partial<Record<Workload, WorkloadResults>> = {};
    for (const workload of options.workloads) {
      if (!contestants.some(({ workloads }) => workloads.includes(workload))) continue;
      results[workload] = await (workload === 'enrolment'
        ? enrolment(match, options)
        : aside(match, workload, options));
    }
    return results;
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
    if (contestants.length === 0) return { version, workloads: {} };
    await ensureCity({ kind: 'MYSQL', url: target, databasePrefix: prefix }, residents);
    const departments = mysqlDepartments(target, prefix);
    const record = new URL(target);
    record.pathname = `/${prefix}record`;
    await database.ensureDatabase(`${prefix}record`);
    const applicants = await applicantsOfMysql(departments, APPLICANTS);
    const part = { departments, connections, record: record.href, folder, applicants };
    const ground = await groundOf(issuer, part, MIX_CLIENTS);
    const restore = await database.prepare(ALL_CONNECTIONS);
    try {
      return { version, workloads: await play({ contestants, ground, database }, options) };
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
  const ground = await groundOf(issuer, { departments, connections: 0, record: null, folder, applicants }, 0);
  const { enrolment: results } = await play({ contestants, ground, database: null }, options);
  return results ?? null;
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
      workloads: mysql.workloads,
      sqlite,
    };
    const verdicts = judge(results);
    // A part of the field or a profiled one would overwrite the page with less than it says.
    if (options.only === null && options.workloads === WORKLOADS && options.profile.length === 0) {
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
