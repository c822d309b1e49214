import { readdir } from 'node:fs/promises';
import { RecordError } from './errors.js';

/** File of a chain's checkpoints, one compact JWS a line. */
export const CHECKPOINTS = 'checkpoints.jsonl';

/** File of a chain's anchors, which state what was removed from its beginning, one compact JWS a line. */
export const ANCHORS = 'anchors.jsonl';

const SEGMENT = /^(\d{8,})\.jsonl$/;
const CHAIN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Name of a segment's file. @param number from 1 */
export function segmentName(number: number): string {
  return `${String(number).padStart(8, '0')}.jsonl`;
}

/** Numbers of the segments' files in a chain's folder, ascending. Other files are passed over. */
export async function segmentsIn(chainFolder: string): Promise<number[]> {
  const numbers: number[] = [];
  for (const name of await readdir(chainFolder)) {
    const number = Number(SEGMENT.exec(name)?.[1] ?? 0);
    if (number > 0 && segmentName(number) === name) numbers.push(number);
  }
  return numbers.sort((a, b) => a - b);
}

/** Names of the chains in the record's folder, sorted. */
export async function chainsIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true });
  return found
    .filter((each) => each.isDirectory() && CHAIN.test(each.name))
    .map((each) => each.name)
    .sort();
}

/** Raises UNFIT unless `chain` is 1 to 64 ASCII letters, digits, `.`, `_`, `-`, beginning with one of the first two. */
export function requireChainName(chain: string): void {
  if (!CHAIN.test(chain)) throw new RecordError('UNFIT', `not a chain name: ${JSON.stringify(chain)}`);
}
