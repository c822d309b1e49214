/**
 * One entry, one line: `<hash> <previous hash> <json>\n`, where hash is the digest of everything
 * after the first blank, as bytes. So a line proves itself (`cut -d' ' -f2- | sha256sum`, without
 * the newline), no canonical JSON is needed, and a line that was moved differs from one that was
 * changed. The JSON begins with `seq` and `kind`.
 */
import { hash } from 'node:crypto';

/** Digest algorithms a chain can be begun with: SHA-256 (FIPS 180-4), SM3 (GB/T 32905-2016). */
export const HASH_NAMES = ['sha256', 'sm3'] as const;

/** One of {@link HASH_NAMES}. */
export type HashName = (typeof HASH_NAMES)[number];

const HASH_LENGTH = 64;
const JSON_START = 2 * (HASH_LENGTH + 1);
const BLANK = 0x20;

/** Previous hash of a chain's first entry. */
export const FIRST_PREVIOUS = '0'.repeat(HASH_LENGTH);

/** Longest line, in bytes without the newline. A longer entry is refused, a longer line unsound. */
export const MAX_LINE_BYTES = 1_048_576;

/** Writes the line of an entry, without newline. `json` must begin with `{"seq":…,"kind":…`. */
export function writeLine(algorithm: HashName, previous: string, json: string): { hash: string; line: string } {
  const text = `${previous} ${json}`;
  const digest = hash(algorithm, text, 'hex');
  return { hash: digest, line: `${digest} ${text}` };
}

/** A line as read. Soundness says that the line's bytes fit its own hash, not where it belongs. */
export type Line =
  | {
      readonly read: 'SOUND';
      readonly seq: number;
      readonly kind: string;
      readonly hash: string;
      readonly previous: string;
      readonly json: Buffer;
    }
  /** `seq` is what the line claims, null where not even that can be read. */
  | { readonly read: 'UNSOUND'; readonly seq: number | null };

/** A line that fits its own hash. */
export type SoundLine = Extract<Line, { read: 'SOUND' }>;

const OPENING = /^\{"seq":([1-9]\d{0,14}),"kind":"([a-z]+)"[,}]/;

/** Reads one line, given without its newline. */
export function readLine(bytes: Buffer, algorithm: HashName): Line {
  const opening = OPENING.exec(bytes.toString('latin1', JSON_START, JSON_START + 64));
  const seq = opening?.[1] === undefined ? null : Number(opening[1]);
  const kind = opening?.[2];
  if (
    seq === null ||
    kind === undefined ||
    bytes.length > MAX_LINE_BYTES ||
    bytes[HASH_LENGTH] !== BLANK ||
    bytes[JSON_START - 1] !== BLANK ||
    hash(algorithm, bytes.subarray(HASH_LENGTH + 1), 'hex') !== bytes.toString('latin1', 0, HASH_LENGTH)
  ) {
    return { read: 'UNSOUND', seq };
  }
  return {
    read: 'SOUND',
    seq,
    kind,
    hash: bytes.toString('latin1', 0, HASH_LENGTH),
    previous: bytes.toString('latin1', HASH_LENGTH + 1, JSON_START - 1),
    json: bytes.subarray(JSON_START),
  };
}

/** Reads one line under the first algorithm of those given that its hash fits; null where none does. */
export function readSound(
  bytes: Buffer,
  algorithms: readonly HashName[],
): { line: SoundLine; algorithm: HashName } | null {
  for (const algorithm of algorithms) {
    const line = readLine(bytes, algorithm);
    if (line.read === 'SOUND') return { line, algorithm };
  }
  return null;
}
