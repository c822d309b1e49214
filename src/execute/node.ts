/** An object of the answer while it is being filled, and the small questions asked of it. */
import type { SubjectBound } from '../authorize/plan.js';
import type { Row } from '../domain/fetch.js';
import { SourceError } from '../errors.js';
import type { ResponsePath } from './outcomes.js';

/** A path kept as a chain, made into an array only where an outcome needs it. */
export interface Path {
  readonly above: Path | null;
  readonly key: string | number;
}

/** A row of a group, or why there is none. */
export type Held = Row | 'ABSENT' | 'OUTSIDE_CASE' | SourceError;

/** An object of the answer while it is being filled. */
export interface Node {
  readonly out: Record<string, unknown>;
  /** By group. */
  readonly rows: Held[];
  /** Identifier of the object, or of the one it is part of. */
  readonly id: string;
  /** The key it was looked up by. */
  readonly linkKey: string;
  /** Links from the nearest case subject; Infinity: none. */
  readonly hops: number;
  readonly path: Path | null;
}

/** Whether the group has a row. */
export function isRow(held: Held | undefined): held is Row {
  return typeof held === 'object' && !(held instanceof SourceError);
}

/** Whether an object so many links from a case subject lies within the bound. */
export function within(bound: SubjectBound | null, hops: number): boolean {
  if (bound === null) return true;
  return bound.subjects === 'CASE_SUBJECTS' ? hops === 0 : hops <= bound.maxHops;
}

/** Keys from the root. */
export function toArray(path: Path | null): ResponsePath {
  const keys: (string | number)[] = [];
  for (let at = path; at !== null; at = at.above) keys.push(at.key);
  return keys.reverse();
}

function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return a < b ? -1 : 1;
}

const NONE: readonly number[] = [];
const ONLY: readonly number[] = [0];

/** Indices of the rows, ordered by what they disclose, in the schema's order of fields. */
export function orderedIndices(rows: readonly Row[], order: readonly string[]): readonly number[] {
  if (rows.length < 2) return rows.length === 0 ? NONE : ONLY;
  const indices = rows.map((_, i) => i);
  if (order.length === 0) return indices;
  return indices.sort((a, b) => {
    for (const attribute of order) {
      const sign = compareValues(rows[a]?.[attribute], rows[b]?.[attribute]);
      if (sign !== 0) return sign;
    }
    return 0;
  });
}
