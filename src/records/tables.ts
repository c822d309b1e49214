/**
 * The tables of the record's index. It is derived from the chains alone and says where an entry stands, by whatever it may be
 * looked for; the words of an entry are always read from the chain. It can be deleted at any time and is then built anew.
 */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Raised with every change of the tables: an index of another version is deleted and built anew. */
const VERSION = 1;

/** Longest wait for another process's batch, ms. */
const BUSY_MS = 10_000;

/** Entry identifiers are the chain's number times this, plus the entry's `seq`: of one chain they ascend. */
export const CHAIN_SPAN = 2 ** 40;

/** Hours for which entries are also counted by the minute. */
export const MINUTES_KEPT_H = 48;

const TABLES = `
  -- A chain and how far it is read: the last line taken, and where the next begins.
  CREATE TABLE chain (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    segment INTEGER NOT NULL, at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    seq INTEGER NOT NULL, hash TEXT NOT NULL,
    faults INTEGER NOT NULL DEFAULT 0, fault TEXT
  );
  -- Segments read, with their last entry.
  CREATE TABLE segment (
    chain INTEGER NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, last_at INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (chain, number)
  ) WITHOUT ROWID;
  -- Distinct sets of coordinates, and the entries of the chains that list them.
  CREATE TABLE coordinate_set (id INTEGER PRIMARY KEY, members TEXT NOT NULL UNIQUE);
  CREATE TABLE set_entry (
    chain INTEGER NOT NULL, seq INTEGER NOT NULL, segment INTEGER NOT NULL, at INTEGER NOT NULL, length INTEGER NOT NULL, coordinates INTEGER NOT NULL,
    PRIMARY KEY (chain, seq)
  ) WITHOUT ROWID;
  -- What entries have in common: few, so that any condition on it is settled before entries are looked at.
  CREATE TABLE shape (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, client TEXT, matter TEXT, action TEXT, verdict TEXT, outcome TEXT, code TEXT,
    disclosed INTEGER NOT NULL, masked INTEGER NOT NULL, used INTEGER NOT NULL, withheld INTEGER NOT NULL, bases TEXT NOT NULL, down TEXT NOT NULL
  );
  CREATE TABLE entry (
    id INTEGER PRIMARY KEY, segment INTEGER NOT NULL, at INTEGER NOT NULL, length INTEGER NOT NULL,
    time INTEGER NOT NULL, shape INTEGER NOT NULL, case_number TEXT, who TEXT, minors INTEGER NOT NULL
  );
  CREATE INDEX entry_time ON entry (time, id);
  CREATE INDEX entry_shape ON entry (shape, time, id);
  CREATE INDEX entry_case ON entry (case_number, time, id) WHERE case_number IS NOT NULL;
  CREATE INDEX entry_who ON entry (who, time, id) WHERE who IS NOT NULL;
  CREATE INDEX entry_minors ON entry (time, id) WHERE minors > 0;
  -- Whom an entry concerns: the first 48 bits of the pseudonym, which the entry itself then confirms.
  CREATE TABLE subject (
    person INTEGER NOT NULL, time INTEGER NOT NULL, entry INTEGER NOT NULL, about INTEGER, age TEXT NOT NULL,
    PRIMARY KEY (person, time, entry)
  ) WITHOUT ROWID;
  CREATE INDEX subject_minor ON subject (entry, person, about, age) WHERE age IN ('C', 'M');
  -- Entries by day where the gateway stands and by hour (ms since the epoch at its beginning), and of the last days by minute.
  CREATE TABLE by_day (at INTEGER NOT NULL, shape INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (at, shape)) WITHOUT ROWID;
  CREATE TABLE by_hour (at INTEGER NOT NULL, shape INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (at, shape)) WITHOUT ROWID;
  CREATE TABLE by_minute (at INTEGER NOT NULL, shape INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (at, shape)) WITHOUT ROWID;
`;

/** Pages of the write-ahead log after which it is copied into the file: a batch writes thousands of them, most again and again. */
const LOG_PAGES = 16_384;

/** The version of an index whose days begin so many minutes from UTC. */
function versionOf(utcOffsetMinutes: number): number {
  return VERSION * 10_000 + 1440 + utcOffsetMinutes;
}

function begun(path: string, utcOffsetMinutes: number): Database.Database {
  const db = new Database(path, { timeout: BUSY_MS });
  try {
    chmodSync(path, 0o600);
    db.pragma('journal_mode = WAL');
    // What a crash takes from a derived file is read from the chain again.
    db.pragma('synchronous = NORMAL');
    db.pragma('cache_size = -65536');
    db.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
    db.transaction(() => {
      const version = db.pragma('user_version', { simple: true });
      if (version === versionOf(utcOffsetMinutes)) return;
      if (version !== 0) throw new Database.SqliteError('another version of the index', 'SQLITE_SCHEMA');
      db.exec(TABLES);
      db.pragma(`user_version = ${versionOf(utcOffsetMinutes)}`);
    }).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Faults of a file that is no index of this version, and that building it anew mends. */
const MENDED = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_SCHEMA', 'SQLITE_ERROR']);

/**
 * Opens the index, mode 0600; one that is damaged, of another version or of other days is deleted and begun anew.
 * @param utcOffsetMinutes minutes from UTC that its days are reckoned in
 * @throws SqliteError where it cannot be written
 */
export function openIndexFile(path: string, utcOffsetMinutes: number): Database.Database {
  try {
    return begun(path, utcOffsetMinutes);
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !MENDED.has(error.code)) throw error;
    removeIndexFile(path);
    return begun(path, utcOffsetMinutes);
  }
}

/** Deletes the index. Nobody may have it open. */
export function removeIndexFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) rmSync(path + suffix);
}
