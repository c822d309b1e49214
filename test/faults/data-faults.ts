/** Faults of departments' data and of the control store, on the databases themselves. */
import type { Connection } from 'mysql2/promise';
import { type Expectation, type Fault, LASTS_MS, UNNOTICED, unknown } from './faults.js';
import type { Stage } from './stage.js';
import type { Department } from './town.js';

/** Rows of one key: far beyond what a key may have. */
const MANY_ROWS = 1_000_000;
/** Most memory a gateway may take more while a key has {@link MANY_ROWS}, MiB. */
const MEMORY_MIB = 200;

/** Statements on a department's database, and those that take them back. */
function onDatabase(
  name: string,
  department: Department,
  expects: Expectation,
  begin: readonly string[],
  end: readonly string[],
): Fault {
  const run = (statements: readonly string[]) => (stage: Stage) =>
    stage.town.sql(department, async (connection) => {
      for (const statement of statements) await connection.query(statement);
    });
  return { name: `${department} ${name}`, expects, lasts: LASTS_MS, begin: run(begin), end: run(end) };
}

const RESIDENTS = 'HJXX_CZRKJBXXB';
const LICENCES = 'DZZZ_ZZXX';

/** The person of a story, whose licences are asked for. */
const PERSON = '350702199003149014';

const manyRows: Fault = {
  ...onDatabase(
    `has ${MANY_ROWS.toLocaleString('en')} rows of one key`,
    'licences',
    unknown('licences', ['TOO_MANY_ROWS', 'TIMEOUT']),
    [
      `INSERT INTO ${LICENCES} (zzbs, czztdm, czztdmlxdm, zzzt, scbz)
         SELECT CONCAT('faults-', seq), '${PERSON}', '111', '01', '0' FROM seq_1_to_${MANY_ROWS}`,
    ],
    [`DELETE FROM ${LICENCES} WHERE zzbs LIKE 'faults-%'`],
  ),
  async check(stage) {
    const grown = stage.memoryGrown();
    return grown > MEMORY_MIB ? [`memory grew by ${grown} MiB`] : [];
  },
};

/** Holds the lock while the fault lasts. */
let holder: Connection | null = null;

const locked: Fault = {
  name: 'property has a table locked by somebody else',
  expects: unknown('property', ['TIMEOUT']),
  lasts: LASTS_MS,
  async begin({ town }) {
    holder = await town.connect('property');
    await holder.query('LOCK TABLES BDC_QLR WRITE');
  },
  async end() {
    await holder?.end();
    holder = null;
  },
};

/** Data that is not as the department said. */
export const DATA_FAULTS: readonly Fault[] = [
  onDatabase(
    'has a column renamed',
    'household',
    unknown('household', ['GARBLED']),
    [`ALTER TABLE ${RESIDENTS} CHANGE csrq csrq_neu char(8)`],
    [`ALTER TABLE ${RESIDENTS} CHANGE csrq_neu csrq char(8)`],
  ),
  onDatabase(
    'has numbers in a column of text',
    'household',
    { ...UNNOTICED, text: 'every answer whole: digits are digits' },
    [`ALTER TABLE ${RESIDENTS} MODIFY csrq bigint`],
    [`ALTER TABLE ${RESIDENTS} MODIFY csrq char(8)`],
  ),
  onDatabase(
    'has bytes in a column of text',
    'household',
    unknown('household', ['GARBLED']),
    [`ALTER TABLE ${RESIDENTS} MODIFY csrq varbinary(8)`],
    [`ALTER TABLE ${RESIDENTS} MODIFY csrq char(8)`],
  ),
  onDatabase(
    'has dates in a column of text',
    'household',
    unknown('household', ['GARBLED']),
    [`ALTER TABLE ${RESIDENTS} ADD csrq_alt char(8)`, `UPDATE ${RESIDENTS} SET csrq_alt = csrq`]
      .concat(`UPDATE ${RESIDENTS} SET csrq = NULL WHERE csrq NOT REGEXP '^[12][0-9]{7}$'`)
      .concat(`ALTER TABLE ${RESIDENTS} MODIFY csrq date`),
    [
      `ALTER TABLE ${RESIDENTS} MODIFY csrq char(10)`,
      `UPDATE ${RESIDENTS} SET csrq = csrq_alt`,
      `ALTER TABLE ${RESIDENTS} MODIFY csrq char(8)`,
      `ALTER TABLE ${RESIDENTS} DROP csrq_alt`,
    ],
  ),
  onDatabase(
    'has every person twice',
    'household',
    { ...UNNOTICED, text: 'every answer whole: the rows are alike' },
    [
      `CREATE TABLE faults_twice AS SELECT * FROM ${RESIDENTS}`,
      `UPDATE faults_twice SET ryid = CONCAT('F', SUBSTRING(ryid, 2))`,
      `INSERT INTO ${RESIDENTS} SELECT * FROM faults_twice`,
    ],
    [`DELETE r FROM ${RESIDENTS} r JOIN faults_twice f ON f.ryid = r.ryid`, 'DROP TABLE faults_twice'],
  ),
  locked,
  manyRows,
];
