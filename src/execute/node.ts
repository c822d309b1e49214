/** An object of the answer while it is being filled, and the small questions asked of it. */
import type { SubjectBound } from '../authorize/plan.js';
import type { Row } from '../domain/fetch.js';
import { SourceError } from '../errors.js';
import type { ResponsePath } from './outcomes.js';

/** A row of a group, or why there is none. */
export type Held = Row | 'ABSENT' | 'OUTSIDE_CASE' | SourceError;

/** An object of the answer while it is being filled. */
export interface Node {
  readonly out: Record<string, unknown>;
  /** By group. */
  readonly rows: Held[];
  /** Identifier of the object, or of the one it is part of; empty where its department records none. */
  readonly id: string;
  /** The key it was looked up by. */
  readonly linkKey: string;
  /** Links from the nearest case subject; Infinity: none. */
  readonly hops: number;
  /** The object it stands in; null for the root. Paths are written only where an outcome needs one. */
  readonly above: Node | null;
  /** Response key it stands under. */
  readonly under: string;
  /** Place in the list under that key; -1: in none. */
  readonly at: number;
}

/** Whether the group has a row. */
export function isRow(held: Held | undefined): held is Row {
  return typeof held === 'object' && !(held instanceof SourceError);
}

/** Identifier that an object's own row gives; empty where none is recorded: no department can be asked about it then. */
export function idIn(row: Row, by: string): string {
  const id = row[by];
  return id === null || id === undefined ? '' : String(id as string | number);
}

/** Whether an object so many links from a case subject lies within the bound. */
export function within(bound: SubjectBound | null, hops: number): boolean {
  if (bound === null) return true;
  return bound.subjects === 'CASE_SUBJECTS' ? hops === 0 : hops <= bound.maxHops;
}

/**
 * Keys from the root to a field of an object.
 * @param at place in the list under the field's key; -1: the field itself
 */
export function pathTo(node: Node, key: string, at = -1): ResponsePath {
  const path: (string | number)[] = at < 0 ? [key] : [at, key];
  for (let one = node; one.above !== null; one = one.above) {
    if (one.at >= 0) path.push(one.at);
    path.push(one.under);
  }
  return path.reverse();
}
