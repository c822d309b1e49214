/**
 * Assessment of a child's vaccination on entering school (入学入托预防接种证查验), Vaccine
 * Administration Law (疫苗管理法) art. 48, by the national schedule. It never bars a child.
 */
import { addMonths, parseDate } from '../../src/domain/calendar.js';
import type { Derivation } from '../contract.js';
import { SCHEDULE, type ScheduleVersion, type SchoolStage, type Track } from './schedule.js';

/** What the assessment reads of a child; the hidden attribute `assessmentBasis`. */
export interface AssessmentBasis {
  /** `YYYY-MM-DD`; null where it is not recorded. */
  readonly birthDate: string | null;
  readonly doses: readonly GivenDose[];
}

/** A dose given. */
export interface GivenDose {
  /** Short name of what was given, such as `MR`. */
  readonly vaccine: string;
  /** Vaccines of the schedule it counts as. */
  readonly countsAs: readonly string[];
  /** Its number as recorded; null where not recorded. */
  readonly dose: number | null;
  /** `YYYY-MM-DD`; null where the date is not recorded: then it counts as given before the day judged by. */
  readonly date: string | null;
}

/** The result; see the schema's `VaccinationAssessment`. */
export interface Assessment {
  readonly result: 'COMPLETE' | 'DUE_NOT_OVERDUE' | 'MISSING';
  /** Overdue doses, such as `MMR 2`, in the schedule's order. */
  readonly missing: readonly string[];
  /** Doses due but not overdue, in the schedule's order. */
  readonly due: readonly string[];
}

interface TrackOutcome {
  readonly met: number;
  readonly missing: readonly string[];
  readonly due: readonly string[];
}

/**
 * Assesses a child by the version of the schedule for the date of birth.
 *
 * A dose is met where at least its number of doses of the vaccine were given up to `asOf`; an
 * entry repeated with the same vaccine and number, or without number on a day that has another,
 * counts once. NOT checked: intervals between doses, and whether a dose was given too early to count.
 * @param asOf `YYYY-MM-DD`
 * @returns null where the date of birth is not known or lies after `asOf`: then nothing can be judged
 */
export function assess(
  basis: AssessmentBasis,
  asOf: string,
  stage: SchoolStage,
  schedule: readonly ScheduleVersion[] = SCHEDULE,
): Assessment | null {
  const { birthDate } = basis;
  if (birthDate === null || birthDate > asOf) return null;
  const version = schedule.findLast(({ bornFrom }) => bornFrom <= birthDate);
  if (version === undefined) return null;
  const counts = tally(basis.doses, asOf);
  const outcomes = version.series.map((tracks) =>
    best(tracks.map((track) => follow(track, counts.get(track.vaccine)?.doses() ?? 0, birthDate, asOf, stage))),
  );
  const missing = outcomes.flatMap((outcome) => outcome.missing);
  const due = outcomes.flatMap((outcome) => outcome.due);
  if (missing.length > 0) return { result: 'MISSING', missing, due };
  return { result: due.length > 0 ? 'DUE_NOT_OVERDUE' : 'COMPLETE', missing, due };
}

/** What was given of one vaccine. */
class Tally {
  readonly #numbers = new Set<string>();
  readonly #numberedDays = new Set<string>();
  readonly #otherDays = new Set<string>();

  add({ vaccine, dose, date }: GivenDose): void {
    if (dose === null) {
      this.#otherDays.add(date ?? 'unknown');
    } else {
      this.#numbers.add(`${vaccine} ${dose}`);
      if (date !== null) this.#numberedDays.add(date);
    }
  }

  /** How many doses: a dose without number on a day that has a numbered one is that one. */
  doses(): number {
    let others = 0;
    for (const day of this.#otherDays) if (!this.#numberedDays.has(day)) others += 1;
    return this.#numbers.size + others;
  }
}

/** What was given up to a day, by vaccine of the schedule. */
function tally(doses: readonly GivenDose[], asOf: string): ReadonlyMap<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const given of doses) {
    if (given.date !== null && given.date > asOf) continue;
    for (const vaccine of given.countsAs) {
      let counted = tallies.get(vaccine);
      if (counted === undefined) {
        counted = new Tally();
        tallies.set(vaccine, counted);
      }
      counted.add(given);
    }
  }
  return tallies;
}

function follow(track: Track, count: number, birthDate: string, asOf: string, stage: SchoolStage): TrackOutcome {
  let met = 0;
  const missing: string[] = [];
  const due: string[] = [];
  for (const dose of track.doses) {
    if (dose.from === 'PRIMARY' && stage === 'KINDERGARTEN') continue;
    if (dose.number <= count) met += 1;
    else if (addMonths(birthDate, dose.before) <= asOf) missing.push(`${track.vaccine} ${dose.number}`);
    else if (addMonths(birthDate, dose.due) <= asOf) due.push(`${track.vaccine} ${dose.number}`);
  }
  return { met, missing, due };
}

/** Of alternative tracks the one with least overdue, then least due, then most met, then the schedule's first. */
function best(outcomes: readonly TrackOutcome[]): TrackOutcome {
  return outcomes.reduce((a, b) => {
    const order = b.missing.length - a.missing.length || b.due.length - a.due.length || a.met - b.met;
    return order < 0 ? b : a;
  });
}

/** `VaccinationRecord.assessment(asOf, stage)`. */
export const assessment: Derivation = (row, args, today) => {
  const basis = row.assessmentBasis;
  if (!isBasis(basis)) return null;
  const asOf = typeof args.asOf === 'string' ? parseDate(args.asOf) : today;
  if (asOf === null) throw new RangeError('asOf is a date of the calendar');
  return assess(basis, asOf, args.stage === 'KINDERGARTEN' ? 'KINDERGARTEN' : 'PRIMARY');
};

function isBasis(value: unknown): value is AssessmentBasis {
  return typeof value === 'object' && value !== null && 'birthDate' in value && 'doses' in value;
}
