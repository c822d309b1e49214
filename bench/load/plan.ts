/** What the load generator is told, and what it tells. Sent between processes. */

/** A server and the requests it is asked. */
export interface Target {
  readonly port: number;
  /** Whole HTTP requests, by question. */
  readonly requests: readonly Uint8Array[];
  /** Canonical `data` of the answer as JSON, by question: its length is checked of every answer, its content of a sample. */
  readonly expected: readonly string[];
  /** Bytes a body has beyond its `data`, at least and at most. */
  readonly beyond: { readonly min: number; readonly max: number };
}

/** One run. */
export interface Plan {
  /** Connections kept open, 1 to 1,000. */
  readonly connections: number;
  /** Requests per second, arriving as a Poisson process; null: closed loop, each connection asks again when answered. */
  readonly rate: number | null;
  /** Unmeasured beginning, s. */
  readonly warmSeconds: number;
  /** Measured time, s. */
  readonly seconds: number;
  /** Of the arrivals and the order of the questions. */
  readonly seed: number;
}

/** What a run gave. Latencies in ms; in an open loop they count from the time the request should have left. */
export interface Observed {
  readonly answers: number;
  /** Answers that were wrong in status, length or content, or never came. */
  readonly faults: number;
  /** The first fault in words; null where there was none. */
  readonly fault: string | null;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Open loop: the server fell so far behind that the run was cut short. */
  readonly saturated: boolean;
  /** CPU time of the load generator, ms per answer. */
  readonly ownCpu: number;
}

/** To the generator. */
export type Order =
  | { readonly kind: 'TARGET'; readonly name: string; readonly target: Target }
  | { readonly kind: 'RUN'; readonly name: string; readonly plan: Plan };

/** From the generator. `MEASURING` and `MEASURED` bound the measured time. */
export type Report =
  | { readonly kind: 'READY' }
  | { readonly kind: 'MEASURING' }
  | { readonly kind: 'MEASURED' }
  | { readonly kind: 'DONE'; readonly observed: Observed };
