/** What an answer depends on: the cells and rows the reference looked at. All else may be otherwise. */
import type { SourceRow } from '../situation.js';

/** A search for rows that the answer shows the result of. */
export interface Search {
  readonly type: string;
  readonly by: string;
  readonly key: string;
  /** Empty: everywhere. */
  readonly regions: readonly string[];
}

function add(to: Map<SourceRow, Set<string>>, row: SourceRow, attribute: string): void {
  const known = to.get(row);
  if (known) known.add(attribute);
  else to.set(row, new Set([attribute]));
}

/** The trace of one evaluation. */
export class Trace {
  readonly searches: Search[] = [];
  /** Attributes read, by row; `head.member` inside embedded objects. */
  readonly read = new Map<SourceRow, Set<string>>();
  /** Attributes of which the answer shows only that they hold something, by row. */
  readonly veiled = new Map<SourceRow, Set<string>>();
  /** Texts that may stand in the answer as they are. */
  readonly shown = new Set<string>();

  /** An attribute of a row was read. */
  cell(row: SourceRow, attribute: string): void {
    add(this.read, row, attribute);
  }

  /** Of an attribute only that it holds something was shown. */
  veil(row: SourceRow, attribute: string): void {
    add(this.veiled, row, attribute);
  }
}

/** Whether a row lies within prefixes. @param regions empty: everywhere */
export function liesIn(row: SourceRow, regions: readonly string[]): boolean {
  return regions.length === 0 || regions.some((prefix) => String(row.$region).startsWith(prefix));
}

/** Whether a search finds a row. */
export function finds(search: Search, type: string, row: SourceRow): boolean {
  return search.type === type && String(row[search.by]) === search.key && liesIn(row, search.regions);
}
