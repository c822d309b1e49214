/** Keeps texts that only the gateway may read, such as a recipient's telephone number, in tables that others may see. */
import { hkdfSync } from 'node:crypto';
import { openText, sealText } from '../domain/sealed-text.js';

/** Seals and opens texts. */
export interface Seal {
  /** See {@link sealText}. */
  seal(text: string): string;
  /** @throws Error where the text was sealed by another secret or changed; the message shows nothing of it */
  open(sealed: string): string;
}

const NAME = 'mianzheng sealed messages 1';
const PREFIX = 'sealed1.';

/**
 * Makes a seal.
 * @param secret 32 bytes that gateways on one control store share; its key is derived by HKDF-SHA-256 (RFC 5869)
 */
export function openSeal(secret: Uint8Array): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', NAME, 32));
  return {
    seal: (text) => PREFIX + sealText(key, text, ''),
    open: (sealed) => openText(key, sealed.startsWith(PREFIX) ? sealed.slice(PREFIX.length) : '', ''),
  };
}
