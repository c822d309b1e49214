/** How often an application may ask, and for how much. Counted in this process; see shared-counts.ts for several. */
import { LRUCache } from 'lru-cache';
import { MianzhengError } from '../errors.js';
import { TokenBucket } from './token-bucket.js';

/** The rate of one application. */
export interface Rate {
  /** Requests a second in the long run, 1 to 1,000,000; default 10,000. */
  readonly requestsPerSecond: number;
  /** Requests at once after a pause, 1 to 1,000,000; default 20,000. */
  readonly burst: number;
  /** Cost a minute (see cost.ts), 1,000 to 1,000,000,000,000; default 1,000,000,000. */
  readonly costPerMinute: number;
  /** Most that one request may cost, 100 to 1,000,000,000; default 100,000. */
  readonly documentCost: number;
}

/** The default rate: beyond what one process can answer, so that it stops only who runs wild. */
export const DEFAULT_RATE: Rate = {
  requestsPerSecond: 10_000,
  burst: 20_000,
  costPerMinute: 1_000_000_000,
  documentCost: 100_000,
};

/** What is other for one application; what is left out is as for all. */
export type RateOverride = { readonly [K in keyof Rate]?: Rate[K] | undefined };

/** The rates in force. */
export interface RateOptions {
  readonly default: Rate;
  /** By application. */
  readonly clients: ReadonlyMap<string, RateOverride>;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** What an application has left. */
export interface Allowance {
  readonly rate: Rate;
  readonly requests: TokenBucket;
  readonly cost: TokenBucket;
  /** Taken since the counts were last told to the other processes. */
  readonly untold: { requests: number; cost: number };
}

/** Applications counted at once; least recently seen first out, who then begins with a full allowance. */
const CLIENTS_COUNTED = 10_000;

/** Counts requests and their cost by application. */
export class Rates {
  readonly #options: RateOptions;
  readonly #allowances = new LRUCache<string, Allowance>({ max: CLIENTS_COUNTED });

  constructor(options: RateOptions) {
    this.#options = options;
  }

  /** Counts a request. @throws MianzhengError RATE_LIMITED with the seconds to wait */
  request(client: string): void {
    const { requests, untold } = this.allowance(client);
    const wait = requests.take(1, this.#options.now());
    if (wait > 0) throw limited('asks more often', wait);
    untold.requests += 1;
  }

  /**
   * Counts what a request may cost.
   * @throws MianzhengError QUERY_TOO_COMPLEX where it is beyond what one may; RATE_LIMITED with the seconds to wait
   */
  spend(client: string, cost: number): void {
    const { rate, cost: left, untold } = this.allowance(client);
    if (cost > rate.documentCost) {
      const why = `the request may cost ${cost}, more than ${rate.documentCost}; ask for shorter lists, or for less of each`;
      throw new MianzhengError('QUERY_TOO_COMPLEX', why);
    }
    const wait = left.take(cost, this.#options.now());
    if (wait > 0) throw limited('asks for more', wait);
    untold.cost += cost;
  }

  /** What an application has left. */
  allowance(client: string): Allowance {
    let known = this.#allowances.get(client);
    if (known === undefined) {
      const rate = overridden(this.#options.default, this.#options.clients.get(client) ?? {});
      const now = this.#options.now();
      known = {
        rate,
        requests: new TokenBucket(rate.requestsPerSecond, rate.burst, now),
        cost: new TokenBucket(rate.costPerMinute / 60, rate.costPerMinute, now),
        untold: { requests: 0, cost: 0 },
      };
      this.#allowances.set(client, known);
    }
    return known;
  }

  /** Applications of which something is missing or untold, with what they have left. */
  *active(): Iterable<readonly [string, Allowance]> {
    const now = this.#options.now();
    for (const entry of this.#allowances.entries()) {
      const [, { requests, cost, untold }] = entry;
      if (untold.requests > 0 || untold.cost > 0 || !requests.isFull(now) || !cost.isFull(now)) yield entry;
    }
  }
}

function overridden(rate: Rate, other: RateOverride): Rate {
  return {
    requestsPerSecond: other.requestsPerSecond ?? rate.requestsPerSecond,
    burst: other.burst ?? rate.burst,
    costPerMinute: other.costPerMinute ?? rate.costPerMinute,
    documentCost: other.documentCost ?? rate.documentCost,
  };
}

function limited(what: string, waitMs: number): MianzhengError {
  const why = `the application ${what} than its rate allows`;
  return new MianzhengError('RATE_LIMITED', why, { retryAfter: Math.ceil(waitMs / 1000) });
}
