import type { Socket } from 'node:net';
import Mysql2Client from 'knex/lib/dialects/mysql2/index.js';
import type { Connection } from 'mysql2';

/** Longest the control store may be silent on one statement, ms; then its connection is given up. */
export const STORE_SILENCE_MS = 3000;

/**
 * MySQL for the control store, whose statements end. A way to it that was cut without a word would otherwise keep
 * whoever asks waiting, and the watch over the policy too, long after it is back.
 */
export class PatientMysql extends Mysql2Client {
  override async _query(connection: Connection & { readonly stream: Socket }, statement: unknown): Promise<unknown> {
    const silent = setTimeout(() => {
      // Tells the driver, which fails every statement of this connection; the pool then makes another.
      connection.stream.destroy(new Error('the control store fell silent'));
    }, STORE_SILENCE_MS);
    try {
      return await super._query(connection, statement);
    } finally {
      clearTimeout(silent);
    }
  }
}
