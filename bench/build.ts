/** Compiles the benchmark's own processes, so that no loader works inside them while they are timed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';

/** Where the compiled files lie: below the package's root, so that its packages are found. */
const OUT = join(PACKAGE_ROOT, '.data', 'bench', 'build');

/** Compiles with tsc. @throws Error with tsc's words */
export function build(): void {
  const tsc = join(PACKAGE_ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', join(PACKAGE_ROOT, 'bench', 'tsconfig.json'), '--noEmit', 'false', '--outDir', OUT];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the benchmark does not compile:\n${stdout}`);
}

/** The compiled file of a source file. @param file from the package's root, such as `bench/floors/a.ts` */
export function compiled(file: string): string {
  return join(OUT, file.replace(/\.ts$/, '.js'));
}
