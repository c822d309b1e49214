/** A season whose time has come goes with an entry in the record, or not at all. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSeasonDesk } from '../../src/admin/season-desk.js';
import type { NewEntry } from '../../src/audit/entries.js';
import { MianzhengError } from '../../src/errors.js';
import { SYSTEM_CLOCK } from '../../src/season/clock.js';
import { openControlStore } from '../../src/store/control-store.js';
import { addSeason } from '../../src/store/seasons.js';
import { CHAIN, temporaryFolder } from '../audit/support.js';
import { collectingLog } from '../support/collected.js';

test('where the record does not take it the season and its files stay', async () => {
  const folder = await temporaryFolder();
  const store = await openControlStore(join(folder, 'control.sqlite'));
  onTestFinished(() => store.close());
  const season = { id: 's-1', client: 'school', matter: 'enrolment', file: 'list.csv', machine: 'gw', createdAt: 0 };
  const terms = { perSecond: null, between: null, columns: {} };
  await store.changes.run({ requestId: 'r', actor: 'clerk', roles: [], at: 0 }, async (trx) => {
    await addSeason(trx, { ...season, terms, createdBy: 'clerk' });
    return { result: null, changes: [] };
  });
  const files = join(folder, 'seasons');
  mkdirSync(join(files, season.id), { recursive: true });
  writeFileSync(join(files, season.id, 'list.csv'), 'a list');
  let now = 31 * 86_400_000;
  let full = true;
  const entries: NewEntry[] = [];
  const desk = openSeasonDesk({
    store,
    record: {
      async append(entry) {
        if (full) throw new MianzhengError('EVIDENCE_UNAVAILABLE', 'the disk is full');
        entries.push(entry);
        return { chain: CHAIN, segment: 1, seq: entries.length, hash: '' };
      },
    },
    log: collectingLog(),
    now: () => now,
    utcOffsetMinutes: 480,
    folder: files,
    machine: 'gw',
    instance: 'gw-1',
    clients: [],
    send: () => Promise.reject(new Error('nothing is sent')),
    clock: SYSTEM_CLOCK,
    keepDays: 30,
  });
  onTestFinished(() => desk.close());
  await expect(desk.turn()).rejects.toThrow('the disk is full');
  expect(await store.seasons.find(season.id)).not.toBeNull();
  expect(existsSync(join(files, season.id, 'list.csv'))).toBe(true);
  full = false;
  now += 3_600_000;
  await desk.turn();
  expect(await store.seasons.find(season.id)).toBeNull();
  expect(existsSync(join(files, season.id))).toBe(false);
  expect(entries).toMatchObject([{ action: 'season.remove', subject: 'season:s-1' }]);
});
