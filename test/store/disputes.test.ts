/** Disputes in the control store, on each kind of database. */
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import type { StoredDispute } from '../../src/store/disputes.js';
import { STORE_PLACES } from '../support/store-places.js';

let store: ControlStore | null = null;
let remove: () => Promise<void> = async () => undefined;

afterEach(async () => {
  await store?.close();
  store = null;
  await remove();
  remove = async () => undefined;
});

async function open(place: (typeof STORE_PLACES)[number]): Promise<ControlStore> {
  const created = await place.create();
  remove = created.remove;
  store = await openControlStore(created.url);
  return store;
}

function dispute(id: string, part: Partial<StoredDispute> = {}): StoredDispute {
  return {
    id,
    coordinate: 'Resident.name',
    department: 'HOUSEHOLD',
    kind: 'CITIZEN',
    subject: 'pseudonym-1',
    sealedId: 'sealed id',
    sealedReason: 'sealed reason',
    raisedBy: 'school',
    caseNumber: 'C-1',
    raisedAt: 1000,
    state: 'OPEN',
    finding: null,
    sealedAnswer: null,
    closedBy: null,
    closedAt: null,
    ...part,
  };
}

const AUTHOR = { requestId: 'r', actor: 'someone', roles: [], at: 1000 };

for (const place of STORE_PLACES) {
  describe.skipIf(place.skip)(`disputes on ${place.name}`, { timeout: 120_000 }, () => {
    it('are one of a fact at a time, and found by what is known of them', async () => {
      const { disputes, changes } = await open(place);
      const raise = async (one: StoredDispute) =>
        (await changes.run(AUTHOR, async (trx) => ({ result: await disputes.raise(trx, one), changes: [] }))).result;
      const version = await disputes.version();
      expect(await raise(dispute('a'))).toBe(true);
      expect(await raise(dispute('b'))).toBe(false);
      expect(
        await raise(dispute('c', { subject: 'pseudonym-2', raisedAt: 2000, raisedBy: 'CITIZEN', caseNumber: null })),
      ).toBe(true);
      expect(await disputes.version()).toBeGreaterThan(version);
      expect((await disputes.list({ departments: ['HOUSEHOLD'] }, 10)).map(({ id }) => id)).toEqual(['c', 'a']);
      expect(await disputes.list({ departments: [] }, 10)).toEqual([]);
      expect(await disputes.count({ client: 'school', caseNumber: 'C-1', state: 'OPEN' })).toBe(1);
      expect(await disputes.count({ raisedBefore: 2000 })).toBe(1);
      expect(await disputes.find('a')).toEqual(dispute('a'));
      const closing = {
        state: 'ANSWERED',
        finding: 'CORRECTED',
        sealedAnswer: 'words',
        closedBy: 'x',
        closedAt: 5000,
      } as const;
      const close = async (id: string) =>
        (await changes.run(AUTHOR, async (trx) => ({ result: await disputes.close(trx, id, closing), changes: [] })))
          .result;
      expect([await close('a'), await close('a'), await close('nobody')]).toEqual([true, false, false]);
      expect(await raise(dispute('d'))).toBe(true);
      expect((await disputes.inForce(5000)).map(({ id }) => id).sort()).toEqual(['a', 'c', 'd']);
      expect((await disputes.inForce(5001)).map(({ id }) => id).sort()).toEqual(['c', 'd']);
    });

    it('know the receipts that each machine found, and tell of late ones again', async () => {
      const { disputes, changes } = await open(place);
      await changes.run(AUTHOR, async (trx) => ({ result: await disputes.raise(trx, dispute('a')), changes: [] }));
      const found = { receipt: 'r-1.1', client: 'school', caseNumber: 'C-1', matter: 'm' };
      expect((await disputes.unsearched('one', 1001, 10)).map(({ id }) => id)).toEqual(['a']);
      expect(await disputes.unsearched('one', 1000, 10)).toEqual([]);
      await disputes.searched('one', 'a', [found, found]);
      expect(await disputes.unsearched('one', 1001, 10)).toEqual([]);
      expect((await disputes.unsearched('two', 1001, 10)).map(({ id }) => id)).toEqual(['a']);
      expect(await disputes.receiptsOf('a')).toEqual([found]);
      expect(await disputes.ofReceipt('r-1.1')).toEqual([{ state: 'OPEN', finding: null }]);
      expect(await disputes.untold(10)).toEqual([]);
      const closing = { state: 'ANSWERED', finding: 'UPHELD', sealedAnswer: 'w', closedBy: 'x', closedAt: 1 } as const;
      await changes.run(AUTHOR, async (trx) => ({ result: await disputes.close(trx, 'a', closing), changes: [] }));
      expect((await disputes.untold(10)).map(({ id }) => id)).toEqual(['a']);
      await disputes.told('a');
      expect(await disputes.untold(10)).toEqual([]);
      await disputes.searched('two', 'a', [{ ...found, receipt: 'r-2.1' }]);
      expect((await disputes.untold(10)).map(({ id }) => id)).toEqual(['a']);
      expect(await disputes.searchedBy('a')).toEqual(['one', 'two']);
    });
  });
}

/** What has to wait is for the other process to try again. */
function tried(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY')) throw error;
  }
}

it('on SQLite are answered though another process writes between what the transaction reads and what it writes', async () => {
  const place = STORE_PLACES.find(({ name }) => name === 'SQLite');
  if (place === undefined) throw new Error('there is no SQLite');
  const created = await place.create();
  remove = created.remove;
  store = await openControlStore(created.url);
  const { disputes, changes } = store;
  await changes.run(AUTHOR, async (trx) => ({ result: await disputes.raise(trx, dispute('a')), changes: [] }));
  const other = new Database(created.url, { timeout: 0 });
  try {
    const closed = await changes.run(AUTHOR, async (trx) => {
      const before = await disputes.find('a', trx);
      tried(() => other.exec('UPDATE policy SET version = version + 1'));
      const change = { state: 'WITHDRAWN', finding: null, sealedAnswer: null, closedBy: 'x', closedAt: 5000 } as const;
      return { result: before !== null && (await disputes.close(trx, 'a', change)), changes: [] };
    });
    expect(closed.result).toBe(true);
  } finally {
    other.close();
  }
});
