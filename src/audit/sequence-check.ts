import type { Head } from './entries.js';
import { entries, type FaultKind, MAX_FAULTS, type VerificationFault } from './faults.js';
import { HASH_NAMES, type HashName, type Line, readLine, type SoundLine } from './line.js';
import type { RawLine } from './raw-lines.js';
import { openingIn } from './tail.js';

/** Ranges of entries that a gap may fall into; a chain shuffled further is not followed. */
const MAX_RANGES = 1000;

interface Place {
  readonly segment: string;
  readonly line: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Fault = Writable<VerificationFault>;

/** Entries jumped over. They are missing until they turn up further down; then they were moved. */
interface Gap {
  readonly fault: Fault;
  readonly from: number;
  readonly to: number;
  /** Parts that have not turned up. */
  ranges: { from: number; to: number }[];
  /** Where the first of them turned up. */
  found: Place | null;
}

/** Lines that are no entries and do not say which they were. */
interface Unreadable {
  readonly fault: Fault;
  /** Entry expected where they begin. */
  readonly from: number;
}

/**
 * Follows one chain line by line, in bounded memory, and says where it is not the sequence that was
 * written. It finds nothing where all entries from some point on were rewritten and chained anew,
 * or the end was cut between two lines: checkpoints tell those.
 */
export class SequenceCheck {
  readonly #faults: Fault[] = [];
  readonly #gaps: Gap[] = [];
  #algorithm: HashName | null = null;
  #next: number;
  /** Hash the next entry must name; null: any, after an unsound line. */
  #previous: string | null;
  /** Hash it may name instead: that of an entry standing a second time just before. */
  #instead: string | null = null;
  #unreadable: Unreadable | null = null;
  #repeated: { fault: Fault; from: number; to: number } | null = null;
  #lastPlace: Place | null = null;
  #stopped = false;

  /** @param start the entry that the first line follows: the last one removed, or that before any */
  constructor(
    private readonly chain: string,
    start: Head,
  ) {
    this.head = start;
    this.#next = start.seq + 1;
    this.#previous = start.hash;
  }

  /** Number of the entry expected next; all before it were passed. */
  get next(): number {
    return this.#next;
  }

  /** Last entry in its place. */
  head: Head;

  /** Requests in their place so far. */
  requests = 0;

  /** Whether so much is wrong that the chain need not be followed further. */
  get full(): boolean {
    return this.#stopped || this.#faults.length >= MAX_FAULTS;
  }

  /** To be called after the last line: one that is no entry stood for one entry. */
  end(): void {
    if (this.#unreadable !== null) this.#follow(this.#unreadable.from, null);
    this.#unreadable = null;
  }

  /** What was found. Call it last. */
  settle(): VerificationFault[] {
    for (const gap of this.#gaps) settleGap(gap);
    return this.#faults;
  }

  /**
   * Takes the next line.
   * @param segment name of its file
   * @param number number of the segment
   * @returns the entry where it stands in its place or after a gap, else null
   */
  take(raw: RawLine, segment: string, number: number): SoundLine | null {
    const place = { segment, line: raw.number };
    const line = this.#read(raw);
    const taken = line.read === 'UNSOUND' ? this.#unsound(line.seq, place) : this.#sound(line, place, number);
    this.#lastPlace = place;
    if (taken !== null) {
      this.head = { seq: taken.seq, hash: taken.hash };
      if (taken.kind === 'request') this.requests += 1;
    }
    return taken;
  }

  #read(raw: RawLine): Line {
    let line: Line = { read: 'UNSOUND', seq: null };
    for (const algorithm of this.#algorithm === null ? HASH_NAMES : [this.#algorithm]) {
      line = readLine(raw.bytes, algorithm);
      if (line.read === 'SOUND') {
        this.#algorithm = algorithm;
        // Without its newline the line is not as written.
        return raw.finished ? line : { read: 'UNSOUND', seq: line.seq };
      }
    }
    return line;
  }

  #unsound(seq: number | null, place: Place): null {
    if (this.#unreadable !== null) return null;
    const from = this.#next;
    if (seq === from) {
      this.#add('CHANGED', place, from, `entry ${from} was changed: it does not fit its hash`);
      this.#follow(from, null);
    } else {
      const fault = this.#add('CHANGED', place, from, `where entry ${from} belongs stands a line that is no entry`);
      this.#unreadable = { fault, from };
    }
    return null;
  }

  #sound(line: SoundLine, place: Place, number: number): SoundLine | null {
    this.#settleUnreadable(line);
    if (line.seq < this.#next) {
      if (!this.#turnsUp(line.seq, place)) this.#repeats(line, place);
      return null;
    }
    if (line.seq > this.#next) this.#jump(line, place);
    else this.#checkLink(line, place);
    this.#checkOpening(line, place, number);
    this.#follow(line.seq, line.hash);
    return line;
  }

  /** An unsound line stood for the entries before this one, or for none. */
  #settleUnreadable(line: SoundLine): void {
    const unreadable = this.#unreadable;
    if (unreadable === null) return;
    this.#unreadable = null;
    const { fault, from } = unreadable;
    if (line.seq === from) {
      fault.fault = 'INSERTED';
      fault.explanation = `a line that is no entry stands before entry ${from}`;
      return;
    }
    const to = Math.max(from, line.seq - 1);
    fault.explanation =
      from === to
        ? `entry ${from} was changed: it does not fit its hash`
        : `${entries(from, to)} were changed: in their place stands what is no entry`;
    this.#follow(to, null);
  }

  #checkLink(line: SoundLine, place: Place): void {
    if (this.#previous === null || line.previous === this.#previous || line.previous === this.#instead) return;
    if (line.seq === 1) {
      this.#add('CHANGED', place, 1, 'entry 1 was changed: it names an entry before it');
      return;
    }
    const before = line.seq - 1;
    this.#add(
      'CHANGED',
      this.#lastPlace ?? place,
      before,
      `entry ${before} was changed and given a new hash: entry ${line.seq} names the one it had`,
    );
  }

  #jump(line: SoundLine, place: Place): void {
    const from = this.#next;
    const to = line.seq - 1;
    if (line.previous === this.#previous) {
      const explanation = `entry ${from} was changed and given a new hash: it bears the number ${line.seq}`;
      this.#add('CHANGED', place, from, explanation);
      return;
    }
    const fault = this.#add(
      'MISSING',
      place,
      from,
      `${entries(from, to)} should stand here, before entry ${line.seq}, and ${from === to ? 'is' : 'are'} missing`,
    );
    this.#gaps.push({ fault, from, to, ranges: [{ from, to }], found: null });
  }

  #turnsUp(seq: number, place: Place): boolean {
    for (const gap of this.#gaps) {
      const at = gap.ranges.findIndex((range) => range.from <= seq && seq <= range.to);
      const range = gap.ranges[at];
      if (range === undefined) continue;
      const rest = [
        { from: range.from, to: seq - 1 },
        { from: seq + 1, to: range.to },
      ];
      gap.ranges.splice(at, 1, ...rest.filter((part) => part.from <= part.to));
      gap.found ??= place;
      if (gap.ranges.length > MAX_RANGES) this.#stopped = true;
      return true;
    }
    return false;
  }

  #repeats(line: SoundLine, place: Place): void {
    this.#instead = line.hash;
    const repeated = this.#repeated;
    if (repeated !== null && repeated.to + 1 === line.seq) {
      repeated.to = line.seq;
      repeated.fault.explanation = `${entries(repeated.from, repeated.to)} stand a second time, from this line`;
      return;
    }
    const explanation = `entry ${line.seq} stands a second time`;
    const fault = this.#add('DUPLICATED', place, line.seq, explanation);
    this.#repeated = { fault, from: line.seq, to: line.seq };
  }

  /** A segment begins with its opening, and an opening stands nowhere else. */
  #checkOpening(line: SoundLine, place: Place, number: number): void {
    const opening = openingIn(line);
    if (opening === null) {
      if (place.line === 1 && this.#next === line.seq) {
        const explanation = `entry ${line.seq} begins this segment and is not its opening`;
        this.#add('MOVED', place, line.seq, explanation);
      }
      return;
    }
    if (opening.chain !== this.chain) {
      this.#add('MOVED', place, line.seq, `this segment was written as chain ${opening.chain}`);
    } else if (this.#next === line.seq && (place.line !== 1 || opening.segment !== number)) {
      const explanation = `entry ${line.seq} opens segment ${opening.segment} and stands in another place`;
      this.#add('MOVED', place, line.seq, explanation);
    }
  }

  #follow(seq: number, hash: string | null): void {
    this.#next = seq + 1;
    this.#previous = hash;
    this.#instead = null;
    this.#repeated = null;
  }

  #add(fault: FaultKind, place: Place, seq: number, explanation: string): Fault {
    const added: Fault = { chain: this.chain, ...place, seq, fault, explanation };
    this.#faults.push(added);
    return added;
  }
}

function settleGap({ fault, from, to, ranges, found }: Gap): void {
  if (found === null) return;
  const rest = ranges[0];
  if (rest === undefined) {
    fault.fault = 'MOVED';
    fault.explanation =
      `${entries(from, to)} should stand here and ${from === to ? 'stands' : 'stand'} further down, ` +
      `from line ${found.line} of ${found.segment}`;
    return;
  }
  fault.seq = rest.from;
  const missing = ranges.slice(0, 5).map((range) => entries(range.from, range.to));
  if (ranges.length > missing.length) missing.push('others');
  fault.explanation =
    `of ${entries(from, to)}, which should stand here, some stand further down, from line ${found.line} of ` +
    `${found.segment}; missing: ${missing.join(', ')}`;
}
