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
 * Goes through the record once for several facts. A request of which the entry names the subject and the coordinate
 * is taken to rest on it, also where the coordinate was another person's of the same request: too many are told
 * rather than too few.
 * @returns for each fact, in order, the receipts
 */
export async function affectedReceipts(
  record: AsyncIterable<ExportedEntry>,
  facts: readonly RecordedFact[],
): Promise<readonly (readonly AffectedReceipt[])[]> {
  const found = facts.map((): AffectedReceipt[] => []);
  for await (const { kind, record: entry } of record) {
    if (kind !== 'request' || entry.receipt === null) continue;
    const { client, caseNumber, matter, requestId, receipt } = entry;
    if (client === null || caseNumber === null || matter === null) continue;
    facts.forEach(({ subject, coordinate }, i) => {
      if (!entry.subjects.includes(subject)) return;
      if (![entry.used, entry.disclosed, entry.masked].some((set) => set.includes(coordinate))) return;
      // A receipt is named after its request and its place among the verdicts of that.
      receipt.split(' ').forEach((_, n) => {
        found[i]?.push({ receipt: `${requestId}.${n + 1}`, client, caseNumber, matter });
      });
    });
  }
  return found;
}
