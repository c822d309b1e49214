/** A season cannot go on, for a reason its user can act on. */

/** What stands in the way. */
export type SeasonFaultKind =
  /** The file cannot be read as a list of applications at all; single faulty rows are results, not faults. */
  | 'INPUT'
  /** The journal belongs to another input or matter, or is damaged. */
  | 'JOURNAL'
  /** Another process writes the journal. */
  | 'IN_USE'
  /** A result cannot be written. */
  | 'OUTPUT'
  /** The gateway refuses what is asked, or did not answer for longer than is waited. */
  | 'GATEWAY';

/** Something to be told to a person, in both languages. */
export interface Told {
  readonly zh: string;
  readonly en: string;
}

/** A season cannot go on. The message names what to change; it holds no identifier of a person. */
export class SeasonFault extends Error {
  override readonly name = 'SeasonFault';

  /**
   * @param kind what stands in the way
   * @param message for the person at the terminal
   * @param cause the error behind it, where there is one
   * @param told what is wrong, one by one, where that is known so exactly
   */
  constructor(
    readonly kind: SeasonFaultKind,
    message: string,
    cause?: unknown,
    readonly told: readonly Told[] = [],
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
