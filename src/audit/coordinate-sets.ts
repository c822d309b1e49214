import { LRUCache } from 'lru-cache';

/**
 * The sets of coordinates written to the current segment, by content. A segment is read on its own,
 * so each writes the sets it uses; a set dropped from this bounded memory is written again.
 */
export class CoordinateSets {
  readonly #ids: LRUCache<string, number>;
  /** Content of lists seen before: whoever asks again and again with one list need not spell it out again. */
  readonly #contents = new WeakMap<readonly string[], string>();

  /** @param max sets kept */
  constructor(max: number) {
    this.#ids = new LRUCache({ max });
  }

  /**
   * Id of a set: 0 for the empty one, else the `seq` of the entry that lists it.
   * @param coordinates not changed afterwards
   * @param write writes a set not yet in the segment, sorted and unique, and returns its id
   */
  idOf(coordinates: readonly string[], write: (set: readonly string[]) => number): number {
    if (coordinates.length === 0) return 0;
    let content = this.#contents.get(coordinates);
    if (content === undefined) {
      content = JSON.stringify([...new Set(coordinates)].sort());
      this.#contents.set(coordinates, content);
    }
    const known = this.#ids.get(content);
    if (known !== undefined) return known;
    const id = write(JSON.parse(content) as string[]);
    this.#ids.set(content, id);
    return id;
  }

  /** Takes up a set read from the segment. */
  learn(id: number, set: readonly string[]): void {
    this.#ids.set(JSON.stringify(set), id);
  }

  /** Drops the sets of entries that did not become durable. @param seq last durable entry */
  forgetAfter(seq: number): void {
    const gone = Array.from(this.#ids.entries()).filter(([, id]) => id > seq);
    for (const [content] of gone) this.#ids.delete(content);
  }

  /** Drops all: a new segment begins. */
  clear(): void {
    this.#ids.clear();
  }
}
