import { hash } from 'node:crypto';
import type { Position } from '../audit/entries.js';
import type { ReceiptKey } from './keys.js';

/**
 * A receipt that waits for its place in the record.
 *
 * The receipt names the entry's hash and the entry names the receipt, so neither can hold the whole
 * of the other. The entry holds the digest of the claims' JSON text; once it is durable, the JWS's
 * payload is exactly that text with `,"record":{…}` put before its last brace. Whoever verifies cuts
 * that member off again, as text, and digests the rest: no canonical JSON is needed.
 *
 * It stands in the answer in place of the text and becomes it when the answer is written, so a
 * signature is made only where the document selects the field, and once.
 */
export class PendingReceipt {
  /** SHA-256 of the claims' text, base64url: what the record's entry holds. */
  readonly digest: string;
  #position: Position | null = null;
  #jws: string | null = null;

  /**
   * @param text the claims as JSON, an object with at least one member
   * @param write signs the text with its place in the record, and puts behind it what belongs there; default: nothing
   */
  constructor(
    private readonly text: string,
    private readonly key: ReceiptKey,
    private readonly write: (key: ReceiptKey, payload: string) => string = (by, payload) => by.sign(payload),
  ) {
    this.digest = hash('sha256', text, 'base64url');
  }

  /** Tells where the entry with {@link digest} stands. To be called only once it is durable. */
  seal(position: Position): void {
    this.#position = position;
  }

  /**
   * The receipt as compact JWS.
   * @throws TypeError before it is sealed: nothing leaves that is not recorded
   */
  toJSON(): string {
    if (this.#position === null) throw new TypeError('a receipt was to leave before its entry was durable');
    if (this.#jws === null) {
      const { chain, seq, hash: entry } = this.#position;
      const record = JSON.stringify({ chain, seq, hash: entry });
      this.#jws = this.write(this.key, `${this.text.slice(0, -1)},"record":${record}}`);
    }
    return this.#jws;
  }
}
