/** Which proofs were used already (RFC 9449 §11.1), for as long as they could be used again. */
import { hash } from 'node:crypto';

/** What became of a proof that is to be used. */
export type Use = 'FIRST' | 'AGAIN' | 'FULL';

/**
 * Remembers proofs of one process for a window of time. Memory is bounded: where as many proofs were used
 * within one window as are kept, the next is not taken, because forgetting one would let it be used again.
 */
export class SeenProofs {
  #since = Number.NEGATIVE_INFINITY;
  #now = new Set<string>();
  #before = new Set<string>();

  /**
   * @param windowMs longest time a proof can be used after it was used first, in milliseconds
   * @param most proofs of one window
   */
  constructor(
    private readonly windowMs: number,
    private readonly most: number,
  ) {}

  /**
   * Uses a proof.
   * @param key thumbprint of the key that made it, so that nobody uses up another's names
   * @param id `jti`
   * @param now ms since the epoch
   */
  use(key: string, id: string, now: number): Use {
    // Two sets change places: what was used in this window or the one before is known.
    if (now < this.#since || now - this.#since >= this.windowMs) {
      this.#before = this.#now;
      this.#now = new Set();
      this.#since = now;
    }
    const name = hash('sha256', `${key}.${id}`, 'base64url');
    if (this.#now.has(name) || this.#before.has(name)) return 'AGAIN';
    if (this.#now.size >= this.most) return 'FULL';
    this.#now.add(name);
    return 'FIRST';
  }
}
