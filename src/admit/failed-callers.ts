/**
 * Requests refused before anyone said who asks. Each is recorded up to a bound; what is beyond is counted, and the
 * count recorded once a minute, so that nobody without a token can fill the record's disk.
 */
import { LRUCache } from 'lru-cache';
import { addressBlock } from './remote-address.js';

/** Bounds of a minute. */
export interface FailureLimits {
  /** Failures of one address that are answered and recorded each, 1 to 1,000,000; default 60. */
  readonly perAddress: number;
  /** Failures of all addresses together that are recorded each, 1 to 1,000,000; default 600. */
  readonly inAll: number;
}

/** The default bounds: at most about half a gigabyte of entries a day. */
export const FAILURE_LIMITS: FailureLimits = { perAddress: 60, inAll: 600 };

/** What becomes of a failure. `waitSeconds`: what the address is told to wait; null where it is answered as it is. */
export interface Failure {
  readonly recorded: boolean;
  readonly waitSeconds: number | null;
}

/** Failures of a minute that have no entry of their own. */
export interface CountedFailures {
  /** ms since the epoch: of the minute's begin. */
  readonly from: number;
  /** ms since the epoch: of the minute's end. */
  readonly to: number;
  readonly refused: number;
  /** Addresses they came from, as far as they were kept apart (10,000). */
  readonly addresses: number;
}

/** A bound's length, ms. */
export const FAILURE_WINDOW_MS = 60_000;

/** Addresses kept apart in one minute; least recently seen first out. */
const ADDRESSES_COUNTED = 10_000;

const RECORDED: Failure = { recorded: true, waitSeconds: null };
const COUNTED: Failure = { recorded: false, waitSeconds: null };

/** Counts failures by address and minute. */
export class FailedCallers {
  readonly #byAddress = new LRUCache<string, number>({ max: ADDRESSES_COUNTED });
  #began: number;
  #recorded = 0;
  #refused = 0;

  /** @param now ms since the epoch */
  constructor(
    readonly limits: FailureLimits,
    readonly now: () => number,
  ) {
    this.#began = now();
  }

  /** Counts one failure. */
  count(address: string): Failure {
    const now = this.now();
    const key = addressBlock(address);
    const before = this.#byAddress.get(key) ?? 0;
    this.#byAddress.set(key, before + 1);
    if (before >= this.limits.perAddress) {
      this.#refused += 1;
      const left = this.#began + FAILURE_WINDOW_MS - now;
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
  turn(): CountedFailures | null {
    const counted = { from: this.#began, to: this.now(), refused: this.#refused, addresses: this.#byAddress.size };
    this.#byAddress.clear();
    this.#began = counted.to;
    this.#recorded = 0;
    this.#refused = 0;
    return counted.refused === 0 ? null : counted;
  }
}
