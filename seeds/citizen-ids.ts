/** Citizen IDs for the random city: valid, never twice, never one of a named story. */
import { citizenIdCheckCharacter } from '../src/domain/identifiers.js';
import { compactDay, type Day, dayOf } from './days.js';
import { hash32 } from './random.js';

/** Sequences (characters 15 to 17) from here on belong to the named stories. */
export const STORY_SEQUENCES_FROM = 901;

/** IDs of one sex, division and date of birth that there can be. */
const PER_CELL = 450;
const FIRST_DAY = dayOf('1900-01-01');
const DAYS = dayOf('2060-01-01') - FIRST_DAY;

/** Gives out citizen IDs. Its memory grows with the number of prefixes (230 kB each), not of people. */
export class CitizenIds {
  private readonly used = new Map<string, Uint16Array>();

  /**
   * The next free ID.
   * @throws RangeError where the division has no free number for that date: far beyond 10,000,000 residents
   */
  next(prefix: string, birth: Day, male: boolean): string {
    let cells = this.used.get(prefix);
    if (cells === undefined) {
      cells = new Uint16Array(DAYS * 2);
      this.used.set(prefix, cells);
    }
    const cell = (birth - FIRST_DAY) * 2 + (male ? 1 : 0);
    const count = cells[cell];
    if (count === undefined || count >= PER_CELL) {
      throw new RangeError(`no citizen ID left for division ${prefix} and one date: the city is too large`);
    }
    cells[cell] = count + 1;
    const born = compactDay(birth);
    // 181 and 450 have no common divisor: every sequence is met once, in an order that looks random.
    const place = (count * 181 + (hash32(prefix + born) % PER_CELL)) % PER_CELL;
    const sequence = place * 2 + (male ? 1 : 2);
    const first17 = prefix + born + String(sequence).padStart(3, '0');
    return first17 + citizenIdCheckCharacter(first17);
  }
}
