/**
 * The departments, each behind its own timeout, bulkhead, retry and circuit breaker, and the
 * micro-batches below them: equal fetches of concurrent requests travel in one statement.
 */
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel';
import type { Connector } from '../../connectors/contract.js';
import type { FetchTemplate, RowsByKey } from '../domain/fetch.js';
import { SourceError } from '../errors.js';

/** How a department is protected, and we from it. */
export interface SourceLimits {
  /** Longest wait for one statement or call, ms, 10 to 60,000; default 2,000. */
  readonly timeoutMs: number;
  /** Statements in the air at once per department, 1 to 1,000; default 16. */
  readonly concurrency: number;
  /** Statements waiting beyond that before OVERLOADED, 0 to 100,000; default 1,000. */
  readonly queue: number;
  /** Failures in a row that open the breaker, 1 to 100; default 8. */
  readonly breakAfter: number;
  /** How long the breaker stays open before one try, ms, 100 to 600,000; default 2,000. */
  readonly breakMs: number;
  /** Equal batches in the air at once; requests that come meanwhile share the next, 1 to 64; default 2. */
  readonly flights: number;
  /** Keys of one batch, 1 to 10,000; default 512. One larger request still travels whole. */
  readonly batchKeys: number;
}

/** The default limits. */
export const SOURCE_LIMITS: SourceLimits = {
  timeoutMs: 2000,
  concurrency: 16,
  queue: 1000,
  breakAfter: 8,
  breakMs: 2000,
  flights: 2,
  batchKeys: 512,
};

/** Rows with the time they were read. */
export interface Fetched {
  /** May also hold keys of other requests with the same template. */
  readonly rows: RowsByKey;
  /** RFC 3339, UTC; one text for all who travelled together. */
  readonly fetchedAt: string;
}

/** All departments. */
export interface Sources {
  /**
   * Reads rows through the batch and the protections.
   * @throws SourceError and nothing else
   */
  load(template: FetchTemplate, keys: readonly string[]): Promise<Fetched>;
  /** The department's connector. @throws RangeError for one that is not configured */
  connector(department: string): Connector;
  readonly connectors: readonly Connector[];
  /** Closes every connector. */
  close(): Promise<void>;
}

interface Passenger {
  readonly keys: readonly string[];
  readonly resolve: (fetched: Fetched) => void;
  readonly reject: (error: SourceError) => void;
}

/** Batches of one template: at most `flights` in the air, the next one filling. */
interface Lane {
  readonly template: FetchTemplate;
  waiting: Passenger[];
  inAir: number;
  scheduled: boolean;
}

function protection(limits: SourceLimits): IPolicy {
  const faulty = handleWhen((error) => error instanceof SourceError && error.fault !== 'TOO_MANY_ROWS');
  const broken = handleWhen((error) => error instanceof SourceError && error.fault === 'UNREACHABLE');
  return wrap(
    bulkhead(limits.concurrency, limits.queue),
    circuitBreaker(faulty, { halfOpenAfter: limits.breakMs, breaker: new ConsecutiveBreaker(limits.breakAfter) }),
    retry(broken, { maxAttempts: 1, backoff: new ExponentialBackoff({ initialDelay: 20, maxDelay: 100 }) }),
  );
}

/**
 * Gives up after `ms` and tells the work so. The library's own timeout aborts its signal after every
 * success too, and the error it makes for that cost more than the rest of the protections together.
 */
function inTime<T>(department: string, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new SourceError(department, 'TIMEOUT'));
      controller.abort();
    }, ms);
    const settle = (end: () => void) => {
      clearTimeout(timer);
      end();
    };
    work(controller.signal).then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}

function asSourceError(department: string, error: unknown, limits: SourceLimits): SourceError {
  if (error instanceof SourceError) return error;
  const retryAfter = Math.ceil(limits.breakMs / 1000);
  if (error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError) {
    return new SourceError(department, 'OVERLOADED', { cause: error, retryAfter });
  }
  return new SourceError(department, 'GARBLED', { cause: error });
}

class ProtectedSources implements Sources {
  readonly #lanes = new Map<string, Lane>();
  readonly #policies = new Map<string, IPolicy>();
  readonly #connectors: ReadonlyMap<string, Connector>;

  constructor(
    readonly connectors: readonly Connector[],
    readonly limits: SourceLimits,
    readonly now: () => number,
  ) {
    this.#connectors = new Map(connectors.map((connector) => [connector.department, connector]));
    for (const connector of connectors) this.#policies.set(connector.department, protection(limits));
  }

  connector(department: string): Connector {
    const connector = this.#connectors.get(department);
    if (connector === undefined) throw new RangeError(`no connector for department ${department}`);
    return connector;
  }

  load(template: FetchTemplate, keys: readonly string[]): Promise<Fetched> {
    let lane = this.#lanes.get(template.id);
    if (lane === undefined) {
      lane = { template, waiting: [], inAir: 0, scheduled: false };
      this.#lanes.set(template.id, lane);
    }
    const joined = lane;
    return new Promise<Fetched>((resolve, reject) => {
      joined.waiting.push({ keys, resolve, reject });
      this.#schedule(joined);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.connectors.map((connector) => connector.close()));
  }

  /** Waits out the current turn of the event loop, so that requests arriving together leave together. */
  #schedule(lane: Lane): void {
    if (lane.scheduled || lane.inAir >= this.limits.flights) return;
    lane.scheduled = true;
    setImmediate(() => {
      lane.scheduled = false;
      this.#depart(lane);
    });
  }

  #depart(lane: Lane): void {
    const passengers: Passenger[] = [];
    let keys = 0;
    for (const passenger of lane.waiting) {
      if (passengers.length > 0 && keys + passenger.keys.length > this.limits.batchKeys) break;
      passengers.push(passenger);
      keys += passenger.keys.length;
    }
    if (passengers.length === 0) return;
    lane.waiting = lane.waiting.slice(passengers.length);
    lane.inAir += 1;
    void this.#fly(lane, passengers).finally(() => {
      lane.inAir -= 1;
      if (lane.waiting.length > 0) this.#schedule(lane);
      else if (lane.inAir === 0) this.#lanes.delete(lane.template.id);
    });
    if (lane.waiting.length > 0) this.#schedule(lane);
  }

  async #fly(lane: Lane, passengers: readonly Passenger[]): Promise<void> {
    const only = passengers.length === 1 ? passengers[0] : undefined;
    const keys = only ? only.keys : [...new Set(passengers.flatMap((passenger) => passenger.keys))];
    try {
      const fetched = await this.#fetch(lane.template, keys);
      for (const passenger of passengers) passenger.resolve(fetched);
    } catch (error) {
      const fault = asSourceError(lane.template.department, error, this.limits);
      if (fault.fault === 'TOO_MANY_ROWS' && passengers.length > 1) {
        // One passenger's key must not cost the others their answer.
        for (const passenger of passengers) await this.#fly(lane, [passenger]);
      } else {
        for (const passenger of passengers) passenger.reject(fault);
      }
    }
  }

  async #fetch(template: FetchTemplate, keys: readonly string[]): Promise<Fetched> {
    const policy = this.#policies.get(template.department);
    if (policy === undefined) throw new RangeError(`no connector for department ${template.department}`);
    const connector = this.connector(template.department);
    const rows = await policy.execute(() =>
      inTime(template.department, this.limits.timeoutMs, (signal) => connector.fetch(template, keys, signal)),
    );
    return { rows, fetchedAt: new Date(this.now()).toISOString() };
  }
}

/**
 * Opens the departments behind their protections.
 * @param now ms since the epoch
 */
export function openSources(
  connectors: readonly Connector[],
  now: () => number,
  limits: SourceLimits = SOURCE_LIMITS,
): Sources {
  return new ProtectedSources(connectors, limits, now);
}
