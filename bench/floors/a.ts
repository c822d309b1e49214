/**
 * Floor A: the endpoint as a good engineer writes it. Six prepared SELECTs on pooled connections,
 * parallel where possible; with duties a cached token check and one record row per request.
 */
import type { RowDataPacket } from 'mysql2/promise';
import { readGround } from '../ground.js';
import { childIn, type Duties, type Entry, serve } from './endpoint.js';
import { enrolment, type Read } from './enrolment.js';
import { endPools, openPool, openPools } from './pools.js';
import { byKey } from './raw.js';
import { DEPARTMENT_OF, LOOKUPS, statementFor } from './statements.js';
import { tokenCheck } from './token.js';

const TABLE = `CREATE TABLE IF NOT EXISTS floor_a_record (
  id BIGINT AUTO_INCREMENT PRIMARY KEY, time CHAR(24) NOT NULL, client VARCHAR(64) NOT NULL, matter VARCHAR(64) NOT NULL,
  case_number VARCHAR(64) NOT NULL, subjects VARCHAR(1000) NOT NULL, fields VARCHAR(100) NOT NULL)`;
const INSERT = `INSERT INTO floor_a_record (time, client, matter, case_number, subjects, fields) VALUES (?, ?, ?, ?, ?, ?)`;

const ground = readGround();
const pools = openPools(ground);

const read: Read = async (name, keys) => {
  const pool = pools.get(DEPARTMENT_OF[name]);
  if (pool === undefined) throw new RangeError(`no pool for ${name}`);
  const [rows] = await pool.execute<RowDataPacket[]>(statementFor(name, keys.length), [...keys]);
  return byKey(rows, LOOKUPS[name].key);
};

let duties: Duties | null = null;
const close = [() => endPools(pools.values())];
if (!process.argv.includes('--no-duties')) {
  if (ground.record === null) throw new Error('floor A records in a database');
  const records = openPool(ground.record, ground.connections);
  await records.query(TABLE);
  close.push(() => records.end());
  const record = async (entry: Entry) => {
    const { time, client, matter, caseNumber, subjects, fields } = entry;
    await records.execute(INSERT, [time, client, matter, caseNumber, subjects.join(' '), fields]);
    return null;
  };
  duties = { check: tokenCheck(ground.issuer), record, receipts: null };
}

serve(
  new Map([
    ['/enrolment', { fields: 'enrolment/1', answer: ({ body }) => enrolment(read, childIn(body), ground.filedOn) }],
  ]),
  duties,
  async () => {
    await Promise.all(close.map((end) => end()));
  },
);
