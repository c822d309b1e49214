/** Whether two samples of times can be told apart. */

/** Quantile of the normal distribution that leaves half a percent on either side. */
const Z_99 = 2.5758293035489004;

/** Two samples side by side. */
export interface Comparison {
  /**
   * Chance that a time of the first sample is longer than one of the second, equal ones counting half: the statistic of
   * Mann and Whitney, and what a guesser by time alone wins. 0.5: not to be told apart.
   */
  readonly auc: number;
  /** Its 99 % confidence interval, by the variance of DeLong, DeLong and Clarke-Pearson (1988). */
  readonly low: number;
  readonly high: number;
  /** Median of the first less that of the second, in the samples' unit. */
  readonly medianDifference: number;
}

/** Compares two samples of independent times. @throws RangeError where one has fewer than two */
export function compareSamples(first: readonly number[], second: readonly number[]): Comparison {
  const m = first.length;
  const n = second.length;
  if (m < 2 || n < 2) throw new RangeError('a sample has two values at least');
  const ranks = midranks([...first, ...second]);
  const own = midranks(first);
  const other = midranks(second);
  // How often each value beats those of the other sample.
  const wins = own.map((rank, i) => ((ranks[i] as number) - rank) / n);
  const losses = other.map((rank, j) => 1 - ((ranks[m + j] as number) - rank) / m);
  const auc = mean(wins);
  const half = Z_99 * Math.sqrt(variance(wins) / m + variance(losses) / n);
  return { auc, low: auc - half, high: auc + half, medianDifference: median(first) - median(second) };
}

/** Whether the interval lies within 0.5 ± `bound`: then times tell at most that much. */
export function indistinguishable({ low, high }: Comparison, bound: number): boolean {
  return low >= 0.5 - bound && high <= 0.5 + bound;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** Ranks from 1; equal values share the mean of theirs. */
function midranks(values: readonly number[]): readonly number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to += 1;
    for (let i = from; i < to; i += 1) ranks[order[i] as number] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
