/**
 * Floor B on SQLite: prepared statements on five files. The driver is synchronous, so there is
 * nothing to wait for and nothing to batch; the record is floor B's.
 */
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { DEPARTMENTS, readGround } from '../ground.js';
import { openChainedRecord } from './chained-record.js';
import { childIn, serve } from './endpoint.js';
import { enrolmentNow } from './enrolment.js';
import { byKey, type Raw, type RowsByKey } from './raw.js';
import { DEPARTMENT_OF, LOOKUPS, type LookupName, statementFor } from './statements.js';
import { tokenCheck } from './token.js';

const ground = readGround();
const files = new Map(
  DEPARTMENTS.map((name) => [
    name,
    new BetterSqlite3(ground.departments[name], { readonly: true, fileMustExist: true }),
  ]),
);
// Reads from the mapped file instead of copying its pages.
for (const file of files.values()) file.pragma('mmap_size = 1073741824');
const statements = new Map<string, BetterSqlite3.Statement<unknown[], Raw>>();

function prepared(name: LookupName, keys: number): BetterSqlite3.Statement<unknown[], Raw> {
  const id = `${name} ${keys}`;
  let statement = statements.get(id);
  if (statement === undefined) {
    const file = files.get(DEPARTMENT_OF[name]);
    if (file === undefined) throw new RangeError(`no file for ${name}`);
    statement = file.prepare<unknown[], Raw>(statementFor(name, keys));
    statements.set(id, statement);
  }
  return statement;
}

function read(name: LookupName, keys: readonly string[]): RowsByKey {
  return byKey(prepared(name, keys.length).all(...keys), LOOKUPS[name].key);
}

const record = await openChainedRecord(join(ground.folder, 'floor-b-sqlite'));

serve(
  new Map([
    ['/enrolment', { fields: 'enrolment/1', answer: ({ body }) => enrolmentNow(read, childIn(body), ground.filedOn) }],
  ]),
  { check: tokenCheck(ground.issuer), record: (entry) => record.append(entry), receipts: null },
  async () => {
    for (const file of files.values()) file.close();
    await record.close();
  },
);
