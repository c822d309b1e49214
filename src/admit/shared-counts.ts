/**
 * Rates of several processes counted together through Redis. A process decides by its own counts, at once, and four
 * times a second tells the others what it let through and hears what they did: so a request never waits for Redis,
 * and while Redis is away each process counts alone. Together they may exceed a rate by what one exchange brings late.
 */
import { Redis } from 'ioredis';
import type { Allowance, Rates } from './rates.js';

/** Longest wait for Redis, ms. */
const REDIS_MS = 1000;

/** How long a count of an application that asks nothing more is kept there, s. */
const KEPT_S = 600;

/** Longest pause between tries to reach it again, ms. */
const RETRY_MS = 2000;

/** The counts of several processes. */
export interface SharedCounts {
  /** Tells the others what was let through here, and takes out what they let through. Never rejects for Redis. */
  exchange(rates: Rates): Promise<void>;
  close(): Promise<void>;
}

/** How the counts are shared. */
export interface SharedCountsOptions {
  /** `redis://user:password@host:port/database`, or `rediss:` for TLS. */
  readonly url: string;
  /** Begin of the keys; default `mianzheng:rate:`. Processes with the same one count together. */
  readonly prefix?: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Told once when it is away, and once when it is back. The error's text may name host and port. */
  readonly onChange: (state: 'AWAY' | 'BACK', error: unknown) => void;
}

/** One kind of count of an application. */
type Kind = keyof Allowance['untold'];

const KINDS: readonly Kind[] = ['requests', 'cost'];

/** A count told, and what it was before. */
interface Told {
  readonly key: string;
  readonly kind: Kind;
  readonly allowance: Allowance;
  readonly own: number;
}

/** Asks Redis for a sign of life. @throws where none comes within a second */
export async function pingRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: REDIS_MS,
    commandTimeout: REDIS_MS,
    retryStrategy: () => null,
  });
  let last: unknown;
  redis.on('error', (error) => {
    last = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw last ?? error;
  } finally {
    redis.disconnect();
  }
}

/** Connects in the background: Redis may be away when the gateway starts. */
export function openSharedCounts({
  url,
  prefix = 'mianzheng:rate:',
  now,
  onChange,
}: SharedCountsOptions): SharedCounts {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: REDIS_MS,
    commandTimeout: REDIS_MS,
    retryStrategy: (tries) => Math.min(tries * 100, RETRY_MS),
  });
  // Without a listener it would end the process; what matters shows in the exchange.
  redis.on('error', () => undefined);
  let state: 'UNKNOWN' | 'TOGETHER' | 'ALONE' = 'UNKNOWN';
  /** Totals as last seen, by key: what is beyond them the others let through. */
  let totals = new Map<string, number>();

  function toTell(rates: Rates): readonly Told[] {
    return [...rates.active()].flatMap(([client, allowance]) =>
      KINDS.map((kind) => {
        const own = Math.ceil(allowance.untold[kind]);
        allowance.untold[kind] = 0;
        return { key: `${prefix}${kind}:${client}`, kind, allowance, own };
      }),
    );
  }

  async function tell(told: readonly Told[]): Promise<readonly number[]> {
    const pipeline = redis.pipeline();
    for (const { key, own } of told) pipeline.incrby(key, own).expire(key, KEPT_S);
    const answers = (await pipeline.exec()) ?? [];
    return told.map((_, i) => {
      const [error, total] = answers[2 * i] ?? [new Error('Redis did not answer'), null];
      if (error !== null) throw error;
      return Number(total);
    });
  }

  return {
    async exchange(rates) {
      if (state === 'UNKNOWN' && ['connecting', 'connect'].includes(redis.status)) return;
      // What could not be told is forgotten: told late, it would weigh on a time it does not belong to.
      const told = toTell(rates);
      try {
        if (told.length === 0) await redis.ping();
        const seen = await tell(told);
        const next = new Map<string, number>();
        told.forEach(({ key, kind, allowance, own }, i) => {
          const total = seen[i] ?? 0;
          const before = totals.get(key);
          next.set(key, total);
          // What others did before this process knew of the application is over.
          if (before !== undefined && total - own > before) allowance[kind].drain(total - own - before, now());
        });
        totals = next;
        if (state === 'ALONE') onChange('BACK', null);
        state = 'TOGETHER';
      } catch (error) {
        if (state !== 'ALONE') onChange('AWAY', error);
        state = 'ALONE';
        totals.clear();
      }
    },
    async close() {
      redis.disconnect();
    },
  };
}
