/** The order of lists: by what they disclose, so that the order tells no more than the elements do. */
import type { Row } from '../domain/fetch.js';

function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return a < b ? -1 : 1;
}

/** What elements are compared by: their values of one attribute, element by element. */
export interface OrderColumn {
  readonly elements: readonly Row[];
  readonly attribute: string;
}

/** Indices of so many elements, ordered by the columns in turn, ascending, nulls last; equal ones stay as they stood. */
export function orderedIndices(length: number, columns: readonly OrderColumn[]): readonly number[] {
  const indices: number[] = [];
  for (let i = 0; i < length; i += 1) indices.push(i);
  if (length < 2 || columns.length === 0) return indices;
  return indices.sort((a, b) => {
    for (const { elements, attribute } of columns) {
      const sign = compareValues(elements[a]?.[attribute], elements[b]?.[attribute]);
      if (sign !== 0) return sign;
    }
    return 0;
  });
}

/** The rows, ordered by the attributes in turn, as {@link orderedIndices} does. */
export function ordered(rows: readonly Row[], order: readonly string[]): readonly Row[] {
  if (rows.length < 2 || order.length === 0) return rows;
  return [...rows].sort((a, b) => {
    for (const attribute of order) {
      const sign = compareValues(a[attribute], b[attribute]);
      if (sign !== 0) return sign;
    }
    return 0;
  });
}
