/**
 * Floor B: the fastest endpoint we know to write by hand. The reads of concurrent requests travel
 * together; with duties a cached token check and a hash-chained, group-committed record.
 */
import { join } from 'node:path';
import { readGround } from '../ground.js';
import { Batches } from './batch.js';
import { openChainedRecord } from './chained-record.js';
import { type Duties, serve } from './endpoint.js';
import type { Read } from './enrolment.js';
import { endPools, openPools } from './pools.js';
import { openReceipts } from './receipt.js';
import { routesOf } from './routes.js';
import { DEPARTMENT_OF, LOOKUPS, type LookupName } from './statements.js';
import { tokenCheck } from './token.js';

const ground = readGround();
const pools = openPools(ground);
const batches = new Map(
  (Object.keys(LOOKUPS) as LookupName[]).map((name) => {
    const pool = pools.get(DEPARTMENT_OF[name]);
    if (pool === undefined) throw new RangeError(`no pool for ${name}`);
    return [name, new Batches(name, pool)];
  }),
);
const read: Read = (name, keys) => {
  const lane = batches.get(name);
  if (lane === undefined) throw new RangeError(`no batches of ${name}`);
  return lane.load(keys);
};

const record = process.argv.includes('--no-duties') ? null : await openChainedRecord(join(ground.folder, 'floor-b'));
const duties: Duties | null =
  record === null
    ? null
    : {
        check: tokenCheck(ground.issuer),
        record: (entry) => record.append(entry),
        receipts: openReceipts(ground.filedOn),
      };

serve(routesOf(read, ground), duties, async () => {
  await endPools(pools.values());
  await record?.close();
});
