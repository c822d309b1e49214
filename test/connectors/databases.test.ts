import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RawRow } from '../../connectors/definition.js';
import { department as licences } from '../../connectors/licences/index.js';
import { createTableStatements } from '../../connectors/transports/create-tables.js';
import { type Database, orAborted } from '../../connectors/transports/database.js';
import { connectMysql } from '../../connectors/transports/mysql.js';
import { connectSql } from '../../connectors/transports/sql.js';
import { openSqlite } from '../../connectors/transports/sqlite.js';
import { Deadline } from '../../src/domain/deadline.js';
import { fetchTemplate } from '../../src/domain/fetch.js';
import { SourceError } from '../../src/errors.js';
import { departments } from '../contract/cases.js';
import { type ScratchDatabase, scratchMysql, scratchSqlite } from '../contract/transports.js';
import { FaultProxy } from '../faults/proxy.js';
import { mariadb } from '../support/services.js';

const patient = () => new Deadline();
const template = fetchTemplate({
  department: 'LICENCES',
  type: 'Licence',
  by: 'holderNumber',
  attributes: ['status'],
  regions: null,
});

async function withScratch(open: () => Promise<ScratchDatabase>, use: (scratch: ScratchDatabase) => Promise<void>) {
  const scratch = await open();
  try {
    await use(scratch);
  } finally {
    await scratch.drop();
  }
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it did not fail',
    (cause: unknown) => cause,
  );
}

const ways = [
  { name: 'sqlite', open: scratchSqlite, available: true },
  { name: 'mysql', open: scratchMysql, available: mariadb !== null },
];

describe.each(ways)('$name', ({ open, available }) => {
  describe.skipIf(!available)('as a source', () => {
    it('only reads', () =>
      withScratch(
        () => open(licences.tables),
        async (scratch) => {
          await scratch.insert({ DZZZ_ZZXX: [{ zzbs: 'A', czztdm: 'H', scbz: '0', zzzt: '01' }] });
          const write = scratch.database.select('delete from DZZZ_ZZXX where zzbs = ? returning zzbs', ['A']);
          expect(await failureOf(write)).toBeInstanceOf(Error);
          const rows = await connectSql(licences, scratch.database).fetch(template, ['H'], patient());
          expect(rows.get('H')).toEqual([{ status: 'VALID' }]);
        },
      ));

    it('gives integers without losing a digit', () =>
      withScratch(
        () => open([]),
        async ({ database }) => {
          const [row] = await database.select('select 9007199254740993 as n', []);
          expect(String(row?.n)).toBe('9007199254740993');
        },
      ));

    it('tells a lowercase x from an uppercase one', () =>
      withScratch(
        () => open(licences.tables),
        async (scratch) => {
          await scratch.insert({
            DZZZ_ZZXX: [
              { zzbs: 'a', czztdm: 'h' },
              { zzbs: 'A', czztdm: 'H' },
            ],
          });
          const rows = await scratch.database.select('select zzbs from DZZZ_ZZXX where czztdm = ?', ['h']);
          expect(rows).toEqual([{ zzbs: 'a' }]);
        },
      ));

    it('is GARBLED where a table or a column is not there', () =>
      withScratch(
        () => open(licences.tables),
        async (scratch) => {
          const connector = connectSql(licences, scratch.database);
          await scratch.run('alter table DZZZ_ZZXX rename column zzzt to zt');
          expect(await failureOf(connector.fetch(template, ['H'], patient()))).toMatchObject({ fault: 'GARBLED' });
          await scratch.run('drop table DZZZ_ZZXX');
          expect(await failureOf(connector.fetch(template, ['H'], patient()))).toMatchObject({ fault: 'GARBLED' });
        },
      ));

    it('sends one statement for up to 512 keys, of few texts', () =>
      withScratch(
        () => open(licences.tables),
        async (scratch) => {
          const texts: string[] = [];
          const counted = {
            ...scratch.database,
            select: (...[sql, binds]: Parameters<typeof scratch.database.select>) => {
              texts.push(sql);
              return scratch.database.select(sql, binds);
            },
          };
          const connector = connectSql(licences, counted);
          const keys = Array.from({ length: 513 }, (_, i) => `K${i}`);
          await connector.fetch(template, keys.slice(0, 512), patient());
          expect(texts).toHaveLength(1);
          await connector.fetch(template, keys, patient());
          expect(texts).toHaveLength(3);
          for (let n = 1; n <= 512; n += 1) await connector.fetch(template, keys.slice(0, n), patient());
          expect(new Set(texts).size).toBe(10);
        },
      ));
  });
});

describe('a database that compares without regard to case', () => {
  const answering = (rows: (limit: number) => readonly RawRow[]): Database => ({
    dialect: 'mysql',
    select: async (_, binds) => rows(Number(binds.at(-1))),
    faultOf: () => 'UNREACHABLE',
    close: async () => undefined,
  });

  it('gives no row of a key that was not asked for', async () => {
    const database = answering(() => [
      { czztdm: 'h', zzzt: '03' },
      { czztdm: 'H', zzzt: '01' },
    ]);
    const rows = await connectSql(licences, database).fetch(template, ['H'], patient());
    expect(Object.fromEntries(rows)).toEqual({ H: [{ status: 'VALID' }] });
  });

  it('is TOO_MANY_ROWS where rows of another key fill the bound: those asked for may have been cut', async () => {
    const full = answering((limit) => Array.from({ length: limit }, () => ({ czztdm: 'h', zzzt: '01' })));
    const fetch = connectSql(licences, full).fetch(template, ['H'], patient());
    expect(await failureOf(fetch)).toMatchObject({ fault: 'TOO_MANY_ROWS' });
    const below = answering((limit) => Array.from({ length: limit - 1 }, () => ({ czztdm: 'h', zzzt: '01' })));
    expect((await connectSql(licences, below).fetch(template, ['H'], patient())).size).toBe(0);
  });
});

describe('many rows', () => {
  /** Answers like a database: `counts` rows for each key, as far as the limit goes. */
  function counting(counts: Readonly<Record<string, number>>) {
    const limits: number[] = [];
    const database: Database = {
      dialect: 'mysql',
      async select(_, binds) {
        const limit = Number(binds.at(-1));
        limits.push(limit);
        const keys = [...new Set(binds.slice(0, -1))].filter((key) => Object.hasOwn(counts, key));
        const rows = keys.flatMap((key) =>
          Array.from({ length: counts[key] ?? 0 }, () => ({ czztdm: key, zzzt: '01' })),
        );
        return rows.slice(0, limit);
      },
      faultOf: () => 'UNREACHABLE',
      close: async () => undefined,
    };
    return { connector: connectSql(licences, database), limits };
  }
  const keys = Array.from({ length: 500 }, (_, i) => `K${i}`);

  it('of many keys come in several statements, none of more than 20,001 rows', async () => {
    const { connector, limits } = counting(Object.fromEntries(keys.map((key) => [key, 100])));
    const rows = await connector.fetch(template, keys, patient());
    expect(keys.map((key) => rows.get(key)?.length)).toEqual(keys.map(() => 100));
    expect(limits.length).toBeGreaterThan(1);
    expect(Math.max(...limits)).toBe(20_001);
  });

  it('of one key among many are TOO_MANY_ROWS, found with as few rows', async () => {
    const { connector, limits } = counting({ K7: 1_000_000 });
    expect(await failureOf(connector.fetch(template, keys, patient()))).toMatchObject({ fault: 'TOO_MANY_ROWS' });
    expect(Math.max(...limits)).toBe(20_001);
    expect(limits.length).toBeLessThan(20);
  });
});

describe('sqlite file', () => {
  it('must exist and be a database', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mz-test-'));
    try {
      const missing = join(folder, 'missing.sqlite');
      expect(() => openSqlite(missing)).toThrow();
      expect(existsSync(missing)).toBe(false);
      const text = join(folder, 'text.sqlite');
      writeFileSync(text, 'not a database, but long enough to be taken for one'.repeat(50));
      expect(() => openSqlite(text)).toThrow();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a MySQL server that does not answer', () => {
  it('is UNREACHABLE where nothing listens', async () => {
    const connector = connectSql(licences, connectMysql({ url: 'mysql://root@127.0.0.1:1/nothing' }));
    const error = await failureOf(connector.fetch(template, ['H'], patient()));
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ fault: 'UNREACHABLE', cause: { code: 'ECONNREFUSED' } });
    await connector.close();
  });

  it('is TIMEOUT where it accepts and says nothing', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const database = connectMysql({ url: `mysql://root@127.0.0.1:${port}/nothing`, connectTimeout: 100 });
    const connector = connectSql(licences, database);
    expect(await failureOf(connector.fetch(template, ['H'], patient()))).toMatchObject({ fault: 'TIMEOUT' });
    await connector.close();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe.skipIf(mariadb === null)('a MySQL server that is slow', () => {
  it('rejects at once at the deadline, and serves again after', () =>
    withScratch(
      () => scratchMysql(licences.tables),
      async (scratch) => {
        await scratch.insert({ DZZZ_ZZXX: [{ zzbs: 'A', czztdm: 'H', scbz: '0', zzzt: '01' }] });
        const connector = connectSql(licences, scratch.database);
        await scratch.run('lock tables DZZZ_ZZXX write');
        const deadline = new Deadline();
        const fetch = failureOf(connector.fetch(template, ['H'], deadline));
        deadline.pass(new Error('deadline'));
        expect(await fetch).toMatchObject({ fault: 'TIMEOUT', cause: { message: 'deadline' } });
        await scratch.run('unlock tables');
        expect((await connector.fetch(template, ['H'], patient())).get('H')).toEqual([{ status: 'VALID' }]);
      },
    ));

  it('ends a statement itself at its deadline', () =>
    withScratch(
      () => scratchMysql(licences.tables, { statementTimeout: 100 }),
      async (scratch) => {
        const connector = connectSql(licences, scratch.database);
        await scratch.run('lock tables DZZZ_ZZXX write');
        expect(await failureOf(connector.fetch(template, ['H'], patient()))).toMatchObject({ fault: 'TIMEOUT' });
        await scratch.run('unlock tables');
      },
    ));

  it('is UNREACHABLE where the database or the account is wrong', async () => {
    const wrong = new URL(mariadb?.url ?? '');
    wrong.pathname = '/mz_test_nowhere';
    const connector = connectSql(licences, connectMysql({ url: wrong.href }));
    const error = await failureOf(connector.fetch(template, ['H'], patient()));
    expect(error).toMatchObject({ fault: 'UNREACHABLE', cause: { code: 'ER_BAD_DB_ERROR' } });
    await connector.close();
  });
});

describe.skipIf(mariadb === null)('a MySQL server whose connections die without a word', () => {
  const { hostname, port } = new URL(mariadb?.url ?? 'mysql://127.0.0.1:3306');

  async function throughProxy(use: (database: Database, proxy: FaultProxy) => Promise<void>): Promise<void> {
    const proxy = await FaultProxy.start({ host: hostname, port: Number(port || 3306) });
    const url = new URL('/information_schema', mariadb?.url);
    url.port = String(proxy.port);
    const database = connectMysql({ url: url.href, connections: 1, statementTimeout: 50 });
    try {
      await use(database, proxy);
    } finally {
      await database.close();
      await proxy.close();
    }
  }

  it('is TIMEOUT, and serves again by new connections: none is waited for that will never speak', () =>
    throughProxy(async (database, proxy) => {
      await database.select('select 1 as n', []);
      await proxy.set({ is: 'HANG' });
      const error = await failureOf(database.select('select 1 as n', []));
      expect(database.faultOf(error)).toBe('TIMEOUT');
      await proxy.set({ is: 'PASS' });
      expect(await database.select('select 1 as n', [])).toEqual([{ n: 1 }]);
    }));

  it('can be closed', () =>
    throughProxy(async (database, proxy) => {
      await database.select('select 1 as n', []);
      await proxy.set({ is: 'HANG' });
    }));

  it('is not asked for what nobody waits for any more', () =>
    throughProxy(async (database) => {
      const deadline = new Deadline();
      deadline.pass(new Error('deadline'));
      expect(database.faultOf(await failureOf(database.select('select 1 as n', [], deadline)))).toBe('TIMEOUT');
    }));
});

describe('orAborted', () => {
  it('settles as the work does and forgets the signal', async () => {
    const { signal } = new AbortController();
    expect(await orAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(orAborted(Promise.reject(new Error('work')), signal)).rejects.toThrow('work');
    await expect(orAborted(new Promise(() => undefined), AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  });
});

describe('createTableStatements', () => {
  it.each(departments)('creates every index of $definition.code', async ({ definition }) => {
    for (const dialect of ['mysql', 'sqlite'] as const) {
      const statements = createTableStatements(definition.tables, dialect);
      const indexes = definition.tables.flatMap((table) => table.indexes).length;
      expect(statements.filter((sql) => /\bindex\b/.test(sql))).toHaveLength(indexes);
      expect(statements.filter((sql) => sql.startsWith('create table'))).toHaveLength(definition.tables.length);
    }
    const [first = ''] = createTableStatements(definition.tables, 'mysql');
    expect(first).toContain('collate utf8mb4_bin');
    expect(first).toContain(`comment = '${definition.tables[0]?.comment}'`);
  });
});
