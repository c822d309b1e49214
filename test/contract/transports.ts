/** Throw-away databases with a department's tables, and the ways to connect to them. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';
import type { Connector, TableDefinition } from '../../connectors/contract.js';
import type { DepartmentDefinition } from '../../connectors/definition.js';
import { createTableStatements } from '../../connectors/transports/create-tables.js';
import type { Database } from '../../connectors/transports/database.js';
import { connectMysql, type MysqlOptions } from '../../connectors/transports/mysql.js';
import { connectSql } from '../../connectors/transports/sql.js';
import { openSqlite } from '../../connectors/transports/sqlite.js';
import { connectApi } from '../../connectors/vaccination/api.js';
import { startVaccinationSimulator, type VaccinationSimulator } from '../../connectors/vaccination/simulator.js';
import { mariadb } from '../support/services.js';
import type { TableRow, TableRows } from './cases.js';

/** A database of its own, opened for reading by `database` and written by `insert`. */
export interface ScratchDatabase {
  readonly database: Database;
  insert(rows: TableRows): Promise<void>;
  /** Runs any statement as the owner of the data. */
  run(sql: string): Promise<void>;
  drop(): Promise<void>;
}

function insertStatement(table: string, row: TableRow): string {
  const columns = Object.keys(row).map((column) => `\`${column}\``);
  return `insert into \`${table}\` (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`;
}

/** A file in a folder of its own. */
export async function scratchSqlite(tables: readonly TableDefinition[]): Promise<ScratchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'mz-test-'));
  const path = join(folder, 'department.sqlite');
  const owner = new BetterSqlite3(path);
  for (const statement of createTableStatements(tables, 'sqlite')) owner.exec(statement);
  const database = openSqlite(path);
  return {
    database,
    async insert(rows) {
      owner.transaction(() => {
        for (const [table, all] of Object.entries(rows)) {
          for (const row of all) owner.prepare(insertStatement(table, row)).run(...Object.values(row));
        }
      })();
    },
    async run(sql) {
      owner.exec(sql);
    },
    async drop() {
      await database.close();
      owner.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A database of a random name on the MariaDB server. */
export async function scratchMysql(
  tables: readonly TableDefinition[],
  options: Partial<MysqlOptions> = {},
): Promise<ScratchDatabase> {
  if (mariadb === null) throw new Error('no MariaDB answers');
  const name = `mz_test_${randomBytes(6).toString('hex')}`;
  const owner = await createConnection({ uri: mariadb.url });
  await owner.query(`create database ${name}`);
  await owner.query(`use ${name}`);
  for (const statement of createTableStatements(tables, 'mysql')) await owner.query(statement);
  const database = connectMysql({ url: `${mariadb.url}/${name}`, connections: 2, ...options });
  let closed: Promise<void> | undefined;
  return {
    database: { ...database, close: () => (closed ??= database.close()) },
    async insert(rows) {
      await owner.beginTransaction();
      for (const [table, all] of Object.entries(rows)) {
        for (const row of all) await owner.execute(insertStatement(table, row), Object.values(row));
      }
      await owner.commit();
    },
    async run(sql) {
      await owner.query(sql);
    },
    async drop() {
      closed ??= database.close();
      await closed;
      await owner.query('unlock tables');
      await owner.query(`drop database ${name}`);
      await owner.end();
    },
  };
}

/** A department connected, with the means to change what is behind it. */
export interface Connected {
  readonly connector: Connector;
  readonly scratch: ScratchDatabase;
  /** Present over HTTP. */
  readonly simulator: VaccinationSimulator | null;
  /** Makes the department unreachable. */
  breakDown(): Promise<void>;
  close(): Promise<void>;
}

/** One way to reach a department. */
export interface Transport {
  readonly name: string;
  readonly available: boolean;
  serves(department: string): boolean;
  connect(definition: DepartmentDefinition): Promise<Connected>;
}

async function overSql(definition: DepartmentDefinition, scratch: ScratchDatabase): Promise<Connected> {
  const connector = connectSql(definition, scratch.database);
  return { connector, scratch, simulator: null, breakDown: () => connector.close(), close: () => scratch.drop() };
}

/** Every way; the contract is the same on each. */
export const transports: readonly Transport[] = [
  {
    name: 'sqlite',
    available: true,
    serves: () => true,
    connect: async (definition) => overSql(definition, await scratchSqlite(definition.tables)),
  },
  {
    name: 'mysql',
    available: mariadb !== null,
    serves: () => true,
    connect: async (definition) => overSql(definition, await scratchMysql(definition.tables)),
  },
  {
    name: 'http',
    available: true,
    serves: (department) => department === 'VACCINATION',
    async connect(definition) {
      const scratch = await scratchSqlite(definition.tables);
      const simulator = await startVaccinationSimulator({ database: scratch.database, token: 'secret', pageSize: 200 });
      const connector = connectApi({ url: simulator.url, token: 'secret' });
      return {
        connector,
        scratch,
        simulator,
        breakDown: () => simulator.close(),
        async close() {
          await connector.close();
          await simulator.close();
          await scratch.drop();
        },
      };
    },
  },
];
