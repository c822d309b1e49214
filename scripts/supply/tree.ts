/** One hash over what `npm ci` installed, so that two installations can be compared. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Hashes paths, contents and links of a folder of packages. Left out is what compilers and tools put there: the
 * compiled driver, hidden folders such as caches, and npm's own list.
 * @returns SHA-256, lower-case hex
 */
export function treeHash(folder: string): string {
  const hash = createHash('sha256');
  const walk = (path: string): void => {
    const entries = readdirSync(join(folder, path), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.name === '.package-lock.json' || (path === '' && /^\.(?!bin$)/.test(entry.name))) continue;
      if (entry.isSymbolicLink()) hash.update(`link ${inner} ${readlinkSync(join(folder, inner))}\n`);
      else if (entry.isDirectory()) {
        if (!/^better-sqlite3\/build$/.test(inner)) walk(inner);
      } else {
        const digest = createHash('sha256')
          .update(readFileSync(join(folder, inner)))
          .digest('hex');
        hash.update(`file ${inner} ${digest}\n`);
      }
    }
  };
  walk('');
  return hash.digest('hex');
}

/**
 * Installs what the lock file of a folder says in a folder of its own, without running a script, and removes it again.
 * @returns {@link treeHash} of what was installed
 */
export function installedHash(folder: string): string {
  const own = mkdtempSync(join(tmpdir(), 'mianzheng-supply-'));
  try {
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(folder, name), join(own, name));
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { cwd: own });
    return treeHash(join(own, 'node_modules'));
  } finally {
    rmSync(own, { recursive: true });
  }
}
