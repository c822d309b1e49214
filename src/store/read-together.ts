/** Reads that come in one turn of the event loop go as one statement: of many cases as of one. */
import DataLoader from 'dataloader';
import { answering } from './answering.js';
import type { CaseKey } from './case-events.js';

/** Keys of one statement. */
const KEYS_A_STATEMENT = 200;

/**
 * Nothing is kept between two turns: each read sees what stands when it is asked.
 * @param read the answers to keys, in their order
 * @returns reads one. @throws MianzhengError OVERLOADED where the store does not answer
 */
export function readTogether<Key, Answer>(
  read: (keys: readonly Key[]) => Promise<readonly Answer[]>,
): (key: Key) => Promise<Answer> {
  const reads = new DataLoader((keys: readonly Key[]) => answering(read(keys)), {
    cache: false,
    maxBatchSize: KEYS_A_STATEMENT,
    batchScheduleFn: (depart) => setImmediate(depart),
  });
  return (key) => reads.load(key);
}

/** What belongs to each case, in the order of the cases; rows of one case keep theirs. */
export function byCase<Row extends CaseKey>(
  keys: readonly CaseKey[],
  rows: readonly Row[],
): readonly (readonly Row[])[] {
  const nameOf = ({ client, number }: CaseKey) => `${client} ${number}`;
  const cases = new Map<string, Row[]>();
  for (const row of rows) {
    const known = cases.get(nameOf(row));
    if (known === undefined) cases.set(nameOf(row), [row]);
    else known.push(row);
  }
  return keys.map((key) => cases.get(nameOf(key)) ?? []);
}
