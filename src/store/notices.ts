/**
 * Notices (告知, 短信通知) to people. One is written in the transaction of what it tells, and handed to its channel
 * only when that stands in the record: by then nobody can undo it, and no crash loses it.
 */
import type { Knex } from 'knex';

/** What a notice tells. */
export type NoticeKind =
  /** The decision (办理结果), with its reasons where it is a refusal. */
  | 'DECISION'
  /** A review by a person was asked for, or is done. */
  | 'REVIEW'
  /** The case is open again, or withdrawn. */
  | 'CASE'
  /** A department verifies, or has answered. */
  | 'TASK'
  /** Of a commitment: what is due, or was missed. */
  | 'COMMITMENT'
  /** A benefit is offered (免申即享). */
  | 'OFFER'
  /** A disputed fact was answered. */
  | 'DISPUTE'
  /** A bad rating was put right. */
  | 'RECTIFICATION';

/** Where a notice is on its way. */
export type NoticeState =
  /** Written; what it tells is not in the record yet. */
  | 'WRITTEN'
  /** With its channel's messages. */
  | 'QUEUED'
  | 'DELIVERED'
  /** Given up after days of trying. */
  | 'EXPIRED'
  /** The configuration names no channel for its application and matter. */
  | 'NO_CHANNEL';

/** A notice to be written. Its texts never hold a person's name or identifier. */
export interface NewNotice {
  /** UUID: the key by which a receiver tells a repetition (idempotency key). */
  readonly id: string;
  /** Event of a case that it tells of, in the same transaction; null where `record` says that it is recorded otherwise. */
  readonly event: string | null;
  /** Place in the record of what it tells, `chain/seq`; null where an event is named. One of the two is given. */
  readonly record: string | null;
  /** The application on whose behalf. */
  readonly client: string;
  readonly matter: string;
  /** Case number, or of an offer its number: by it the channel's owner finds whom to tell. */
  readonly number: string;
  readonly kind: NoticeKind;
  /** At most 1,000 characters each. */
  readonly textZh: string;
  readonly textEn: string;
  /** The recipient's address, sealed (`src/cases/sealing.ts`); null: the channel's owner knows it from the case number. Erased once the notice is with its channel. */
  readonly recipient: string | null;
  /** When it was written, ms since the epoch. */
  readonly at: number;
}

/** A notice. */
export interface Notice extends NewNotice {
  readonly state: NoticeState;
}

interface NoticeRow {
  readonly id: string;
  readonly event: string | null;
  readonly record: string | null;
  readonly client: string;
  readonly matter: string;
  readonly number: string;
  readonly kind: string;
  readonly text_zh: string;
  readonly text_en: string;
  readonly recipient: string | null;
  readonly at: number;
  readonly state: string;
}

/** Creates the table where it is missing. */
export async function createNoticeTable(db: Knex, exactly: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  if (await db.schema.hasTable('notice')) return;
  await db.schema.createTable('notice', (table) => {
    exactly(table);
    table.string('id', 36).primary();
    table.string('event', 36).index();
    table.string('record', 100);
    table.string('client', 64).notNullable();
    table.string('matter', 64).notNullable();
    table.string('number', 64).notNullable();
    table.string('kind', 16).notNullable();
    table.text('text_zh').notNullable();
    table.text('text_en').notNullable();
    table.text('recipient');
    table.bigInteger('at').notNullable();
    table.string('state', 16).notNullable();
    table.index(['client', 'number']);
    table.index(['state', 'at']);
  });
}

function noticeOf({ text_zh, text_en, ...row }: NoticeRow): Notice {
  const { kind, state, at, ...rest } = row;
  return {
    ...rest,
    kind: kind as NoticeKind,
    state: state as NoticeState,
    at: Number(at),
    textZh: text_zh,
    textEn: text_en,
  };
}

/**
 * Writes notices. One whose id is there already is left as it is.
 * @param db the transaction of what they tell
 */
export async function addNotices(db: Knex, notices: readonly NewNotice[]): Promise<void> {
  if (notices.length === 0) return;
  const rows = notices.map(({ textZh, textEn, ...rest }): NoticeRow => {
    return { ...rest, text_zh: textZh, text_en: textEn, state: 'WRITTEN' };
  });
  await db('notice').insert(rows).onConflict('id').ignore();
}

/** The notices that tell of an event. */
export async function readNoticesOf(db: Knex, event: string): Promise<readonly Notice[]> {
  return (await db<NoticeRow>('notice').where({ event }).orderBy('id')).map(noticeOf);
}

/** The notices of a case, oldest first. */
export async function readCaseNotices(
  db: Knex,
  { client, number }: { readonly client: string; readonly number: string },
): Promise<readonly Notice[]> {
  return (await db<NoticeRow>('notice').where({ client, number }).orderBy(['at', 'id'])).map(noticeOf);
}

/** Notices whose matter is recorded already and that nobody has handed on, oldest first. */
export async function readReleasedNotices(db: Knex, most: number): Promise<readonly Notice[]> {
  const rows = await db<NoticeRow>('notice').where('state', 'WRITTEN').whereNotNull('record').orderBy('at').limit(most);
  return rows.map(noticeOf);
}

/**
 * The notice is handed to its channel, or has none; its recipient is forgotten.
 * @param db the transaction that adds its message
 * @returns whether nobody did so before
 */
export async function handOverNotice(db: Knex, id: string, state: 'QUEUED' | 'NO_CHANNEL'): Promise<boolean> {
  return (await db('notice').where({ id, state: 'WRITTEN' }).update({ state, recipient: null })) > 0;
}

/** What became of it. One that is not a notice's id changes nothing. */
export async function settleNotice(db: Knex, id: string, state: 'DELIVERED' | 'EXPIRED'): Promise<void> {
  await db('notice').where({ id, state: 'QUEUED' }).update({ state });
}

/** Removes the notices of cases. @param keys at most a few hundred */
export async function removeNotices(db: Knex, keys: readonly (readonly string[])[]): Promise<void> {
  await db('notice')
    .whereIn(
      ['client', 'number'],
      keys.map((key) => [...key]),
    )
    .delete();
}
