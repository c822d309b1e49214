/** Contestants that are up and agree with each other, ready to be measured in turn. */
import { agreedOn } from './agree.js';
import type { Contestant, Running, Workload } from './contestant.js';
import type { DatabaseServer } from './database.js';
import type { Ground } from './ground.js';
import type { Load } from './load/load.js';
import type { Plan } from './load/plan.js';
import { type Measured, measure } from './measure.js';
import { encode } from './requests.js';

/** Questions of which every contestant's answer is compared before anything is timed. */
const COMPARED = 200;

/** One that takes part. */
export interface Entrant {
  readonly contestant: Contestant;
  readonly running: Running;
}

/** All that take part in one workload. */
export interface Arena {
  readonly names: readonly string[];
  /** Measures one contestant. @throws Error where it answered wrongly: then its speed means nothing */
  run(name: string, plan: Plan): Promise<Measured>;
}

/** Starts contestants, one after the other. Those already up are ended where one fails. */
export async function startAll(
  contestants: readonly Contestant[],
  ground: Ground,
  groundFile: string,
): Promise<readonly Entrant[]> {
  const entrants: Entrant[] = [];
  try {
    for (const contestant of contestants) {
      entrants.push({ contestant, running: await contestant.start(ground, groundFile) });
    }
    return entrants;
  } catch (error) {
    await stopAll(contestants);
    throw error;
  }
}

/** Ends contestants. */
export async function stopAll(contestants: readonly Contestant[]): Promise<void> {
  for (const contestant of contestants) await contestant.stop();
}

/**
 * Asserts that all give equal answers, and aims the load at them.
 * @param entrants the first is the one the others are compared with
 * @param questions of the workload
 * @throws Disagreement at the first difference
 */
export async function openArena(
  workload: Workload,
  entrants: readonly Entrant[],
  questions: number,
  load: Load,
  database: DatabaseServer | null,
): Promise<Arena> {
  const runnings = new Map(entrants.map(({ contestant, running }) => [contestant.name, running]));
  const agreed = await agreedOn(workload, runnings, questions, Math.min(COMPARED, questions));
  const targetOf = (name: string) => `${workload} ${name}`;
  for (const [name, running] of runnings) {
    const requests = Array.from({ length: questions }, (_, i) => encode(running, running.request(workload, i)));
    const beyond = agreed.beyond.get(name);
    if (beyond === undefined) throw new RangeError(`${name} was not compared`);
    const port = Number(new URL(running.url).port);
    await load.aim(targetOf(name), { port, requests, expected: agreed.expected, beyond });
  }
  return {
    names: [...runnings.keys()],
    async run(name, plan) {
      const running = runnings.get(name);
      if (running === undefined) throw new RangeError(`${name} does not take part`);
      const measured = await measure(load, targetOf(name), running, database, plan);
      if (measured.faults > 0 && !measured.saturated) {
        throw new Error(`${name}, ${workload}: ${measured.faults} wrong answers; ${measured.fault}`);
      }
      return measured;
    },
  };
}
