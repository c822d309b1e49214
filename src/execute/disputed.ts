/** Facts under dispute (校核) while a plan runs, and those corrected lately. */
import type { AccessPlan } from '../authorize/plan.js';
import type { Node } from './node.js';

/** A fact that was disputed: a coordinate of one subject, with whatever of that coordinate is reached from it. */
export interface DisputedFact {
  readonly coordinate: string;
  /** Owner of the field. */
  readonly department: string;
  /** Canonical identifier of the subject. */
  readonly id: string;
  /** Null while it is open; the day it was corrected, `YYYY-MM-DD`, after. */
  readonly correctedOn: string | null;
}

/** What is to be said of a fact: null that it is DISPUTED, else the day it was corrected. */
export type FactMark = { readonly correctedOn: string | null };

const OPEN: FactMark = { correctedOn: null };

/** The facts by coordinate. An instance never changes and is never empty: where nothing is disputed there is none. */
export class DisputedFacts {
  readonly #byCoordinate = new Map<string, Map<string, FactMark>>();
  /** Subjects with an open dispute, by owner: what is computed from several columns cannot tell which of them is meant. */
  readonly #openByDepartment = new Map<string, Set<string>>();

  private constructor(facts: readonly DisputedFact[]) {
    for (const { coordinate, department, id, correctedOn } of facts) {
      const known = this.#byCoordinate.get(coordinate) ?? new Map<string, FactMark>();
      this.#byCoordinate.set(coordinate, known);
      if (correctedOn === null) {
        known.set(id, OPEN);
        this.#openByDepartment.set(department, (this.#openByDepartment.get(department) ?? new Set()).add(id));
        continue;
      }
      const before = known.get(id);
      if (before === undefined || (before.correctedOn !== null && before.correctedOn < correctedOn)) {
        known.set(id, { correctedOn });
      }
    }
  }

  /** @returns null of none */
  static of(facts: readonly DisputedFact[]): DisputedFacts | null {
    return facts.length === 0 ? null : new DisputedFacts(facts);
  }

  /** Itself where it can concern an answer of the plan, null where it cannot. */
  within({ coordinates }: AccessPlan): DisputedFacts | null {
    const concerns = coordinates.some(
      ({ coordinate, department }) => this.#byCoordinate.has(coordinate) || this.#openByDepartment.has(department),
    );
    return concerns ? this : null;
  }

  /** What is to be said of a field of an object. @param derived whether the field is computed from others */
  markOf(coordinate: string, department: string, node: Node, derived: boolean): FactMark | null {
    const known = this.#byCoordinate.get(coordinate);
    const open = derived ? this.#openByDepartment.get(department) : undefined;
    if (known === undefined && open === undefined) return null;
    let corrected: FactMark | null = null;
    for (let at: Node | null = node; at !== null; at = at.above) {
      if (open?.has(at.id)) return OPEN;
      const mark = known?.get(at.id);
      if (mark?.correctedOn === null) return mark;
      corrected ??= mark ?? null;
    }
    return corrected;
  }
}
