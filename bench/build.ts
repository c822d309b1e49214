/** Compiles the benchmark's own processes, so that no loader works inside them while they are timed, and the product. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';

/** Where the compiled files lie: below the package's root, so that its packages are found. */
const OUT = join(PACKAGE_ROOT, '.data', 'bench', 'build');

function compile(...args: readonly string[]): void {
  const tsc = join(PACKAGE_ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`this does not compile:\n${stdout}`);
}

/** Compiles the gateway, which runs as it is shipped, and the benchmark. @throws Error with tsc's words */
export function build(): void {
  compile(join(PACKAGE_ROOT, 'tsconfig.build.json'));
  compile(join(PACKAGE_ROOT, 'bench', 'tsconfig.json'), '--noEmit', 'false', '--outDir', OUT);
}

/** The compiled file of a source file. @param file from the package's root, such as `bench/floors/a.ts` */
export function compiled(file: string): string {
  return join(OUT, file.replace(/\.ts$/, '.js'));
}
