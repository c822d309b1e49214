/** Keys taken up while the gateway runs: published before they sign, and never at the price of those that are there. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rotateSigningKey } from '../src/audit/signing-key.js';
import { type KeyRing, openKeyRing } from '../src/key-ring.js';
import { openLog } from '../src/log.js';
import { rotateReceiptKey } from '../src/receipts/keys.js';

let folder: string;
let ring: KeyRing;
let logged: string[];

const kids = () => ring.publicKeys().map(({ kid }) => kid);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-keys-'));
  logged = [];
  ring = await openKeyRing(folder, openLog('info', { write: (line) => logged.push(line) }), 20);
});

afterEach(() => {
  ring.close();
  rmSync(folder, { recursive: true });
});

describe('a gateway’s keys', () => {
  it('are changed while it runs: the new one is published, then it signs, and the former stays published', async () => {
    const [record, receipt] = [ring.record().kid, ring.receipt().kid];
    const next = [await rotateSigningKey(folder), await rotateReceiptKey(folder)];
    await vi.waitFor(() => expect(kids()).toEqual(expect.arrayContaining(next)));
    await vi.waitFor(() => expect([ring.record().kid, ring.receipt().kid]).toEqual(next));
    expect(kids()).toEqual([next[0], record, next[1], receipt]);
  });

  it('are published before they sign, by the time that others need to publish them too', async () => {
    const slow = await openKeyRing(folder, openLog('silent'), 400);
    try {
      const first = slow.receipt().kid;
      const next = await rotateReceiptKey(folder);
      const published = () => slow.publicKeys().map(({ kid }) => kid);
      await vi.waitFor(() => expect(published()).toContain(next), { interval: 5 });
      expect(slow.receipt().kid).toBe(first);
      await vi.waitFor(() => expect(slow.receipt().kid).toBe(next));
    } finally {
      slow.close();
    }
  });

  it('stop at once where one’s file is gone', async () => {
    const first = ring.receipt().kid;
    const second = await rotateReceiptKey(folder);
    await vi.waitFor(() => expect(ring.receipt().kid).toBe(second));
    rmSync(join(folder, 'receipt-signing-key-2.json'));
    await vi.waitFor(() => expect(ring.receipt().kid).toBe(first));
    expect(kids()).not.toContain(second);
  });

  it('go on where a file is no key, which the log says once and without quoting it', async () => {
    const before = [ring.record().kid, ring.receipt().kid, ...kids()];
    writeFileSync(join(folder, 'record-signing-key-2.json'), '{"d":"c2VjcmV0c2VjcmV0c2VjcmV0"', { mode: 0o600 });
    await vi.waitFor(() => expect(logged.join()).toContain('keys cannot be read'));
    expect([ring.record().kid, ring.receipt().kid, ...kids()]).toEqual(before);
    expect(logged.join()).not.toContain('c2VjcmV0');
    rmSync(join(folder, 'record-signing-key-2.json'));
    const next = await rotateSigningKey(folder);
    await vi.waitFor(() => expect(ring.record().kid).toBe(next));
    expect(logged.filter((line) => line.includes('keys cannot be read'))).toHaveLength(1);
    expect(readdirSync(folder)).toContain('record-signing-key-2.json');
  });
});
