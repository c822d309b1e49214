/** Nonces that the gateway gives for proofs (RFC 9449 §9): they tell when a proof was made, and for which process. */
import { createHmac, randomBytes } from 'node:crypto';

/** A nonce is given for this many milliseconds and accepted for as many more. */
export const NONCE_PERIOD_MS = 150_000;

/**
 * The nonces of one process. They are computed from the time and a key of its own, so nothing is kept, and
 * neither another process nor the one after a restart accepts them.
 */
export class DpopNonces {
  readonly #key = randomBytes(32);
  #made = { period: Number.NaN, nonce: '' };

  /** The nonce to be given. @param now ms since the epoch */
  current(now: number): string {
    const period = Math.floor(now / NONCE_PERIOD_MS);
    if (this.#made.period !== period) this.#made = { period, nonce: this.#of(period) };
    return this.#made.nonce;
  }

  /** Whether this process gave the nonce, not longer ago than two periods. @param now ms since the epoch */
  accepts(nonce: unknown, now: number): boolean {
    return nonce === this.current(now) || nonce === this.#of(Math.floor(now / NONCE_PERIOD_MS) - 1);
  }

  #of(period: number): string {
    return createHmac('sha256', this.#key).update(String(period)).digest('base64url');
  }
}
