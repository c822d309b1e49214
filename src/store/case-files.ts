/**
 * Registered cases (办件) and whose they are. A case never changes. Beside each stands one row for every citizen among its
 * subjects, so that somebody's own cases are found without reading the others; written in the transaction of the case.
 */
import type { Knex } from 'knex';
import { type CaseState, UNTOUCHED } from '../cases/standing.js';
import { type AddedTo, addRows } from './add-rows.js';
import type { CaseKey } from './case-events.js';
import { type Dialect, exactly } from './exactly.js';
import { inOneTransaction, marks, runSteps, type Steps } from './steps.js';

/** A subject (办件主体) of a case. */
export interface CaseSubject {
  /** The role it plays, as its matter names it. */
  readonly role: string;
  /** As in the schema's enum `SubjectKind`. */
  readonly kind: string;
  /** Canonical identifier. */
  readonly id: string;
}

/** A registered case (办件). It belongs to the application that registered it and never changes. */
export interface CaseFile {
  readonly client: string;
  /** Case number (办件编号), unique within the application. */
  readonly number: string;
  readonly matter: string;
  /** Day of filing (受理日期), `YYYY-MM-DD`. */
  readonly filedOn: string;
  /** Division it was filed in (受理区划), GB/T 2260; absent where its registration named none. */
  readonly division?: string;
  readonly subjects: readonly CaseSubject[];
}

/** Which cases; all conditions must hold. */
export interface CaseQuery {
  readonly client?: string;
  readonly matter?: string;
  readonly state?: CaseState;
  /** Beginning of the case number. */
  readonly number?: string;
  /** First and last day of filing, `YYYY-MM-DD`. */
  readonly filedFrom?: string;
  readonly filedTo?: string;
  /** Of one of these matters, or with a task (部门核验) of one of these departments. */
  readonly concerning?: { readonly matters: readonly string[]; readonly departments: readonly string[] };
}

/** A part of a list: `offset` and `most` bound what is read. */
export interface Slice {
  readonly offset: number;
  readonly most: number;
}

/** Cases of a list, and how many there are in all, counted no further than {@link COUNTED}. */
export interface ListedCases {
  readonly items: readonly CaseFile[];
  readonly total: number;
}

/** How far a list of cases is counted: to count all of a city's would read all. */
export const COUNTED = 10_000;

/** Rows of one statement. */
const ROWS_A_STATEMENT = 250;

const FILES: AddedTo = {
  table: 'case_file',
  columns: ['client', 'number', 'matter', 'filed_on', 'division', 'subjects', 'state'],
  key: ['client', 'number'],
};

const CITIZENS: AddedTo = {
  table: 'case_citizen',
  columns: ['citizen', 'client', 'number', 'filed_on'],
  key: ['citizen', 'client', 'number'],
};

interface CaseRow {
  readonly client: string;
  readonly number: string;
  readonly matter: string;
  readonly filed_on: string;
  readonly division: string | null;
  readonly subjects: string;
  /** Null in what an earlier version wrote, until `case-states.ts` has reckoned it. */
  readonly state: CaseState | null;
}

function rowOf({ client, number, matter, filedOn, division, subjects }: CaseFile): CaseRow {
  return {
    client,
    number,
    matter,
    filed_on: filedOn,
    division: division ?? null,
    subjects: JSON.stringify(subjects),
    state: UNTOUCHED.state,
  };
}

function fileOf({ client, number, matter, filed_on, division, subjects }: CaseRow): CaseFile {
  const place = division === null ? {} : { division };
  return { client, number, matter, filedOn: filed_on, ...place, subjects: JSON.parse(subjects) as CaseSubject[] };
}

/** A case never changes, so it is registered where the stored row says the same. */
function same(stored: CaseRow | undefined, row: CaseRow): boolean {
  return (
    stored?.matter === row.matter &&
    stored.filed_on === row.filed_on &&
    stored.division === row.division &&
    stored.subjects === row.subjects
  );
}

/** Adds an index where it is missing: neither knex nor every database has a word for that. */
async function addIndex(db: Knex, dialect: Dialect, table: string, columns: readonly string[]): Promise<void> {
  const name = `${table}_${columns.join('_')}_index`;
  if (dialect === 'mysql') {
    const there = (await db('information_schema.statistics')
      .where({ table_schema: db.raw('database()'), table_name: table, index_name: name })
      .first('index_name')) as object | undefined;
    if (there !== undefined) return;
  }
  const missing = dialect === 'sqlite' ? 'IF NOT EXISTS ' : '';
  await db.raw(`CREATE INDEX ${missing}${name} ON ${table} (${columns.join(', ')})`);
}

/**
 * Creates the tables where they are missing. Cases of an earlier version get their citizens' rows; that all have them is
 * said by a table without rows, which is made last: broken off, it is done once more.
 */
export async function createCaseTables(db: Knex, dialect: Dialect): Promise<void> {
  if (!(await db.schema.hasTable('case_file'))) {
    await db.schema.createTable('case_file', (table) => {
      exactly(table, dialect);
      table.string('client', 64).notNullable();
      table.string('number', 64).notNullable();
      table.string('matter', 64).notNullable();
      table.string('filed_on', 10).notNullable();
      table.text('subjects').notNullable();
      table.string('division', 6);
      table.string('state', 16);
      table.primary(['client', 'number']);
    });
  }
  // Cases registered by an earlier version named no division.
  if (!(await db.schema.hasColumn('case_file', 'division'))) {
    await db.schema.alterTable('case_file', (table) => void table.string('division', 6));
  }
  if (!(await db.schema.hasColumn('case_file', 'state'))) {
    await db.schema.alterTable('case_file', (table) => void table.string('state', 16));
  }
  const indexed = [['filed_on'], ['matter', 'filed_on'], ['client', 'filed_on'], ['state', 'filed_on'], ['number']];
  for (const columns of indexed) await addIndex(db, dialect, 'case_file', columns);
  if (await db.schema.hasTable('case_citizen_whole')) return;
  if (!(await db.schema.hasTable('case_citizen'))) {
    await db.schema.createTable('case_citizen', (table) => {
      exactly(table, dialect);
      table.string('citizen', 18).notNullable();
      table.string('client', 64).notNullable();
      table.string('number', 64).notNullable();
      table.string('filed_on', 10).notNullable();
      table.primary(['citizen', 'client', 'number']);
      table.index(['client', 'number']);
      table.index(['citizen', 'filed_on']);
    });
  }
  for (let last: CaseRow | undefined; ; ) {
    const after = last;
    const query = db<CaseRow>('case_file').orderBy(['client', 'number']).limit(ROWS_A_STATEMENT);
    if (after !== undefined) {
      query.where((beyond) => {
        void beyond
          .where('client', '>', after.client)
          .orWhere((also) => void also.where({ client: after.client }).where('number', '>', after.number));
      });
    }
    const rows = await query;
    const files = rows.map(fileOf);
    await runSteps(db, () => addCitizens(dialect, files));
    last = rows.at(-1);
    if (last === undefined) break;
  }
  await db.schema.createTable('case_citizen_whole', (table) => void table.integer('id').primary());
}

function addCitizens(dialect: Dialect, files: readonly CaseFile[]): Steps<unknown, number> {
  const rows = files.flatMap(({ client, number, filedOn, subjects }) =>
    [...new Set(subjects.flatMap(({ kind, id }) => (kind === 'CITIZEN' ? [id] : [])))].map((citizen) => [
      citizen,
      client,
      number,
      filedOn,
    ]),
  );
  return addRows(dialect, CITIZENS, rows);
}

/** A case of this application; null where none has the number. */
export async function readCase(db: Knex, { client, number }: CaseKey): Promise<CaseFile | null> {
  const row = await db<CaseRow>('case_file').where({ client, number }).first();
  return row === undefined ? null : fileOf(row);
}

/** Registers a case whose number is new. @param db the transaction that needs it @throws where the number is taken */
export async function insertCase(db: Knex, file: CaseFile): Promise<void> {
  await db('case_file').insert(rowOf(file));
  await runSteps(db, (dialect) => addCitizens(dialect, [file]));
}

/**
 * Registers cases of one application; repeating a registration changes nothing.
 * @param files at most 250
 * @returns for each, in order: whether it is registered now; false where its number is taken by other content
 */
function* registering(
  dialect: Dialect,
  client: string,
  files: readonly Omit<CaseFile, 'client'>[],
): Steps<CaseRow, readonly boolean[]> {
  const all = files.map((file): CaseFile => ({ ...file, client }));
  const rows = all.map(rowOf);
  const values = rows.map((row) => [
    row.client,
    row.number,
    row.matter,
    row.filed_on,
    row.division,
    row.subjects,
    row.state,
  ]);
  // Where every number was new, there is nothing to compare.
  if ((yield* addRows(dialect, FILES, values)) === rows.length) {
    yield* addCitizens(dialect, all);
    return rows.map(() => true);
  }
  const sql = `SELECT * FROM case_file WHERE client = ? AND number IN (${marks(rows.length)})`;
  const { rows: stored } = yield { sql, bindings: [client, ...rows.map(({ number }) => number)], reads: true };
  const byNumber = new Map(stored.map((row) => [row.number, row]));
  const registered = rows.map((row) => same(byNumber.get(row.number), row));
  yield* addCitizens(
    dialect,
    all.filter((_, i) => registered[i]),
  );
  return registered;
}

/** As {@link registering}, in a transaction of its own. */
export function insertCases(
  db: Knex,
  client: string,
  files: readonly Omit<CaseFile, 'client'>[],
): Promise<readonly boolean[]> {
  return inOneTransaction(db, (dialect) => registering(dialect, client, files));
}

function selected(db: Knex, { client, matter, state, number, filedFrom, filedTo, concerning }: CaseQuery) {
  const query = db<CaseRow>('case_file');
  if (client !== undefined) query.where({ client });
  if (matter !== undefined) query.where({ matter });
  if (state !== undefined) query.where({ state });
  // No character of a case number comes after `~`.
  if (number !== undefined) query.where('number', '>=', number).where('number', '<', `${number}~`);
  if (filedFrom !== undefined) query.where('filed_on', '>=', filedFrom);
  if (filedTo !== undefined) query.where('filed_on', '<=', filedTo);
  if (concerning !== undefined) {
    const { matters, departments } = concerning;
    const tasks = db('verification_task')
      .whereIn('department', [...departments])
      .select('client', 'number');
    query.where((either) => void either.whereIn('matter', [...matters]).orWhereIn(['client', 'number'], tasks));
  }
  return query;
}

/** Rows that fit, counted no further than {@link COUNTED}. */
async function countOf(db: Knex, query: Knex.QueryBuilder): Promise<number> {
  const some = query.select(db.raw('1 AS one')).limit(COUNTED).as('some');
  const [row] = (await db.from(some).count({ n: '*' })) as unknown as { readonly n: number }[];
  return Number(row?.n ?? 0);
}

/** Cases, latest filed first. */
export async function listCases(db: Knex, query: CaseQuery, { offset, most }: Slice): Promise<ListedCases> {
  const order = [{ column: 'filed_on', order: 'desc' }, { column: 'client' }, { column: 'number' }];
  const rows: CaseRow[] = await selected(db, query).orderBy(order).offset(offset).limit(most);
  return { items: rows.map(fileOf), total: await countOf(db, selected(db, query)) };
}

/** Cases in which a citizen plays any role, latest filed first. @param citizen canonical citizen ID */
export async function listCasesOf(db: Knex, citizen: string, { offset, most }: Slice): Promise<ListedCases> {
  const own = () => db('case_citizen').where({ citizen });
  const order = [
    { column: 'case_citizen.filed_on', order: 'desc' },
    { column: 'case_citizen.client' },
    { column: 'case_citizen.number' },
  ];
  const rows = (await own()
    .join('case_file', (on) => {
      void on.on('case_file.client', 'case_citizen.client').on('case_file.number', 'case_citizen.number');
    })
    .orderBy(order)
    .offset(offset)
    .limit(most)
    .select('case_file.*')) as CaseRow[];
  return { items: rows.map(fileOf), total: await countOf(db, own()) };
}

/** Keys of cases filed before a day, so many at most. */
export async function keysFiledBefore(db: Knex, day: string, most: number): Promise<readonly CaseKey[]> {
  return db<CaseRow>('case_file').select('client', 'number').where('filed_on', '<', day).limit(most);
}

/** How many cases were filed before a day, `YYYY-MM-DD`. */
export async function countFiledBefore(db: Knex, day: string): Promise<number> {
  const counted = await db('case_file').where('filed_on', '<', day).count({ cases: '*' }).first();
  return Number(counted?.cases ?? 0);
}

/** Removes cases. @param db a transaction @param keys at most a few hundred @returns how many */
export async function removeCases(db: Knex, keys: readonly (readonly string[])[]): Promise<number> {
  const these = keys.map((key) => [...key]);
  await db('case_citizen').whereIn(['client', 'number'], these).delete();
  return db('case_file').whereIn(['client', 'number'], these).delete();
}
