/** The applications this office has received: one SQLite file of its own, readable by several processes. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

/**
 * @typedef {object} Requirement
 * @property {string} id
 * @property {string} nameZh
 * @property {string} nameEn
 * @property {'TRUE' | 'FALSE' | 'UNKNOWN'} outcome
 * @property {'MANDATORY' | 'TIER' | 'ADVISORY'} effect
 * @property {string | null} element
 * @property {string} department
 * @property {string | null} reasonZh
 * @property {string | null} reasonEn
 */

/**
 * @typedef {object} Verdict As `Mutation.verify` gives it.
 * @property {'APPROVED' | 'NOT_MET' | 'NEEDS_COMMITMENT' | 'NEEDS_REVIEW' | 'PENDING'} verdict
 * @property {string | null} tier
 * @property {string | null} tierZh
 * @property {string} ruleSet
 * @property {string} asOf
 * @property {string[]} reasonsZh
 * @property {string[]} reasonsEn
 * @property {string} reviewZh
 * @property {string} reviewEn
 * @property {string} receipt compact JWS
 * @property {Requirement[]} requirements
 */

/**
 * @typedef {{ field: string, nameZh: string, nameEn: string, state: string, department: string | null }} FormField
 */

/**
 * How far an application has come.
 * - `WAITING`: somebody did not answer, `for` a department or `GATEWAY`; asked again from `nextAt` on. Never a no.
 * - `UNCONFIRMED`: what was typed is not what the household register holds.
 * - `JUDGED`: there is a verdict. PENDING is asked again from `nextAt` on; any other has none.
 * - `BLOCKED`: the gateway refused the office itself; a person at the school takes over.
 *
 * @typedef {{ state: 'WAITING', for: string[], nextAt: number, tries: number }
 *   | { state: 'UNCONFIRMED', faults: Record<string, string> }
 *   | { state: 'JUDGED', at: number, verdict: Verdict, record: string | null, nextAt: number | null, tries: number }
 *   | { state: 'BLOCKED', code: string }} Progress
 */

/**
 * @typedef {object} Application
 * @property {string} number case number (办件编号)
 * @property {number} receivedAt ms since the epoch
 * @property {string} filedOn `YYYY-MM-DD`
 * @property {import('./page/input.js').Typed} typed
 * @property {boolean} confirmed whether `typed` was found in the household register
 * @property {Progress} progress
 * @property {FormField[] | null} form null until it was asked for
 * @property {{ school: string, guardianPhone: string } | null} details what the parent added
 */

const TABLES = `
  CREATE TABLE IF NOT EXISTS application (number TEXT PRIMARY KEY, received_at INTEGER NOT NULL, next_at INTEGER, content TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS application_received ON application (received_at);
  CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
`;

/** Opens the file, making it where it is missing. */
export class Applications {
  #db;
  /** Key of cookies: 32 bytes, the same in every process. */
  secret;

  /** @param {string} file */
  constructor(file) {
    mkdirSync(dirname(file), { recursive: true });
    this.#db = new Database(file);
    chmodSync(file, 0o600);
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('busy_timeout = 5000');
    this.#db.exec(TABLES);
    this.#db.prepare('INSERT OR IGNORE INTO secret VALUES (?, ?)').run('key', randomBytes(32));
    const row = /** @type {{ value: Buffer }} */ (
      this.#db.prepare('SELECT value FROM secret WHERE name = ?').get('key')
    );
    this.secret = row.value;
  }

  /** @param {Application} application */
  save(application) {
    const { number, receivedAt, progress } = application;
    const nextAt = 'nextAt' in progress ? progress.nextAt : null;
    this.#db
      .prepare(
        'INSERT INTO application VALUES (?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET next_at = excluded.next_at, content = excluded.content',
      )
      .run(number, receivedAt, nextAt, JSON.stringify(application));
  }

  /** @param {string} number @returns {Application | null} */
  find(number) {
    const row = /** @type {{ content: string } | undefined} */ (
      this.#db.prepare('SELECT content FROM application WHERE number = ?').get(number)
    );
    return row === undefined ? null : JSON.parse(row.content);
  }

  /**
   * Whether the caller is the one to ask the gateway again now; nobody else is until `until`.
   * @param {string} number
   * @param {number} now ms
   * @param {number} until ms
   */
  claim(number, now, until) {
    const claimed = this.#db
      .prepare('UPDATE application SET next_at = ? WHERE number = ? AND next_at <= ?')
      .run(until, number, now);
    return claimed.changes === 1;
  }

  /** The newest first. @param {number} limit @returns {Application[]} */
  latest(limit) {
    const rows = this.#db
      .prepare('SELECT content FROM application ORDER BY received_at DESC, number LIMIT ?')
      .all(limit);
    return rows.map((row) => JSON.parse(/** @type {{ content: string }} */ (row).content));
  }

  close() {
    this.#db.close();
  }
}
