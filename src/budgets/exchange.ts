/** Tells other gateway processes what this one counted, and takes over what they did. */
import type { SubjectCounts } from '../store/control-store.js';
import type { Budgets, SharedCount } from './budgets.js';
import { HOUR_MS } from './client-hour.js';

/** One process's side of the exchange. */
export interface CountExchange {
  /**
   * Tells and asks, in one transaction.
   * @throws where the store does not answer: nothing is lost, the next turn tells it; until then this process counts alone
   */
  turn(): Promise<void>;
}

/** Opens the exchange. @param now ms since the epoch */
export function openCountExchange(budgets: Budgets, counts: SubjectCounts, now: () => number): CountExchange {
  /** Told, but not yet acknowledged. */
  let waiting: readonly SharedCount[] = [];
  let pruned = Number.NEGATIVE_INFINITY;
  return {
    async turn() {
      const known = new Set(waiting.map(({ count }) => count));
      waiting = [...waiting, ...budgets.counts().filter(({ count }) => !known.has(count))];
      if (waiting.length > 0) {
        const told = waiting.map(({ client, scope, hour, count }) => ({ client, scope, hour, names: count.send() }));
        const totals = await counts.exchange(told);
        waiting.forEach(({ count }, i) => {
          count.sent(totals[i] ?? 0);
        });
        const clients = new Set(waiting.map(({ client }) => client));
        // What came in while this was told, or after it failed before.
        waiting = waiting.filter(({ count }) => count.untold);
        for (const client of clients) budgets.reconsider(client);
      }
      const hour = Math.floor(now() / HOUR_MS);
      if (hour === pruned) return;
      budgets.sweep();
      // The hour before is left standing: clocks of several machines differ.
      await counts.prune(hour - 1);
      pruned = hour;
    },
  };
}
