/**
 * What verdicts say in words, once for all that say the same. The texts are the matter's own, in two languages, and make
 * up nine tenths of a verdict's event; a season has tens of thousands of verdicts and some hundred wordings. A wording
 * holds nothing of anybody: what reasons may name is checked where a matter is compiled. None is removed.
 */
import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import { type AddedTo, addRows } from './add-rows.js';
import type { CaseHappening, JudgedVerdict } from './case-events.js';
import type { Dialect } from './exactly.js';
import type { Steps } from './steps.js';

/** The words of a verdict. */
export type Wording = Pick<JudgedVerdict, 'reasonsZh' | 'reasonsEn' | 'troubled'>;

/** What happened, as it is stored: a verdict of the present version names its wording. */
export type WordedHappening = CaseHappening | (Omit<JudgedVerdict, keyof Wording> & { readonly wording: string });

/** Characters of a name: 192 bits of the SHA-256 of the wording, base64url. */
const NAME = 32;

/** Names of one SELECT. */
const NAMES_READ = 200;

const TABLE: AddedTo = { table: 'verdict_wording', columns: ['name', 'body'], key: ['name'] };

/** Creates the table where it is missing. */
export async function createWordingTable(db: Knex, exactly: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  if (await db.schema.hasTable('verdict_wording')) return;
  await db.schema.createTable('verdict_wording', (table) => {
    exactly(table);
    table.string('name', NAME).primary();
    table.text('body').notNullable();
  });
}

/** What is stored of what happened. @param wordings takes up its wording, by name */
export function wordedApart(happening: CaseHappening, wordings: Map<string, string>): WordedHappening {
  if (happening.kind !== 'JUDGED') return happening;
  const { reasonsZh, reasonsEn, troubled, ...rest } = happening;
  const body = JSON.stringify({ reasonsZh, reasonsEn, troubled });
  const wording = hash('sha256', body, 'base64url').slice(0, NAME);
  wordings.set(wording, body);
  return { ...rest, wording };
}

/** Adds the wordings that are not there yet. Before the events that name them, in their transaction. */
export function* addWordings(dialect: Dialect, wordings: ReadonlyMap<string, string>): Steps<unknown, void> {
  // In one order everywhere, so that two processes that add the same do not wait for each other.
  yield* addRows(
    dialect,
    TABLE,
    [...wordings].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const NAMED = /"wording":"([\w-]{32})"\}$/;

/** The wordings that stored events name. @param bodies as stored */
export async function readWordings(db: Knex, bodies: readonly string[]): Promise<ReadonlyMap<string, Wording>> {
  const names = [...new Set(bodies.flatMap((body) => NAMED.exec(body)?.[1] ?? []))];
  const wordings = new Map<string, Wording>();
  for (let from = 0; from < names.length; from += NAMES_READ) {
    const rows = (await db('verdict_wording').whereIn('name', names.slice(from, from + NAMES_READ))) as {
      readonly name: string;
      readonly body: string;
    }[];
    for (const { name, body } of rows) wordings.set(name, JSON.parse(body) as Wording);
  }
  return wordings;
}

/** What happened, with its words. @throws TypeError where a wording is missing */
export function worded(stored: WordedHappening, wordings: ReadonlyMap<string, Wording>): CaseHappening {
  if (!('wording' in stored)) return stored;
  const { wording, ...rest } = stored;
  const words = wordings.get(wording);
  if (words === undefined) throw new TypeError(`there is no wording ${wording}`);
  return { ...rest, ...words, kind: 'JUDGED' };
}
