/**
 * Seals the recipient of a notice (AES-256-GCM), for whom no case yet tells its channel: whoever reads the control store
 * learns neither the person nor the token.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Whom a notice goes to, and what only they may read. */
export interface Recipient {
  /** Canonical citizen ID. */
  readonly citizen: string;
  /** One-time token. */
  readonly token: string;
}

/** Seals and opens recipients under one key. */
export interface RecipientSeal {
  /** @param number of the notice's offer: opened with another, a seal does not hold */
  seal(recipient: Recipient, number: string): string;
  /** @throws Error where the text is none of this key and number */
  open(sealed: string, number: string): Recipient;
}

const NONCE = 12;
const TAG = 16;

/** @param secret at least 32 bytes; a key of its own is derived from it */
export function openRecipientSeal(secret: Uint8Array): RecipientSeal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'mianzheng notice recipient', 32));
  return {
    seal(recipient, number) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(number));
      const text = Buffer.concat([cipher.update(JSON.stringify(recipient), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
    },
    open(sealed, number) {
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(Buffer.from(number))
        .setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
      return JSON.parse(text) as Recipient;
    },
  };
}
