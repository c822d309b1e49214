/** Disputes of facts (校核): raised, answered by the owner, and what follows from them. */
import { createHash, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { NewEntry, Position } from '../audit/entries.js';
import type { ExportedEntry } from '../audit/export.js';
import { addDays, todayIn } from '../domain/calendar.js';
import { repeat } from '../domain/repeating.js';
import { addWorkingDays, HolidaysUnknown, type WorkingCalendar } from '../domain/working-days.js';
import { MianzhengError } from '../errors.js';
import { DisputedFacts } from '../execute/disputed.js';
import type { CaseEvent } from '../store/case-events.js';
import type { Changed } from '../store/control-changes.js';
import type { ControlStore } from '../store/control-store.js';
import type { AffectedReceipt, DisputeFinding, DisputeState, StoredDispute } from '../store/disputes.js';
import { affectedReceipts } from './affected.js';
import type { Seal } from './seal.js';

/** Working days that the owner has (政务数据共享条例). */
export const ANSWER_WORKING_DAYS = 10;
/** Days that an answer says that a fact was corrected. */
const CORRECTION_SHOWN_DAYS = 180;
/** Between two looks for changes, ms: a dispute raised elsewhere holds within a second. */
const POLL_MS = 400;
/** Between two looks for receipts, ms. */
const SEARCH_MS = 5000;
/** A verdict on its way when a dispute was raised is in the record by then, ms. */
const SETTLED_MS = 20_000;
/** Open disputes of one application at most: each makes a fact unknown for everybody. */
const OPEN_OF_CLIENT = 1000;
/** Disputes searched for, or told of, in one go. */
const AT_ONCE = 50;
const DAY_MS = 86_400_000;

/** A dispute as those may see it who may see its contents: its owner and who raised it. */
export interface Dispute extends Omit<StoredDispute, 'sealedId' | 'sealedReason' | 'sealedAnswer'> {
  /** Identifier of the subject: for the owner, who cannot correct what it does not find. */
  readonly subjectId: string;
  readonly reason: string;
  readonly answer: string | null;
  /** Last day to answer, `YYYY-MM-DD`. */
  readonly dueOn: string;
  readonly overdue: boolean;
}

/** What is disputed, by whom. */
export interface NewDispute {
  readonly kind: string;
  /** Canonical identifier. */
  readonly id: string;
  readonly coordinate: string;
  /** Owner of the field. */
  readonly department: string;
  readonly reason: string;
  /** The application and its case; null: the citizen. */
  readonly raisedIn: { readonly client: string; readonly caseNumber: string } | null;
}

/** An answer of the owner. */
export interface DisputeAnswer {
  readonly finding: DisputeFinding;
  /** In words, for who raised it. */
  readonly answer: string;
  /** As the record names them. */
  readonly by: string;
}

/** What a receipt's facts have come to. */
export type ReceiptStatus = 'VALID' | 'FACTS_DISPUTED' | 'FACTS_CORRECTED';

/** The desk. */
export interface Disputes {
  /** Facts under dispute or corrected lately; null: none. */
  readonly facts: DisputedFacts | null;
  /**
   * Raises a dispute, inside a transaction that records the change. It does NOT check who may.
   * @throws MianzhengError BAD_USER_INPUT for a reason that is none, or a fact that is disputed already; RATE_LIMITED
   */
  raise(trx: Knex.Transaction, dispute: NewDispute): Promise<Changed<Dispute>>;
  /**
   * Answers one that is open, likewise.
   * @param may whether this dispute may be answered by who asks
   * @throws MianzhengError NOT_FOUND where there is none that may be answered
   */
  answer(
    trx: Knex.Transaction,
    id: string,
    answer: DisputeAnswer,
    may: (dispute: StoredDispute) => boolean,
  ): Promise<Changed<Dispute>>;
  /** Withdraws one that is open, likewise. */
  withdraw(
    trx: Knex.Transaction,
    id: string,
    by: string,
    may: (dispute: StoredDispute) => boolean,
  ): Promise<Changed<Dispute>>;
  /** Opens what is sealed. Does NOT check who may see it. */
  opened(dispute: StoredDispute): Dispute;
  /** Raised before this instant, a dispute is overdue; ms since the epoch. */
  overdueBefore(): number;
  /** What is known of a receipt. VALID: no dispute concerns its facts; that it exists is for its signature to say. */
  receiptStatus(receipt: string): Promise<ReceiptStatus>;
  /** Receipts found so far, and on which machines was looked for them. */
  receiptsOf(
    id: string,
  ): Promise<{ readonly receipts: readonly AffectedReceipt[]; readonly machines: readonly string[] }>;
  /** Puts changes of the data plane into the record. */
  record(changes: readonly { readonly id: string }[], entry: NewEntry): Promise<void>;
  /** Takes up what others changed, now. */
  refresh(): Promise<void>;
  /** Looks for receipts and tells their offices, now. */
  search(): Promise<void>;
  close(): Promise<void>;
}

/** What the desk works with. */
export interface DisputesOptions {
  readonly store: Pick<ControlStore, 'disputes' | 'cases' | 'changes'>;
  readonly seal: Seal;
  readonly pseudonym: (kind: string, id: string) => string;
  readonly calendar: WorkingCalendar;
  readonly utcOffsetMinutes: number;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Names the record that this process can read; null: it looks for no receipts. */
  readonly machine: string | null;
  /** Requests in the record that this process can read, of which a subject, by pseudonym, was one; in any order. */
  readonly entriesAbout: (subject: string) => AsyncIterable<ExportedEntry>;
  /** Puts an entry into the record. */
  readonly append: (entry: NewEntry) => Promise<Pick<Position, 'chain' | 'seq'>>;
  /** Told of what fails in the background; it is done again. */
  readonly onFault: (error: unknown) => void;
}

const WEEKDAYS: WorkingCalendar = {
  knows: () => true,
  isWorkingDay: (day) => ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay()),
};

/** Ten working days after; in a year without announced holidays plain weekdays, until they are announced. */
function dueAfter(day: string, calendar: WorkingCalendar): string {
  try {
    return addWorkingDays(day, ANSWER_WORKING_DAYS, calendar);
  } catch (error) {
    if (!(error instanceof HolidaysUnknown)) throw error;
    return addWorkingDays(day, ANSWER_WORKING_DAYS, WEEKDAYS);
  }
}

/** Last day to answer a dispute, `YYYY-MM-DD`. @param raisedAt ms since the epoch */
export function disputeDueOn(raisedAt: number, calendar: WorkingCalendar, utcOffsetMinutes: number): string {
  return dueAfter(todayIn(utcOffsetMinutes, raisedAt), calendar);
}

function words(text: string, field: string): string {
  const trimmed = text.trim();
  if (trimmed.length < 5 || trimmed.length > 500) {
    throw new MianzhengError('BAD_USER_INPUT', `${field}: takes 5 to 500 characters`, { field });
  }
  return trimmed;
}

/** A UUID (RFC 9562, version 8) that is the same whenever it is made of the same parts. */
function sameUuid(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return `${groups.join('-')}-${hex.slice(20, 32)}`;
}

/** How a dispute is closed. */
interface Closing {
  readonly state: Exclude<DisputeState, 'OPEN'>;
  readonly finding: DisputeFinding | null;
  readonly answer: string | null;
  readonly by: string;
}

/** Opens the desk and reads what is disputed. @throws what the store throws */
export async function openDisputes(options: DisputesOptions): Promise<Disputes> {
  const { store, seal, pseudonym, calendar, utcOffsetMinutes, now, machine } = options;
  const { disputes } = store;
  const dayOf = (at: number): string => todayIn(utcOffsetMinutes, at);
  let facts: DisputedFacts | null = null;
  let version = Number.NaN;
  let readOn = '';

  async function reread(): Promise<void> {
    const current = await disputes.version();
    const today = dayOf(now());
    // By day too: corrections are shown for so many days.
    if (current === version && today === readOn) return;
    const inForce = await disputes.inForce(now() - CORRECTION_SHOWN_DAYS * DAY_MS);
    facts = DisputedFacts.of(
      inForce.map((dispute) => ({
        coordinate: dispute.coordinate,
        department: dispute.department,
        id: seal.open(dispute.sealedId, `${dispute.id} id`),
        correctedOn: dispute.closedAt === null ? null : dayOf(dispute.closedAt),
      })),
    );
    version = current;
    readOn = today;
  }

  const opened = (dispute: StoredDispute): Dispute => {
    const { sealedId, sealedReason, sealedAnswer, ...rest } = dispute;
    const dueOn = disputeDueOn(rest.raisedAt, calendar, utcOffsetMinutes);
    return {
      ...rest,
      subjectId: seal.open(sealedId, `${rest.id} id`),
      reason: seal.open(sealedReason, `${rest.id} reason`),
      answer: sealedAnswer === null ? null : seal.open(sealedAnswer, `${rest.id} answer`),
      dueOn,
      overdue: rest.state === 'OPEN' && dayOf(now()) > dueOn,
    };
  };

  async function close(
    trx: Knex.Transaction,
    id: string,
    may: (dispute: StoredDispute) => boolean,
    { state, finding, answer, by }: Closing,
  ): Promise<Changed<Dispute>> {
    const before = await disputes.find(id, trx);
    const sealedAnswer = answer === null ? null : seal.close(answer, `${id} answer`);
    const change = { state, finding, sealedAnswer, closedBy: by, closedAt: now() };
    if (before === null || !may(before) || !(await disputes.close(trx, id, change))) {
      throw new MianzhengError('NOT_FOUND', 'there is no such open dispute', { field: 'id' });
    }
    const digest = answer === null ? {} : { answer: seal.digest(answer, `${id} answer`) };
    return {
      result: opened({ ...before, ...change }),
      changes: [
        {
          action: state === 'ANSWERED' ? 'dispute.answer' : 'dispute.withdraw',
          subject: id,
          before: { state: 'OPEN', coordinate: before.coordinate, subject: before.subject },
          after: { state, finding, ...digest },
        },
      ],
    };
  }

  async function searchReceipts(): Promise<void> {
    if (machine === null) return;
    for (const dispute of await disputes.unsearched(machine, now() - SETTLED_MS, AT_ONCE)) {
      const own = await affectedReceipts(options.entriesAbout(dispute.subject), dispute);
      await store.cases.note(
        casesOf(own).map((one) => eventOf(dispute, one, 'FACT_DISPUTED')),
        false,
      );
      await disputes.searched(machine, dispute.id, own);
    }
    for (const dispute of await disputes.untold(AT_ONCE)) {
      const own = await disputes.receiptsOf(dispute.id);
      await store.cases.note(
        casesOf(own).map((one) => eventOf(dispute, one, 'DISPUTE_ANSWERED')),
        false,
      );
      await disputes.told(dispute.id);
    }
  }

  await reread();
  const watching = repeat(reread, POLL_MS, options.onFault);
  const searching = repeat(searchReceipts, SEARCH_MS, options.onFault);

  return {
    get facts() {
      return facts;
    },
    async raise(trx, { kind, id, coordinate, department, reason, raisedIn }) {
      const said = words(reason, 'reason');
      const client = raisedIn?.client ?? 'CITIZEN';
      if (raisedIn !== null && (await disputes.count({ client, state: 'OPEN' }, trx)) >= OPEN_OF_CLIENT) {
        throw new MianzhengError('RATE_LIMITED', 'the application has as many open disputes as it may have');
      }
      const made = randomUUID();
      const dispute: StoredDispute = {
        id: made,
        coordinate,
        department,
        kind,
        subject: pseudonym(kind, id),
        sealedId: seal.close(id, `${made} id`),
        sealedReason: seal.close(said, `${made} reason`),
        raisedBy: client,
        caseNumber: raisedIn?.caseNumber ?? null,
        raisedAt: now(),
        state: 'OPEN',
        finding: null,
        sealedAnswer: null,
        closedBy: null,
        closedAt: null,
      };
      if (!(await disputes.raise(trx, dispute))) {
        throw new MianzhengError('BAD_USER_INPUT', 'coordinate: this fact is disputed already', {
          field: 'coordinate',
        });
      }
      const after = { state: 'OPEN', coordinate, department, subject: dispute.subject, raisedBy: client };
      const digest = { reason: seal.digest(said, `${made} reason`) };
      return {
        result: opened(dispute),
        changes: [{ action: 'dispute.raise', subject: made, before: null, after: { ...after, ...digest } }],
      };
    },
    answer: (trx, id, { finding, answer, by }, may) =>
      close(trx, id, may, { state: 'ANSWERED', finding, answer: words(answer, 'reason'), by }),
    withdraw: (trx, id, by, may) => close(trx, id, may, { state: 'WITHDRAWN', finding: null, answer: null, by }),
    opened,
    overdueBefore() {
      const today = dayOf(now());
      let day = addDays(today, -60);
      while (dueAfter(day, calendar) < today) day = addDays(day, 1);
      return Date.parse(`${day}T00:00:00Z`) - utcOffsetMinutes * 60_000;
    },
    async receiptStatus(receipt) {
      const all = await disputes.ofReceipt(receipt);
      if (all.some(({ finding }) => finding === 'CORRECTED')) return 'FACTS_CORRECTED';
      return all.some(({ state }) => state === 'OPEN') ? 'FACTS_DISPUTED' : 'VALID';
    },
    async receiptsOf(id) {
      return { receipts: await disputes.receiptsOf(id), machines: await disputes.searchedBy(id) };
    },
    async record(changes, entry) {
      const { chain, seq } = await options.append(entry);
      await store.changes.recorded(
        changes.map(({ id }) => id),
        `${chain}/${seq}`,
      );
    },
    refresh: () => watching.now(),
    search: () => searching.now(),
    async close() {
      await watching.stop();
      await searching.stop();
    },
  };
}

/** One of each case. */
function casesOf(receipts: readonly AffectedReceipt[]): readonly AffectedReceipt[] {
  const byCase = new Map(receipts.map((one) => [`${one.client} ${one.caseNumber}`, one]));
  return [...byCase.values()];
}

/** What happened to a case whose verdict rests on the fact. */
function eventOf(
  { id, coordinate, department, raisedAt, closedAt, finding }: StoredDispute,
  { client, caseNumber, matter }: AffectedReceipt,
  kind: 'FACT_DISPUTED' | 'DISPUTE_ANSWERED',
): CaseEvent {
  const answered = kind === 'DISPUTE_ANSWERED';
  const happened = {
    id: sameUuid(kind, id, client, caseNumber),
    client,
    number: caseNumber,
    matter,
    at: (answered ? closedAt : null) ?? raisedAt,
    actor: answered ? `department:${department}` : 'gateway',
    requestId: null,
    record: null,
  };
  return answered
    ? { ...happened, kind, dispute: id, coordinate, outcome: finding ?? 'UPHELD' }
    : { ...happened, kind: 'FACT_DISPUTED', dispute: id, coordinate };
}
