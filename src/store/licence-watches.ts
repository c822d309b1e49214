/**
 * Cases whose verdict rests on licences, with what was seen of them: keyed digests only, so that whoever reads the store
 * learns neither a licence nor its status.
 */
import type { Knex } from 'knex';
import type { CaseKey } from './case-events.js';

/** A case to be looked at again. */
export interface LicenceWatch extends CaseKey {
  readonly matter: string;
  /** Identifier of the receipt of the verdict that rests on them. */
  readonly receipt: string;
  /** A digest for each licence as it was, sorted; 22 characters each, at most 100. */
  readonly seen: readonly string[];
  /** Not to be looked at before, ms since the epoch. */
  readonly due: number;
  /** Not to be looked at after, ms since the epoch. */
  readonly until: number;
}

/** Watches, of the control store. */
export interface LicenceWatches {
  /** Puts watches in place of their cases' earlier ones. */
  put(watches: readonly LicenceWatch[]): Promise<void>;
  /** Takes up watches that are due, longest due first; others leave them alone until an instant, ms since the epoch. */
  claim(now: number, until: number, most: number): Promise<readonly LicenceWatch[]>;
  /** Puts off a watch that no later verdict has replaced. */
  postpone(watch: LicenceWatch, due: number): Promise<void>;
  /** Removes one that no later verdict has replaced. */
  remove(watch: LicenceWatch): Promise<void>;
}

/** Rows of one statement. */
const ROWS_A_STATEMENT = 100;

interface WatchRow {
  readonly client: string;
  readonly number: string;
  readonly matter: string;
  readonly receipt: string;
  /** Joined by blanks. */
  readonly seen: string;
  readonly due: number | string;
  readonly until: number | string;
}

/** Creates the table where it is missing. */
export async function createLicenceWatchTable(
  db: Knex,
  exactly: (table: Knex.CreateTableBuilder) => void,
): Promise<void> {
  if (await db.schema.hasTable('licence_watch')) return;
  await db.schema.createTable('licence_watch', (table) => {
    exactly(table);
    table.string('client', 64).notNullable();
    table.string('number', 64).notNullable();
    table.string('matter', 64).notNullable();
    table.string('receipt', 64).notNullable();
    table.text('seen').notNullable();
    table.bigInteger('due').notNullable().index();
    table.bigInteger('until').notNullable();
    table.primary(['client', 'number']);
  });
}

function watchOf({ client, number, matter, receipt, seen, due, until }: WatchRow): LicenceWatch {
  return { client, number, matter, receipt, seen: seen.split(' '), due: Number(due), until: Number(until) };
}

const keyOf = ({ client, number, receipt }: LicenceWatch) => ({ client, number, receipt });

/**
 * Enters what was seen last; where nothing is left to be seen, removes the watch.
 * @param db the transaction of the event that tells of the change
 * @returns whether the watch was still as it is told; if not, somebody else has dealt with it
 */
export async function enterSeen(db: Knex, watch: LicenceWatch, seen: readonly string[], due: number): Promise<boolean> {
  const own = db('licence_watch').where({ ...keyOf(watch), seen: watch.seen.join(' ') });
  return (await (seen.length === 0 ? own.delete() : own.update({ seen: seen.join(' '), due }))) > 0;
}

/** Removes the watches of cases. @param keys at most a few hundred */
export async function removeLicenceWatches(db: Knex, keys: readonly (readonly string[])[]): Promise<void> {
  await db('licence_watch')
    .whereIn(
      ['client', 'number'],
      keys.map((key) => [...key]),
    )
    .delete();
}

/** The store's part. */
export function licenceWatches(db: Knex): LicenceWatches {
  return {
    async put(watches) {
      for (let from = 0; from < watches.length; from += ROWS_A_STATEMENT) {
        const rows: WatchRow[] = watches
          .slice(from, from + ROWS_A_STATEMENT)
          .map(({ seen, ...rest }) => ({ ...rest, seen: seen.join(' ') }));
        await db('licence_watch').insert(rows).onConflict(['client', 'number']).merge();
      }
    },
    async claim(now, until, most) {
      const rows = await db<WatchRow>('licence_watch').where('due', '<=', now).orderBy('due').limit(most);
      const claimed: LicenceWatch[] = [];
      for (const row of rows) {
        const watch = watchOf(row);
        const taken = await db('licence_watch')
          .where({ ...keyOf(watch), due: row.due })
          .update({ due: until });
        if (taken > 0) claimed.push(watch);
      }
      return claimed;
    },
    async postpone(watch, due) {
      await db('licence_watch').where(keyOf(watch)).update({ due });
    },
    async remove(watch) {
      await db('licence_watch').where(keyOf(watch)).delete();
    },
  };
}
