/** Compiles the peers, so that no loader works inside them while they are timed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const FOLDER = join(PACKAGE_ROOT, 'bench', 'peers');
let done = false;

/** Compiles once with the product's tsc into bench/peers/.build, where the peers' packages are found. @throws Error with tsc's words */
export function buildPeers(): void {
  if (done) return;
  const tsc = join(PACKAGE_ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', FOLDER], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the peers do not compile:\n${stdout}`);
  done = true;
}

/** The compiled file of a source file. @param file from bench/peers, such as `apollo.ts` */
export function compiledPeer(file: string): string {
  return join(FOLDER, '.build', 'bench', 'peers', file.replace(/\.ts$/, '.js'));
}
