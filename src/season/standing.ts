/** How far a season is, how fast it goes and how long it will take. */
import type { Clock } from './clock.js';

/** Where a season stands. */
export interface Standing {
  /** Rows with a result. */
  readonly done: number;
  /** Rows of the list that hold something. */
  readonly of: number;
  /** Results a second over the last half minute; 0 where there was none. */
  readonly perSecond: number;
  /** At that rate; null where it cannot be told. */
  readonly secondsLeft: number | null;
  /** Results by verdict, as {@link countedAs} names them. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What the rate is reckoned over, ms. */
const WINDOW_MS = 30_000;

/** Reckons the standing. @param of rows of the list @param counts results known before this run */
export function openStanding(
  of: number,
  counts: ReadonlyMap<string, number>,
  clock: Pick<Clock, 'now'>,
): (counts: ReadonlyMap<string, number>) => Standing {
  const sum = (of: ReadonlyMap<string, number>): number => [...of.values()].reduce((all, n) => all + n, 0);
  let seen = [{ at: clock.now(), done: sum(counts) }];
  return (now) => {
    const at = clock.now();
    const done = sum(now);
    // The newest that is older than the window stays: what it was then is where the window begins.
    const first = seen.findLastIndex((one) => one.at <= at - WINDOW_MS);
    if (first > 0) seen = seen.slice(first);
    const from = seen[0] ?? { at, done };
    if ((seen.at(-1)?.at ?? 0) < at) seen.push({ at, done });
    const perSecond = (done - from.done) / Math.max(0.001, (at - from.at) / 1000);
    const secondsLeft = done >= of ? 0 : perSecond > 0 ? Math.ceil((of - done) / perSecond) : null;
    return { done, of, perSecond, secondsLeft, counts: Object.fromEntries([...now].filter(([, n]) => n > 0)) };
  };
}
