/**
 * Services that some tests need and a user's machine may lack. Where one does not answer, its
 * tests are skipped and say so; under CI=true that is a failure instead.
 */
import { createConnection } from 'mysql2/promise';

/** A MariaDB or MySQL server that tests may create databases on. */
export interface DatabaseServer {
  /** `mysql://user:password@host:port`, without a database. */
  readonly url: string;
}

const url = process.env.MIANZHENG_TEST_MYSQL ?? 'mysql://root@127.0.0.1:3306';

async function answering(): Promise<DatabaseServer | null> {
  try {
    const connection = await createConnection({ uri: url, connectTimeout: 10_000 });
    await connection.end();
    return { url };
  } catch (cause) {
    if (process.env.CI === 'true') throw new Error(`no MariaDB answers at ${url}, and CI may skip nothing`, { cause });
    console.warn(`skipped: tests on MariaDB (none answers at ${url}; set MIANZHENG_TEST_MYSQL)`);
    return null;
  }
}

/** The server, or null where none answers. */
export const mariadb = await answering();
