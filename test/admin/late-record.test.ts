/** A change is never lost to the record: what its own request could not record is recorded later, once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../src/audit/entries.js';
import { MianzhengError } from '../../src/errors.js';
import { NOW } from '../support/memory-gateway.js';
import { type Desk, openDesk } from './desk.js';

const RENAME = 'mutation { renameClient(input: {id: "school", nameZh: "学校", nameEn: "School"}) { nameZh } }';

let desk: Desk;
let now = NOW;
let broken = false;

beforeEach(async () => {
  now = NOW;
  broken = false;
  desk = await openDesk({ grants: [], now: () => now });
  const { record } = desk.gateway;
  const append = record.append.bind(record);
  Object.assign(record, {
    append: async (entry: NewEntry) => {
      if (broken) throw new MianzhengError('EVIDENCE_UNAVAILABLE', 'the disk is full');
      return append(entry);
    },
  });
});

afterEach(() => desk.close());

const recorded = () =>
  desk.entries.flatMap((entry) => (entry.kind === 'control' && entry.changes.length > 0 ? [entry] : []));

describe('a change whose request could not be recorded', () => {
  it('is answered as EVIDENCE_UNAVAILABLE, and stands in the record as soon as that works again', async () => {
    broken = true;
    const { status, data, errors } = await desk.ask('platform-admin', RENAME);
    expect(status).toBe(503);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions.code).toBe('EVIDENCE_UNAVAILABLE');
    expect((await desk.gateway.store.access.client('school'))?.nameZh).toBe('学校');

    now += 30_000;
    await expect(desk.gateway.controlPlane.settle()).rejects.toThrow();
    broken = false;
    // Whoever took it up may have died with it.
    await desk.gateway.controlPlane.settle();
    expect(recorded()).toEqual([]);
    now += 30_000;
    await desk.gateway.controlPlane.settle();
    expect(recorded()).toMatchObject([
      {
        time: new Date(NOW).toISOString(),
        actor: 'platform-admin',
        roles: ['platform-admin'],
        operation: 'mutation',
        changes: [
          { action: 'client.rename', subject: 'school', before: { nameZh: 'school' }, after: { nameZh: '学校' } },
        ],
        outcome: 'FAILED',
        code: 'EVIDENCE_UNAVAILABLE',
      },
    ]);
    now += 60_000;
    await desk.gateway.controlPlane.settle();
    expect(recorded()).toHaveLength(1);
  });

  it('is not told again where its request recorded it', async () => {
    expect((await desk.ask('platform-admin', RENAME)).status).toBe(200);
    now += 60_000;
    await desk.gateway.controlPlane.settle();
    expect(recorded()).toHaveLength(1);
  });
});

describe('a change that fails', () => {
  it('leaves neither a change nor a word of one', async () => {
    const twice = 'mutation { registerClient(input: {id: "school", nameZh: "x", nameEn: "x"}) { id } }';
    const { errors, data } = await desk.ask('platform-admin', twice);
    expect(data).toBeNull();
    expect(errors?.[0]?.extensions).toEqual({ code: 'STATE_CONFLICT', field: 'input.id' });
    expect(desk.entries.at(-1)).toMatchObject({
      kind: 'control',
      changes: [],
      outcome: 'REFUSED',
      code: 'STATE_CONFLICT',
    });
    expect(await desk.gateway.store.changes.of('school', 10)).toEqual([]);
  });

  it('tells nothing of a fault of ours', async () => {
    Object.assign(desk.gateway.store.access, {
      clients: async () => {
        throw new Error('secret of the driver');
      },
    });
    const answer = await desk.ask('platform-admin', '{ clients { total } }');
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(answer.errors?.[0]?.extensions.code).toBe('INTERNAL');
    expect(desk.entries.at(-1)).toMatchObject({ kind: 'control', outcome: 'FAILED', code: 'INTERNAL' });
  });
});
