import { createHmac, randomBytes } from 'node:crypto';
import { RecordError } from './errors.js';
import { loadOrCreateSecret } from './secret-file.js';

const KEY_BYTES = 32;
const PSEUDONYM_BYTES = 16;
/** Names kept: at least half of this many of those last asked for. */
const CACHED = 50_000;

/** The name under which the record knows a subject: 22 characters of base64url. */
export type Pseudonymiser = (kind: string, id: string) => string;

/**
 * Names subjects so that the record holds no identifier, yet all entries on one subject can be
 * found with the key: HMAC-SHA-256 (RFC 2104) of `kind:id`, cut to 128 bits (its clause 5). It does
 * not bring identifiers into canonical form, and whoever has the key can try all of them.
 * @param key 32 bytes; another key gives other names, so it lives as long as the record
 * @returns a function of kind (such as `Resident`, without colon) and canonical identifier; the
 *   last 25,000 to 50,000 names are kept in memory
 * @throws RecordError UNFIT for a key of another length, or when called with a kind that holds a colon
 */
export function createPseudonymiser(key: Uint8Array): Pseudonymiser {
  requireKey(key);
  // Two generations: what the younger lacks is looked for in the older one, and moves up.
  let younger = new Map<string, string>();
  let older = younger;
  return (kind, id) => {
    if (kind.includes(':')) throw new RecordError('UNFIT', 'the kind of a subject holds no colon');
    const subject = `${kind}:${id}`;
    const known = younger.get(subject);
    if (known !== undefined) return known;
    const pseudonym = older.get(subject) ?? pseudonymOf(key, subject);
    if (younger.size >= CACHED / 2) {
      older = younger;
      younger = new Map();
    }
    younger.set(subject, pseudonym);
    return pseudonym;
  };
}

function pseudonymOf(key: Uint8Array, subject: string): string {
  const digest = createHmac('sha256', key).update(subject).digest();
  return digest.subarray(0, PSEUDONYM_BYTES).toString('base64url');
}

/**
 * The pseudonymisation key, 32 random bytes created at first use with mode 0600.
 * @throws RecordError UNFIT for a file of another length or open to others than its owner
 */
export async function loadOrCreateKey(path: string): Promise<Buffer> {
  const key = await loadOrCreateSecret(path, async () => randomBytes(KEY_BYTES));
  requireKey(key);
  return key;
}

function requireKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new RecordError('UNFIT', `a pseudonymisation key is ${KEY_BYTES} bytes long`);
}
