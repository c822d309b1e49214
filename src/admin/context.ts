/** What a field of the control plane may use. */
import type { Knex } from 'knex';
import type { Json } from '../audit/entries.js';
import type { SigningKey } from '../audit/signing-key.js';
import type { Gateway } from '../gateway.js';
import type { OpenGateway } from '../open-gateway.js';
import type { RecordSearch } from '../records/record-search.js';
import type { Changed } from '../store/control-changes.js';
import type { Actor } from './actor.js';
import type { SeasonDesk } from './season-desk.js';
import type { ControlSettings } from './settings.js';

/** Parts of the gateway that the control plane knows: the policy, the record, and states. No row of a department. */
export interface ControlParts
  extends Pick<
      Gateway,
      | 'verifier'
      | 'admission'
      | 'authorizer'
      | 'policy'
      | 'disputes'
      | 'record'
      | 'pseudonym'
      | 'matters'
      | 'store'
      | 'now'
      | 'utcOffsetMinutes'
      | 'log'
      | 'metrics'
      | 'masks'
      | 'workingCalendar'
    >,
    Pick<OpenGateway, 'catalogue' | 'publicKeys' | 'load' | 'developmentIssuer' | 'citizens'> {
  /** Departments: how they do, never what they hold. */
  readonly sources: Pick<Gateway['sources'], 'queues' | 'protections' | 'cities' | 'connectors'>;
  /** Folder of the record, with the chains of every instance that shares the data folder. */
  readonly recordFolder: string;
  /** Searches of the record. */
  readonly recordSearch: RecordSearch;
  /** The key that seals the record now, and signs what is taken from it. */
  readonly recordKey: () => SigningKey;
  readonly settings: ControlSettings;
  /** Seasons that people run from the console. */
  readonly seasonDesk: SeasonDesk;
}

/** One request as its fields see it. */
export interface AdminContext {
  readonly parts: ControlParts;
  readonly actor: Actor;
  /** Fields of Query and Mutation that the person may ask, as `Query.me`, sorted. */
  readonly allowed: readonly string[];
  /** Names the request in the answer, the log and the record. */
  readonly requestId: string;
  /** Names what the request brings about in an entry of its own: the request's identifier with a number, from 0, behind a dot. */
  nextId(): string;
  /** When the request arrived, ms since the epoch. */
  readonly now: number;
  /** `YYYY-MM-DD` where the gateway stands. */
  readonly today: string;
  /**
   * Changes something: the work and what it changed are written in one transaction, and stand in the record before the
   * request is answered. Every change goes through here.
   * @param work must use the transaction for everything it reads and writes, and must not put an identifier of a person
   *   into a change
   * @returns the work's result
   */
  change<T>(work: (trx: Knex.Transaction) => Promise<Changed<T>>): Promise<T>;
  /** The request concerns a person or thing: the record gets its pseudonym. @param kind as in the enum `SubjectKind` */
  concern(kind: string, id: string): void;
  /**
   * What was looked for stands in the record beside what was changed.
   * @param detail must hold no identifier of a person
   */
  note(action: string, subject: string, detail: Json): void;
}
