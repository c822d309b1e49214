/**
 * One department behind its protections: equal fetches of concurrent requests travel in one
 * statement, a bounded number of statements is in the air, each has its time, and a department
 * that keeps failing is left alone for a while.
 */
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel';
import type { Connector } from '../../connectors/contract.js';
import { Deadline } from '../domain/deadline.js';
import type { FetchTemplate, RowsByKey } from '../domain/fetch.js';
import { Overdue } from '../domain/overdue.js';
import type { ScanPage, ScanTemplate } from '../domain/scan.js';
import type { Wait } from '../domain/wait.js';
import { SourceError, type SourceFault } from '../errors.js';
import { RetryBudget } from './retry-budget.js';
import type { Fetched, SourceLimits } from './sources.js';

interface Passenger {
  readonly keys: readonly string[];
  readonly wait: Wait;
  readonly resolve: (fetched: Fetched) => void;
  readonly reject: (error: SourceError) => void;
}

/** Batches of one template: at most `flights` in the air, the next one filling. */
interface Lane {
  readonly template: FetchTemplate;
  waiting: Passenger[];
  /** Those of the statements in the air. */
  readonly flying: Set<readonly Passenger[]>;
  /** When the next leaves: at the end of this turn of the event loop, or with a timer; null: nobody is to leave. */
  departing: 'TURN' | NodeJS.Timeout | null;
}

/** A statement that is waited for. */
interface Attempt {
  readonly deadline: Deadline;
  readonly reject: (error: SourceError) => void;
}

/** Keys with which a statement waits for no further company. */
const COMPANY = 16;

/** How often passengers are looked at whose time is over or who have left, ms. */
const SWEEP_MS = 50;

function protection(limits: SourceLimits, retries: RetryBudget): { policy: IPolicy; breaker: CircuitBreakerPolicy } {
  const faulty = handleWhen((error) => error instanceof SourceError && error.fault !== 'TOO_MANY_ROWS');
  const broken = handleWhen((error) => error instanceof SourceError && error.fault === 'UNREACHABLE' && retries.left);
  const again = retry(broken, { maxAttempts: 1, backoff: new ExponentialBackoff({ initialDelay: 20, maxDelay: 100 }) });
  again.onRetry(() => retries.retried());
  const breaker = circuitBreaker(faulty, {
    halfOpenAfter: limits.breakMs,
    breaker: new ConsecutiveBreaker(limits.breakAfter),
  });
  return { policy: wrap(breaker, again), breaker };
}

/** The last fetch that a department did not answer. */
export interface LastFault {
  readonly fault: SourceFault;
  /** ms since the epoch. */
  readonly at: number;
}

/** One department. */
export class DepartmentSource {
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that may depart as soon as a statement lands. */
  readonly #standby = new Set<Lane>();
  readonly #policy: IPolicy;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #retries: RetryBudget;
  readonly #sweeping: NodeJS.Timeout;
  readonly #attempts: Overdue<Attempt>;
  #inAir = 0;
  #waiting = 0;
  #lastFault: LastFault | null = null;
  /**
   * Whether the last answer was one. While it was, fetches pass the breaker by: it counts failures in a row
   * and has none to count, and its promises cost more than the fetch. The first failure calls it in.
   */
  #sound = true;

  constructor(
    readonly connector: Connector,
    private readonly limits: SourceLimits,
    private readonly now: () => number,
    private readonly inProgress: () => number = () => 0,
  ) {
    this.#retries = new RetryBudget(limits.retryShare, limits.retriesSaved);
    const { policy, breaker } = protection(limits, this.#retries);
    this.#policy = policy;
    this.#breaker = breaker;
    this.#attempts = new Overdue(limits.timeoutMs, ({ deadline, reject }) => {
      const late = this.#late();
      this.#lastFault = { fault: late.fault, at: this.now() };
      reject(late);
      deadline.pass(late);
    });
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#sweeping.unref();
  }

  /** Fetches that wait for a statement. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Statements in the air. */
  get inAir(): number {
    return this.#inAir;
  }

  /** OPEN: fetches are refused at once; HALF_OPEN: the next one tries. */
  get breaker(): 'CLOSED' | 'OPEN' | 'HALF_OPEN' {
    const { state } = this.#breaker;
    if (state === CircuitState.Closed) return 'CLOSED';
    return state === CircuitState.HalfOpen ? 'HALF_OPEN' : 'OPEN';
  }

  /** Null: none since the start. */
  get lastFault(): LastFault | null {
    return this.#lastFault;
  }

  /** Lets go of the connector; what is in the air is left to its end. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    this.#attempts.close();
    await this.connector.close();
  }

  /** Reads rows while `wait` lasts: behind it they are a TIMEOUT. @throws SourceError and nothing else */
  load(template: FetchTemplate, keys: readonly string[], wait: Wait): Promise<Fetched> {
    return new Promise<Fetched>((resolve, reject) => {
      if (wait.over) {
        reject(this.#late());
        return;
      }
      if (this.#waiting >= this.limits.queue) {
        reject(this.#overloaded(new RangeError('too many fetches wait')));
        return;
      }
      let lane = this.#lanes.get(template.id);
      if (lane === undefined) {
        lane = { template, waiting: [], flying: new Set(), departing: null };
        this.#lanes.set(template.id, lane);
      }
      lane.waiting.push({ keys, wait, resolve, reject });
      this.#waiting += 1;
      this.#schedule(lane);
    });
  }

  /**
   * Reads a page of a scan. It shares no statement and waits in no lane: where none is free it is OVERLOADED.
   * @throws SourceError; RangeError where the department offers no such scan
   */
  async scan(template: ScanTemplate, after: string, most: number, wait: Wait): Promise<ScanPage> {
    const { connector, limits } = this;
    const scan = connector.scan?.bind(connector);
    if (scan === undefined) throw new RangeError(`${connector.department} cannot be scanned`);
    if (wait.over) throw this.#late();
    if (this.#inAir >= limits.concurrency) throw this.#overloaded(new RangeError('no statement is free'));
    this.#inAir += 1;
    try {
      this.#retries.called();
      return await this.#policy.execute(() => this.#timed((deadline) => scan(template, after, most, deadline)));
    } catch (error) {
      throw error instanceof RangeError ? error : this.#sourceError(error);
    } finally {
      this.#inAir -= 1;
      this.#wakeStandby();
    }
  }

  /**
   * Waits out the current turn of the event loop, so that requests arriving together leave together. Where many are in
   * progress it waits for company a little longer: they come one by one, but a statement costs the same for all of them.
   */
  #schedule(lane: Lane): void {
    const { flights, gatherFrom, gatherMs } = this.limits;
    if (lane.departing === 'TURN' || lane.flying.size >= flights) return;
    if (this.inProgress() >= gatherFrom && !isCompany(lane.waiting)) {
      lane.departing ??= setTimeout(() => this.#leave(lane), gatherMs);
      return;
    }
    if (lane.departing !== null) clearTimeout(lane.departing);
    lane.departing = 'TURN';
    setImmediate(() => this.#leave(lane));
  }

  #leave(lane: Lane): void {
    lane.departing = null;
    this.#depart(lane);
  }

  #depart(lane: Lane): void {
    if (lane.waiting.length === 0 || lane.flying.size >= this.limits.flights) return;
    if (this.#inAir >= this.limits.concurrency) {
      this.#standby.add(lane);
      return;
    }
    const passengers = this.#board(lane);
    lane.flying.add(passengers);
    this.#inAir += 1;
    void this.#fly(lane, passengers).finally(() => this.#landed(lane, passengers));
    if (lane.waiting.length > 0) this.#schedule(lane);
  }

  /** Who leaves with the next statement: in order of arrival, up to its bound of keys; one larger request alone. */
  #board(lane: Lane): readonly Passenger[] {
    let seats = 0;
    let keys = 0;
    for (const passenger of lane.waiting) {
      if (seats > 0 && keys + passenger.keys.length > this.limits.batchKeys) break;
      seats += 1;
      keys += passenger.keys.length;
    }
    const passengers = lane.waiting;
    lane.waiting = passengers.splice(seats);
    this.#waiting -= seats;
    return passengers;
  }

  #landed(lane: Lane, passengers: readonly Passenger[]): void {
    lane.flying.delete(passengers);
    this.#inAir -= 1;
    if (lane.waiting.length > 0) this.#schedule(lane);
    else if (lane.flying.size === 0) this.#lanes.delete(lane.template.id);
    this.#wakeStandby();
  }

  #wakeStandby(): void {
    for (const next of this.#standby) {
      if (this.#inAir >= this.limits.concurrency) return;
      this.#standby.delete(next);
      this.#depart(next);
    }
  }

  /**
   * Tells passengers for whom it is too late, and lets those go that have not left yet. A statement in the air goes on:
   * others may share it.
   */
  #sweep(): void {
    for (const lane of this.#lanes.values()) {
      for (const passengers of lane.flying) {
        for (const { wait, reject } of passengers) if (wait.over) reject(this.#late());
      }
      const staying = lane.waiting.filter(({ wait }) => !wait.over);
      if (staying.length === lane.waiting.length) continue;
      for (const { wait, reject } of lane.waiting) if (wait.over) reject(this.#late());
      this.#waiting -= lane.waiting.length - staying.length;
      lane.waiting = staying;
    }
  }

  /** Tells every passenger; rejects for none. */
  async #fly(lane: Lane, passengers: readonly Passenger[]): Promise<void> {
    try {
      const rows = await this.#ask(lane.template, keysOf(passengers));
      const fetched = { rows, fetchedAt: new Date(this.now()).toISOString() };
      for (const passenger of passengers) passenger.resolve(fetched);
    } catch (error) {
      const fault = this.#sourceError(error);
      if (fault.fault === 'TOO_MANY_ROWS' && passengers.length > 1) {
        // One passenger's key must not cost the others their answer: by halves, a few statements find it.
        const half = Math.ceil(passengers.length / 2);
        await this.#fly(lane, passengers.slice(0, half));
        await this.#fly(lane, passengers.slice(half));
      } else {
        for (const passenger of passengers) passenger.reject(fault);
      }
    }
  }

  async #ask(template: FetchTemplate, keys: readonly string[]): Promise<RowsByKey> {
    this.#retries.called();
    const attempt = () => this.#attempt(template, keys);
    if (this.#sound) {
      try {
        return await attempt();
      } catch (error) {
        this.#sound = false;
        // The breaker and the retry take it from here, this failure being the first they see.
        let seen = false;
        return this.#policy.execute(() => {
          if (seen) return attempt();
          seen = true;
          throw error;
        });
      }
    }
    const rows = await this.#policy.execute(attempt);
    this.#sound = true;
    return rows;
  }

  /** One statement in its time. What comes later is not waited for. */
  #attempt(template: FetchTemplate, keys: readonly string[]): Promise<RowsByKey> {
    return this.#timed((deadline) => this.connector.fetch(template, keys, deadline));
  }

  #timed<T>(run: (deadline: Deadline) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const attempt: Attempt = { deadline: new Deadline(), reject };
      this.#attempts.begin(attempt);
      run(attempt.deadline).then(
        (answer) => {
          this.#attempts.end(attempt);
          resolve(answer);
        },
        (error: unknown) => {
          this.#attempts.end(attempt);
          this.#lastFault = { fault: this.#sourceError(error).fault, at: this.now() };
          reject(error);
        },
      );
    });
  }

  #late(): SourceError {
    return new SourceError(this.connector.department, 'TIMEOUT');
  }

  #overloaded(cause: unknown): SourceError {
    const retryAfter = Math.ceil(this.limits.breakMs / 1000);
    return new SourceError(this.connector.department, 'OVERLOADED', { cause, retryAfter });
  }

  #sourceError(error: unknown): SourceError {
    if (error instanceof SourceError) return error;
    if (error instanceof BrokenCircuitError) return this.#overloaded(error);
    return new SourceError(this.connector.department, 'GARBLED', { cause: error });
  }
}

/** Whether they have so many keys that a statement waits for nobody else. */
function isCompany(passengers: readonly Passenger[]): boolean {
  let keys = 0;
  for (const passenger of passengers) {
    keys += passenger.keys.length;
    if (keys >= COMPANY) return true;
  }
  return false;
}

/** The keys of all passengers, each once. */
function keysOf(passengers: readonly Passenger[]): readonly string[] {
  const [first] = passengers;
  if (first !== undefined && passengers.length === 1) return first.keys;
  const keys = new Set<string>();
  for (const passenger of passengers) for (const key of passenger.keys) keys.add(key);
  return [...keys];
}
