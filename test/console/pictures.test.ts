/** docs/console.md shows every page of the console that is checked, in both languages, and no picture that is not there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../../scripts/console-check/pages.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const FOLDER = join(PACKAGE_ROOT, 'docs', 'console');

/** Names of the pictures of each line: Chinese, English. */
const LINES = readFileSync(join(PACKAGE_ROOT, 'docs', 'console.md'), 'utf8')
  .split('\n')
  .filter((line) => line.includes('<img '))
  .map((line) => [...line.matchAll(/src="console\/([\w-]+)\.jpg"/g)].map(([, name = '']) => name));

describe('the pictures of the console', () => {
  it.each(LINES)('%s stands beside its other language', (zh, en) => {
    expect([zh, en]).toEqual([zh?.replace(/-en$/, '-zh'), zh?.replace(/-zh$/, '-en')]);
    for (const name of [zh, en]) expect(existsSync(join(FOLDER, `${name}.jpg`)), name).toBe(true);
  });

  it('are of every page, and all are shown', () => {
    const shown = LINES.flat();
    expect(shown).toEqual(expect.arrayContaining(PAGES.map(({ name }) => `${name}-zh`)));
    expect(readdirSync(FOLDER).sort()).toEqual(shown.map((name) => `${name}.jpg`).sort());
  });
});
