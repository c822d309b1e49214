/**
 * Finds walks through citizen IDs: numbers of one division and birthday (the first 14 characters) whose sequence
 * numbers (the next three) follow one another. Whoever tries them in order cannot but make such a run; a list of
 * real people has runs too, but of people who are found.
 */
import { parseCitizenId } from '../domain/citizen-id.js';

/** Sequence numbers that still follow one another: a walk through one sex takes every second. */
const STEP = 2;
const SEQUENCE_NUMBERS = 1000;

const ASKED = 1;
const FOUND = 2;

/** The sequence numbers looked up, by the name of what stands before them. */
export class SequenceRuns {
  /** Per name a byte for each sequence number. */
  readonly #seen = new Map<string, Uint8Array>();
  #longest = 0;

  /**
   * @param nameOf names the first 14 characters, so that none of them stays in memory in clear
   * @param max names kept; what comes under others is not looked at
   */
  constructor(
    private readonly nameOf: (prefix: string) => string,
    private readonly max: number,
  ) {}

  /** Length of the longest run of which at most half was found; 0 without one. */
  get longest(): number {
    return this.#longest;
  }

  /** Names kept, 1,000 bytes each. */
  get size(): number {
    return this.#seen.size;
  }

  /** A citizen ID in canonical form was looked up. */
  see(id: string, found: boolean): void {
    const parsed = parseCitizenId(id);
    if (!parsed.ok) return;
    const name = this.nameOf(parsed.value.slice(0, 14));
    let seen = this.#seen.get(name);
    if (seen === undefined) {
      if (this.#seen.size >= this.max) return;
      seen = new Uint8Array(SEQUENCE_NUMBERS);
      this.#seen.set(name, seen);
    }
    const sequence = Number(parsed.value.slice(14, 17));
    seen[sequence] = found ? FOUND : ASKED;
    if (!found) this.#longest = Math.max(this.#longest, runAround(seen, sequence));
  }
}

/** Length of the run around a sequence number; 0 where more than half of it was found. */
function runAround(seen: Uint8Array, sequence: number): number {
  let length = 0;
  let found = 0;
  const count = (from: number, step: 1 | -1): void => {
    for (let at = from, gap = 0; at >= 0 && at < SEQUENCE_NUMBERS && gap < STEP; at += step) {
      if (seen[at] === 0) {
        gap += 1;
        continue;
      }
      gap = 0;
      length += 1;
      if (seen[at] === FOUND) found += 1;
    }
  };
  count(sequence, 1);
  count(sequence - 1, -1);
  return found * 2 <= length ? length : 0;
}
