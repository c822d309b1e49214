/**
 * Assessment of a child's vaccination on entering school (入学入托预防接种证查验), Vaccine
 * Administration Law (疫苗管理法) art. 48, by the national schedule. It never bars a child.
 */
import { LRUCache } from 'lru-cache';
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

/** What a day demands of one dose of a track. */
interface Demand {
  readonly number: number;
  readonly when: 'OVERDUE' | 'DUE' | 'LATER';
  /** Such as `MMR 2`. */
  readonly name: string;
}

interface TrackDemands {
  readonly vaccine: string;
  readonly doses: readonly Demand[];
}

/** By series; each is met by any of its tracks. */
type Demands = readonly (readonly TrackDemands[])[];

/** Demands kept, least recently used first out: a season asks for some two thousand dates of birth on one day. */
const DEMANDS_KEPT = 5000;
/** A day demands the same of all children of one date of birth. */
const demandsBySchedule = new WeakMap<readonly ScheduleVersion[], LRUCache<string, Demands>>();

function demandsOf(
  birthDate: string,
  asOf: string,
  stage: SchoolStage,
  schedule: readonly ScheduleVersion[],
): Demands | null {
  let kept = demandsBySchedule.get(schedule);
  if (kept === undefined) {
    kept = new LRUCache({ max: DEMANDS_KEPT });
    demandsBySchedule.set(schedule, kept);
  }
  const key = `${birthDate} ${asOf} ${stage}`;
  let demands = kept.get(key);
  if (demands === undefined) {
    const version = schedule.findLast(({ bornFrom }) => bornFrom <= birthDate);
    if (version === undefined) return null;
    demands = version.series.map((tracks) => tracks.map((track) => demandsOfTrack(track, birthDate, asOf, stage)));
    kept.set(key, demands);
  }
  return demands;
}

function demandsOfTrack({ vaccine, doses }: Track, birthDate: string, asOf: string, stage: SchoolStage): TrackDemands {
  const asked = doses.filter(({ from }) => from !== 'PRIMARY' || stage !== 'KINDERGARTEN');
  return {
    vaccine,
    doses: asked.map(({ number, due, before }) => {
      const reached = (months: number) => addMonths(birthDate, months) <= asOf;
      const when = reached(before) ? 'OVERDUE' : reached(due) ? 'DUE' : 'LATER';
      return { number, when, name: `${vaccine} ${number}` };
    }),
  };
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
  const demands = demandsOf(birthDate, asOf, stage, schedule);
  if (demands === null) return null;
  const counts = tally(basis.doses, asOf);
  const missing: string[] = [];
  const due: string[] = [];
  for (const tracks of demands) {
    const outcome = best(tracks.map((track) => follow(track, counts.get(track.vaccine)?.doses() ?? 0)));
    missing.push(...outcome.missing);
    due.push(...outcome.due);
  }
  if (missing.length > 0) return { result: 'MISSING', missing, due };
  return { result: due.length > 0 ? 'DUE_NOT_OVERDUE' : 'COMPLETE', missing, due };
}

/** What was given of one vaccine. */
class Tally {
  readonly #numbered: GivenDose[] = [];
  readonly #others: GivenDose[] = [];
  #count = 0;

  add(given: GivenDose): void {
    if (given.dose === null) {
      this.#others.push(given);
      return;
    }
    if (!this.#numbered.some(({ vaccine, dose }) => vaccine === given.vaccine && dose === given.dose)) this.#count += 1;
    this.#numbered.push(given);
  }

  /** How many doses: a dose without number on a day that has a numbered one is that one. */
  doses(): number {
    if (this.#others.length === 0) return this.#count;
    const numberedDays = new Set(this.#numbered.map(({ date }) => date));
    const days = new Set(this.#others.map(({ date }) => date).filter((day) => day === null || !numberedDays.has(day)));
    return this.#count + days.size;
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

const NONE: readonly string[] = [];

function follow(track: TrackDemands, count: number): TrackOutcome {
  let met = 0;
  let missing: string[] | null = null;
  let due: string[] | null = null;
  for (const { number, when, name } of track.doses) {
    if (number <= count) met += 1;
    else if (when === 'OVERDUE') {
      missing ??= [];
      missing.push(name);
    } else if (when === 'DUE') {
      due ??= [];
      due.push(name);
    }
  }
  return { met, missing: missing ?? NONE, due: due ?? NONE };
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
