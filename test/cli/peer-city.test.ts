/** `mianzheng simulator peer-city --stories`: the one command that shows two cities. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPeerStories } from '../../seeds/peer-city.js';
import { loadConfig } from '../../src/config.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { mianzheng } from './mianzheng.js';

it('judges the cases that need the other city, and once more with it down', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mianzheng-two-cities-'));
  try {
    const { code, out } = await mianzheng(['simulator', 'peer-city', '--stories', '--json'], {
      MIANZHENG_DATA: folder,
    });
    const told = JSON.parse(out) as { readonly story: string; readonly peer: string; readonly verdict: string }[];
    expect(told.map(({ story, peer, verdict }) => [story, peer, verdict])).toEqual([
      ...readPeerStories().map(({ id, expected }) => [id, 'UP', expected.verdict]),
      ...readPeerStories().map(({ id }) => [id, 'DOWN', 'PENDING']),
    ]);
    expect(code).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('has an example configuration that asks it', () => {
  const config = loadConfig(
    { MIANZHENG_CONFIG: join(PACKAGE_ROOT, 'examples/peer-city/mianzheng.yaml') },
    PACKAGE_ROOT,
  );
  expect(config.departments.licences?.peers).toMatchObject([{ name: 'tongxiang', url: 'http://127.0.0.1:4200' }]);
});
