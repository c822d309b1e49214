/** Town, gateways and clients of a run, and how one fault is tried on them. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseServer } from '../support/services.js';
import type { Fault } from './faults.js';
import { GatewayChild, type Program } from './gateway-child.js';
import { Clients, nothingSeen, type Seen } from './load.js';
import { CASES, QUESTIONS, SUBSIDY_CASE } from './questions.js';
import { Town } from './town.js';

/** Clients that ask at once. */
const CLIENTS = 10;
/** Longest wait until every answer is whole again, ms. */
const RECOVERY_MS = 20_000;

/** What became of one fault. */
export interface Row {
  readonly fault: string;
  readonly expected: string;
  readonly asked: number;
  readonly whole: number;
  readonly partial: number;
  readonly refused: number;
  /** From the end of the fault until every question is answered whole, ms; null where that did not come. */
  readonly recoveryMs: number | null;
  /** Longest wait of a client for an answer, ms. */
  readonly slowestMs: number;
  /** What was seen and may not be, in words; empty where all is as it must be. */
  readonly unexpected: readonly string[];
}

/** A gateway of a run, in a process of its own or in this one. */
export interface RunningGateway {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly ended: boolean;
  /** Ends it; resolves with its exit code, null where the signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** A run's town, gateways and clients. */
export class Stage {
  readonly gateways: RunningGateway[] = [];
  /** Everything seen, fault by fault. */
  readonly seen: Seen[] = [];
  readonly #aside: RunningGateway[] = [];
  #memoryBefore = 0;

  private constructor(
    readonly town: Town,
    readonly clients: Clients,
    readonly program: Program,
  ) {}

  /** Builds the town, starts a gateway, and learns what it says in health. */
  static async open(server: DatabaseServer, program: Program): Promise<Stage> {
    const town = await Town.build(server);
    try {
      const first = await GatewayChild.start(town.folder, 0, program);
      const names = [...QUESTIONS, ...CASES].map(({ client }) => client);
      const clients = new Clients(await town.tokens([...new Set(names)]));
      const stage = new Stage(town, clients, program);
      stage.gateways.push(first);
      await clients.registerCase(first.url, SUBSIDY_CASE, stage.note());
      await clients.learn(first.url, stage.note());
      return stage;
    } catch (error) {
      await town.remove();
      throw error;
    }
  }

  /** Addresses of the gateways that run. */
  urls(): readonly string[] {
    return this.gateways.filter(({ ended }) => !ended).map(({ url }) => url);
  }

  /** What is seen from now on. */
  note(): Seen {
    const seen = nothingSeen();
    this.seen.push(seen);
    return seen;
  }

  /** Tries one fault under load, and waits until everything is whole again. */
  async try(fault: Fault): Promise<Row> {
    const during = this.note();
    this.#memoryBefore = this.#memory();
    await fault.begin(this);
    const asked = this.clients.ask(() => this.urls(), CLIENTS, sleep(fault.lasts), during);
    try {
      await Promise.all([asked, fault.meanwhile?.(this)]);
    } finally {
      await fault.end(this);
    }
    const { recoveryMs, after } = await this.#recovered();
    const unexpected = [...strays(fault, during), ...wrongs(after)];
    unexpected.push(...((await fault.check?.(this)) ?? []));
    if (recoveryMs === null) unexpected.push(`not whole again: ${summary(after)}`);
    return {
      fault: fault.name,
      expected: fault.expects.text,
      asked: during.asked,
      whole: during.whole,
      partial: during.partial,
      refused: [...during.refused.values()].reduce((a, b) => a + b, 0),
      recoveryMs,
      slowestMs: Math.round(during.slowest),
      unexpected,
    };
  }

  /** Keeps gateways that nobody asks meanwhile. */
  setAside(gateways: readonly RunningGateway[]): void {
    this.#aside.push(...gateways);
  }

  /** Those that were set aside. */
  takeBack(): readonly RunningGateway[] {
    return this.#aside.splice(0);
  }

  /** How much more memory the gateways take at most than before the fault began, MiB. */
  memoryGrown(): number {
    return Math.round((this.#memory() - this.#memoryBefore) / 1024);
  }

  /** Most memory the gateways ever took, KiB. */
  #memory(): number {
    const status = (pid: number) => readFileSync(`/proc/${pid}/status`, 'utf8');
    const peak = (pid: number) => Number(/^VmHWM:\s+(\d+) kB$/m.exec(status(pid))?.[1]);
    return this.gateways.filter(({ ended }) => !ended).reduce((sum, { pid }) => sum + peak(pid), 0);
  }

  async #recovered(): Promise<{ readonly recoveryMs: number | null; readonly after: Seen }> {
    const after = this.note();
    const from = performance.now();
    while (performance.now() - from < RECOVERY_MS) {
      const last = this.note();
      const whole = await Promise.all(this.urls().map((url) => this.clients.allWhole(url, last)));
      if (whole.length > 0 && whole.every(Boolean)) return { recoveryMs: Math.round(performance.now() - from), after };
      merge(after, last);
      await sleep(50);
    }
    return { recoveryMs: null, after };
  }

  /** Ends gateways and town. */
  async close(): Promise<void> {
    for (const gateway of [...this.gateways, ...this.#aside]) await gateway.end('SIGKILL');
    await this.town.remove();
  }
}

/** Adds what was refused, unknown or wrong in `part` to `all`; answers are counted where they were seen. */
function merge(all: Seen, part: Seen): void {
  for (const [from, to] of [
    [part.refused, all.refused],
    [part.unknown, all.unknown],
  ] as const) {
    for (const [what, n] of from) to.set(what, (to.get(what) ?? 0) + n);
  }
  all.wrongNo.push(...part.wrongNo);
  all.wrongYes.push(...part.wrongYes);
}

function wrongs({ wrongNo, wrongYes }: Seen): string[] {
  return [...new Set([...wrongNo, ...wrongYes])];
}

function summary({ refused, unknown, broken }: Seen): string {
  return [...refused, ...unknown, ['broken', broken] as const].map(([what, n]) => `${what} ${n}`).join(', ');
}

/** What was seen beyond what the fault allows. */
function strays({ expects }: Fault, seen: Seen): string[] {
  const allowed = new Set(expects.unknown.flatMap(({ department, faults }) => faults.map((f) => `${department} ${f}`)));
  const codes: ReadonlySet<string> = new Set(expects.codes);
  const found = wrongs(seen);
  for (const [what, n] of seen.unknown) if (!allowed.has(what)) found.push(`${what} ${n} times`);
  for (const [code, n] of seen.refused) if (!codes.has(code)) found.push(`refused ${code} ${n} times`);
  if (seen.broken > 0 && !expects.broken) found.push(`${seen.broken} connections broke`);
  if (seen.late > 0) found.push(`${seen.late} requests without an answer`);
  const noticed = seen.partial > 0 || seen.refused.size > 0 || seen.broken > 0;
  if (expects.noticed && !noticed) found.push('nobody noticed the fault');
  if (seen.asked === 0) found.push('nobody asked');
  return found;
}
