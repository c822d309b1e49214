/**
 * The keys that sign receipts: one file each, `receipt-signing-key-<n>.json`, a private Ed25519 JWK.
 * The highest number signs; the others stay so that receipts signed with them can be verified.
 */
import { type KeyObject, sign } from 'node:crypto';
import type { JWK } from 'jose';
import { addKey, type KeySeries, loadKeyChain, type PublicKey, publicKeysIn } from '../audit/key-files.js';

/**
 * How the `kid` of a key for receipts begins. Verification of the record passes such keys over and
 * verification of receipts takes no others, so that neither key can sign for the other's purpose.
 */
export const RECEIPT_KID = 'receipt-';

/** `typ` of a receipt, so that no other JWS passes for one. */
export const RECEIPT_TYPE = 'mianzheng-receipt+jwt';

/** A key that signs receipts: EdDSA over Ed25519 (RFC 8037). */
export interface ReceiptKey {
  /** {@link RECEIPT_KID} and the JWK thumbprint (RFC 7638). */
  readonly kid: string;
  /**
   * The receipt as compact JWS (RFC 7515).
   * @param payload JSON text of the claims
   * @param type its `typ`; default {@link RECEIPT_TYPE}
   */
  sign(payload: string, type?: string): string;
}

/** The keys of an installation. */
export interface ReceiptKeys {
  readonly current: ReceiptKey;
  /** To be published: the current key first, then the earlier ones. */
  readonly publicJwks: readonly JWK[];
}

const NAME = /^receipt-signing-key-([1-9]\d{0,5})\.json$/;

const SERIES: KeySeries = {
  fileName: (number) => `receipt-signing-key-${number}.json`,
  numberOf(fileName) {
    const found = NAME.exec(fileName);
    return found && Number(found[1]);
  },
};

function kidOf(thumbprint: string): string {
  return `${RECEIPT_KID}${thumbprint}`;
}

function jwkOf({ kty, crv, x, thumbprint }: PublicKey): JWK {
  return { kty, crv, x, kid: kidOf(thumbprint), alg: 'EdDSA', use: 'sig' };
}

/** A key with its header written once. */
function signing(kid: string, privateKey: KeyObject): ReceiptKey {
  const headerOf = (typ: string): string =>
    Buffer.from(JSON.stringify({ alg: 'EdDSA', kid, typ })).toString('base64url');
  const header = headerOf(RECEIPT_TYPE);
  return {
    kid,
    sign(payload, type = RECEIPT_TYPE) {
      const signed = `${type === RECEIPT_TYPE ? header : headerOf(type)}.${Buffer.from(payload).toString('base64url')}`;
      return `${signed}.${sign(null, Buffer.from(signed, 'latin1'), privateKey).toString('base64url')}`;
    },
  };
}

/**
 * The keys in a folder; the first is created at first use, with mode 0600. A file of an earlier key
 * may lack its private part.
 * @throws RecordError UNFIT for a file that is no Ed25519 JWK or is open to others than its owner,
 *   and where the current key has no private part
 */
export async function loadReceiptKeys(folder: string): Promise<ReceiptKeys> {
  const { current, publicKeys } = await loadKeyChain(folder, SERIES);
  return {
    current: signing(kidOf(current.publicKey.thumbprint), current.privateKey),
    publicJwks: publicKeys.map(jwkOf),
  };
}

/** The public keys in a folder, newest first; none is created. @throws RecordError UNFIT as {@link loadReceiptKeys} */
export async function receiptPublicKeys(folder: string): Promise<readonly JWK[]> {
  return (await publicKeysIn(folder, SERIES)).map(jwkOf);
}

/** Creates the next key, which a gateway that runs takes up within seconds. @returns the new key's `kid` */
export async function rotateReceiptKey(folder: string): Promise<string> {
  return kidOf(await addKey(folder, SERIES));
}
