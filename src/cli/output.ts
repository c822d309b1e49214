/** What every command prints and how it ends: 0 done, 1 the answer is no, 2 it could not be done. */
import Table from 'cli-table3';

/** The answer is no: a broken record, a story with another verdict. */
export const NO = 1;

/** It could not be done: wrong words, no server, an unreadable file. */
export const FAILED = 2;

/** A command cannot be done, for a reason that its user can act on. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Prints a value as JSON, or what `human` writes of it. */
export function print<T>(value: T, json: boolean | undefined, human: (value: T) => string): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : human(value)}\n`);
}

/** A table without frames, which also reads well when piped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const made = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}
