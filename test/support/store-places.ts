/** Where a control store can be: each kind of database, for tests that hold on all of them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { createConnection } from 'mysql2/promise';
import { mariadb } from './services.js';

/** A kind of database. */
export interface StorePlace {
  readonly name: string;
  /** It does not answer here. */
  readonly skip: boolean;
  /** An empty database of its own; `remove` it when done. */
  readonly create: () => Promise<{ readonly url: string; readonly remove: () => Promise<void> }>;
}

/** SQLite and MariaDB. */
export const STORE_PLACES: readonly StorePlace[] = [
  {
    name: 'SQLite',
    skip: false,
    async create() {
      const folder = mkdtempSync(join(tmpdir(), 'mianzheng-store-'));
      return { url: join(folder, 'control.sqlite'), remove: async () => rmSync(folder, { recursive: true }) };
    },
  },
  {
    name: 'MariaDB',
    skip: mariadb === null,
    async create() {
      const server = mariadb?.url ?? '';
      const database = `mz_test_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
      const connection = await createConnection({ uri: server });
      await connection.query(`CREATE DATABASE ${database}`);
      return {
        url: `${server}/${database}`,
        async remove() {
          await connection.query(`DROP DATABASE ${database}`);
          await connection.end();
        },
      };
    },
  },
];

/** The same database, as an administrator with SQL in hand would open it. */
export function handOf(url: string): Knex.Config {
  if (url.startsWith('mysql:')) return { client: 'mysql2', connection: url };
  return { client: 'better-sqlite3', connection: { filename: url }, useNullAsDefault: true };
}
