/** Puts the parts of a matter in, and remembers which file each value comes from. */
import type { FaultSink, Path, SourceFile, Within } from './faults.js';

/** A file that matters take, with its value. */
export interface Part {
  readonly file: SourceFile;
  readonly value: unknown;
}

type Plain = Readonly<Record<string, unknown>>;

/** Lists of which an entry with the name of an earlier one changes that one, by the key that names it. */
const NAMED_BY: Readonly<Record<string, string>> = { roles: 'role', requirements: 'id', tiers: 'id', ruleSets: 'id' };
/** Lists that go on. */
const APPENDED: ReadonlySet<string> = new Set(['legalBasis', 'formerProofs']);
/** Maps of which a later value stands for an earlier one of its name. */
const MERGED: ReadonlySet<string> = new Set(['terms', 'parameters']);
/** What has done its work when the matter is whole. */
const CONSUMED: ReadonlySet<string> = new Set(['parts', 'fragments', 'parameters']);

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** One file's value and where faults in it go. */
interface Layer {
  readonly file: SourceFile;
  readonly value: Plain;
}

interface Origin {
  readonly file: SourceFile;
  readonly path: Path;
}

/** A text of which the first lines are one file's and the next another's. */
interface Lines {
  readonly origin: Origin;
  readonly count: number;
}

/** A matter with its parts put in. */
export class ComposedMatter implements FaultSink {
  /** The whole matter, to be checked against `matterDefinition`. */
  readonly value: Plain;
  readonly #origins = new Map<string, Origin>();
  readonly #facts: Lines[] = [];
  readonly #own: SourceFile;

  /**
   * @param own the matter's own file, of the form `matterFile` or `variantFile`
   * @param parts the files it takes, of the form `partFile`, in its order
   */
  constructor(own: Part, parts: readonly Part[]) {
    this.#own = own.file;
    const layers = [...parts, own].map(({ file, value }): Layer => ({ file, value: isPlain(value) ? value : {} }));
    const keys = new Set(layers.flatMap(({ value }) => Object.keys(value)));
    const whole = Object.fromEntries([...keys].map((key) => [key, this.#key(key, layers)]));
    const { parameters } = whole;
    whole.ruleSets = listOf(whole.ruleSets).map((set) =>
      isPlain(set)
        ? { ...set, parameters: { ...(parameters as Plain | undefined), ...(set.parameters as Plain) } }
        : set,
    );
    whole.facts = this.#document(layers);
    this.value = Object.fromEntries(Object.entries(whole).filter(([key]) => !CONSUMED.has(key)));
  }

  fault(path: Path, message: string, where: Within = {}): void {
    const { origin, within } = this.#place(path, where);
    const whose = origin.file === this.#own ? '' : ` (as ${this.#own.name} takes it)`;
    origin.file.fault(origin.path, `${message}${whose}`, within);
  }

  #key(key: string, layers: readonly Layer[]): unknown {
    const stated = layers.filter(({ value }) => Object.hasOwn(value, key));
    if (APPENDED.has(key)) {
      const entries = stated.flatMap(({ file, value }) =>
        listOf(value[key]).map((entry, i) => ({ entry, origin: { file, path: [key, i] } })),
      );
      entries.forEach(({ origin }, i) => void this.#origins.set(`${key}.${i}`, origin));
      return entries.map(({ entry }) => entry);
    }
    const naming = NAMED_BY[key];
    if (naming !== undefined) return this.#named(key, naming, stated);
    if (MERGED.has(key)) {
      const merged: Record<string, unknown> = {};
      for (const { file, value } of stated) {
        for (const [name, one] of Object.entries(isPlain(value[key]) ? value[key] : {})) {
          merged[name] = one;
          this.#origins.set(`${key}.${name}`, { file, path: [key, name] });
        }
      }
      return merged;
    }
    const last = stated.at(-1);
    if (last !== undefined) this.#origins.set(key, { file: last.file, path: [key] });
    return last?.value[key];
  }

  /** Entries in order; one that names an entry of an earlier file changes the keys it states. */
  #named(key: string, naming: string, layers: readonly Layer[]): readonly unknown[] {
    const entries: Record<string, unknown>[] = [];
    for (const { file, value } of layers) {
      const before = entries.length;
      for (const [j, entry] of listOf(value[key]).entries()) {
        if (!isPlain(entry)) continue;
        const known = entries.findIndex((one, i) => i < before && one[naming] === entry[naming]);
        const at = known < 0 ? entries.length : known;
        if (known < 0) this.#origins.set(`${key}.${at}`, { file, path: [key, j] });
        for (const name of Object.keys(entry))
          this.#origins.set(`${key}.${at}.${name}`, { file, path: [key, j, name] });
        entries[at] = { ...entries[at], ...entry };
      }
    }
    return entries;
  }

  /** The facts with the parts' fragments behind them. */
  #document(layers: readonly Layer[]): unknown {
    const own = layers.at(-1);
    const texts = [
      ...(own === undefined ? [] : [{ ...own, key: 'facts' }]),
      ...layers.map((layer) => ({ ...layer, key: 'fragments' })),
    ].flatMap(({ file, value, key }) => {
      const text = value[key];
      if (typeof text !== 'string') return [];
      const ended = text.endsWith('\n') ? text : `${text}\n`;
      this.#facts.push({ origin: { file, path: [key] }, count: ended.split('\n').length - 1 });
      return [ended];
    });
    return texts.length === 0 ? undefined : texts.join('');
  }

  #place(path: Path, where: Within): { readonly origin: Origin; readonly within: Within } {
    if (path[0] === 'facts' && where.lineInside !== undefined) {
      let line = where.lineInside;
      for (const { origin, count } of this.#facts) {
        if (line <= count) return { origin, within: { lineInside: line } };
        line -= count;
      }
    }
    for (let length = Math.min(path.length, 3); length > 0; length -= 1) {
      const origin = this.#origins.get(path.slice(0, length).join('.'));
      if (origin === undefined) continue;
      return { origin: { ...origin, path: [...origin.path, ...path.slice(length)] }, within: where };
    }
    return { origin: { file: this.#own, path }, within: where };
  }
}
