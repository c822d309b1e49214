/** What is settled of a request before any object is looked at. */
import { below, type Occurrence, type Selections } from './document.js';
import type { ModelField, ModelType } from './model.js';
import type { Reading } from './reading.js';
import type { Word } from './rights.js';
import { computing, type Ground, linkWord, ROOT } from './words.js';

/** A survey of the whole document, whatever the data. */
export class Survey {
  /** Coordinates that are denied where they are asked for. */
  readonly withheld = new Set<string>();
  /** Whether a matter must be named. */
  asksMatter = false;
  /** Whether a case must be named. */
  asksCase = false;
  /** Whether the case must be a registered one. */
  needsCase = false;
  /** Whether an argument is beyond its bound. */
  badArgument = false;

  constructor(
    readonly reading: Reading,
    type: ModelType,
    selections: readonly Selections[],
  ) {
    this.#survey(type, selections, type);
  }

  /** What is settled before any object is looked at. */
  #survey(type: ModelType, selections: readonly Selections[], root: ModelType, ground = ROOT, reachable = true): void {
    for (const [, occurrences] of this.reading.fields(type, selections)) {
      const name = occurrences[0]?.node.name.value ?? '';
      if (name.startsWith('__')) {
        if (reachable && this.reading.closed(name, occurrences)) this.withheld.add(`${type.name}.${name}`);
        continue;
      }
      const field = this.reading.field(type, name);
      const decision = this.reading.decide(type, occurrences, ground);
      if (field.sharing !== 'UNCONDITIONAL') {
        this.asksMatter = true;
        if (field.having === 'LINK') this.asksCase = true;
      }
      if (decision.given) this.#checkArguments(field, type, occurrences);
      const answered = reachable && decision.given;
      if (reachable && !decision.given) this.withheld.add(field.coordinate);
      const words = decision.given ? decision.words : [];
      const bound = type !== root && words.some(({ subjects }) => subjects !== 'ANY');
      if (answered && field.sharing !== 'UNCONDITIONAL' && (field.having === 'LINK' || bound)) this.needsCase = true;
      const inner = below(occurrences);
      if (inner.length === 0) continue;
      for (const name of this.reading.model.possible(field.named)) {
        const target = this.reading.type(name);
        this.#survey(target, inner, root, this.#groundBelow(field, target, words, ground, type === root), answered);
      }
    }
  }

  #checkArguments(field: ModelField, type: ModelType, [first]: readonly Occurrence[]): void {
    if (first === undefined) return;
    const values = this.reading.arguments(type, first);
    for (const [name, { min, max }] of field.ranges) {
      const value = values[name];
      if (value === undefined || value === null) continue;
      const measure = Array.isArray(value) ? value.length : Number(value);
      if (measure < min || measure > max) this.badArgument = true;
    }
  }

  #groundBelow(field: ModelField, target: ModelType, words: readonly Word[], ground: Ground, atRoot: boolean): Ground {
    if (words.length === 0) return ground;
    if (field.having === 'DERIVED') return { ...ground, computed: computing(words, ground) };
    if (field.having !== 'LINK') return ground;
    const word = linkWord(words, ground.certain);
    const regions = this.reading.regions(field, target, word);
    if (atRoot) return { certain: word.subjects === 'ANY' ? Number.POSITIVE_INFINITY : 0, regions, computed: null };
    return { certain: ground.certain + (target.identity === null ? 0 : 1), regions, computed: null };
  }
}
