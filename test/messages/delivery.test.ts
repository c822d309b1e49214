/** Messages to webhooks: whatever the receiver does, nothing is lost, and who gets one twice can tell. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Courier, type Delivery, openCourier, waitAfter } from '../../src/messages/courier.js';
import { webhookReceiver } from '../../src/messages/receivers.js';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { STORE_PLACES } from '../support/store-places.js';
import { type Receiver, signatureHolds, startReceiver } from './receiver.js';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const TIMEOUT_MS = 100;
const LONGEST_WAIT_MS = 300_000;

describe.each(STORE_PLACES)('webhooks with their outbox on $name', ({ skip, create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;
  let receiver: Receiver;
  let folder: string;
  let secretFile: string;
  let now: number;
  let tries: Delivery[];

  beforeEach(async () => {
    if (skip) return;
    place = await create();
    store = await openControlStore(place.url);
    receiver = await startReceiver();
    folder = mkdtempSync(join(tmpdir(), 'mianzheng-webhook-'));
    secretFile = join(folder, 'secret');
    writeFileSync(secretFile, SECRET);
    now = Date.parse('2026-07-01T02:00:00Z');
    tries = [];
  });

  afterEach(async () => {
    if (skip) return;
    await receiver.down().catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_SERVER_NOT_RUNNING') throw error;
    });
    rmSync(folder, { recursive: true });
    await store.close();
    await place.remove();
  });

  function courier(on: ControlStore = store): Courier {
    return openCourier({
      receivers: [webhookReceiver({ url: receiver.url, secretFile })],
      outbox: on.outbox,
      now: () => now,
      timeoutMs: TIMEOUT_MS,
      onTry: (delivery) => tries.push(delivery),
    });
  }

  /** Puts messages into the outbox, as the record of their events does. */
  async function post(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    for (const id of ids) {
      const message = { id, url: receiver.url, body: JSON.stringify({ id }), at: now };
      await store.events.recorded(id, 'gateway-1/1', [message], now);
    }
    return ids;
  }

  it.skipIf(skip)('arrive signed, once, and are forgotten', async () => {
    const ids = await post(3);
    await courier().turn();
    await courier().turn();
    expect(receiver.received.map(({ id }) => id).sort()).toEqual(ids.sort());
    for (const { headers, body } of receiver.received) expect(signatureHolds(headers, body, SECRET)).toBe(true);
    expect(await store.outbox.count()).toBe(0);
  });

  it.skipIf(skip)(
    'outlast a receiver that fails, hangs, sends elsewhere, breaks off and is down, with one id',
    async () => {
      const ids = await post(4);
      const going = courier();
      for (const manner of ['FAILS', 'HANGS', 'REDIRECTS', 'TAKES_AND_BREAKS_OFF'] as const) {
        receiver.manner = manner;
        await going.turn();
        now += LONGEST_WAIT_MS;
      }
      await receiver.down();
      await going.turn();
      now += LONGEST_WAIT_MS;
      await receiver.up();
      receiver.manner = 'TAKES';
      await going.turn();
      await going.turn();
      const taken = receiver.received.filter(({ manner }) => manner === 'TAKES');
      expect(taken.map(({ id }) => id).sort()).toEqual(ids.sort());
      expect(new Set(receiver.received.map(({ id }) => id))).toEqual(new Set(ids));
      expect(tries.filter((each) => each === 'FAILED')).toHaveLength(4 * 5);
      expect(await store.outbox.count()).toBe(0);
    },
  );

  it.skipIf(skip)('wait longer after every failure', async () => {
    receiver.manner = 'FAILS';
    await post(1);
    const going = courier();
    await going.turn();
    now += waitAfter(0) - 1;
    await going.turn();
    expect(tries).toEqual(['FAILED']);
    now += 1;
    await going.turn();
    now += waitAfter(1) - 1;
    await going.turn();
    expect(tries).toEqual(['FAILED', 'FAILED']);
    now += 1;
    await going.turn();
    expect(tries).toHaveLength(3);
    expect([0, 1, 2, 30, 2000].map(waitAfter)).toEqual([1000, 2000, 4000, LONGEST_WAIT_MS, LONGEST_WAIT_MS]);
  });

  it.skipIf(skip)(
    'survive a gateway that ends between sending and noting it: sent again under the same id',
    async () => {
      const [id] = await post(1);
      const dying: ControlStore = Object.create(store, {
        outbox: {
          value: {
            ...store.outbox,
            remove: async () => {
              throw new Error('killed');
            },
          },
        },
      }) as ControlStore;
      await expect(courier(dying).turn()).rejects.toThrow('killed');
      await courier().turn();
      expect(receiver.received).toHaveLength(1);
      now += 2 * TIMEOUT_MS;
      await courier().turn();
      expect(receiver.received.map((each) => each.id)).toEqual([id, id]);
      expect(await store.outbox.count()).toBe(0);
    },
  );

  it.skipIf(skip)('are sent by one of two gateways', async () => {
    const ids = await post(8);
    const elsewhere = await openControlStore(place.url);
    try {
      await Promise.all([courier().turn(), courier(elsewhere).turn()]);
      expect(receiver.received.map(({ id }) => id).sort()).toEqual(ids.sort());
    } finally {
      await elsewhere.close();
    }
  });

  it.skipIf(skip)('are signed with the secret that the file holds now, and kept while it cannot be read', async () => {
    await post(1);
    rmSync(secretFile);
    await courier().turn();
    expect(tries).toEqual(['FAILED']);
    expect(receiver.received).toEqual([]);
    const next = `whsec_${Buffer.alloc(32, 6).toString('base64')}`;
    writeFileSync(secretFile, next);
    now += waitAfter(0);
    await courier().turn();
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    expect(signatureHolds(headers, body, next)).toBe(true);
  });

  it.skipIf(skip)('are given up after seven days, aloud', async () => {
    receiver.manner = 'FAILS';
    await post(1);
    now += 7 * 86_400_000;
    await courier().turn();
    expect(tries).toEqual(['EXPIRED']);
    expect(await store.outbox.count()).toBe(0);
  });
});
