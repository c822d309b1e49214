/**
 * Counts distinct names within one hour: exactly for this process, and for all processes together as far as they
 * had told each other when they last did.
 */
export class DistinctCount {
  readonly #names = new Set<string>();
  #unsent: string[] = [];
  #sending: readonly string[] = [];
  /** Of all processes, this one's sent names included, as last told. */
  #shared = 0;

  /** Names that this process has counted. */
  get size(): number {
    return this.#names.size;
  }

  /** Names counted, of all processes as far as known. A name that another process has counted too counts twice until it was sent. */
  get total(): number {
    return this.#shared + this.#unsent.length + this.#sending.length;
  }

  /** Whether there are names that the others were not told of. */
  get untold(): boolean {
    return this.#unsent.length + this.#sending.length > 0;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Counts a name. @returns whether it was new to this process */
  add(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    this.#unsent.push(name);
    return true;
  }

  /** The names to be told to the others; they go on counting as unsent until {@link sent}. */
  send(): readonly string[] {
    if (this.#sending.length === 0) {
      this.#sending = this.#unsent;
      this.#unsent = [];
    }
    return this.#sending;
  }

  /** The names last given out by {@link send} are with the others. @param total of all processes */
  sent(total: number): void {
    this.#sending = [];
    this.#shared = total;
  }
}
