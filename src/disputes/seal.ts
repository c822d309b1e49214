/** Words and identifiers of disputes, readable by who has the installation's key alone. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const KEY = 'mianzheng disputes 1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals texts. */
export interface Seal {
  /** AES-256-GCM (NIST SP 800-38D) with a random nonce; base64url. @param place what it stands in: it opens nowhere else */
  close(text: string, place: string): string;
  /** @throws Error where it was changed, stands elsewhere, or was sealed with another key */
  open(sealed: string, place: string): string;
  /** HMAC-SHA-256 of a text, by which the record proves it without holding it; base64url. */
  digest(text: string, place: string): string;
}

/** @param secret the installation's secret, that the keys are derived from by HKDF-SHA-256; as long-lived as the record */
export function openSeal(secret: Uint8Array): Seal {
  const keys = Buffer.from(hkdfSync('sha256', secret, '', KEY, 64));
  const [cipherKey, digestKey] = [keys.subarray(0, 32), keys.subarray(32)];
  return {
    close(text, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64url');
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    },
    digest: (text, place) => createHmac('sha256', digestKey).update(`${place}\n${text}`).digest('base64url'),
  };
}
