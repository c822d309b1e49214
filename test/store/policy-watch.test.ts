/** The policy in memory: what a change costs, and whom it concerns. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Grant } from '../../src/authorize/rights.js';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { type PolicyWatch, watchPolicy } from '../../src/store/policy-watch.js';
import { grantOf } from '../support/memory-gateway.js';

const MATTER = 'school-enrolment-primary';
const DAY = '2026-07-01';

const clientOf = (id: string) => ({ id, nameZh: id, nameEn: id, active: true });
const named = (client: string, id: string, rest: Partial<Grant> = {}) =>
  grantOf({ id, client, coordinates: { 'Resident.name': 'FULL' }, ...rest });

function fail(error: unknown): never {
  throw error;
}

describe('a watched policy', () => {
  let folder: string;
  let store: ControlStore;
  let watches: PolicyWatch[];
  let faults: unknown[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mianzheng-watch-'));
    store = await openControlStore(join(folder, 'control.sqlite'));
    watches = [];
    faults = [];
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    for (const watch of watches) await watch.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  async function watching(on: ControlStore = store): Promise<PolicyWatch> {
    const watch = await watchPolicy(on, (error) => faults.push(error));
    watches.push(watch);
    return watch;
  }

  const has = (watch: PolicyWatch, client: string) => watch.rights(client, MATTER, DAY).byCoordinate.size > 0;

  it('is seen alike by two watchers, each reading only what changed', async () => {
    await store.putPolicy(['school', 'clinic'].map(clientOf), [named('school', 'a'), named('clinic', 'b')]);
    const elsewhere = await openControlStore(join(folder, 'control.sqlite'));
    try {
      const whole = [vi.spyOn(store, 'readPolicy'), vi.spyOn(elsewhere, 'readPolicy')];
      const both = [await watching(), await watching(elsewhere)];
      const kept = both.map((watch) => watch.rights('clinic', MATTER, DAY));
      const lost = both.map((watch) => watch.rights('school', MATTER, DAY));
      await store.setGrantStatus('a', 'REVOKED');
      for (const watch of both) await watch.refresh();
      expect(both.map((watch) => has(watch, 'school'))).toEqual([false, false]);
      // The same object: not added up again.
      expect(both.map((watch, i) => watch.rights('clinic', MATTER, DAY) === kept[i])).toEqual([true, true]);
      expect(both.map((watch, i) => watch.rights('school', MATTER, DAY) === lost[i])).toEqual([false, false]);
      expect(both.map(({ version }) => version)).toEqual(Array(2).fill(await store.policyVersion()));
      for (const spy of whole) expect(spy).toHaveBeenCalledTimes(1);
    } finally {
      for (const watch of watches.splice(0)) await watch.close();
      await elsewhere.close();
    }
  });

  it('is asked for often enough that a change binds within a second', async () => {
    const policy = await store.readPolicy();
    const policyVersion = vi.fn(async () => policy.version);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const watch = await watchPolicy(
        { readPolicy: async () => policy, policyVersion } as unknown as ControlStore,
        fail,
      );
      vi.advanceTimersByTime(500);
      await watch.close();
      expect(policyVersion).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes a grant from the application that had it when another gets it', async () => {
    await store.putPolicy(['school', 'clinic'].map(clientOf), [named('school', 'a')]);
    const watch = await watching();
    expect([has(watch, 'school'), has(watch, 'clinic')]).toEqual([true, false]);
    await store.putPolicy([], [named('clinic', 'a')]);
    await watch.refresh();
    expect([has(watch, 'school'), has(watch, 'clinic')]).toEqual([false, true]);
  });

  it('refuses an application as soon as it is no longer active', async () => {
    await store.putPolicy([clientOf('school')], []);
    const watch = await watching();
    expect(watch.client('school')).not.toBeNull();
    await store.putPolicy([{ ...clientOf('school'), active: false }], []);
    await watch.refresh();
    expect(watch.client('school')).toBeNull();
  });

  it('reads everything again after a change by hand that no row owns up to', async () => {
    await store.putPolicy([clientOf('school')], [named('school', 'a')]);
    const watch = await watching();
    expect(has(watch, 'school')).toBe(true);
    const db = new Database(join(folder, 'control.sqlite'));
    db.exec("UPDATE access_grant SET status = 'SUSPENDED'; UPDATE policy SET version = version + 1");
    db.close();
    await watch.refresh();
    expect(has(watch, 'school')).toBe(false);
  });

  it('gives nothing for a grant whose terms cannot be read, and says which', async () => {
    await store.putPolicy([clientOf('school')], [named('school', 'a'), named('school', 'b')]);
    const db = new Database(join(folder, 'control.sqlite'));
    db.exec("UPDATE access_grant SET terms = '{' WHERE id = 'a'");
    db.close();
    const watch = await watching();
    expect([...watch.rights('school', MATTER, DAY).legalBases.keys()]).toEqual(['b']);
    watch.rights('school', MATTER, DAY);
    expect(faults).toEqual([new SyntaxError('the terms of grant a are not JSON')]);
  });

  it('keeps what it read last while the store does not answer, and catches up after', async () => {
    await store.putPolicy([clientOf('school')], [named('school', 'a')]);
    const watch = await watching();
    await store.setGrantStatus('a', 'REVOKED');
    vi.spyOn(store, 'policyVersion').mockRejectedValueOnce(new Error('gone'));
    await expect(watch.refresh()).rejects.toThrow('gone');
    expect(has(watch, 'school')).toBe(true);
    await watch.refresh();
    expect(has(watch, 'school')).toBe(false);
  });

  it('of 100,000 grants takes a bounded number of statements, and reads one row for a change of one', async () => {
    const clients = Array.from({ length: 1000 }, (_, i) => clientOf(`client-${i}`));
    const grants = Array.from({ length: 100_000 }, (_, i) => named(`client-${i % 1000}`, `grant-${i}`));
    const statement = Object.getPrototypeOf(new Database(':memory:').prepare('SELECT 1')) as Database.Statement;
    const [run, all] = [vi.spyOn(statement, 'run'), vi.spyOn(statement, 'all')];
    const begun = (ran: typeof run | typeof all, word: string) =>
      (ran.mock.contexts as Database.Statement[]).filter(({ source }) => source.startsWith(word)).length;
    await store.putPolicy(clients, grants);
    expect(begun(run, 'insert')).toBe(1010);

    all.mockClear();
    const parse = vi.spyOn(JSON, 'parse');
    const watch = await watching();
    // The transaction, the version, the clients, 20 full pages and one that is empty.
    expect(begun(all, 'select')).toBe(23);
    expect(parse).not.toHaveBeenCalled();
    expect(watch.rights('client-7', MATTER, DAY).byCoordinate.get('Resident.name')).toHaveLength(100);
    expect(parse).toHaveBeenCalledTimes(100);

    const changes = vi.spyOn(store, 'readChanges');
    const whole = vi.spyOn(store, 'readPolicy');
    await store.setGrantStatus('grant-7', 'REVOKED');
    await watch.refresh();
    expect((await changes.mock.results[0]?.value)?.grants).toHaveLength(1);
    expect(whole).not.toHaveBeenCalled();
    expect(watch.rights('client-7', MATTER, DAY).byCoordinate.get('Resident.name')).toHaveLength(99);
    expect(parse).toHaveBeenCalledTimes(101);
  });
});
