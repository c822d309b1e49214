/** The library's own MySQL dialect, which it exports without types. */
declare module 'knex/lib/dialects/mysql2/index.js' {
  import type { Socket } from 'node:net';
  import type { Knex } from 'knex';
  import type { Connection } from 'mysql2';

  /** Runs statements through mysql2. */
  export default class Mysql2Client extends Knex.Client {
    /** Runs one statement on one connection. Rejects with the driver's error. */
    _query(connection: Connection & { readonly stream: Socket }, statement: unknown): Promise<unknown>;
  }
}
