/** The console's typed client is written from the control plane's schema and is not behind it. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/package-root.js';

describe('console/src/api/generated.ts', () => {
  it('is what `npm run console:types` would write now', () => {
    // In a process of its own: here graphql would be loaded twice, as modules of both kinds.
    const args = ['--import', 'tsx', 'scripts/console-types.ts', '--check'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: PACKAGE_ROOT, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
