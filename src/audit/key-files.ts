/**
 * Keys that follow one another: private Ed25519 JWKs (RFC 8037) in files of one name with numbers. The highest number signs; the
 * others stay so that what they signed can be verified.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { RecordError } from './errors.js';
import { loadOrCreateSecret } from './secret-file.js';

/** Where the keys of one purpose lie. */
export interface KeySeries {
  /** Name of the file of a number, from 1. */
  fileName(number: number): string;
  /** The number of a file; null where it is none of the series. */
  numberOf(fileName: string): number | null;
}

/** A public key with what names it. */
export interface PublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  /** JWK thumbprint (RFC 7638). */
  readonly thumbprint: string;
}

/** The keys of one purpose. */
export interface KeyChain {
  /** Signs. */
  readonly current: { readonly publicKey: PublicKey; readonly privateKey: KeyObject };
  /** All of them, the current one first, then the newest. */
  readonly publicKeys: readonly PublicKey[];
}

interface KeyFile {
  readonly publicKey: PublicKey;
  /** Null where the private part was taken out of the file. */
  readonly privateKey: KeyObject | null;
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
    const own = privateKey === null ? { x } : createPublicKey(privateKey).export({ format: 'jwk' });
    if (own.x !== x) throw new TypeError('parts of two keys');
    const thumbprint = await calculateJwkThumbprint({ kty, crv, x });
    return { privateKey, publicKey: { kty: 'OKP', crv: 'Ed25519', x, thumbprint } };
  } catch (error) {
    // The cause is left out: a JSON error quotes the text, which is the key.
    throw new RecordError('UNFIT', `${path} is ${error instanceof SyntaxError ? 'not JSON' : 'not an Ed25519 JWK'}`);
  }
}

/** Numbers of the files in a folder, highest first. */
async function numbersIn(folder: string, series: KeySeries): Promise<number[]> {
  try {
    return (await readdir(folder)).flatMap((name) => series.numberOf(name) ?? []).sort((a, b) => b - a);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The keys in a folder; the first is created at first use, with mode 0600. A file of an earlier key may lack its private part.
 * @throws RecordError UNFIT for a file that is no Ed25519 JWK or is open to others than its owner, and where the current key
 *   has no private part
 */
export async function loadKeyChain(folder: string, series: KeySeries): Promise<KeyChain> {
  const [number = 1, ...earlier] = await numbersIn(folder, series);
  const path = join(folder, series.fileName(number));
  const { publicKey, privateKey } = await keyFile(path);
  if (privateKey === null) throw new RecordError('UNFIT', `${path} has no private part, and no later key is there`);
  const rest = await Promise.all(earlier.map((each) => keyFile(join(folder, series.fileName(each)))));
  return { current: { publicKey, privateKey }, publicKeys: [publicKey, ...rest.map((each) => each.publicKey)] };
}

/** The public keys in a folder, newest first; none is created. @throws RecordError UNFIT as {@link loadKeyChain} */
export async function publicKeysIn(folder: string, series: KeySeries): Promise<readonly PublicKey[]> {
  return (await numbersIn(folder, series)).length === 0 ? [] : (await loadKeyChain(folder, series)).publicKeys;
}

/** Creates the next key. @returns the new key's thumbprint */
export async function addKey(folder: string, series: KeySeries): Promise<string> {
  const [number = 0] = await numbersIn(folder, series);
  return (await keyFile(join(folder, series.fileName(number + 1)))).publicKey.thumbprint;
}
