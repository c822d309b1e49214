/** Surrogate keys of the departments' tables: they count up, so that rows arrive in the order of the primary key. */

/** Counters of the named stories begin here; the random city stays below. */
export const STORY_KEYS_FROM = 900_000_000;

function counter(prefix: string, width: number, from: number): () => string {
  let last = from;
  return () => {
    last += 1;
    return prefix + String(last).padStart(width, '0');
  };
}

/** One set of counters. */
export class SurrogateKeys {
  /** ryid, 19 digits. */
  readonly resident: () => string;
  /** hh, 9 digits. */
  readonly household: () => string;
  /** ywh. */
  readonly right: () => string;
  /** qlrid. */
  readonly holder: () => string;
  /** The end of fchildno, 10 digits. */
  readonly child: () => string;
  /** jlid. */
  readonly dose: () => string;
  /** aac001. */
  readonly insured: () => string;
  /** The serial in zzbs, 10 digits. */
  readonly licence: () => string;
  private readonly certificates = new Map<string, number>();

  /** @param from the number before the first: 0, or {@link STORY_KEYS_FROM} */
  constructor(private readonly from: number) {
    this.resident = counter('350700000', 10, from);
    this.household = counter('', 9, from === 0 ? 100_000_000 : from);
    this.right = counter('NP', 12, from);
    this.holder = counter('', 14, from);
    this.child = counter('', 10, from);
    this.dose = counter('', 14, from);
    this.insured = counter('3507', 10, from);
    this.licence = counter('', 10, from);
  }

  /** The number in 不动产权证号, 7 digits, counted by division. */
  certificate(division: string): string {
    const next = (this.certificates.get(division) ?? (this.from === 0 ? 0 : 9_900_000)) + 1;
    this.certificates.set(division, next);
    return String(next).padStart(7, '0');
  }
}

/** 单位编号 of the enterprise with that number, from 0. */
export function enterpriseNumber(index: number): string {
  return `3507${String(index).padStart(9, '0')}`;
}
