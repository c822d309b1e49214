/** Grants as the gateway sees them: a change binds on every instance. */
import knex from 'knex';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CaseFile, type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { readGrant } from '../../src/store/policy.js';
import { watchPolicy } from '../../src/store/policy-watch.js';
import { grantOf } from '../support/memory-gateway.js';
import { handOf, STORE_PLACES } from '../support/store-places.js';

const CASE: CaseFile = {
  client: 'school',
  number: 'C-1',
  matter: 'school-enrolment-primary',
  filedOn: '2026-07-01',
  subjects: [{ role: 'child', kind: 'CITIZEN', id: '350702202001010013' }],
};

const MATTER = 'school-enrolment-primary';

describe.each(STORE_PLACES)('the control store on $name', ({ skip, create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;

  beforeEach(async () => {
    if (skip) return;
    place = await create();
    store = await openControlStore(place.url);
  });

  afterEach(async () => {
    if (skip) return;
    await store.close();
    await place.remove();
  });

  it.skipIf(skip)('gives back what was put, and raises the version', async () => {
    const before = await store.policyVersion();
    const grant = grantOf({ regions: ['3507'], coordinates: { 'Resident.name': 'MASKED' } });
    await store.putPolicy([{ id: 'school', nameZh: '学校', nameEn: 'School', active: true }], [grant]);
    const policy = await store.readPolicy();
    expect(policy.version).toBe(before + 1);
    expect(policy.grants.map(readGrant)).toEqual([grant]);
    expect(policy.clients.get('school')).toEqual({
      id: 'school',
      nameZh: '学校',
      nameEn: 'School',
      active: true,
      held: false,
      releases: 0,
    });
  });

  it.skipIf(skip)('registers a case once, and refuses other content under its number', async () => {
    await store.registerCase(CASE);
    await store.registerCase(CASE);
    expect(await store.findCase('school', 'C-1')).toEqual(CASE);
    expect(await store.findCase('stranger', 'C-1')).toBeNull();
    const other = { ...CASE, subjects: [{ role: 'child', kind: 'CITIZEN', id: '350702199001010027' }] };
    await expect(store.registerCase(other)).rejects.toMatchObject({ code: 'CASE_CONFLICT' });
    const elsewhere = { ...CASE, division: '350781' };
    await expect(store.registerCase(elsewhere)).rejects.toMatchObject({ code: 'CASE_CONFLICT' });
    expect(await store.findCase('school', 'C-1')).toEqual(CASE);
  });

  it.skipIf(skip)('registers many cases at once as one by one, and says which numbers have other content', async () => {
    const others = Array.from({ length: 600 }, (_, i) => ({ ...CASE, number: `M-${i}` }));
    const conflicting = { ...CASE, number: 'M-7', filedOn: '2026-07-02' };
    await store.registerCase({ ...CASE, number: 'M-3' });
    const files = [...others, conflicting, { ...CASE, number: 'M-3' }];
    const expected = files.map((file) => file !== conflicting);
    expect(await store.registerCases('school', files)).toEqual(expected);
    expect(await store.registerCases('school', files)).toEqual(expected);
    expect(await store.registerCases('school', [])).toEqual([]);
    expect(await store.findCase('school', 'M-7')).toEqual({ ...CASE, number: 'M-7' });
    expect(await store.findCase('stranger', 'M-7')).toBeNull();
    // Numbers are compared byte by byte.
    expect(await store.registerCases('school', [{ ...conflicting, number: 'm-7' }])).toEqual([true]);
  });

  it.skipIf(skip)('asks to be asked again when it does not answer, and never calls a case unknown', async () => {
    const gone = await openControlStore(place.url);
    await gone.close();
    await expect(gone.findCase('school', 'C-1')).rejects.toMatchObject({ code: 'OVERLOADED', status: 503 });
    await expect(gone.registerCase(CASE)).rejects.toMatchObject({ code: 'OVERLOADED', status: 503 });
    await expect(gone.registerCases('school', [CASE])).rejects.toMatchObject({ code: 'OVERLOADED', status: 503 });
  });

  it.skipIf(skip)('lets another instance see a revocation by itself', async () => {
    await store.putPolicy(
      [{ id: 'school', nameZh: '学校', nameEn: 'School', active: true }],
      [grantOf({ coordinates: { 'Resident.name': 'FULL' } })],
    );
    const elsewhere = await openControlStore(place.url);
    const faults: unknown[] = [];
    const watch = await watchPolicy(elsewhere, (error) => faults.push(error));
    try {
      expect(watch.rights('school', MATTER, '2026-07-01').byCoordinate.has('Resident.name')).toBe(true);
      expect(await store.setGrantStatus('grant-1', 'REVOKED')).toBe(true);
      await vi.waitFor(() => expect(watch.rights('school', MATTER, '2026-07-01').byCoordinate.size).toBe(0), {
        timeout: 30_000,
      });
      expect(faults).toEqual([]);
    } finally {
      await watch.close();
      await elsewhere.close();
    }
  });

  it.skipIf(skip)('reads of a change what it changed, and of nothing else', async () => {
    const clients = ['school', 'clinic'].map((id) => ({ id, nameZh: id, nameEn: id, active: true }));
    await store.putPolicy(clients, [grantOf({ id: 'a' }), grantOf({ id: 'b', client: 'clinic' })]);
    const since = await store.policyVersion();
    expect(await store.readChanges(since)).toEqual({ version: since, clients: [], grants: [] });
    expect(await store.setGrantStatus('b', 'SUSPENDED')).toBe(true);
    await store.putPolicy([{ id: 'clinic', nameZh: '医院', nameEn: 'Clinic', active: false }], []);
    const changes = await store.readChanges(since);
    expect(changes).toMatchObject({ version: since + 2, clients: [{ id: 'clinic', active: false }] });
    expect(changes?.grants.map(readGrant)).toEqual([grantOf({ id: 'b', client: 'clinic', status: 'SUSPENDED' })]);
    expect(await store.grantsOf('clinic')).toHaveLength(1);
  });

  it.skipIf(skip)('changes nothing, not even the version, where there is no such grant', async () => {
    const before = await store.policyVersion();
    expect(await store.setGrantStatus('nobody', 'REVOKED')).toBe(false);
    expect(await store.policyVersion()).toBe(before);
  });

  it.skipIf(skip)('is read whole after a change that no row owns up to', async () => {
    await store.putPolicy([{ id: 'school', nameZh: '学校', nameEn: 'School', active: true }], [grantOf({})]);
    const since = await store.policyVersion();
    const byHand = knex(handOf(place.url));
    try {
      await byHand('access_grant').update({ status: 'SUSPENDED' });
      await byHand('policy').increment('version', 1);
    } finally {
      await byHand.destroy();
    }
    await store.putPolicy([{ id: 'clinic', nameZh: '医院', nameEn: 'Clinic', active: true }], []);
    expect(await store.readChanges(since)).toBeNull();
    expect(await store.readChanges(since + 5)).toBeNull();
  });

  it.skipIf(skip)('takes over the tables of an earlier version, also twice at once', async () => {
    await store.registerCase(CASE);
    await store.putPolicy([{ id: 'school', nameZh: '学校', nameEn: 'School', active: true }], [grantOf({})]);
    const byHand = knex(handOf(place.url));
    try {
      for (const table of ['client', 'access_grant']) {
        await byHand.schema.alterTable(table, (altered) => {
          altered.dropIndex('changed_in');
          altered.dropColumn('changed_in');
        });
      }
      for (const column of ['held', 'releases']) {
        await byHand.schema.alterTable('client', (altered) => {
          altered.dropColumn(column);
        });
      }
      await byHand.schema.alterTable('case_file', (altered) => void altered.dropColumn('division'));
    } finally {
      await byHand.destroy();
    }
    const version = await store.policyVersion();
    const opened = await Promise.all([openControlStore(place.url), openControlStore(place.url)]);
    try {
      for (const one of opened) {
        expect(await one.readChanges(version)).toEqual({ version, clients: [], grants: [] });
        expect((await one.readPolicy()).clients.get('school')).toMatchObject({ held: false, releases: 0 });
        expect((await one.readChanges(version - 1))?.grants.map(readGrant)).toEqual([grantOf({})]);
      }
      expect(await opened[0]?.setGrantStatus('grant-1', 'REVOKED')).toBe(true);
      expect(await opened[1]?.readChanges(version)).toMatchObject({ grants: [{ id: 'grant-1', status: 'REVOKED' }] });
      expect(await opened[0]?.findCase('school', 'C-1')).toEqual(CASE);
      await opened[0]?.registerCase({ ...CASE, number: 'C-2', division: '350702' });
      expect(await opened[1]?.findCase('school', 'C-2')).toMatchObject({ division: '350702' });
    } finally {
      for (const one of opened) await one.close();
    }
  });
});
