/** What execution says of a field beside its value: every absence has a type. */
import type { PeerAnswer } from '../../connectors/contract.js';
import type { WithheldReason } from '../domain/withheld.js';
import type { SourceFault } from '../errors.js';

/** A place in the answer: response keys and list indices from the root. */
export type ResponsePath = readonly (string | number)[];

interface AtField {
  readonly path: ResponsePath;
  readonly coordinate: string;
  /** Owner of the field. */
  readonly department: string;
}

/** Why a field of the answer is null, shorter than the truth, or not the whole truth. */
export type Outcome =
  /** The department answered: there is none. */
  | (AtField & { readonly outcome: 'ABSENT' })
  /** Beyond the grants. With REGION_SCOPE on a list, the list may lack elements. */
  | (AtField & { readonly outcome: 'WITHHELD'; readonly reason: WithheldReason })
  /** Given behind its mask here, where the plan holds out the value: of this object only a MASKED grant reaches. */
  | (AtField & { readonly outcome: 'MASKED' })
  /** The value is given, and somebody disputes it; its owner has not answered yet. */
  | (AtField & { readonly outcome: 'DISPUTED' })
  /** The department did not answer: the fact is unknown. `retryAfter` in seconds, where known. */
  | (AtField & { readonly outcome: 'SOURCE_DOWN'; readonly fault: SourceFault; readonly retryAfter: number | null });

/** A fact that its owner corrected after a dispute. */
export interface CorrectedFact extends AtField {
  /** `YYYY-MM-DD` */
  readonly correctedOn: string;
}

/** State of one department during a request. */
export interface SourceState {
  readonly department: string;
  readonly transport: string;
  readonly state: 'UP' | 'DOWN';
  /** When the rows were read, or the attempt ended: RFC 3339, UTC. */
  readonly fetchedAt: string;
  /** Gateways of other cities that were asked too; missing where none was. */
  readonly peers?: readonly PeerAnswer[];
}
