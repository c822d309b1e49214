/**
 * The floor of a season: the same list, read, judged, recorded and signed by hand in one process. Reads are
 * of whole chunks, at most 500 keys a SELECT. It asks nobody for leave and registers no case.
 *
 * Started as `node floor.js LIST OUT`; prints `{"rows": …}` when done.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { Batches } from '../floors/batch.js';
import { openChainedRecord } from '../floors/chained-record.js';
import type { Read } from '../floors/enrolment.js';
import { endPools, openPools } from '../floors/pools.js';
import type { Raw } from '../floors/raw.js';
import { openReceipts } from '../floors/receipt.js';
import { DEPARTMENT_OF, LOOKUPS, type LookupName } from '../floors/statements.js';
import { verifyMany } from '../floors/verify.js';
import { type Applicant, readGround } from '../ground.js';

/** Applications read together. */
const CHUNK = 250;
/** Chunks at once. */
const IN_FLIGHT = 2;
/** Keys of one SELECT. */
const KEYS = 500;

const [list = '', out = ''] = process.argv.slice(2);
const ground = readGround();
const folder = join(ground.folder, 'season-floor');
await mkdir(folder, { recursive: true });
const pools = openPools(ground);
const record = await openChainedRecord(folder);
const receipts = openReceipts(ground.filedOn);
const key = randomBytes(32);
const pseudonym = (id: string) => createHmac('sha256', key).update(id).digest('base64url');

const batches = new Map(
  (Object.keys(LOOKUPS) as LookupName[]).map((name) => {
    const pool = pools.get(DEPARTMENT_OF[name]);
    if (pool === undefined) throw new TypeError(`no pool for ${name}`);
    return [name, new Batches(name, pool)];
  }),
);

const read: Read = async (name, keys) => {
  const batch = batches.get(name);
  if (batch === undefined) throw new TypeError(`no read ${name}`);
  const parts: (readonly string[])[] = [];
  for (let from = 0; from < keys.length; from += KEYS) parts.push(keys.slice(from, from + KEYS));
  const [first, ...others] = await Promise.all(parts.map((part) => batch.load(part)));
  const rows = new Map<string, readonly Raw[]>(first);
  for (const other of others) for (const [id, found] of other) rows.set(id, found);
  return rows;
};

async function judged(applicants: readonly Applicant[]): Promise<string> {
  const verdicts = await verifyMany(read, applicants, ground.filedOn);
  const client = 'bench';
  const { matter } = ground;
  const lines = await Promise.all(
    verdicts.map(async ({ verdict, subjects, facts }, i) => {
      const caseNumber = applicants[i]?.caseNumber ?? '';
      const names = subjects.map(pseudonym);
      const issued = receipts.issue({ client, matter, caseNumber, verdict, subjects: names, facts });
      const time = new Date().toISOString();
      const entry = { time, client, matter, caseNumber, subjects: names, fields: 'verify/1', receipt: issued.digest };
      const receipt = receipts.sign(issued, await record.append(entry));
      return `${caseNumber},${verdict.verdict},${verdict.tier ?? ''},${receipt}\n`;
    }),
  );
  return lines.join('');
}

async function* chunks(): AsyncGenerator<readonly Applicant[]> {
  let rows: Applicant[] = [];
  const records = createReadStream(list).pipe(parse({ from_line: 2 })) as AsyncIterable<string[]>;
  for await (const [caseNumber = '', , child = '', guardian = ''] of records) {
    rows.push({ caseNumber, child, guardian });
    if (rows.length < CHUNK) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

const result = createWriteStream(out);
const waiting: Promise<string>[] = [];
let rows = 0;
for await (const chunk of chunks()) {
  rows += chunk.length;
  waiting.push(judged(chunk));
  if (waiting.length >= IN_FLIGHT) result.write(await waiting.shift());
}
for (const text of waiting) result.write(await text);
result.end();
await finished(result);
await record.close();
await endPools(pools.values());
process.stdout.write(`${JSON.stringify({ rows })}\n`);
