/** Words and identifiers of disputes, readable by who has the installation's key alone. */
import { createHmac, hkdfSync } from 'node:crypto';
import { openText, sealText } from '../domain/sealed-text.js';

const KEY = 'mianzheng disputes 1';

/** Seals texts. */
export interface Seal {
  /** See {@link sealText}. @param place what it stands in: it opens nowhere else */
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
    close: (text, place) => sealText(cipherKey, text, place),
    open: (sealed, place) => openText(cipherKey, sealed, place),
    digest: (text, place) => createHmac('sha256', digestKey).update(`${place}\n${text}`).digest('base64url'),
  };
}
