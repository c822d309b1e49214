/** How a season went, in numbers and as a picture. */
import type { Journal } from './journal.js';
import { VERDICTS_ZH } from './result-file.js';

/** A season in numbers. */
export interface SeasonSummary {
  /** Rows with a result. */
  readonly rows: number;
  /** Results by verdict, and `REFUSED` for rows without one. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** The most frequent reasons in Chinese, most frequent first, at most {@link TOP_REASONS}. */
  readonly reasons: readonly { readonly zh: string; readonly count: number }[];
}

/** Reasons told. */
export const TOP_REASONS = 12;
/** Different reasons counted; a matter has a few dozen. */
const MAX_REASONS = 1000;

/** Counts what the journal holds. Reasons of refused rows name their row, so they are not among the reasons. */
export async function summarise(journal: Journal): Promise<SeasonSummary> {
  const reasons = new Map<string, number>();
  let rows = 0;
  for await (const results of journal.results()) {
    rows += results.length;
    for (const { verdict, reasonsZh } of results) {
      if (verdict === null || verdict === 'APPROVED') continue;
      for (const reason of reasonsZh) {
        if (reasons.has(reason) || reasons.size < MAX_REASONS) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
  }
  const verdicts = Object.fromEntries(
    Object.keys(VERDICTS_ZH).flatMap((verdict) => {
      const count = journal.counts.get(verdict) ?? 0;
      return count === 0 ? [] : [[verdict, count]];
    }),
  );
  const sorted = [...reasons].sort(([, a], [, b]) => b - a).slice(0, TOP_REASONS);
  return { rows, verdicts, reasons: sorted.map(([zh, count]) => ({ zh, count })) };
}
