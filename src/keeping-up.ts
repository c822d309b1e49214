/** Work that is kept up in the background: the log is told when it begins to fail and when it no longer does. */
import type { Logger } from 'pino';
import { type Repeating, repeat } from './domain/repeating.js';

/** Begins to repeat work, `ms` between an end and the next begin. @param what names it in the log */
export type KeepUp = (what: string, work: () => Promise<void>, ms: number) => Repeating;

/**
 * Opens a keeper of works that belong together. Of each it tells once that it fails, however often it does in a second.
 * @param of what is not up to date meanwhile, such as `budgets`
 */
export function keepingUp(log: Pick<Logger, 'info' | 'error'>, of: string): KeepUp {
  const failing = new Set<string>();
  return (what, work, ms) => {
    const telling = async (): Promise<void> => {
      await work();
      if (failing.delete(what)) log.info({ what }, `${of} up to date again`);
    };
    return repeat(telling, ms, (err) => {
      if (!failing.has(what)) log.error({ err, what }, `${of} not up to date`);
      failing.add(what);
    });
  };
}
