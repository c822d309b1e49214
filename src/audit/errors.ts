/** Why a record cannot be opened, read or written where it lies. */
export type RecordFault =
  /** Another living process writes this chain. */
  | 'LOCKED'
  /** A line that is not the unfinished tail is no sound entry, or does not follow the one before. */
  | 'BROKEN'
  /** The file ends before an entry that was acknowledged or sealed by a checkpoint. */
  | 'TAIL_MISSING'
  /** The chain was opened with another hash algorithm than it was begun with. */
  | 'OTHER_HASH'
  /** A chain, entry, key or period is not of the shape its documentation asks for. */
  | 'UNFIT';

/** The record, or a key it needs, is not fit for use. Messages hold no key and no disclosed value. */
export class RecordError extends Error {
  override readonly name = 'RecordError';

  /**
   * @param fault what is wrong
   * @param message in words, for the operator
   * @param place `chain`: its name; `segment`: file name in the chain's folder; `line`: counted from 1;
   *   `cause`: the error behind it
   */
  constructor(
    readonly fault: RecordFault,
    message: string,
    readonly place: {
      readonly chain?: string;
      readonly segment?: string;
      readonly line?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
  }
}
