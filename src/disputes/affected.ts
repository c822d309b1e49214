/** Which receipts rest on a fact: asked of the record, which names subjects by pseudonym and facts by coordinate. */
import type { ExportedEntry } from '../audit/export.js';
import type { AffectedReceipt } from '../store/disputes.js';

/** A fact, as the record knows it. */
export interface RecordedFact {
  /** Pseudonym of the subject. */
  readonly subject: string;
  readonly coordinate: string;
}

/**
 * Receipts that rest on a fact. A request of which the entry names the subject and the coordinate is taken to rest on
 * it, also where the coordinate was another person's of the same request: too many are told rather than too few.
 * @param entries those of the record that concern the subject; others are passed over
 */
export async function affectedReceipts(
  entries: AsyncIterable<ExportedEntry>,
  { subject, coordinate }: RecordedFact,
): Promise<readonly AffectedReceipt[]> {
  const found: AffectedReceipt[] = [];
  for await (const { kind, record: entry } of entries) {
    if (kind !== 'request' || entry.receipt === null || !entry.subjects.includes(subject)) continue;
    const { client, caseNumber, matter, requestId, receipt, used, disclosed, masked } = entry;
    if (client === null || caseNumber === null || matter === null) continue;
    if (![used, disclosed, masked].some((set) => set.includes(coordinate))) continue;
    // A receipt is named after its request and its place among the verdicts of that.
    receipt.split(' ').forEach((_, n) => {
      found.push({ receipt: `${requestId}.${n + 1}`, client, caseNumber, matter });
    });
  }
  return found;
}
