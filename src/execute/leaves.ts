/** Objects of plain values, of which there are the most: they are filled without a node for each. */
import type { Choice, LinkPlan, ObjectPlan, ValuePlan } from '../authorize/plan.js';
import type { Row } from '../domain/fetch.js';
import { SourceError } from '../errors.js';
import type { Findings } from './findings.js';
import { idIn, type Node } from './node.js';
import { looksUpByIdentity, type Wanted } from './wanted.js';

/** Shows a value as a choice has it: as it is, or masked. */
type Shown = (choice: Choice, value: unknown) => unknown;

/** One object: its row, and where it goes. */
interface Leaf {
  readonly row: Row;
  readonly out: Record<string, unknown>;
  readonly want: Wanted;
  /** Place in its list; -1: in none. */
  readonly at: number;
}

/** The objects that a link found in one fetch. */
export class Leaves {
  readonly #leaves: Leaf[] = [];

  constructor(
    private readonly link: LinkPlan,
    private readonly target: ObjectPlan,
    private readonly found: Findings,
    private readonly shown: Shown,
  ) {}

  /** Takes an object up. @returns what will be filled */
  add(row: Row, want: Wanted, at: number): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    this.#leaves.push({ row, out, want, at });
    return out;
  }

  /** Fills all of them, field by field. */
  fill(): void {
    if (this.#leaves.length === 0) return;
    const { target, found } = this;
    const { identity } = target;
    if (identity !== null && !looksUpByIdentity(target)) {
      for (const { row } of this.#leaves) found.concern(target, idIn(row, identity.by));
    }
    for (const field of target.fields) {
      if (field.kind === 'VALUE') this.#values(field);
      else if (field.kind === 'TYPENAME') for (const { out } of this.#leaves) out[field.key] = field.name;
      else if (field.kind === 'DENIED') {
        for (const leaf of this.#leaves) {
          leaf.out[field.key] = null;
          found.withheld(field.at, this.#nodeOf(leaf), field.key, field.reason);
        }
      }
    }
  }

  #values(field: ValuePlan): void {
    const { key, attribute, at } = field;
    const [choice] = field.choices;
    if (choice === undefined) throw new TypeError(`${at.coordinate} was planned without a choice`);
    this.found.give(choice.index);
    for (const leaf of this.#leaves) {
      const value = leaf.row[attribute];
      if (this.found.marks && value !== undefined) this.found.mark(at, this.#nodeOf(leaf), key);
      if (value !== null && value !== undefined) {
        leaf.out[key] = choice.mask === null ? value : this.shown(choice, value);
        continue;
      }
      leaf.out[key] = null;
      if (value === null) this.found.absent(at, this.#nodeOf(leaf), key);
      else this.found.down(at, this.#nodeOf(leaf), key, new SourceError(at.department, 'GARBLED'));
    }
  }

  /** A leaf as a node, for the path of an outcome. */
  #nodeOf({ row, out, want, at }: Leaf): Node {
    const { from, key } = want;
    const { identity } = this.target;
    const id = identity === null ? from.id : looksUpByIdentity(this.target) ? key : idIn(row, identity.by);
    return { out, rows: [row], id, linkKey: key, hops: from.hops, above: from, under: this.link.key, at };
  }
}
