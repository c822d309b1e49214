/** What is wrong at a place of the record. */
export type FaultKind =
  /** The line is not what was written, or an entry before it was rewritten with a new hash. */
  | 'CHANGED'
  /** Entries are gone. */
  | 'MISSING'
  /** Entries stand, but not where they were written. */
  | 'MOVED'
  /** An entry stands a second time. */
  | 'DUPLICATED'
  /** A line that is no entry stands between two that follow each other. */
  | 'INSERTED'
  /** The last line is unfinished: left by a kill, never acknowledged, or cut. Opening the chain removes it. */
  | 'TORN'
  /** Entries that a checkpoint seals are gone from the end. */
  | 'TAIL_MISSING'
  /** The entry a checkpoint seals has another hash: entries were rewritten and chained anew. */
  | 'CHECKPOINT_MISMATCH'
  /** A line of the checkpoint file is not what was signed, or is signed with an unknown key. */
  | 'CHECKPOINT_CHANGED'
  /** Checkpoints are gone, out of order or repeated, or there is none at all. */
  | 'CHECKPOINT_MISSING'
  /** A line of the anchor file is not what was signed, or is signed with an unknown key. */
  | 'ANCHOR_CHANGED'
  /** Anchors are gone, out of order or repeated. */
  | 'ANCHOR_MISSING';

/** One fault, at the place where it shows. */
export interface VerificationFault {
  readonly chain: string;
  /** File name in the chain's folder; null where no file is concerned. */
  readonly segment: string | null;
  /** Counted from 1. */
  readonly line: number | null;
  /** Entry concerned; of several, the first. */
  readonly seq: number | null;
  readonly fault: FaultKind;
  /** In words, for an auditor; no recorded value. */
  readonly explanation: string;
}

/** Faults reported per chain; reading a chain ends with the last of them. */
export const MAX_FAULTS = 20;

/** `entry 3`, `entries 3 to 5`. */
export function entries(from: number, to: number): string {
  return from === to ? `entry ${from}` : `entries ${from} to ${to}`;
}
