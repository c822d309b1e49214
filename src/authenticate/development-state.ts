/** What the development issuer must remember of a person who signs in: shared by all processes on one machine. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Adapter, AdapterPayload } from 'oidc-provider';

/** The file, inside the folder the caller names. */
const FILE = 'sign-ins.sqlite';

/** How long one that says no time is kept, s. */
const KEPT_S = 3600;

/** How long a statement waits for that of another process, ms. */
const BUSY_MS = 5000;

/** State of sign-ins, by model of oidc-provider. */
export interface DevelopmentState {
  /** What oidc-provider keeps for one of its models. */
  adapter(model: string): Adapter;
  /** Remembers a name under an opaque identifier. */
  remember(id: string, name: string): void;
  /** The name; undefined where it is not known or no longer. */
  nameOf(id: string): string | undefined;
}

/** Model under which names are kept. */
const NAMES = 'mianzheng:Name';

/**
 * Opens the state; the file is made when something is first kept.
 * @param folder made where missing, mode 0700
 * @param now ms since the epoch
 */
export function openDevelopmentState(folder: string, now: () => number): DevelopmentState {
  let opened: Database.Database | undefined;
  function database(): Database.Database {
    if (opened !== undefined) return opened;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, FILE);
    // SQLite alone would leave its mode to the umask, and that of the files beside it follows.
    closeSync(openSync(file, 'a', 0o600));
    opened = new Database(file, { timeout: BUSY_MS });
    opened.pragma('journal_mode = WAL');
    opened.exec(
      `CREATE TABLE IF NOT EXISTS state (model TEXT NOT NULL, id TEXT NOT NULL, uid TEXT, grant_id TEXT,
         payload TEXT NOT NULL, ends_at INTEGER NOT NULL, PRIMARY KEY (model, id))`,
    );
    return opened;
  }

  function put(model: string, id: string, payload: AdapterPayload, seconds: number): void {
    const at = now();
    database().prepare('DELETE FROM state WHERE ends_at < ?').run(at);
    database()
      .prepare('INSERT OR REPLACE INTO state (model, id, uid, grant_id, payload, ends_at) VALUES (?, ?, ?, ?, ?, ?)')
      .run(model, id, payload.uid ?? null, payload.grantId ?? null, JSON.stringify(payload), at + seconds * 1000);
  }

  function get(model: string, column: 'id' | 'uid', value: string): AdapterPayload | undefined {
    const row = database()
      .prepare(`SELECT payload FROM state WHERE model = ? AND ${column} = ? AND ends_at >= ?`)
      .get(model, value, now()) as { readonly payload: string } | undefined;
    return row === undefined ? undefined : (JSON.parse(row.payload) as AdapterPayload);
  }

  return {
    adapter: (model) => ({
      async upsert(id, payload, expiresInSeconds) {
        put(model, id, payload, expiresInSeconds ?? KEPT_S);
      },
      async find(id) {
        return get(model, 'id', id);
      },
      async findByUid(uid) {
        return get(model, 'uid', uid);
      },
      // There are no user codes: the device flow is off.
      async findByUserCode() {},
      async consume(id) {
        const payload = get(model, 'id', id);
        if (payload === undefined) return;
        const consumed = JSON.stringify({ ...payload, consumed: Math.floor(now() / 1000) });
        database().prepare('UPDATE state SET payload = ? WHERE model = ? AND id = ?').run(consumed, model, id);
      },
      async destroy(id) {
        database().prepare('DELETE FROM state WHERE model = ? AND id = ?').run(model, id);
      },
      async revokeByGrantId(grantId) {
        database().prepare('DELETE FROM state WHERE model = ? AND grant_id = ?').run(model, grantId);
      },
    }),
    remember: (id, name) => put(NAMES, id, { accountId: name }, 86_400),
    nameOf: (id) => get(NAMES, 'id', id)?.accountId,
  };
}
