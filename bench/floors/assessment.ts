/**
 * The vaccination assessment by hand, for the result alone: what a day demands of a child is the
 * same for all children of one date of birth, so it is worked out once for each.
 */
import { SCHEDULE } from '../../connectors/vaccination/schedule.js';
import { addMonths } from '../../src/domain/calendar.js';

/** A dose given: what it counts as, its number (null: not recorded) and date (null: not recorded). */
export interface Dose {
  readonly vaccine: string;
  readonly countsAs: readonly string[];
  readonly number: number | null;
  readonly date: string | null;
}

/** What is demanded of one vaccine: numbers of the doses due, and of those overdue. */
interface Demand {
  readonly vaccine: string;
  readonly checked: readonly number[];
  readonly due: readonly number[];
  readonly overdue: readonly number[];
}

/** Demands by series; each is met by any of its tracks. */
type Demands = readonly (readonly Demand[])[];

const known = new Map<string, Demands>();
/** Dates of birth kept: more than a season has. */
const KEPT = 2000;

function demandsOf(birthDate: string, day: string): Demands {
  const key = `${birthDate} ${day}`;
  let demands = known.get(key);
  if (demands === undefined) {
    const version = SCHEDULE.findLast(({ bornFrom }) => bornFrom <= birthDate);
    demands = (version?.series ?? []).map((tracks) =>
      tracks.map(({ vaccine, doses }) => {
        const due = doses.filter((dose) => addMonths(birthDate, dose.due) <= day);
        const overdue = due.filter((dose) => addMonths(birthDate, dose.before) <= day);
        const numbers = (some: typeof doses) => some.map(({ number }) => number);
        return { vaccine, checked: numbers(doses), due: numbers(due), overdue: numbers(overdue) };
      }),
    );
    if (known.size >= KEPT) known.clear();
    known.set(key, demands);
  }
  return demands;
}

/** Doses of a vaccine up to a day; an entry repeated with its number, or on the day of another, counts once. */
function given(doses: readonly Dose[], vaccine: string, day: string): number {
  const counted = new Set<string>();
  const days = new Set<string>();
  let unnumbered = false;
  for (const dose of doses) {
    if (!dose.countsAs.includes(vaccine) || (dose.date !== null && dose.date > day)) continue;
    if (dose.number === null) unnumbered = true;
    else {
      counted.add(`${dose.vaccine} ${dose.number}`);
      if (dose.date !== null) days.add(dose.date);
    }
  }
  if (!unnumbered) return counted.size;
  const others = new Set<string>();
  for (const { number, date, countsAs } of doses) {
    if (number !== null || !countsAs.includes(vaccine) || (date !== null && (date > day || days.has(date)))) continue;
    others.add(date ?? 'unknown');
  }
  return counted.size + others.size;
}

function above(numbers: readonly number[], count: number): number {
  let n = 0;
  for (const number of numbers) if (number > count) n += 1;
  return n;
}

/** The result for entering primary school on a day; null where the date of birth is not known or later. */
export function assessmentResult(birthDate: string | null, doses: readonly Dose[], day: string): string | null {
  if (birthDate === null || birthDate > day) return null;
  let result = 'COMPLETE';
  for (const tracks of demandsOf(birthDate, day)) {
    let best: { overdue: number; due: number; met: number } | null = null;
    for (const track of tracks) {
      const count = given(doses, track.vaccine, day);
      const overdue = above(track.overdue, count);
      const due = above(track.due, count) - overdue;
      const met = track.checked.length - above(track.checked, count);
      const order = best === null ? -1 : overdue - best.overdue || due - best.due || best.met - met;
      if (order < 0) best = { overdue, due, met };
    }
    if (best === null) continue;
    if (best.overdue > 0) return 'MISSING';
    if (best.due > 0) result = 'DUE_NOT_OVERDUE';
  }
  return result;
}
