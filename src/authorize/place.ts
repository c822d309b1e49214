import type { SubjectBound } from './plan.js';
import type { RowGroups } from './row-groups.js';

/** Where in the document an object stands. */
export interface Place {
  /** Concrete type. */
  readonly type: string;
  readonly path: readonly string[];
  /** Whether every field above is granted. */
  readonly reachable: boolean;
  /** Links from a case subject at most; null: unknown. */
  readonly hops: number | null;
  /** Row groups of the object; null for the root and for computed objects, which have no rows. */
  readonly rows: RowGroups | null;
  /** Attribute that identifies the object itself, where it has one. */
  readonly identity: string | null;
  /** Set inside an embedded object: the name before the dot of its attributes. */
  readonly prefix: string;
  /** Department of the row the object is, or is part of, or is computed from. */
  readonly department: string | null;
  /** For computed objects: the rows their source reaches. */
  readonly memberOf: { readonly regions: readonly string[] | null; readonly bound: SubjectBound | null } | null;
}

/** What an object has that no row stands behind: the root, and what the gateway computed itself. */
export const NO_ROWS = { rows: null, identity: null, prefix: '', department: null, memberOf: null } as const;
