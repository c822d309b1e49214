/** Numbers by index in one block of memory that grows: 75,000 rows cost kilobytes. */

type Block = Float64Array | Uint32Array | Uint8Array;

/** Zero wherever nothing was set. */
export class GrowingNumbers {
  #block: Block;
  readonly #make: new (
    length: number,
  ) => Block;

  /** @param make the kind of block, which bounds the numbers it can hold */
  constructor(make: new (length: number) => Block) {
    this.#make = make;
    this.#block = new make(1024);
  }

  get(index: number): number {
    return this.#block[index] ?? 0;
  }

  set(index: number, value: number): void {
    if (index >= this.#block.length) {
      const larger = new this.#make(Math.max(index + 1, this.#block.length * 2));
      larger.set(this.#block);
      this.#block = larger;
    }
    this.#block[index] = value;
  }
}
