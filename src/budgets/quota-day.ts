/** What was asked about by one grant within one day of the city, counted towards its quota (每日限量). */
import { HOUR_MS } from './client-hour.js';
import { DistinctCount } from './distinct-count.js';

/** A day, ms. */
const DAY_MS = 86_400_000;

/** The day of a grant. */
export interface QuotaDay {
  /** Names the grant among what processes tell each other, at most 32 characters. */
  readonly scope: string;
  /** When the day ends, ms since the epoch. */
  readonly until: number;
  /** The last hour that the day reaches into, hours since the epoch: by it the store knows how long to keep the names. */
  readonly hour: number;
  readonly count: DistinctCount;
}

/** Characters of a grant's pseudonym in a scope. */
const NAMED_BY = 24;

/** Begins the day that an instant lies in. @param grant its pseudonym @param now ms since the epoch */
export function openQuotaDay(grant: string, now: number, utcOffsetMinutes: number): QuotaDay {
  const offset = utcOffsetMinutes * 60_000;
  const until = (Math.floor((now + offset) / DAY_MS) + 1) * DAY_MS - offset;
  return {
    scope: `QUOTA.${grant.slice(0, NAMED_BY)}`,
    until,
    hour: Math.floor((until - 1) / HOUR_MS),
    count: new DistinctCount(),
  };
}
