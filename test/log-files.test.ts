import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLog } from '../src/log.js';
import { expiredLogFiles, openLogFiles } from '../src/log-files.js';

describe('the log in files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mianzheng-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has a file for each day in the time of the place, for its owner only', () => {
    let now = Date.parse('2026-07-01T15:59:59.000Z');
    const log = openLog('info', openLogFiles({ folder: join(folder, 'own'), utcOffsetMinutes: 480, now: () => now }));
    log.info('one');
    log.info('two');
    now += 1000;
    log.info('three');
    expect(readdirSync(join(folder, 'own')).sort()).toEqual(['mianzheng-2026-07-01.log', 'mianzheng-2026-07-02.log']);
    const text = readFileSync(join(folder, 'own', 'mianzheng-2026-07-01.log'), 'utf8');
    expect(text.match(/"msg":"(one|two)"/g)).toHaveLength(2);
    expect(statSync(join(folder, 'own', 'mianzheng-2026-07-01.log')).mode & 0o777).toBe(0o600);
  });

  it('goes to standard error where the disk does not take it', () => {
    const destination = openLogFiles({ folder: join(folder, 'gone'), utcOffsetMinutes: 0, now: () => 0 });
    rmSync(join(folder, 'gone'), { recursive: true });
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    destination.write('a line\n');
    expect(written).toHaveBeenCalledWith('a line\n');
    written.mockRestore();
  });

  it('expires by the day in the name; other files are none of its', async () => {
    for (const name of ['mianzheng-2026-01-01.log', 'mianzheng-2026-01-02.log', 'mianzheng-2026.log', 'a.txt'])
      writeFileSync(join(folder, name), '');
    expect(await expiredLogFiles(folder, '2026-01-02')).toEqual(['mianzheng-2026-01-01.log']);
    expect(await expiredLogFiles(join(folder, 'none'), '2026-01-02')).toEqual([]);
  });
});
