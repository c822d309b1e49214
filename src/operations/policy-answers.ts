/** Offers of a policy run (免申即享): telling people, their answers, and taking offers back. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { NewEntry, Position } from '../audit/entries.js';
import { OWN_MS } from '../cases/case-desk.js';
import { namedId } from '../cases/named-id.js';
import { addDays } from '../domain/calendar.js';
import { MianzhengError } from '../errors.js';
import type { Text, Verdict } from '../matters/index.js';
import { fill } from '../matters/index.js';
import type { Seal } from '../messages/seal.js';
import type { PendingReceipt } from '../receipts/pending.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseEvent } from '../store/case-events.js';
import type { CaseFile } from '../store/control-store.js';
import { addNotices } from '../store/notices.js';
import type { AnswerProof, OfferState, PolicyOffer, PolicyOffers } from '../store/policy-offers.js';
import { caseOf, type FindingMatter, PAGE } from './policy-run.js';

/** A notice about to be written. */
export interface OfferNotice {
  readonly client: string;
  readonly matter: string;
  /** Number of the offer. */
  readonly number: string;
  /** Whom it goes to. */
  readonly subject: string;
  /** The one-time token. */
  readonly token: string;
  readonly text: Text;
  /** Where the telling stands in the record, `chain/seq`. */
  readonly record: string;
  /** ms since the epoch. */
  readonly at: number;
}

/** Whom the notice of an offer goes to, and what only they may read: its recipient, as JSON. */
export interface OfferRecipient {
  /** Canonical citizen ID: no case tells the channel yet who it is. */
  readonly citizen: string;
  /** One-time token, for {@link answerOffer}. */
  readonly token: string;
}

/** Writes the notice of an offer; its recipient and token are sealed. @param db the transaction that marks the offer */
export function writeOfferNotice(db: Knex, notice: OfferNotice, seal: Seal): Promise<void> {
  const { client, matter, number, subject, token, text, record, at } = notice;
  const told: OfferRecipient = { citizen: subject, token };
  const recipient = seal.seal(JSON.stringify(told));
  const { zh: textZh, en: textEn } = text;
  const id = randomUUID();
  return addNotices(db, [
    { id, event: null, record, client, matter, number, kind: 'OFFER', textZh, textEn, recipient, at },
  ]);
}

/** What people are told with. */
export interface NotifyDesk {
  readonly client: string;
  readonly matter: FindingMatter;
  readonly today: string;
  readonly now: () => number;
  readonly draft: RecordDraft;
  readonly append: (entry: NewEntry) => Promise<Position>;
  readonly policies: PolicyOffers;
  /** Writes a notice in the transaction that marks its offer. */
  readonly write: (db: Knex, notice: OfferNotice) => Promise<void>;
}

/**
 * Tells at most a page of people. The entry that names them is durable before a notice is written, so that no notice leaves
 * without a record.
 * @throws MianzhengError BAD_USER_INPUT where the run is not finished; EVIDENCE_UNAVAILABLE; OVERLOADED
 */
export async function notify(desk: NotifyDesk, run: string): Promise<void> {
  const { client, matter, today, draft, policies } = desk;
  const found = await policies.findRun(client, run);
  if (found?.matter !== matter.code || found.phase !== 'DONE') {
    throw new MianzhengError('BAD_USER_INPUT', 'run: names no finished run of this matter', { field: 'run' });
  }
  const untold = await policies.untold(client, run, PAGE);
  if (untold.length === 0) return;
  const ofPage = draft.ofCase(null, 'Mutation.notifyOffers');
  ofPage.concern(untold.map(({ subject }) => `CITIZEN:${subject}`));
  const { chain, seq } = await desk.append(ofPage.entry({ outcome: 'ANSWERED', code: null, status: 200 }));
  const at = desk.now();
  const answerBy = addDays(today, matter.policy.answerDays);
  const subjects = new Map(untold.map(({ number, subject }) => [number, subject]));
  const told = untold.map(({ number }) => ({ number, token: randomBytes(16).toString('base64url'), answerBy }));
  await policies.notify(told, at, (db, { number, token }) => {
    const value = (name: string) => (name === 'offer' ? number : answerBy);
    const { zh, en } = matter.policy.notice;
    return desk.write(db, {
      client,
      matter: matter.code,
      number,
      subject: subjects.get(number) ?? '',
      token,
      text: { zh: fill(zh, value), en: fill(en, value) },
      record: `${chain}/${seq}`,
      at,
    });
  });
}

/** The schema's `AnsweredOffer`. */
export interface AnsweredOffer {
  readonly number: string;
  readonly state: OfferState;
  readonly caseNumber: string | null;
  readonly verdict: (Verdict & { readonly receipt: PendingReceipt }) | null;
}

/** What an answer is taken with. */
export interface AnswerDesk {
  readonly today: string;
  readonly now: () => number;
  /** Who answers, as in a case's events. */
  readonly actor: string;
  readonly requestId: string;
  readonly policies: Pick<PolicyOffers, 'find'>;
  /** See `PolicyOffers.settle`. */
  readonly settle: PolicyOffers['settle'];
  /** Records the event of the case, see `CaseEventDesk.settle`. */
  readonly record: (event: CaseEvent) => Promise<unknown>;
  /** The matter of an offer, where it still finds people. */
  readonly matterOf: (offer: PolicyOffer) => FindingMatter | null;
  /** Counts the person as asked about. @throws MianzhengError SUBJECT_BUDGET_EXCEEDED */
  readonly admit: (file: CaseFile) => void;
  /** Judges the case of this number, which is registered, and enters it in the draft of the request. */
  readonly judge: (offer: PolicyOffer) => Promise<NonNullable<AnsweredOffer['verdict']>>;
  /** The refusal where the offer cannot be answered so. */
  readonly refusal: () => MianzhengError;
}

/**
 * Takes the answer to an offer: of an application that has the token of its notice, or of the citizen it was made to. A
 * confirmation registers a case of the offer's number, filed today, and judges it by the facts of now; where a department
 * is down its verdict is PENDING and the case may be verified again. Repeating an answer judges the case again and changes
 * nothing.
 * @param proof the token of the notice, or the person where they are known to be the one who asks
 * @throws MianzhengError the desk's refusal where no offer has the number and proof, or it is answered otherwise, expired
 *   or withdrawn: it is not told which
 */
export async function answerOffer(
  desk: AnswerDesk,
  { number, proof, confirm }: { readonly number: string; readonly proof: AnswerProof; readonly confirm: boolean },
): Promise<AnsweredOffer> {
  const { today, now, actor, requestId, policies } = desk;
  const offer = await policies.find(number, proof);
  const matter = offer && desk.matterOf(offer);
  if (!offer || !matter) throw desk.refusal();
  const state = confirm ? 'CONFIRMED' : 'DECLINED';
  const { client } = offer;
  const file = confirm ? caseOf({ client, matter }, { asOf: today }, number, offer.subject) : null;
  if (file !== null) desk.admit(file);
  const at = now();
  const confirmed = file && {
    file,
    claimedUntil: at + OWN_MS,
    event: {
      id: namedId('offer confirmed', client, number),
      kind: 'OFFER_CONFIRMED' as const,
      client,
      number,
      matter: matter.code,
      at,
      actor,
      requestId,
      record: null,
      offer: number,
    },
  };
  const settled = await desk.settle(number, confirmed, { today, at });
  if (!settled && offer.state !== state && (await policies.find(number, proof))?.state !== state) throw desk.refusal();
  if (settled && confirmed !== null) await desk.record(confirmed.event);
  if (file === null) return { number, state, caseNumber: null, verdict: null };
  return { number, state, caseNumber: number, verdict: await desk.judge(offer) };
}
