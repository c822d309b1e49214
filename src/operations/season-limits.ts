/**
 * What a department lets through of a season (招生季), when thousands of cases are judged in a row:
 * how many keys a second, and in which hours. Single requests are not held up by it.
 */
import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';
import { type DayWindow, msUntilOpen } from '../domain/day-window.js';
import { MianzhengError, SourceError } from '../errors.js';
import type { Sources } from '../execute/sources.js';

/** A department's limits. */
export interface SeasonLimit {
  /** Keys looked up a second at most, for all applications together, 1 or more; null: no bound. */
  readonly keysPerSecond: number | null;
  /** Hours in which it is asked; null: always. */
  readonly between: DayWindow | null;
}

/** The limits in force. */
export interface SeasonLimits {
  /**
   * Refuses outside the hours of a department that would be asked.
   * @throws MianzhengError OVERLOADED with the seconds until it opens
   */
  admit(fetches: readonly { readonly department: string }[]): void;
  /** The departments, each asked no faster than its limit: fetches wait for their turn. */
  readonly sources: Sources;
}

/** How the limits are made. */
export interface SeasonLimitsOptions {
  /** By department, as in the schema's enum. */
  readonly limits: ReadonlyMap<string, SeasonLimit>;
  readonly sources: Sources;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Minutes east of UTC that the hours are reckoned in. */
  readonly utcOffsetMinutes: number;
}

/** Fetches that may wait for one department; one more is answered OVERLOADED, so the fact is unknown. */
const WAITING = 20_000;

/** Opens the limits. A department without one is asked as by any request. */
export function openSeasonLimits({ limits, sources, now, utcOffsetMinutes }: SeasonLimitsOptions): SeasonLimits {
  const queues = new Map<string, { readonly queue: RateLimiterQueue; readonly points: number }>();
  for (const [department, { keysPerSecond: points }] of limits) {
    if (points === null) continue;
    const limiter = new RateLimiterMemory({ points, duration: 1 });
    queues.set(department, { points, queue: new RateLimiterQueue(limiter, { maxQueueSize: WAITING }) });
  }

  async function turn(department: string, keys: number): Promise<void> {
    const paced = queues.get(department);
    if (paced === undefined) return;
    try {
      for (let left = keys; left > 0; left -= paced.points) {
        await paced.queue.removeTokens(Math.min(left, paced.points));
      }
    } catch (cause) {
      throw new SourceError(department, 'OVERLOADED', { cause, retryAfter: 1 });
    }
  }

  const pacedSources: Sources = {
    ...sources,
    async load(template, keys, wait, across) {
      await turn(template.department, keys.length);
      return sources.load(template, keys, wait, across);
    },
    async scan(template, after, most, wait) {
      await turn(template.department, most);
      return sources.scan(template, after, most, wait);
    },
  };
  return {
    admit(fetches) {
      for (const { department } of fetches) {
        const window = limits.get(department)?.between ?? null;
        const closedMs = window === null ? 0 : msUntilOpen(window, now(), utcOffsetMinutes);
        if (closedMs === 0) continue;
        const why = `${department} takes a season's cases in other hours`;
        throw new MianzhengError('OVERLOADED', why, { retryAfter: Math.ceil(closedMs / 1000) });
      }
    },
    sources: queues.size === 0 ? sources : pacedSources,
  };
}
