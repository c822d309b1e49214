/**
 * Sorts the fields of one object into row groups: fields whose grants reach the same rows of the
 * same subjects come from one fetch; a field that reaches fewer gets a narrower fetch of its own,
 * so that what is not granted never leaves the department.
 */

import type { FetchTemplate } from '../domain/fetch.js';
import { fetchTemplate, ROW_KEY } from '../domain/fetch.js';
import type { RowGroup, SubjectBound } from './plan.js';

interface Draft {
  readonly bound: SubjectBound | null;
  readonly regions: readonly string[] | null;
  readonly attributes: Set<string>;
}

const BASE = 0;

/** The row groups of one object while it is being planned. */
export class RowGroups {
  readonly #drafts: Draft[];

  /** @param regions rows that the link to the object may see; null: all */
  constructor(readonly regions: readonly string[] | null) {
    this.#drafts = [{ bound: null, regions, attributes: new Set() }];
  }

  /** Index of the group for a bound and regions; group 0 is the link's own. */
  indexOf(bound: SubjectBound | null, regions: readonly string[] | null): number {
    const same = (draft: Draft) =>
      draft.bound?.subjects === bound?.subjects &&
      draft.bound?.maxHops === bound?.maxHops &&
      JSON.stringify(draft.regions) === JSON.stringify(regions);
    const known = this.#drafts.findIndex(same);
    if (known >= 0) return known;
    this.#drafts.push({ bound, regions, attributes: new Set() });
    return this.#drafts.length - 1;
  }

  /** How many there are. */
  get groups(): number {
    return this.#drafts.length;
  }

  /** Adds attributes to a group. */
  read(group: number, attributes: readonly string[]): void {
    const draft = this.#drafts[group];
    if (draft === undefined) throw new RangeError(`no row group ${group}`);
    for (const attribute of attributes) draft.attributes.add(attribute);
  }

  /** Whether group 0 reads anything, or another group depends on its rows. */
  get readsRows(): boolean {
    return this.#drafts.length > 1 || (this.#drafts[BASE]?.attributes.size ?? 0) > 0;
  }

  /**
   * Ends the planning of the object.
   * @param by attribute the link looks up by
   * @param identity attribute that identifies the object; without one, rows of several groups are
   *   matched by their row key
   */
  templates(
    department: string,
    type: string,
    by: string,
    identity: string | null,
  ): { readonly base: FetchTemplate; readonly groups: readonly RowGroup[] } {
    if (identity !== null && by !== identity) this.read(BASE, [identity]);
    if (identity === null && this.#drafts.length > 1) {
      for (const draft of this.#drafts) draft.attributes.add(ROW_KEY);
    }
    const build = (draft: Draft, lookup: string) =>
      fetchTemplate({ department, type, by: lookup, attributes: [...draft.attributes], regions: draft.regions });
    const [first, ...others] = this.#drafts as [Draft, ...Draft[]];
    return {
      base: build(first, by),
      groups: [
        { bound: null, template: null },
        ...others.map((draft) => ({ bound: draft.bound, template: build(draft, identity ?? by) })),
      ],
    };
  }
}
