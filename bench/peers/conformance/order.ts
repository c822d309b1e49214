/** What a peer is handed: a schema with its data, and requests with the coordinates each may see. */

/** How a field is had. */
export interface PeerField {
  readonly type: string;
  readonly field: string;
  readonly having: 'VALUE' | 'EMBEDDED' | 'LINK' | 'DERIVED';
  /** Attributes read; of a link the one with the key, at the root the argument. */
  readonly from: readonly string[];
  /** Attribute that a link's key is compared with. */
  readonly by: string;
  readonly list: boolean;
  /** Name of the field's type. */
  readonly target: string;
}

/** One request. */
export interface PeerRequest {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Coordinates granted, such as `Resident.name`. */
  readonly rights: readonly string[];
  /** Rows by type. */
  readonly data: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/** Requests on one schema. */
export interface PeerOrder {
  /** SDL without directives. */
  readonly schema: string;
  readonly fields: readonly PeerField[];
  /** Object types by the interface or union they are of. */
  readonly abstracts: Readonly<Record<string, readonly string[]>>;
  readonly requests: readonly PeerRequest[];
}

/** `data` of each answer, in order; null where the peer refused. */
export type PeerAnswers = readonly unknown[];
