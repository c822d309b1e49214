import type { KeyObject } from 'node:crypto';
import type { CryptoKey, JWK } from 'jose';
import { addKey, type KeySeries, loadKeyChain, type PublicKey, publicKeysIn } from './key-files.js';

/** The key that signs checkpoints: EdDSA over Ed25519 (RFC 8037). */
export interface SigningKey {
  /** JWK thumbprint (RFC 7638). */
  readonly kid: string;
  readonly privateKey: CryptoKey | KeyObject;
  /** To be published and kept apart from the record: verification needs it. */
  readonly publicJwk: JWK;
}

/** The keys of an installation. */
export interface SigningKeys {
  readonly current: SigningKey;
  /** To be published: the current key first, then the earlier ones. */
  readonly publicJwks: readonly JWK[];
}

const NAME = /^record-signing-key(?:-([1-9]\d{0,5}))?\.json$/;

/** The first has no number. */
const SERIES: KeySeries = {
  fileName: (number) => `record-signing-key${number === 1 ? '' : `-${number}`}.json`,
  numberOf(fileName) {
    const found = NAME.exec(fileName);
    return found && Number(found[1] ?? 1);
  },
};

function jwkOf({ kty, crv, x, thumbprint }: PublicKey): JWK {
  return { kty, crv, x, kid: thumbprint, alg: 'EdDSA', use: 'sig' };
}

/**
 * The checkpoint keys in a folder, the first created at first use with mode 0600. A file of an earlier key may lack its
 * private part.
 * @throws RecordError UNFIT for a file that is no Ed25519 JWK or is open to others than its owner, and where the current key
 *   has no private part
 */
export async function loadSigningKeys(folder: string): Promise<SigningKeys> {
  const { current, publicKeys } = await loadKeyChain(folder, SERIES);
  const { publicKey, privateKey } = current;
  return {
    current: { kid: publicKey.thumbprint, privateKey, publicJwk: jwkOf(publicKey) },
    publicJwks: publicKeys.map(jwkOf),
  };
}

/** The key in a folder that signs. @throws RecordError UNFIT as {@link loadSigningKeys} */
export async function loadOrCreateSigningKey(folder: string): Promise<SigningKey> {
  return (await loadSigningKeys(folder)).current;
}

/** The public keys in a folder, newest first; none is created. @throws RecordError UNFIT as {@link loadSigningKeys} */
export async function signingPublicKeys(folder: string): Promise<readonly JWK[]> {
  return (await publicKeysIn(folder, SERIES)).map(jwkOf);
}

/** Creates the next key, which a gateway that runs takes up within seconds. @returns the new key's `kid` */
export function rotateSigningKey(folder: string): Promise<string> {
  return addKey(folder, SERIES);
}
