/** Keeps the index of the record up to date inside `serve`, told by the log. */
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { recordSearchOptions } from '../places.js';
import { openRecordSearch } from '../records/record-search.js';

/** Begins it, in a thread of its own that does not keep the process alive; one process of an installation is enough. */
export function followRecord(config: Config, log: Logger): { readonly stop: () => void } {
  const fault = (error: unknown) => log.error({ err: error }, 'the index of the record cannot follow');
  const search = openRecordSearch(recordSearchOptions(config), fault);
  search.follow();
  return { stop: () => void search.close().catch(fault) };
}
