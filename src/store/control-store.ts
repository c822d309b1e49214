/** The control store: applications, grants and cases, on SQLite or on MariaDB/MySQL. */
import knex, { type Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import type { Grant } from '../authorize/rights.js';
import { MianzhengError } from '../errors.js';
import { type Access, access } from './access.js';
import { type AccessApplications, accessApplications } from './access-applications.js';
import { answering } from './answering.js';
import { removeCaseEvents } from './case-events.js';
import {
  type CaseFile,
  type CaseQuery,
  countFiledBefore,
  insertCases,
  keysFiledBefore,
  type ListedCases,
  listCases,
  listCasesOf,
  readCase,
  removeCases,
  type Slice,
} from './case-files.js';
import { type CaseJournal, caseJournal } from './case-journal.js';
import {
  type Attempt,
  type Counting,
  type ExcessAttempt,
  pruneAttempts,
  releaseAttempts,
  reserveAttempts,
} from './claim-attempts.js';
import {
  type ClientEvent,
  type ClientState,
  claimEvents,
  markRecorded,
  readClientStates,
  writeAlarm,
  writeHold,
} from './client-events.js';
import { type Commitments, commitments, removeCommitments } from './commitments.js';
import { type ConsoleSessions, consoleSessions } from './console-sessions.js';
import { type ControlChanges, controlChanges } from './control-changes.js';
import { type DisputeStore, disputeStore } from './disputes.js';
import { type FieldResponsibilities, fieldResponsibilities } from './field-responsibilities.js';
import { type LicencePresentations, licencePresentations } from './licence-presentations.js';
import { type LicenceWatches, licenceWatches, removeLicenceWatches } from './licence-watches.js';
import { removeNotices } from './notices.js';
import { PatientMysql, STORE_SILENCE_MS } from './patient-mysql.js';
import type { Client, Policy, PolicyChanges, StoredGrant } from './policy.js';
import { type PolicyOffers, policyOffers } from './policy-offers.js';
import { readAll, readChangesAfter, readGrantsOf, readVersion, writeAll, writeStatus } from './policy-tables.js';
import { removeRatings } from './ratings.js';
import { type Reminders, reminders } from './reminders.js';
import { BUSY_MS, createTables } from './schema.js';
import { type SeasonRuns, seasonRuns } from './seasons.js';
import { type CountTold, exchangeCounts, pruneCounts } from './subject-counts.js';
import { removeTasks, type VerificationTasks, verificationTasks } from './verification-tasks.js';
import {
  addMessages,
  claimMessages,
  countMessages,
  postponeMessage,
  removeMessage,
  type WebhookMessage,
} from './webhook-outbox.js';

export type { CaseFile, CaseSubject } from './case-files.js';
export type { Client, Policy } from './policy.js';

/** What gateway processes tell each other of subjects counted. */
export interface SubjectCounts {
  /** Adds names and reads the totals of all processes, in the order told: all of it, or nothing where it fails. */
  exchange(told: readonly CountTold[]): Promise<readonly number[]>;
  /** Removes what was counted before an hour (hours since the epoch). */
  prune(hour: number): Promise<void>;
}

/** Alarms, holds and releases. */
export interface ClientEvents {
  /** Writes an alarm and holds its application where `hold`; of alarms with one `key` the first is kept. */
  raise(event: ClientEvent, hold: boolean, key: string): Promise<void>;
  /** Holds or releases by a person's word. @returns whether that changed anything */
  setHold(event: ClientEvent): Promise<boolean>;
  /** Takes up events that are not in the record yet, at most so many; others leave them alone for 10 s. */
  claim(now: number, most: number): Promise<readonly ClientEvent[]>;
  /** The event stands in the record at `chain/seq`; its messages wait to be sent from `now` on. */
  recorded(
    id: string,
    position: string,
    messages: readonly Omit<WebhookMessage, 'attempts'>[],
    now: number,
  ): Promise<void>;
  /** All applications, and whether they are on hold. */
  clients(): Promise<readonly ClientState[]>;
}

/** Values tried as claims; see `claim-attempts.ts`. */
export interface ClaimCounts {
  reserve(attempts: readonly Attempt[], how: Counting): Promise<ExcessAttempt | null>;
  release(attempts: readonly Attempt[], token: string): Promise<void>;
  prune(day: number): Promise<void>;
}

/** Messages to webhooks; see `webhook-outbox.ts`. */
export interface WebhookOutbox {
  count(): Promise<number>;
  claim(
    urls: readonly string[],
    when: { readonly now: number; readonly until: number; readonly most: number },
  ): Promise<readonly WebhookMessage[]>;
  remove(message: WebhookMessage): Promise<void>;
  postpone(message: WebhookMessage, due: number): Promise<void>;
}

/** The store. Every write of applications or grants raises the policy's version. */
export interface ControlStore {
  readonly counts: SubjectCounts;
  readonly events: ClientEvents;
  readonly outbox: WebhookOutbox;
  readonly claims: ClaimCounts;
  /** Disputes of facts. */
  readonly disputes: DisputeStore;
  /** Applications and grants as administrators read them. */
  readonly access: Access;
  readonly applications: AccessApplications;
  /** What departments vouch for of their fields. */
  readonly responsibilities: FieldResponsibilities;
  /** Changes made through the control plane. */
  readonly changes: ControlChanges;
  /** Sessions of the console. */
  readonly sessions: ConsoleSessions;
  /** What happened to cases, and the notices that tell of it. */
  readonly cases: CaseJournal;
  /** What departments are asked to verify (部门核验). */
  readonly tasks: VerificationTasks;
  /** What applicants committed to (告知承诺). */
  readonly commitments: Commitments;
  /** Reminders of what departments have to answer (催办). */
  readonly reminders: Reminders;
  /** Policy runs (免申即享) and their offers. */
  readonly policies: PolicyOffers;
  /** Seasons that this installation runs. */
  readonly seasons: SeasonRuns;
  /** Licences shown (亮证). */
  readonly presentations: LicencePresentations;
  /** Cases whose verdict rests on licences. */
  readonly licenceWatches: LicenceWatches;
  /** Version of the policy now. */
  policyVersion(): Promise<number>;
  /** Applications and grants with the version they belong to. Grows with the number of grants: for a start. */
  readPolicy(): Promise<Policy>;
  /**
   * What changed after a version.
   * @returns null where that cannot be told and {@link readPolicy} must be asked: see `readChangesAfter`
   */
  readChanges(since: number): Promise<PolicyChanges | null>;
  /** Grants of one application, whatever their status. */
  grantsOf(client: string): Promise<readonly StoredGrant[]>;
  /** Whether no application is registered. */
  isEmpty(): Promise<boolean>;
  /** Adds or replaces applications and grants by identifier, in one transaction. */
  putPolicy(clients: readonly Client[], grants: readonly Grant[]): Promise<void>;
  /** Sets the status of a grant. @returns whether there is such a grant; where there is none, nothing changes */
  setGrantStatus(id: string, status: Grant['status']): Promise<boolean>;
  /**
   * A case of this application; null where none has the number.
   * @throws MianzhengError OVERLOADED where the store does not answer: the case is then not unknown
   */
  findCase(client: string, number: string): Promise<CaseFile | null>;
  /**
   * Registers a case; repeating the same registration changes nothing.
   * @throws MianzhengError CASE_CONFLICT where the number is taken by other content; OVERLOADED as above
   */
  registerCase(file: CaseFile): Promise<void>;
  /**
   * Registers cases of one application as {@link registerCase} does, in one transaction for every 250.
   * @returns for each, in order: whether it is registered now; false where its number is taken by other content
   * @throws MianzhengError OVERLOADED as above; some may then be registered
   */
  registerCases(client: string, files: readonly Omit<CaseFile, 'client'>[]): Promise<readonly boolean[]>;
  /** A page of cases, latest filed first. @throws MianzhengError OVERLOADED as above */
  listCases(query: CaseQuery, slice: Slice): Promise<ListedCases>;
  /**
   * A page of the cases in which a citizen plays any role, such as guardian in a child's, latest filed first.
   * @param citizen canonical citizen ID
   * @throws MianzhengError OVERLOADED as above
   */
  casesOf(citizen: string, slice: Slice): Promise<ListedCases>;
  /**
   * How many cases were filed before a day, `YYYY-MM-DD`.
   * @throws MianzhengError OVERLOADED as above
   */
  countCasesFiledBefore(day: string): Promise<number>;
  /**
   * Removes such cases with their subjects, events and notices, `limit` at most. Other gateways may know them for a day from memory.
   * @returns how many were removed
   * @throws MianzhengError OVERLOADED as above
   */
  removeCasesFiledBefore(day: string, limit: number): Promise<number>;
  /** Cases kept in memory. */
  casesKept(): number;
  /** Releases the connection. */
  close(): Promise<void>;
}

/** Cases of one statement. */
const CASES_A_STATEMENT = 250;

/** Cases kept in memory, least recently used first out. They never change, so they cannot be stale. */
const CASES_KEPT = 20_000;

/** Longest that one is kept there, ms: one that was removed is then forgotten. */
const CASE_KEPT_MS = 86_400_000;

/** Faults are thrown; knex must not also write them, with statement and values, past our log. */
const SILENT: Knex.Logger = {
  warn: () => undefined,
  error: () => undefined,
  deprecate: () => undefined,
  debug: () => undefined,
};

/** As much of a better-sqlite3 connection as is set up. */
interface SqliteConnection {
  pragma(text: string): unknown;
  prepare(sql: string): object;
}

/**
 * Pages of a SQLite file kept in memory, KiB. A season adds some thousand rows at once, all over the indexes of
 * identifiers; in SQLite's default of 2,000 their pages are written out and read again before the transaction ends.
 */
const CACHE_KIB = 65_536;

/**
 * Pages of the write-ahead log, 4 KiB each, after which they are put into the file. In SQLite's default of 1,000 a page
 * that a season changes all the time is put there every other transaction. A log is read again after a kill in
 * well under a second.
 */
const WAL_PAGES = 16_000;

/** Statements of a SQLite connection that stay prepared. */
const STATEMENTS_KEPT = 200;

/** knex prepares a statement each time it runs one, which takes as long as running it. */
function keepPrepared(db: SqliteConnection): void {
  const prepare = db.prepare.bind(db);
  const kept = new LRUCache<string, object>({ max: STATEMENTS_KEPT });
  db.prepare = (sql) => {
    const known = kept.get(sql);
    if (known !== undefined) return known;
    const statement = prepare(sql);
    kept.set(sql, statement);
    return statement;
  };
}

function connection(url: string): Knex.Config {
  if (url.startsWith('mysql:')) {
    return {
      client: PatientMysql,
      connection: { uri: url, connectTimeout: STORE_SILENCE_MS },
      acquireConnectionTimeout: STORE_SILENCE_MS,
      pool: { min: 0, max: 8 },
      log: SILENT,
    };
  }
  return {
    log: SILENT,
    client: 'better-sqlite3',
    connection: { filename: url },
    useNullAsDefault: true,
    pool: {
      afterCreate(db: SqliteConnection, done: (error: Error | null) => void) {
        db.pragma('journal_mode = WAL');
        // Left to the driver, a power cut takes back what was committed: a revoked grant would be in force again.
        db.pragma('synchronous = FULL');
        // What is removed, such as a case's identifiers, would else stay readable in the file and in its backups.
        db.pragma('secure_delete = ON');
        db.pragma(`busy_timeout = ${BUSY_MS}`);
        db.pragma(`cache_size = -${CACHE_KIB}`);
        db.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
        keepPrepared(db);
        done(null);
      },
    },
  };
}

class SqlControlStore implements ControlStore {
  readonly #db: Knex;
  readonly #files = new LRUCache<string, CaseFile>({ max: CASES_KEPT, ttl: CASE_KEPT_MS, ttlResolution: 60_000 });

  readonly counts: SubjectCounts;
  readonly events: ClientEvents;
  readonly outbox: WebhookOutbox;
  readonly claims: ClaimCounts;
  readonly disputes: DisputeStore;
  readonly access: Access;
  readonly applications: AccessApplications;
  readonly responsibilities: FieldResponsibilities;
  readonly changes: ControlChanges;
  readonly sessions: ConsoleSessions;
  readonly cases: CaseJournal;
  readonly tasks: VerificationTasks;
  readonly commitments: Commitments;
  readonly reminders: Reminders;
  readonly policies: PolicyOffers;
  readonly seasons: SeasonRuns;
  readonly presentations: LicencePresentations;
  readonly licenceWatches: LicenceWatches;

  constructor(db: Knex, dialect: 'mysql' | 'sqlite') {
    this.#db = db;
    this.counts = {
      exchange: (told) => exchangeCounts(db, told),
      prune: (hour) => pruneCounts(db, dialect, hour),
    };
    this.policies = policyOffers(db);
    this.seasons = seasonRuns(db);
    this.presentations = licencePresentations(db);
    this.licenceWatches = licenceWatches(db);
    this.events = {
      raise: (event, hold, key) => db.transaction((trx) => writeAlarm(trx, event, hold, key)),
      setHold: (event) => db.transaction((trx) => writeHold(trx, event)),
      claim: (now, most) => claimEvents(db, now, most),
      recorded: (id, position, messages, now) =>
        db.transaction(async (trx) => {
          await markRecorded(trx, id, position);
          await addMessages(trx, messages, now);
        }),
      clients: () => readClientStates(db),
    };
    this.disputes = disputeStore(db);
    this.claims = {
      reserve: (attempts, how) => reserveAttempts(db, attempts, how),
      release: (attempts, token) => releaseAttempts(db, attempts, token),
      prune: (day) => pruneAttempts(db, day),
    };
    this.cases = caseJournal(db);
    this.tasks = verificationTasks(db, this.cases);
    this.commitments = commitments(db, this.cases);
    this.reminders = reminders(db);
    this.outbox = {
      count: () => countMessages(db),
      claim: (urls, when) => claimMessages(db, urls, when),
      remove: (message) => removeMessage(db, message),
      postpone: (message, due) => postponeMessage(db, message, due),
    };
    this.access = access(db);
    this.applications = accessApplications(db);
    this.responsibilities = fieldResponsibilities(db);
    this.changes = controlChanges(db);
    this.sessions = consoleSessions(db);
  }

  policyVersion(): Promise<number> {
    return readVersion(this.#db);
  }

  readPolicy(): Promise<Policy> {
    return this.#db.transaction(readAll);
  }

  readChanges(since: number): Promise<PolicyChanges | null> {
    return this.#db.transaction((trx) => readChangesAfter(trx, since));
  }

  grantsOf(client: string): Promise<readonly StoredGrant[]> {
    return readGrantsOf(this.#db, client);
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#db('client').first('id')) === undefined;
  }

  putPolicy(clients: readonly Client[], grants: readonly Grant[]): Promise<void> {
    return this.#db.transaction((trx) => writeAll(trx, clients, grants));
  }

  setGrantStatus(id: string, status: Grant['status']): Promise<boolean> {
    return this.#db.transaction((trx) => writeStatus(trx, id, status));
  }

  async findCase(client: string, number: string): Promise<CaseFile | null> {
    const key = `${client} ${number}`;
    const known = this.#files.get(key);
    if (known) return known;
    const file = await answering(readCase(this.#db, { client, number }));
    if (file !== null) this.#files.set(key, file);
    return file;
  }

  listCases(query: CaseQuery, slice: Slice): Promise<ListedCases> {
    return answering(listCases(this.#db, query, slice));
  }

  casesOf(citizen: string, slice: Slice): Promise<ListedCases> {
    return answering(listCasesOf(this.#db, citizen, slice));
  }

  async registerCase({ client, ...file }: CaseFile): Promise<void> {
    const [registered] = await this.registerCases(client, [file]);
    if (registered !== true) {
      throw new MianzhengError('CASE_CONFLICT', 'a case with this number is registered with other content', {
        field: 'input.number',
      });
    }
  }

  async registerCases(client: string, files: readonly Omit<CaseFile, 'client'>[]): Promise<readonly boolean[]> {
    const registered: boolean[] = [];
    for (let from = 0; from < files.length; from += CASES_A_STATEMENT) {
      const some = files.slice(from, from + CASES_A_STATEMENT);
      registered.push(...(await answering(insertCases(this.#db, client, some))));
    }
    return registered;
  }

  countCasesFiledBefore(day: string): Promise<number> {
    return answering(countFiledBefore(this.#db, day));
  }

  async removeCasesFiledBefore(day: string, limit: number): Promise<number> {
    // Neither SQLite nor a portable statement can limit a DELETE.
    const rows = await answering(keysFiledBefore(this.#db, day, limit));
    if (rows.length === 0) return 0;
    const keys = rows.map(({ client, number }) => [client, number]);
    const removed = await answering(
      this.#db.transaction(async (trx): Promise<number> => {
        await removeNotices(trx, keys);
        await removeRatings(trx, keys);
        await removeCaseEvents(trx, keys);
        await removeTasks(trx, keys);
        await removeCommitments(trx, keys);
        await removeLicenceWatches(trx, keys);
        return removeCases(trx, keys);
      }),
    );
    for (const { client, number } of rows) this.#files.delete(`${client} ${number}`);
    return removed;
  }

  casesKept(): number {
    return this.#files.size;
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

/**
 * Opens the control store and creates its tables where missing.
 * @param url `mysql://user:password@host:port/database` (the database exists), or a SQLite file
 */
export async function openControlStore(url: string): Promise<ControlStore> {
  const db = knex(connection(url));
  const dialect = url.startsWith('mysql:') ? 'mysql' : 'sqlite';
  try {
    await createTables(db, dialect);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return new SqlControlStore(db, dialect);
}
