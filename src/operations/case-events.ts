/** What requests leave behind as events of their cases, and what an application may do with a case. */
import { randomUUID } from 'node:crypto';
import type { Position } from '../audit/entries.js';
import {
  decisionNotice,
  type MatterWords,
  rectifiedNotice,
  reopenedNotice,
  reviewAskedNotice,
  reviewDecidedNotice,
} from '../cases/explanation.js';
import { namedId } from '../cases/named-id.js';
import { type CaseStanding, isBad, requireAct, requireGround, standingOf } from '../cases/standing.js';
import { addWorkingDays, HolidaysUnknown } from '../domain/working-days.js';
import { MianzhengError } from '../errors.js';
import type { Gateway } from '../gateway.js';
import type { Matter, Text } from '../matters/index.js';
import { type VerifiedReceipt, verifyReceipt } from '../receipts/verify.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseEvent, CaseHappening, DecisionOutcome, RatingLevel } from '../store/case-events.js';
import type { CaseChange } from '../store/case-journal.js';
import type { CaseFile, Client } from '../store/control-store.js';
import type { NewNotice, NoticeKind } from '../store/notices.js';
import { addRating, setRectification } from '../store/ratings.js';
import { subjectsOf } from './case-subjects.js';
import type { VerifiedCase } from './verify.js';

type Of<Kind extends CaseHappening['kind']> = Extract<CaseHappening, { readonly kind: Kind }>;
type Judged = Of<'JUDGED'>;

/** An authorized request on a case. */
export interface CaseAsking {
  readonly gateway: Gateway;
  readonly client: Client;
  readonly matter: Matter;
  readonly file: CaseFile;
  readonly draft: RecordDraft;
  /** `YYYY-MM-DD` where the gateway stands. */
  readonly today: string;
}

/** The event of a registration; the same however often it is repeated. */
export function registration(file: CaseFile, at: number, requestId: string, position: Position): CaseEvent {
  return {
    id: namedId('registered', file.client, file.number),
    kind: 'REGISTERED',
    client: file.client,
    number: file.number,
    matter: file.matter,
    at,
    actor: `client:${file.client}`,
    requestId,
    record: `${position.chain}/${position.seq}`,
  };
}

/** What is kept of a verdict. @param receipt identifier of its receipt */
function judgedVerdict({ verdict, execution }: VerifiedCase, receipt: string): Judged {
  return {
    kind: 'JUDGED',
    verdict: verdict.verdict,
    receipt,
    ruleSet: verdict.ruleSet,
    asOf: verdict.asOf,
    reasonsZh: verdict.reasonsZh,
    reasonsEn: verdict.reasonsEn,
    troubled: verdict.requirements.flatMap(({ id, outcome, element, department, reasonZh, reasonEn }) =>
      outcome === 'TRUE' ? [] : [{ id, outcome, element, department, reasonZh, reasonEn }],
    ),
    sources: execution.sources.map(({ department, fetchedAt, state }) => ({ department, fetchedAt, state })),
  };
}

const judgedId = (receipt: string): string => namedId('judged', receipt);

/** Has the desks note, once the verdict is durable in the record, that the case was judged and which licences it rests on. */
export function noteVerdict(
  { cases, licenceWatch, now }: Pick<Gateway, 'cases' | 'licenceWatch' | 'now'>,
  file: CaseFile,
  judged: VerifiedCase,
  receipt: string,
  draft: RecordDraft,
): void {
  const happening = judgedVerdict(judged, receipt);
  draft.whenDurable((position) => {
    const { client, number, matter } = file;
    cases.note({
      id: judgedId(receipt),
      client,
      number,
      matter,
      at: now(),
      actor: `client:${client}`,
      requestId: draft.requestId,
      record: `${position.chain}/${position.seq}`,
      ...happening,
    });
    licenceWatch.note(file, judged, receipt);
  });
}

/** Has the desk note, once it is durable in the record, that the case was registered. */
export function noteRegistration(
  { cases, now }: Pick<Gateway, 'cases' | 'now'>,
  file: CaseFile,
  draft: RecordDraft,
): void {
  draft.whenDurable((position) => cases.note(registration(file, now(), draft.requestId, position)));
}

/** Longest text that a request may bring. */
const LONGEST_WORDS = 500;
const LONGEST_RECIPIENT = 100;

/** A text of a request. @throws MianzhengError BAD_USER_INPUT where it is empty or too long */
function words(text: string, field: string, longest = LONGEST_WORDS): string {
  const given = text.trim();
  if (given.length < 1 || given.length > longest) {
    throw new MianzhengError('BAD_USER_INPUT', `${field}: takes 1 to ${longest} characters`, { field });
  }
  return given;
}

function optional(text: string | null | undefined, field: string, longest = LONGEST_WORDS): string | null {
  return text === null || text === undefined ? null : words(text, field, longest);
}

/** The person at the application. @throws MianzhengError BAD_USER_INPUT where the request names none */
function operatorOf({ draft }: CaseAsking): string {
  if (draft.operator === null) {
    const why = 'Mianzheng-Operator: this is done by a person, whom the request has to name';
    throw new MianzhengError('BAD_USER_INPUT', why, { field: 'Mianzheng-Operator' });
  }
  return draft.operator;
}

/** The day that so many working days end on; null where nobody has announced the holidays until then, which the log says. */
function dueIn({ gateway, today }: Pick<CaseAsking, 'gateway' | 'today'>, days: number): string | null {
  try {
    return addWorkingDays(today, days, gateway.workingCalendar);
  } catch (error) {
    if (!(error instanceof HolidaysUnknown)) throw error;
    // A missing calendar must not take away somebody's right to a review.
    gateway.log.error({ err: error }, 'a deadline cannot be told');
    return null;
  }
}

/** What an act comes to. */
interface Act {
  readonly happenings: readonly CaseHappening[];
  readonly notice?: { readonly kind: NoticeKind; readonly text: Text; readonly recipient: string | null };
  readonly also?: CaseChange['also'];
  /** Events to be written before those of the act. */
  readonly before?: readonly CaseEvent[];
}

const NOTHING: Act = { happenings: [] };

/** A case after an act, or as it is. */
export interface CaseNow {
  readonly file: CaseFile;
  readonly events: readonly CaseEvent[];
}

/** Says what is done with a case, given where it stands; throws where it may not be. */
type Decide = (standing: CaseStanding, events: readonly CaseEvent[]) => Act;

/** Makes the change of a case's events that an act comes to. @param by who acts, as in its events, in which request */
function changing(
  { gateway, file }: Pick<CaseAsking, 'gateway' | 'file'>,
  by: Pick<CaseEvent, 'actor' | 'requestId'>,
  decide: Decide,
): (events: readonly CaseEvent[]) => CaseChange {
  const at = gateway.now();
  const { client, number, matter } = file;
  return (events) => {
    const { happenings, notice, also, before = [] } = decide(standingOf(events), events);
    const common = { client, number, matter, at, ...by, record: null };
    const own = happenings.map((happening): CaseEvent => ({ id: randomUUID(), ...common, ...happening }));
    const [first] = own;
    const notices: NewNotice[] =
      notice === undefined || first === undefined
        ? []
        : [
            {
              id: randomUUID(),
              event: first.id,
              record: null,
              client,
              matter,
              number,
              kind: notice.kind,
              textZh: notice.text.zh,
              textEn: notice.text.en,
              recipient: notice.recipient === null ? null : gateway.seal.seal(notice.recipient),
              at,
            },
          ];
    return { events: [...before, ...own], notices, ...(also === undefined ? {} : { also }) };
  };
}

/** Does something with a case. When it resolves, what was done is durable in the record. */
async function act(asking: CaseAsking, decide: Decide): Promise<CaseNow> {
  const { gateway, client, file, draft } = asking;
  draft.concern(subjectsOf(file));
  // What this process judged stands before what is done now.
  await gateway.cases.flush();
  const make = changing(asking, { actor: `client:${client.id}`, requestId: draft.requestId }, decide);
  let earlier: readonly CaseEvent[] = [];
  const change = await gateway.cases.change(file, (events) => {
    earlier = events;
    return make(events);
  });
  return { file, events: [...earlier, ...change.events] };
}

/** A case as it is. */
export async function readCase({ gateway, file, draft }: CaseAsking): Promise<CaseNow> {
  draft.concern(subjectsOf(file));
  await gateway.cases.flush();
  return { file, events: await gateway.store.cases.events(file) };
}

/** The schema's `DecideCaseInput`, coerced. */
export interface DecideCaseInput {
  readonly outcome: DecisionOutcome;
  readonly receipt?: string | null;
  readonly reason?: string | null;
  readonly recipient?: string | null;
}

type Claims = Extract<VerifiedReceipt, { readonly ok: true }>;

/** A receipt that was handed in, of a verdict on this case. @throws MianzhengError BAD_USER_INPUT */
function receiptOf({ gateway, file }: CaseAsking, text: string): Claims {
  const bad = (why: string) =>
    new MianzhengError('BAD_USER_INPUT', `input.receipt: ${why}`, { field: 'input.receipt' });
  const verified = verifyReceipt(text, gateway.publicKeys());
  if (!verified.ok) throw bad('is no receipt of this gateway');
  const { client, matter, case: number } = verified.claims;
  if (client !== file.client || matter !== file.matter || number !== file.number) throw bad('is of another case');
  return verified;
}

/** What an event that the store lost or does not have yet would say, as far as its receipt does. */
function judgedFrom({ claims, record }: Claims, { file, matter }: CaseAsking): CaseEvent {
  const outcomes = new Map(claims.requirements.map(({ id, outcome }) => [id, outcome]));
  return {
    id: judgedId(claims.jti),
    client: file.client,
    number: file.number,
    matter: file.matter,
    at: claims.iat * 1000,
    actor: `client:${file.client}`,
    requestId: claims.jti.replace(/\.\d+$/, ''),
    record: `${record.chain}/${record.seq}`,
    kind: 'JUDGED',
    verdict: claims.verdict,
    receipt: claims.jti,
    ruleSet: claims.ruleSet,
    asOf: claims.asOf,
    reasonsZh: [],
    reasonsEn: [],
    troubled: matter.requirements.flatMap(({ id, department }) => {
      const outcome = outcomes.get(id);
      if (outcome === undefined || outcome === 'TRUE') return [];
      return [{ id, outcome, element: null, department, reasonZh: null, reasonEn: null }];
    }),
    sources: claims.sources.map(({ department, fetchedAt, state }) => ({ department, fetchedAt, state })),
  };
}

/** The verdict that a decision rests on: the latest one since the case was opened. @throws MianzhengError CASE_STATE or BAD_USER_INPUT */
function groundOf(
  asking: CaseAsking,
  receipt: Claims | null,
  standing: CaseStanding,
  events: readonly CaseEvent[],
): { readonly judged: Judged; readonly before: readonly CaseEvent[] } {
  const { judged } = standing;
  if (receipt === null || judged?.receipt === receipt.claims.jti) {
    if (judged === null) {
      throw new MianzhengError('CASE_STATE', 'the case is REGISTERED, without a verdict to decide on', {
        field: 'Mianzheng-Case',
      });
    }
    return { judged, before: [] };
  }
  // Its second may have begun before what is compared.
  const until = receipt.claims.iat * 1000 + 999;
  const later = events.some(
    ({ kind, at }) => at > until && (kind === 'JUDGED' || kind === 'REOPENED' || kind === 'REVIEW_DECIDED'),
  );
  if (later || events.some(({ id }) => id === judgedId(receipt.claims.jti))) {
    const why = 'input.receipt: is not of the latest verdict since the case was opened';
    throw new MianzhengError('BAD_USER_INPUT', why, { field: 'input.receipt' });
  }
  const known = judgedFrom(receipt, asking);
  return { judged: known as CaseEvent & Judged, before: [known] };
}

/** `Mutation.decideCase`. */
export function decideCase(asking: CaseAsking, input: DecideCaseInput): Promise<CaseNow> {
  const reason = optional(input.reason, 'input.reason');
  const recipient = optional(input.recipient, 'input.recipient', LONGEST_RECIPIENT);
  const receipt = input.receipt == null ? null : receiptOf(asking, input.receipt);
  const { operator } = asking.draft;
  const { outcome } = input;
  return act(asking, (standing, events) => {
    const { decided } = standing;
    const repeated =
      standing.state === 'DECIDED' &&
      decided?.outcome === outcome &&
      decided.reason === reason &&
      (receipt === null || decided.receipt === receipt.claims.jti);
    if (repeated) return NOTHING;
    requireAct(standing, 'DECIDE');
    const { judged, before } = groundOf(asking, receipt, standing, events);
    const committed = standing.commitment !== null && standing.commitment.state !== 'BREACHED';
    requireGround({ outcome, verdict: judged.verdict, committed, operator, reason });
    const happening: Of<'DECIDED'> = {
      kind: 'DECIDED',
      outcome,
      verdict: judged.verdict,
      receipt: judged.receipt,
      operator,
      reason,
    };
    const text = decisionNotice(asking.file.number, happening, judged, wordsOf(asking.matter));
    return { happenings: [happening], before, notice: { kind: 'DECISION', text, recipient } };
  });
}

/** `Mutation.withdrawCase`. */
export function withdrawCase(asking: CaseAsking, given: string | null): Promise<CaseNow> {
  const reason = optional(given, 'reason');
  return act(asking, (standing) => {
    if (standing.state === 'WITHDRAWN') return NOTHING;
    requireAct(standing, 'WITHDRAW');
    return { happenings: [{ kind: 'WITHDRAWN', reason }] };
  });
}

/** `Mutation.reopenCase`. */
export function reopenCase(asking: CaseAsking, given: string): Promise<CaseNow> {
  const reason = words(given, 'reason');
  const operator = operatorOf(asking);
  return act(asking, (standing) => {
    requireAct(standing, 'REOPEN');
    const text = reopenedNotice(asking.file.number, wordsOf(asking.matter));
    return {
      happenings: [{ kind: 'REOPENED', operator, reason }],
      notice: { kind: 'CASE', text, recipient: null },
    };
  });
}

/** The schema's `RequestReviewInput`, coerced. */
export interface RequestReviewInput {
  readonly by: 'APPLICANT' | 'OFFICE';
  readonly reason: string;
  readonly recipient?: string | null;
}

/** `Mutation.requestReview`. */
export function requestReview(asking: CaseAsking, input: RequestReviewInput): Promise<CaseNow> {
  const reason = words(input.reason, 'input.reason');
  const recipient = optional(input.recipient, 'input.recipient', LONGEST_RECIPIENT);
  return act(asking, (standing) => {
    requireAct(standing, 'ASK_REVIEW');
    const due = dueIn(asking, asking.gateway.caseDeadlines.reviewDays);
    const text = reviewAskedNotice(asking.file.number, due, wordsOf(asking.matter));
    return {
      happenings: [{ kind: 'REVIEW_ASKED', review: randomUUID(), by: input.by, reason, due }],
      notice: { kind: 'REVIEW', text, recipient },
    };
  });
}

/** The schema's `DecideReviewInput`, coerced. */
export interface DecideReviewInput {
  readonly outcome: 'UPHELD' | 'CHANGED';
  readonly reason: string;
  readonly recipient?: string | null;
}

/** `Mutation.decideReview`. */
export function decideReview(asking: CaseAsking, input: DecideReviewInput): Promise<CaseNow> {
  const reason = words(input.reason, 'input.reason');
  const recipient = optional(input.recipient, 'input.recipient', LONGEST_RECIPIENT);
  const operator = operatorOf(asking);
  return act(asking, (standing) => {
    requireAct(standing, 'DECIDE_REVIEW');
    if (standing.decided?.operator === operator) {
      const why = 'Mianzheng-Operator: who decided does not review it';
      throw new MianzhengError('BAD_USER_INPUT', why, { field: 'Mianzheng-Operator' });
    }
    const review = standing.review?.id ?? '';
    const happening: Of<'REVIEW_DECIDED'> = {
      kind: 'REVIEW_DECIDED',
      review,
      outcome: input.outcome,
      operator,
      reason,
    };
    const text = reviewDecidedNotice(asking.file.number, happening, wordsOf(asking.matter));
    return { happenings: [happening], notice: { kind: 'REVIEW', text, recipient } };
  });
}

/** A rating (好差评): once a case; the bottom two levels open a rectification with its deadline. @throws MianzhengError BAD_USER_INPUT */
function rating(
  asking: Pick<CaseAsking, 'gateway' | 'file' | 'today'>,
  level: RatingLevel,
  given: string | null,
): Decide {
  const comment = optional(given, 'comment');
  return (standing) => {
    requireAct(standing, 'RATE');
    const id = randomUUID();
    const bad = isBad(level);
    const due = bad ? dueIn(asking, asking.gateway.caseDeadlines.rectificationDays) : null;
    const happenings: CaseHappening[] = [{ kind: 'RATED', rating: id, level, comment }];
    if (bad) happenings.push({ kind: 'RECTIFICATION_OPENED', rating: id, due });
    const { client, number, matter } = asking.file;
    const rectification = bad ? 'OPEN' : 'NONE_NEEDED';
    const row = { id, client, number, matter, level, at: asking.gateway.now(), rectification, due } as const;
    return { happenings, also: (db) => addRating(db, row) };
  };
}

/** `Mutation.rateCase` of an application, for who called or came to its counter. */
export function rateCase(asking: CaseAsking, level: RatingLevel, comment: string | null): Promise<CaseNow> {
  return act(asking, rating(asking, level, comment));
}

/** A citizen rates a case. @returns the change, for a transaction of the control plane's @throws MianzhengError BAD_USER_INPUT */
export function ratedByCitizen(
  asking: Pick<CaseAsking, 'gateway' | 'file' | 'today'> & { readonly requestId: string },
  level: RatingLevel,
  comment: string | null,
): (events: readonly CaseEvent[]) => CaseChange {
  return changing(asking, { actor: 'citizen', requestId: asking.requestId }, rating(asking, level, comment));
}

/** `Mutation.rectifyRating`. */
export function rectifyRating(asking: CaseAsking, given: string): Promise<CaseNow> {
  const answer = words(given, 'answer');
  operatorOf(asking);
  return act(asking, (standing) => {
    requireAct(standing, 'RECTIFY');
    const id = standing.rating?.id ?? '';
    return {
      happenings: [{ kind: 'RECTIFIED', rating: id, answer }],
      notice: {
        kind: 'RECTIFICATION',
        text: rectifiedNotice(asking.file.number, answer, wordsOf(asking.matter)),
        recipient: null,
      },
      also: (db) => setRectification(db, id, 'ANSWERED'),
    };
  });
}

/** `Mutation.closeRectification`. */
export function closeRectification(asking: CaseAsking, resolved: boolean): Promise<CaseNow> {
  return act(asking, (standing) => {
    requireAct(standing, 'CLOSE_RECTIFICATION');
    const id = standing.rating?.id ?? '';
    return {
      happenings: [{ kind: 'RECTIFICATION_CLOSED', rating: id, resolved }],
      also: (db) => setRectification(db, id, resolved ? 'RESOLVED' : 'UNRESOLVED'),
    };
  });
}

/** The words of a matter that notices and explanations use. */
export function wordsOf({ name, review, requirements }: Matter): MatterWords {
  return { name, review, requirements };
}
