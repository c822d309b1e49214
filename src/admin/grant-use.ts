/** How grants were used (授权使用情况): what was never needed, and the least that was. */
import type { Disclosure, Grant } from '../authorize/rights.js';
import type { AdminContext } from './context.js';
import { recordedUse } from './recorded-use.js';

/** What one application system did for one matter. */
interface Usage {
  /** The most that was shown of each field. */
  readonly fields: Map<string, Disclosure>;
}

/** How one grant was used. */
export interface GrantUse {
  readonly grant: Grant;
  readonly requests: number;
  readonly lastUsedAt: string | null;
  readonly unusedFields: readonly string[];
  readonly unusedMatters: readonly string[];
  readonly leastFields: readonly { readonly coordinate: string; readonly disclosure: Disclosure }[];
}

/** Fields of a recorded request with what was shown of each, most first. */
function shownIn(use: {
  readonly disclosed: readonly string[];
  readonly masked: readonly string[];
  readonly used: readonly string[];
}) {
  return [
    ['FULL', use.disclosed],
    ['MASKED', use.masked],
    ['PREDICATE', use.used],
  ] as const;
}

const RANK: Readonly<Record<Disclosure, number>> = { PREDICATE: 0, MASKED: 1, FULL: 2 };

/** A grant while its use is counted. */
class Counted implements Usage {
  readonly fields = new Map<string, Disclosure>();
  readonly matters = new Set<string>();
  requests = 0;
  last: string | null = null;

  constructor(readonly grant: Grant) {}

  /** A request of its application system for one of its matters. */
  note(matter: string, time: string, shown: ReturnType<typeof shownIn>): void {
    let touched = false;
    for (const [disclosure, coordinates] of shown) {
      for (const coordinate of coordinates) {
        if (!Object.hasOwn(this.grant.coordinates, coordinate)) continue;
        touched = true;
        const known = this.fields.get(coordinate);
        if (known === undefined || RANK[disclosure] > RANK[known]) this.fields.set(coordinate, disclosure);
      }
    }
    if (!touched) return;
    this.matters.add(matter);
    this.requests += 1;
    if (this.last === null || time > this.last) this.last = time;
  }

  use(): GrantUse {
    const { grant, fields } = this;
    return {
      grant,
      requests: this.requests,
      lastUsedAt: this.last,
      unusedFields: Object.keys(grant.coordinates)
        .filter((coordinate) => !fields.has(coordinate))
        .sort(),
      unusedMatters: grant.matters.filter((matter) => !this.matters.has(matter)),
      leastFields: [...fields]
        .map(([coordinate, disclosure]) => ({ coordinate, disclosure }))
        .sort((a, b) => (a.coordinate < b.coordinate ? -1 : 1)),
    };
  }
}

/**
 * The use of grants in the last days, the one with most unused fields first. Two grants that open one field for one
 * matter both count as used by a request that got it: which of them it rested on the record does not say.
 */
export async function usesOf(
  { parts, now }: AdminContext,
  grants: readonly Grant[],
  days: number,
): Promise<GrantUse[]> {
  const counted = grants.map((grant) => new Counted(grant));
  const byPurpose = new Map<string, Counted[]>();
  for (const one of counted) {
    for (const matter of one.grant.matters) {
      const key = `${one.grant.client} ${matter}`;
      byPurpose.set(key, [...(byPurpose.get(key) ?? []), one]);
    }
  }
  for await (const use of recordedUse(parts.recordFolder, now, days, 365)) {
    if (use.matter === null) continue;
    for (const one of byPurpose.get(`${use.client} ${use.matter}`) ?? []) one.note(use.matter, use.time, shownIn(use));
  }
  return counted
    .map((one) => one.use())
    .sort((a, b) => b.unusedFields.length - a.unusedFields.length || (a.grant.id < b.grant.id ? -1 : 1));
}
