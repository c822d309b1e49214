/** Sessions of the console: who signed in, and until when. The cookie's value itself is not kept, only its hash. */
import type { Knex } from 'knex';
import { type Dialect, exactly } from './exactly.js';

/** A session (登录会话). */
export interface ConsoleSession {
  /** SHA-256 of the cookie's value, base64url. */
  readonly id: string;
  /** `sub` at the issuer. */
  readonly subject: string;
  readonly issuer: string;
  /** As the issuer gave them when it began. */
  readonly roles: readonly string[];
  /** Citizen ID the issuer vouched for; null: none. */
  readonly citizenId: string | null;
  /** What the header `Mianzheng-Csrf` must say. */
  readonly csrf: string;
  /** When it began, was last used, and ends at the latest: ms since the epoch. */
  readonly beganAt: number;
  readonly seenAt: number;
  readonly endsAt: number;
}

/** Sessions of the console. */
export interface ConsoleSessions {
  begin(session: ConsoleSession): Promise<void>;
  /** A session whatever its age; null where there is none. */
  find(id: string): Promise<ConsoleSession | null>;
  /** It was used. */
  seen(id: string, at: number): Promise<void>;
  end(id: string): Promise<void>;
  /** Removes those that ended before. */
  prune(now: number): Promise<void>;
}

interface SessionRow {
  readonly id: string;
  readonly subject: string;
  readonly issuer: string;
  readonly roles: string;
  readonly citizen_id: string | null;
  readonly csrf: string;
  readonly began_at: number | string;
  readonly seen_at: number | string;
  readonly ends_at: number | string;
}

/** Makes the table where it is missing. */
export async function createConsoleSessionTable(db: Knex, dialect: Dialect): Promise<void> {
  if (await db.schema.hasTable('console_session')) return;
  await db.schema.createTable('console_session', (table) => {
    exactly(table, dialect);
    table.string('id', 43).primary();
    table.string('subject', 200).notNullable();
    table.string('issuer', 500).notNullable();
    table.string('roles', 1000).notNullable();
    table.string('citizen_id', 18);
    table.string('csrf', 43).notNullable();
    table.bigInteger('began_at').notNullable();
    table.bigInteger('seen_at').notNullable();
    table.bigInteger('ends_at').notNullable().index();
  });
}

/** The sessions of a store. */
export function consoleSessions(db: Knex): ConsoleSessions {
  return {
    async begin({ id, subject, issuer, roles, citizenId, csrf, beganAt, seenAt, endsAt }) {
      const row: SessionRow = {
        id,
        subject,
        issuer,
        roles: JSON.stringify(roles),
        citizen_id: citizenId,
        csrf,
        began_at: beganAt,
        seen_at: seenAt,
        ends_at: endsAt,
      };
      await db('console_session').insert(row);
    },
    async find(id) {
      const row = (await db('console_session').where({ id }).first()) as SessionRow | undefined;
      if (row === undefined) return null;
      return {
        id,
        subject: row.subject,
        issuer: row.issuer,
        roles: JSON.parse(row.roles) as string[],
        citizenId: row.citizen_id,
        csrf: row.csrf,
        beganAt: Number(row.began_at),
        seenAt: Number(row.seen_at),
        endsAt: Number(row.ends_at),
      };
    },
    async seen(id, at) {
      await db('console_session').where({ id }).update({ seen_at: at });
    },
    async end(id) {
      await db('console_session').where({ id }).delete();
    },
    async prune(now) {
      await db('console_session').where('ends_at', '<', now).delete();
    },
  };
}
