/** A secret in a file that may be replaced while the program runs. */
import { readFileSync, statSync } from 'node:fs';

/** How often the file is looked at, at most, ms. */
const LOOK_MS = 1000;

/**
 * The text of a file, without blanks around it; read again when asked and it has changed. A file that is empty is being
 * written: until then the text of before holds.
 * @param now ms since the epoch
 * @returns what gives the newest text; it throws the system's error where the file cannot be read
 * @throws the system's error where it cannot be read; TypeError where it is empty
 */
export function openFileText(path: string, now: () => number): () => string {
  let looked = Number.NEGATIVE_INFINITY;
  let seen = '';
  let text = '';

  function look(): void {
    const { mtimeMs, size, ino } = statSync(path);
    const state = `${mtimeMs} ${size} ${ino}`;
    if (state === seen) return;
    const read = readFileSync(path, 'utf8').trim();
    if (read === '' && text !== '') return;
    text = read;
    seen = state;
  }

  const current = () => {
    const time = now();
    if (time - looked >= LOOK_MS || time < looked) {
      look();
      looked = time;
    }
    return text;
  };
  if (current() === '') throw new TypeError(`${path} is empty`);
  return current;
}
