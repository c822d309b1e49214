import type { Head, RecordEntry } from '../audit/entries.js';
import type { ReceiptRecord } from './claims.js';

/** How a receipt and the record disagree. */
export type RecordedFault =
  /** The record has no such entry. */
  | 'NOT_IN_RECORD'
  /** The entry that stands there now is another one. */
  | 'OTHER_ENTRY'
  /** The entry does not hold this receipt's digest. */
  | 'OTHER_RECEIPT';

/**
 * Compares a verified receipt with the entry it names.
 * @param found the entry with its number and hash, as it stands in the record; null where there is none
 * @returns null where they agree
 */
export function recordedFault(
  { record, digest }: { readonly record: ReceiptRecord; readonly digest: string },
  found: { readonly position: Head; readonly entry: RecordEntry } | null,
): RecordedFault | null {
  if (found === null) return 'NOT_IN_RECORD';
  const { position, entry } = found;
  if (position.seq !== record.seq || position.hash !== record.hash) return 'OTHER_ENTRY';
  const digests = entry.kind === 'request' ? (entry.receipt ?? '').split(' ') : [];
  return digests.includes(digest) ? null : 'OTHER_RECEIPT';
}
