/** The seam between statements and drivers: four members a database must offer. */
import type { Deadline } from '../../src/domain/deadline.js';
import type { SourceFault } from '../../src/errors.js';
import type { RawRow } from '../definition.js';

/** The SQL spoken: MariaDB's and MySQL's, or SQLite's. */
export type Dialect = 'mysql' | 'sqlite';

/** A value bound to a placeholder. */
export type Bind = string | number;

/** One department's database, open for reading only. */
export interface Database {
  readonly dialect: Dialect;
  /**
   * Runs one prepared SELECT and yields its rows. It cannot be broken off: whoever waits no longer leaves it to its end.
   * Rejects with the driver's error.
   * @param deadline once it has passed, a statement that has not begun is not begun. Default: none
   */
  select(sql: string, binds: readonly Bind[], deadline?: Deadline): Promise<readonly RawRow[]>;
  /** What a driver's error means. */
  faultOf(error: unknown): SourceFault;
  /** Releases connections and files. */
  close(): Promise<void>;
}

/** The `code` of a driver's or system's error, such as `ECONNREFUSED`; empty where it has none. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** Rejects at once with the signal's reason when it aborts, else settles as `work` does. `work` itself goes on. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const settled = () => signal.removeEventListener('abort', abort);
    work.then(
      (value) => {
        settled();
        resolve(value);
      },
      (cause: unknown) => {
        settled();
        reject(cause);
      },
    );
  });
}
