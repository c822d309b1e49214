/**
 * The keys that sign receipts: one file each, `receipt-signing-key-<n>.json`, a private Ed25519 JWK.
 * The highest number signs; the others stay so that receipts signed with them can be verified.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { RecordError } from '../audit/errors.js';
import { loadOrCreateSecret } from '../audit/secret-file.js';

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
  /** The receipt as compact JWS (RFC 7515). @param payload JSON text of the claims */
  sign(payload: string): string;
}

/** The keys of an installation. */
export interface ReceiptKeys {
  readonly current: ReceiptKey;
  /** To be published: the current key first, then the earlier ones. */
  readonly publicJwks: readonly JWK[];
}

interface KeyFile {
  readonly publicJwk: JWK & { readonly kid: string };
  /** Null where the private part was taken out of the file. */
  readonly privateKey: KeyObject | null;
}

const NAME = /^receipt-signing-key-([1-9]\d{0,5})\.json$/;

function pathOf(folder: string, number: number): string {
  return join(folder, `receipt-signing-key-${number}.json`);
}

/** Numbers of the key files, highest first. */
async function numbersIn(folder: string): Promise<number[]> {
  try {
    const numbers = (await readdir(folder)).map((name) => Number(NAME.exec(name)?.[1] ?? 0));
    return numbers.filter((number) => number > 0).sort((a, b) => b - a);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function newKey(): Uint8Array {
  const { privateKey } = generateKeyPairSync('ed25519');
  return Buffer.from(`${JSON.stringify(privateKey.export({ format: 'jwk' }))}\n`);
}

async function keyFile(path: string): Promise<KeyFile> {
  const text = (await loadOrCreateSecret(path, async () => newKey())).toString('utf8');
  try {
    const { kty, crv, x, d } = JSON.parse(text) as JWK;
    if (kty !== 'OKP' || crv !== 'Ed25519' || x === undefined) throw new TypeError('another key');
    const privateKey = d === undefined ? null : createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' });
    const publicKey = privateKey === null ? { kty, crv, x } : createPublicKey(privateKey).export({ format: 'jwk' });
    if (publicKey.x !== x) throw new TypeError('parts of two keys');
    const kid = `${RECEIPT_KID}${await calculateJwkThumbprint({ kty, crv, x })}`;
    return { privateKey, publicJwk: { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' } };
  } catch (error) {
    // The cause is left out: a JSON error quotes the text, which is the key.
    throw new RecordError('UNFIT', `${path} is ${error instanceof SyntaxError ? 'not JSON' : 'not an Ed25519 JWK'}`);
  }
}

/** A key with its header written once. */
function signing(kid: string, privateKey: KeyObject): ReceiptKey {
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid, typ: RECEIPT_TYPE })).toString('base64url');
  return {
    kid,
    sign(payload) {
      const signed = `${header}.${Buffer.from(payload).toString('base64url')}`;
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
  const [number = 1, ...earlier] = await numbersIn(folder);
  const { publicJwk, privateKey } = await keyFile(pathOf(folder, number));
  if (privateKey === null) {
    throw new RecordError('UNFIT', `${pathOf(folder, number)} has no private part, and no later key is there`);
  }
  const rest = await Promise.all(earlier.map((each) => keyFile(pathOf(folder, each))));
  return {
    current: signing(publicJwk.kid, privateKey),
    publicJwks: [publicJwk, ...rest.map((each) => each.publicJwk)],
  };
}

/** The public keys in a folder, newest first; none is created. @throws RecordError UNFIT as {@link loadReceiptKeys} */
export async function receiptPublicKeys(folder: string): Promise<readonly JWK[]> {
  return (await numbersIn(folder)).length === 0 ? [] : (await loadReceiptKeys(folder)).publicJwks;
}

/**
 * Creates the next key. A gateway that runs goes on with its own until it is started again.
 * @returns the new key's `kid`
 */
export async function rotateReceiptKey(folder: string): Promise<string> {
  const [number = 0] = await numbersIn(folder);
  return (await keyFile(pathOf(folder, number + 1))).publicJwk.kid;
}
