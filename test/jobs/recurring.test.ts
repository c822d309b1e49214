import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { runRecurring } from '../../src/jobs/recurring.js';
import { openLog } from '../../src/log.js';
import { openStore } from '../../src/open-store.js';
import { temporaryFolder } from '../audit/support.js';

describe('retention inside serve', () => {
  // Only these two: what the job does on disk takes its time.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  /** Runs the job once over a store with one old case; resolves with what it logged. */
  async function runOnce(edit: (folder: string) => Record<string, string>): Promise<readonly string[]> {
    const folder = await temporaryFolder();
    const config = { ...loadConfig({ MIANZHENG_DATA: folder }, folder), ...edit(folder) };
    if (!config.control.startsWith('/')) {
      const store = await openStore(config);
      await store.registerCase({ client: 'c', number: 'N-1', matter: 'm', filedOn: '2020-01-01', subjects: [] });
      await store.close();
    }
    const lines: string[] = [];
    const job = runRecurring(config, openLog('info', { write: (line) => lines.push(line) }), () =>
      Date.parse('2026-07-01'),
    );
    await vi.advanceTimersByTimeAsync(60_000);
    for (let i = 0; i < 100_000 && lines.length === 0; i += 1) await turn();
    job.stop();
    return lines;
  }

  it('tells the log what it removed, by number and day and not by case', async () => {
    const lines = await runOnce(() => ({}));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('cases were kept long enough and are removed');
    expect(lines[0]).toContain('"count":1');
    expect(lines[0]).not.toContain('N-1');
  });

  it('tells the log where it failed, and does not end the gateway', async () => {
    const lines = await runOnce((folder) => ({ control: `${folder}/no/such/control.sqlite` }));
    // What reminders and commitments need of the same store is told by itself.
    expect(lines.filter((line) => line.includes('retention failed'))).toHaveLength(1);
  });
});
