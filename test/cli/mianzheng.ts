/** The commands as processes of their own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { collect } from '../support/collected.js';

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in an environment beside our own. */
export function mianzheng(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  const main = join(PACKAGE_ROOT, 'src/cli/main.ts');
  const options = { env: { ...process.env, ...environment }, cwd: PACKAGE_ROOT };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', main, ...args], options, (error, out, err) => {
      collect('command-error', err);
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}
