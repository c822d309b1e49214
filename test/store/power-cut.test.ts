/** What the control store has acknowledged outlasts a power cut. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openControlStore } from '../../src/store/control-store.js';

test('on SQLite every commit is on the disk when it is acknowledged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mz-store-'));
  const pragma = vi.spyOn(Database.prototype, 'pragma');
  const store = await openControlStore(join(folder, 'control.sqlite'));
  onTestFinished(async () => {
    pragma.mockRestore();
    await store.close();
    await rm(folder, { recursive: true });
  });
  await store.putPolicy([], []);
  // What need not wait for the disk leaves nothing behind for what follows.
  await store.counts.exchange([{ client: 'a', scope: 'HOUR', hour: 1, names: ['x'] }]);
  const connections = new Set(pragma.mock.contexts as Database.Database[]);
  expect(connections.size).toBe(1);
  for (const connection of connections) {
    expect(connection.pragma('journal_mode', { simple: true })).toBe('wal');
    // 2: FULL. In NORMAL, which the driver is built with for a write-ahead log, commits wait for the next checkpoint.
    expect(connection.pragma('synchronous', { simple: true })).toBe(2);
  }
});
