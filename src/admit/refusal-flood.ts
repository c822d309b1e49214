/**
 * Refusals that can come as a flood: of requests that do not say who asks, and of applications beyond their rate. Each
 * is recorded up to a bound; what is beyond is counted, and the count recorded once a minute, so that nobody can fill
 * the record's disk with what was refused.
 */
import { LRUCache } from 'lru-cache';

/** Bounds of a minute. */
export interface FloodLimits {
  /** Refusals of one caller that are recorded each, 1 and up. */
  readonly perCaller: number;
  /** Refusals of all callers together that are recorded each, 1 and up. */
  readonly inAll: number;
}

/** Bounds of a minute, as configured. */
export interface FailureLimits {
  /** Requests of one address that do not say who asks, 1 to 1,000,000; default 60. Beyond it the address is told to wait. */
  readonly perAddress: number;
  /** The same of all addresses, 1 to 1,000,000; default 600. */
  readonly inAll: number;
  /** Requests of one application beyond its rate, 1 to 1,000,000; default 600. */
  readonly perApplication: number;
}

/** The default bounds: without a token, at most about half a gigabyte of entries a day. */
export const FAILURE_LIMITS: FailureLimits = { perAddress: 60, inAll: 600, perApplication: 600 };

/** What becomes of a refusal. */
export interface Counted {
  /** Whether it has an entry of its own. */
  readonly recorded: boolean;
  /** Seconds until the caller's own bound is reached no more; null where it is not. */
  readonly waitSeconds: number | null;
}

/** Refusals of a minute that have no entry of their own. */
export interface CountedRefusals {
  /** ms since the epoch: of the minute's begin. */
  readonly from: number;
  /** ms since the epoch: of the minute's end. */
  readonly to: number;
  readonly refused: number;
  /** Callers refused in that minute, as far as they were kept apart (10,000). */
  readonly callers: number;
}

/** A bound's length, ms. */
export const FLOOD_WINDOW_MS = 60_000;

/** Callers kept apart in one minute; least recently seen first out. */
const CALLERS_COUNTED = 10_000;

const RECORDED: Counted = { recorded: true, waitSeconds: null };
const COUNTED: Counted = { recorded: false, waitSeconds: null };

/** Counts refusals of one kind by caller and minute. */
export class RefusalFlood {
  readonly #byCaller = new LRUCache<string, number>({ max: CALLERS_COUNTED });
  #began: number;
  #recorded = 0;
  #refused = 0;

  /** @param now ms since the epoch */
  constructor(
    readonly limits: FloodLimits,
    readonly now: () => number,
  ) {
    this.#began = now();
  }

  /** Counts one refusal. */
  count(caller: string): Counted {
    const before = this.#byCaller.get(caller) ?? 0;
    this.#byCaller.set(caller, before + 1);
    if (before >= this.limits.perCaller) {
      this.#refused += 1;
      const left = this.#began + FLOOD_WINDOW_MS - this.now();
      return { recorded: false, waitSeconds: Math.max(1, Math.ceil(left / 1000)) };
    }
    if (this.#recorded >= this.limits.inAll) {
      this.#refused += 1;
      return COUNTED;
    }
    this.#recorded += 1;
    return RECORDED;
  }

  /** Begins the next minute. @returns what the last one has to be recorded for; null where nothing */
  turn(): CountedRefusals | null {
    const counted = { from: this.#began, to: this.now(), refused: this.#refused, callers: this.#byCaller.size };
    this.#byCaller.clear();
    this.#began = counted.to;
    this.#recorded = 0;
    this.#refused = 0;
    return counted.refused === 0 ? null : counted;
  }
}
