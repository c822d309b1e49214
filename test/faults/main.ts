/**
 * `npm run test:faults`: every fault on real parts. `--json` prints one object; `--only TEXT` those whose name has
 * the text. Exit 1 where anything was lost, wrongly denied, unrecorded, doubled or not as it must be; 2 without a
 * database.
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { mariadb } from '../support/services.js';
import { ALL_FAULTS } from './all.js';
import { type Findings, run, sound } from './run.js';
import type { Row } from './stage.js';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});

function line({ fault, whole, asked, recoveryMs, unexpected }: Row): string {
  const said = unexpected.length === 0 ? 'as it must be' : unexpected.slice(0, 4).join('; ');
  return `${fault}: ${whole} of ${asked} whole, whole again after ${recoveryMs ?? '∞'} ms, ${said}\n`;
}

function picture({ table, skipped, ...counts }: Findings): string {
  const drawn = new Table({
    head: ['fault', 'a client must see', 'asked', 'whole', 'unknown', 'refused', 'whole again ms', ''],
    style: { head: [], border: [] },
  });
  for (const { fault, expected, asked, whole, partial, refused, recoveryMs, unexpected } of table) {
    const verdict = unexpected.length === 0 ? 'ok' : unexpected.join('\n');
    drawn.push([fault, expected, asked, whole, partial, refused, recoveryMs ?? 'never', verdict]);
  }
  const told = Object.entries(counts).map(
    ([name, n]) => `${name} ${typeof n === 'number' ? n : n.join(', ') || 'INTACT'}`,
  );
  return `${drawn.toString()}\n${skipped.map((one) => `skipped: ${one}\n`).join('')}${told.join(', ')}\n`;
}

if (mariadb === null) {
  process.stderr.write('faults: no MariaDB answers; set MIANZHENG_TEST_MYSQL\n');
  process.exitCode = 2;
} else {
  // Databases, processes and a file system are taken away also after a signal.
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const chosen = ALL_FAULTS.filter(({ name }) => name.includes(values.only));
  const found = await run(mariadb, 'BUILT', chosen, (row) => process.stderr.write(line(row)), stop.signal);
  process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : picture(found));
  if (!sound(found)) process.exitCode = 1;
}
