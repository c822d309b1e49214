/** A copy of a control store on SQLite. */
import { writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';

/**
 * Copies the store as it is at one instant while others read and write it, by SQLite's backup interface.
 * @param to must not exist; made with mode 0600
 */
export async function copySqliteStore(from: string, to: string): Promise<void> {
  // It holds identifiers in clear; SQLite alone would leave its mode to the umask.
  await writeFile(to, '', { flag: 'wx', mode: 0o600 });
  const database = new Database(from, { readonly: true, fileMustExist: true });
  try {
    await database.backup(to);
  } finally {
    database.close();
  }
  // The copy is one file: it must not need another beside it, nor make one when it is opened to be read.
  const copy = new Database(to, { fileMustExist: true });
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}
