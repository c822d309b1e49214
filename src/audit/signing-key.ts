import { join } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { RecordError } from './errors.js';
import { loadOrCreateSecret } from './secret-file.js';

const NAME = 'record-signing-key.json';

/** The key that signs checkpoints: EdDSA over Ed25519 (RFC 8037). */
export interface SigningKey {
  /** JWK thumbprint (RFC 7638). */
  readonly kid: string;
  readonly privateKey: CryptoKey;
  /** To be published and kept apart from the record: verification needs it. */
  readonly publicJwk: JWK;
}

/**
 * The checkpoint key in a folder, created at first use with mode 0600.
 * @throws RecordError UNFIT for a file that is no private Ed25519 JWK or is open to others than its owner
 */
export async function loadOrCreateSigningKey(folder: string): Promise<SigningKey> {
  const path = join(folder, NAME);
  const text = await loadOrCreateSecret(path, async () => {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    return Buffer.from(`${JSON.stringify(await exportJWK(privateKey))}\n`);
  });
  try {
    const { kty, crv, x, d } = JSON.parse(text.toString('utf8')) as JWK;
    if (kty !== 'OKP' || crv !== 'Ed25519' || x === undefined || d === undefined) throw new TypeError('another key');
    const privateKey = await importJWK({ kty, crv, x, d }, 'EdDSA');
    if (privateKey instanceof Uint8Array) throw new TypeError('a secret key');
    const kid = await calculateJwkThumbprint({ kty, crv, x });
    return { kid, privateKey, publicJwk: { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' } };
  } catch (error) {
    // The cause is left out: a JSON error quotes the text, which is the key.
    const reason = error instanceof SyntaxError ? 'not JSON' : 'not a private Ed25519 JWK';
    throw new RecordError('UNFIT', `${path} is ${reason}`);
  }
}
