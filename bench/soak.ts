/** `npm run soak`: an hour at half of the measured capacity; memory, latency and answers must stay as they are. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadOrCreateSigningKey } from '../src/audit/signing-key.js';
import { verifyRecord } from '../src/audit/verify.js';
import { PACKAGE_ROOT } from '../src/package-root.js';
import type { Arena } from './arena.js';
import { build } from './build.js';
import { searchCapacity } from './capacity.js';
import type { Workload } from './contestant.js';
import { openDatabaseServer } from './database.js';
import { GATEWAY, groundOver, type Stage, type Standing, withGateway } from './growth/stage.js';
import { openBenchIssuer } from './issuer.js';
import { openLoad } from './load/load.js';
import { machine } from './options.js';
import { readSoakOptions, type SoakOptions } from './soak/options.js';
import { type SoakResults, soakText, soundOf, writeSoakPage } from './soak/page.js';
import { driftsOf, gaugeOf, type Minute, TURNS } from './soak/window.js';

const RESIDENTS = 100_000;
/** Connections to the database server that the run may need. */
const ALL_CONNECTIONS = 500;
/** Connections of the open loop. */
const CONNECTIONS = 256;
const MINUTE_SECONDS = 60;
/** Minutes from which on the page is written. */
const WHOLE_MINUTES = 60;
const MIB = 2 ** 20;

async function capacityOf(arena: Arena, announce: (what: string) => void): Promise<number> {
  const closed = { connections: 64, rate: null, warmSeconds: 5, seconds: 5, seed: 7 };
  const { perSecond } = await arena.run(GATEWAY, closed);
  const { rate } = await searchCapacity(perSecond, (tried) => {
    announce(`capacity: ${tried} req/s`);
    return arena.run(GATEWAY, { connections: CONNECTIONS, rate: tried, warmSeconds: 1, seconds: 3, seed: 700 });
  });
  return rate;
}

async function minuteOf(
  standing: Standing,
  arena: Arena,
  workload: Workload,
  rate: number,
  at: number,
): Promise<Minute> {
  const measured = await arena.run(GATEWAY, {
    connections: CONNECTIONS,
    rate,
    warmSeconds: 0,
    seconds: MINUTE_SECONDS,
    seed: 1000 + at,
  });
  const metrics = await (await fetch(`${standing.url}/metrics`)).text();
  const { answers, p50, p99, max, saturated, memory } = measured;
  const heap = gaugeOf(metrics, 'nodejs_heap_size_used_bytes') / MIB;
  const handles = gaugeOf(metrics, 'nodejs_active_handles_total');
  return { at, workload, rate, answers, p50, p99, max, saturated, memory, heap, handles };
}

/** The minutes, up to the first wrong answer. */
async function soak(stage: Stage, standing: Standing, { minutes, share }: SoakOptions) {
  const arenas = new Map<Workload, Arena>();
  const capacity: Record<string, number> = {};
  for (const workload of new Set(TURNS)) {
    const arena = await standing.arena(workload, stage.load);
    arenas.set(workload, arena);
    capacity[workload] = await capacityOf(arena, stage.announce);
  }
  const seen: Minute[] = [];
  let fault: string | null = null;
  for (let at = 1; at <= minutes && fault === null; at += 1) {
    const workload = TURNS[(at - 1) % TURNS.length] ?? 'enrolment';
    const arena = arenas.get(workload);
    if (arena === undefined) throw new RangeError(`no arena for ${workload}`);
    const rate = Math.round((capacity[workload] ?? 0) * share);
    try {
      const minute = await minuteOf(standing, arena, workload, rate, at);
      seen.push(minute);
      if (minute.saturated) fault = `minute ${at}: the gateway fell behind`;
      stage.announce(
        `minute ${at}: ${workload} ${rate} req/s, p50 ${minute.p50.toFixed(1)} p99 ${minute.p99.toFixed(1)} ms, ${minute.memory.toFixed(0)} MiB`,
      );
    } catch (error) {
      fault = `minute ${at}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return { capacity, seen, fault };
}

async function measured(stage: Stage, options: SoakOptions): Promise<SoakResults> {
  const ground = await groundOver(stage, RESIDENTS);
  const data = join(stage.folder, GATEWAY);
  const { capacity, seen, fault } = await withGateway(stage, ground, {}, (standing) => soak(stage, standing, options));
  const key = await loadOrCreateSigningKey(join(data, 'keys'));
  const record = await verifyRecord(join(data, 'record'), [key.publicJwk]);
  const recorded = record.state === 'INTACT' ? record.chains.reduce((sum, { requests }) => sum + requests, 0) : 0;
  return {
    time: new Date().toISOString(),
    command: `npm run soak${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
    machine: machine(),
    database: stage.database.version,
    share: options.share,
    capacity,
    minutes: seen,
    answers: seen.reduce((sum, { answers }) => sum + answers, 0),
    errors: fault === null ? 0 : 1,
    fault,
    drifts: driftsOf(seen),
    record: { state: record.state, requests: recorded },
  };
}

async function main(): Promise<number> {
  const options = readSoakOptions();
  const folder = join(PACKAGE_ROOT, '.data', 'soak');
  mkdirSync(folder, { recursive: true });
  build();
  const issuer = await openBenchIssuer();
  const database = await openDatabaseServer(options.target);
  const load = openLoad();
  try {
    const restore = await database.prepare(ALL_CONNECTIONS);
    try {
      const announce = (what: string) => process.stderr.write(`${what}\n`);
      const stage: Stage = {
        target: options.target,
        database,
        issuer,
        load,
        folder,
        seconds: MINUTE_SECONDS,
        announce,
      };
      const results = await measured(stage, options);
      if (options.minutes >= WHOLE_MINUTES) writeSoakPage(join(PACKAGE_ROOT, 'docs'), results);
      process.stdout.write(options.json ? `${JSON.stringify(results, null, 2)}\n` : soakText(results));
      return soundOf(results) ? 0 : 1;
    } finally {
      await restore();
    }
  } finally {
    await load.close();
    await database.close();
    await issuer.close();
  }
}

process.exitCode = await main();
