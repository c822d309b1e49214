/** Tries to take a chain's lock, says `taken` or the fault, and lives on until it is killed: `rival.ts <folder>`. */
import { RecordError } from '../../src/audit/errors.js';
import { lockChain } from '../../src/audit/lock.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: rival.ts <folder>');
try {
  await lockChain(folder, 'gw-1');
  process.stdout.write('taken\n');
} catch (error) {
  if (!(error instanceof RecordError)) throw error;
  process.stdout.write(`${error.fault}\n`);
}
process.stdin.resume();
