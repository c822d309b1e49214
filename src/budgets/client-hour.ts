/** What one application asked within one hour. */
import type { AlarmKind } from '../alarms/alarm.js';
import { DistinctCount } from './distinct-count.js';
import { SequenceRuns } from './sequence-runs.js';

/** An hour, ms. */
export const HOUR_MS = 3_600_000;

/** How something was asked: by single requests, or by a season's (`verifyCases`), which has a budget of its own. */
export type Traffic = 'ORDINARY' | 'SEASON';

/** Names counted of one kind of traffic. */
export interface Counted {
  /** Subjects asked about or registered. */
  readonly subjects: DistinctCount;
  /** Identifiers looked up at the root. */
  readonly lookedUp: Set<string>;
  /** Those that nobody has. */
  readonly unknown: DistinctCount;
}

/** What one application asked within one hour. */
export interface ClientHour extends Readonly<Record<Traffic, Counted>> {
  /** Hours since the epoch. */
  readonly hour: number;
  /** Times that the application was released from a hold before. */
  readonly releases: number;
  readonly runs: SequenceRuns;
  /** Alarms already raised. */
  readonly raised: Set<AlarmKind>;
}

/** Birthdays and divisions followed for runs, 1,000 bytes each. */
const PREFIXES_KEPT = 2000;

/**
 * Begins an hour.
 * @param before the same hour before a release: its subjects stay counted, its evidence does not
 */
export function openClientHour(options: {
  readonly hour: number;
  readonly releases: number;
  readonly before: ClientHour | null;
  readonly nameOf: (prefix: string) => string;
  readonly prefixes: number;
}): ClientHour {
  const { hour, releases, before, nameOf, prefixes } = options;
  const counted = (traffic: Traffic): Counted => ({
    subjects: before?.[traffic].subjects ?? new DistinctCount(),
    lookedUp: new Set(),
    unknown: new DistinctCount(),
  });
  return {
    hour,
    releases,
    ORDINARY: counted('ORDINARY'),
    SEASON: counted('SEASON'),
    runs: new SequenceRuns(nameOf, Math.min(prefixes, PREFIXES_KEPT)),
    raised: new Set(before?.raised.has('SUBJECT_BUDGET') ? ['SUBJECT_BUDGET'] : []),
  };
}
