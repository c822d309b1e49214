/** Keeps texts that only the gateway may read, such as a recipient's telephone number, in tables that others may see. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Seals and opens texts. */
export interface Seal {
  /** AES-256-GCM with a random nonce: equal texts do not show. */
  seal(text: string): string;
  /** @throws Error where the text was sealed by another secret or changed; the message shows nothing of it */
  open(sealed: string): string;
}

const NAME = 'mianzheng sealed messages 1';
const PREFIX = 'sealed1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes a seal.
 * @param secret 32 bytes that gateways on one control store share; its key is derived by HKDF-SHA-256 (RFC 5869)
 */
export function openSeal(secret: Uint8Array): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', NAME, 32));
  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return PREFIX + sealed.toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed.startsWith(PREFIX) ? sealed.slice(PREFIX.length) : '', 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new RangeError('not a sealed text');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    },
  };
}
