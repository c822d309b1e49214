import { LRUCache } from 'lru-cache';

/**
 * The sets of coordinates written to the current segment, by content. A segment is read on its own,
 * so each writes the sets it uses; a set dropped from this bounded memory is written again.
 */
export class CoordinateSets {
  readonly #ids: LRUCache<string, number>;

  /** @param max sets kept */
  constructor(max: number) {
    this.#ids = new LRUCache({ max });
  }

  /**
   * Id of a set: 0 for the empty one, else the `seq` of the entry that lists it.
   * @param write writes a set not yet in the segment, sorted and unique, and returns its id
   */
  idOf(coordinates: readonly string[], write: (set: readonly string[]) => number): number {
    if (coordinates.length === 0) return 0;
    const set = [...new Set(coordinates)].sort();
    const content = JSON.stringify(set);
    const known = this.#ids.get(content);
    if (known !== undefined) return known;
    const id = write(set);
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
