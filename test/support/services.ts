/**
 * Services that some tests need and a user's machine may lack. Where one does not answer, its
 * tests are skipped and say so; under CI=true that is a failure instead.
 */
import { Redis } from 'ioredis';
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

const redisUrl = process.env.MIANZHENG_TEST_REDIS ?? 'redis://127.0.0.1:6379';

async function answeringRedis(): Promise<string | null> {
  const client = new Redis(redisUrl, { lazyConnect: true, connectTimeout: 2000, retryStrategy: () => null });
  // The refusal comes as the rejection below.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return redisUrl;
  } catch (cause) {
    if (process.env.CI === 'true')
      throw new Error(`no Redis answers at ${redisUrl}, and CI may skip nothing`, { cause });
    console.warn(`skipped: tests on Redis (none answers at ${redisUrl}; set MIANZHENG_TEST_REDIS)`);
    return null;
  } finally {
    client.disconnect();
  }
}

/** URL of the Redis that tests may put keys of their own on, or null where none answers. */
export const redis = await answeringRedis();
