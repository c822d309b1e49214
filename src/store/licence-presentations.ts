/**
 * Licences shown (亮证): each showing has a random token of which only the digest is kept. A look-up uses it up in the same
 * statement that finds it, so that of two at once one is refused.
 */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { answering } from './answering.js';
import { type CaseFile, insertCase } from './case-files.js';

/** A showing of one licence by its holder. */
export interface Presentation {
  /** Names it for its holder; says nothing and opens nothing. */
  readonly id: string;
  /** The application through which it is shown. */
  readonly client: string;
  /** Case of the showing. */
  readonly caseNumber: string;
  /** Canonical licence identifier. */
  readonly licence: string;
  /** `KIND:identifier` of the holder. */
  readonly holder: string;
  /** When it was made and when its token ends, ms since the epoch. */
  readonly at: number;
  readonly expiresAt: number;
  /** How often it may still be looked up. */
  readonly usesLeft: number;
}

/** One look-up of a showing. */
export interface PresentationUse {
  readonly presentation: string;
  /** The inspecting application. */
  readonly client: string;
  readonly matter: string;
  /** Case of the inspection. */
  readonly caseNumber: string;
  /** ms since the epoch. */
  readonly at: number;
}

/** Licences shown, of the control store. Every member throws MianzhengError OVERLOADED where it does not answer. */
export interface LicencePresentations {
  /** @param token its secret; the store keeps the digest */
  add(presentation: Presentation, token: string): Promise<void>;
  /**
   * Finds a showing by its token and uses it up, with the inspection's case registered, in one transaction.
   * @param use what is entered of the look-up
   * @param caseOf the case of the inspection
   * @returns null where no showing has the token, its time is over, it was withdrawn, or it was looked up as often as it may be
   */
  take(
    token: string,
    use: Omit<PresentationUse, 'presentation'>,
    caseOf: (presentation: Presentation) => CaseFile,
  ): Promise<Presentation | null>;
  /** Showings of one case, latest first, at most 100, each with its look-ups. */
  of(
    client: string,
    caseNumber: string,
  ): Promise<readonly (Presentation & { readonly uses: readonly PresentationUse[] })[]>;
  /** Ends the showings of one case now. */
  withdraw(client: string, caseNumber: string, now: number): Promise<void>;
  /** Removes showings that ended before an instant, with their look-ups; at most so many. @returns how many */
  prune(before: number, most: number): Promise<number>;
}

/** Creates the tables where they are missing. */
export async function createPresentationTables(
  db: Knex,
  exactly: (table: Knex.CreateTableBuilder) => void,
): Promise<void> {
  if (!(await db.schema.hasTable('presentation'))) {
    await db.schema.createTable('presentation', (table) => {
      exactly(table);
      table.string('id', 36).primary();
      table.string('token_hash', 43).notNullable().unique();
      table.string('client', 64).notNullable();
      table.string('case_number', 64).notNullable();
      table.string('licence', 150).notNullable();
      table.string('holder', 40).notNullable();
      table.bigInteger('at').notNullable();
      table.bigInteger('expires_at').notNullable().index();
      table.integer('uses_left').notNullable();
      table.index(['client', 'case_number']);
    });
  }
  if (!(await db.schema.hasTable('presentation_use'))) {
    await db.schema.createTable('presentation_use', (table) => {
      exactly(table);
      table.string('presentation', 36).notNullable().index();
      table.string('client', 64).notNullable();
      table.string('matter', 64).notNullable();
      table.string('case_number', 64).notNullable();
      table.bigInteger('at').notNullable();
      table.primary(['client', 'case_number']);
    });
  }
}

interface PresentationRow {
  readonly id: string;
  readonly token_hash: string;
  readonly client: string;
  readonly case_number: string;
  readonly licence: string;
  readonly holder: string;
  readonly at: number | string;
  readonly expires_at: number | string;
  readonly uses_left: number;
}

interface UseRow {
  readonly presentation: string;
  readonly client: string;
  readonly matter: string;
  readonly case_number: string;
  readonly at: number | string;
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64url');

const presentationOf = ({ id, client, case_number, licence, holder, at, expires_at, uses_left }: PresentationRow) => ({
  id,
  client,
  caseNumber: case_number,
  licence,
  holder,
  at: Number(at),
  expiresAt: Number(expires_at),
  usesLeft: uses_left,
});

async function take(
  db: Knex,
  token: string,
  use: Omit<PresentationUse, 'presentation'>,
  caseOf: (presentation: Presentation) => CaseFile,
): Promise<Presentation | null> {
  const token_hash = digest(token);
  const used = await db('presentation')
    .where({ token_hash })
    .where('uses_left', '>', 0)
    .where('expires_at', '>', use.at)
    .decrement('uses_left', 1);
  if (used === 0) return null;
  const row = await db<PresentationRow>('presentation').where({ token_hash }).first();
  if (row === undefined) return null;
  const presentation = presentationOf(row);
  const { client, matter, caseNumber, at } = use;
  await insertCase(db, caseOf(presentation));
  await db('presentation_use').insert({ presentation: row.id, client, matter, case_number: caseNumber, at });
  return presentation;
}

async function showingsOf(db: Knex, client: string, caseNumber: string) {
  const rows = await db<PresentationRow>('presentation')
    .where({ client, case_number: caseNumber })
    .orderBy('at', 'desc')
    .limit(100);
  const uses = await db<UseRow>('presentation_use')
    .whereIn(
      'presentation',
      rows.map(({ id }) => id),
    )
    .orderBy('at');
  return rows.map((row) => ({
    ...presentationOf(row),
    uses: uses
      .filter(({ presentation }) => presentation === row.id)
      .map(({ case_number, at, ...rest }) => ({ ...rest, caseNumber: case_number, at: Number(at) })),
  }));
}

async function prune(db: Knex, before: number, most: number): Promise<number> {
  const rows = await db<PresentationRow>('presentation').where('expires_at', '<', before).limit(most).select('id');
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await db('presentation_use').whereIn('presentation', ids).delete();
  return db('presentation').whereIn('id', ids).delete();
}

/** The store's part. */
export function licencePresentations(db: Knex): LicencePresentations {
  return {
    async add({ id, client, caseNumber, licence, holder, at, expiresAt, usesLeft }, token) {
      const row: PresentationRow = {
        id,
        token_hash: digest(token),
        client,
        case_number: caseNumber,
        licence,
        holder,
        at,
        expires_at: expiresAt,
        uses_left: usesLeft,
      };
      await answering(db('presentation').insert(row));
    },
    take: (token, use, caseOf) => answering(db.transaction((trx) => take(trx, token, use, caseOf))),
    of: (client, caseNumber) => answering(showingsOf(db, client, caseNumber)),
    async withdraw(client, caseNumber, now) {
      await answering(
        db('presentation')
          .where({ client, case_number: caseNumber })
          .where('expires_at', '>', now)
          .update({ expires_at: now, uses_left: 0 }),
      );
    },
    prune: (before, most) => answering(db.transaction((trx) => prune(trx, before, most))),
  };
}
