/** Where a case stands (办件状态), reckoned from its events, and what may happen to it next. Pure. */
import { MianzhengError } from '../errors.js';
import type { CaseEvent, CaseEventKind, CaseHappening, DecisionOutcome, RatingLevel } from '../store/case-events.js';

type Of<Kind extends CaseEventKind> = Extract<CaseHappening, { readonly kind: Kind }>;

/** What happened and, where that is known, when, ms since the epoch. */
type Happened = CaseHappening & Partial<Pick<CaseEvent, 'at'>>;

/** The state (状态). */
export type CaseState =
  /** Registered or open again, and not judged since (已登记). */
  | 'REGISTERED'
  /** There is a verdict (已核验). */
  | 'JUDGED'
  /** The office has decided (已办结). */
  | 'DECIDED'
  /** A person is to look at it (复核中). */
  | 'UNDER_REVIEW'
  /** The applicant took it back (已撤回). */
  | 'WITHDRAWN';

/** A review (复核) that nobody has decided. */
export interface OpenReview {
  readonly id: string;
  readonly by: 'APPLICANT' | 'OFFICE';
  /** Day by which it has to be decided; null where that could not be told. */
  readonly due: string | null;
}

/** A rating (评价) and what became of it. */
export interface RatingStanding {
  readonly id: string;
  readonly level: RatingLevel;
  /** NONE_NEEDED: it was good enough. */
  readonly rectification: 'NONE_NEEDED' | 'OPEN' | 'ANSWERED' | 'RESOLVED' | 'UNRESOLVED';
  /** Day by which the office has to answer; null where it need not, or that could not be told. */
  readonly due: string | null;
}

/** Where a case stands. */
export interface CaseStanding {
  readonly state: CaseState;
  /** The latest verdict since it was last opened; null where there is none. */
  readonly judged: (Of<'JUDGED'> & Partial<Pick<CaseEvent, 'at'>>) | null;
  /** The decision in force; null where there is none. */
  readonly decided: Of<'DECIDED'> | null;
  readonly review: OpenReview | null;
  /** Identifiers of department tasks (部门核验) not answered. */
  readonly openTasks: readonly string[];
  /** The latest commitment (告知承诺); null where there is none. */
  readonly commitment: {
    readonly id: string;
    readonly state: 'OPEN' | 'KEPT' | 'BREACHED';
    readonly due: string | null;
  } | null;
  /** Coordinates of facts under dispute (异议). */
  readonly disputed: readonly string[];
  readonly rating: RatingStanding | null;
}

/** A case of which nothing happened. Those registered by an earlier version have no event of that. */
export const UNTOUCHED: CaseStanding = {
  state: 'REGISTERED',
  judged: null,
  decided: null,
  review: null,
  openTasks: [],
  commitment: null,
  disputed: [],
  rating: null,
};

/** Levels that open a rectification: the bottom two. */
const BAD: ReadonlySet<RatingLevel> = new Set<RatingLevel>(['DISSATISFIED', 'VERY_DISSATISFIED']);

/** Whether a level opens a rectification (整改). */
export function isBad(level: RatingLevel): boolean {
  return BAD.has(level);
}

/** Where a case stands after its events, in order. */
export function standingOf(events: readonly Happened[]): CaseStanding {
  return events.reduce(after, UNTOUCHED);
}

function withReview(standing: CaseStanding, review: OpenReview | null): CaseStanding {
  const { judged, decided } = standing;
  const settled = decided === null ? (judged === null ? 'REGISTERED' : 'JUDGED') : 'DECIDED';
  return { ...standing, review, state: review === null ? settled : 'UNDER_REVIEW' };
}

/** Where a case stands after one more event. Never throws: what happened, happened. */
export function after(standing: CaseStanding, event: Happened): CaseStanding {
  switch (event.kind) {
    case 'JUDGED':
      // A case may be judged for information after all is done; only an open one is then judged anew.
      if (standing.state !== 'REGISTERED' && standing.state !== 'JUDGED') return standing;
      // A gateway writes its verdicts down some time after they left: a later one of another's may stand there already.
      if ((standing.judged?.at ?? 0) > (event.at ?? 0)) return standing;
      return { ...standing, judged: event, state: 'JUDGED' };
    case 'DECIDED':
      return { ...standing, decided: event, review: null, state: 'DECIDED' };
    case 'REVIEW_ASKED':
      return withReview(standing, { id: event.review, by: event.by, due: event.due });
    case 'REVIEW_DECIDED':
      return event.outcome === 'UPHELD' ? withReview(standing, null) : reopened(standing);
    case 'REOPENED':
      return reopened(standing);
    case 'WITHDRAWN':
      return { ...standing, review: null, state: 'WITHDRAWN' };
    case 'TASK_OPENED':
      return { ...standing, openTasks: [...standing.openTasks, event.task] };
    case 'TASK_ANSWERED':
      return { ...standing, openTasks: standing.openTasks.filter((task) => task !== event.task) };
    case 'COMMITTED':
      return { ...standing, commitment: { id: event.commitment, state: 'OPEN', due: event.due } };
    case 'COMMITMENT_KEPT':
    case 'COMMITMENT_BREACHED':
      return committed(standing, event.commitment, event.kind === 'COMMITMENT_KEPT' ? 'KEPT' : 'BREACHED');
    case 'FACT_DISPUTED':
      return { ...standing, disputed: [...standing.disputed, event.coordinate] };
    case 'DISPUTE_ANSWERED':
      return { ...standing, disputed: without(standing.disputed, event.coordinate) };
    case 'RATED':
    case 'RECTIFICATION_OPENED':
    case 'RECTIFIED':
    case 'RECTIFICATION_CLOSED':
      return { ...standing, rating: rated(standing.rating, event) };
    case 'REGISTERED':
    case 'LICENCE_STATUS_CHANGED':
    case 'OFFERED':
    case 'OFFER_CONFIRMED':
    case 'OFFER_DECLINED':
      return standing;
  }
}

function reopened(standing: CaseStanding): CaseStanding {
  return { ...standing, judged: null, decided: null, review: null, state: 'REGISTERED' };
}

function committed({ commitment, ...standing }: CaseStanding, id: string, state: 'KEPT' | 'BREACHED'): CaseStanding {
  return { ...standing, commitment: commitment?.id === id ? { ...commitment, state } : commitment };
}

/** The list without one element of that name: two disputes of one coordinate are two. */
function without(list: readonly string[], name: string): readonly string[] {
  const at = list.indexOf(name);
  return at < 0 ? list : list.toSpliced(at, 1);
}

function rated(
  rating: RatingStanding | null,
  event: Of<'RATED' | 'RECTIFICATION_OPENED' | 'RECTIFIED' | 'RECTIFICATION_CLOSED'>,
): RatingStanding | null {
  if (event.kind === 'RATED') return { id: event.rating, level: event.level, rectification: 'NONE_NEEDED', due: null };
  if (rating?.id !== event.rating) return rating;
  switch (event.kind) {
    case 'RECTIFICATION_OPENED':
      return { ...rating, rectification: 'OPEN', due: event.due };
    case 'RECTIFIED':
      return { ...rating, rectification: 'ANSWERED' };
    case 'RECTIFICATION_CLOSED':
      return { ...rating, rectification: event.resolved ? 'RESOLVED' : 'UNRESOLVED' };
  }
}

/** What somebody wants to do with a case. */
export type CaseAct =
  | 'DECIDE'
  | 'REOPEN'
  | 'WITHDRAW'
  | 'ASK_REVIEW'
  | 'DECIDE_REVIEW'
  | 'RATE'
  | 'RECTIFY'
  | 'CLOSE_RECTIFICATION';

/** States in which an act may be done. */
const ALLOWED: Readonly<Record<CaseAct, readonly CaseState[]>> = {
  DECIDE: ['REGISTERED', 'JUDGED'],
  REOPEN: ['DECIDED', 'WITHDRAWN'],
  WITHDRAW: ['REGISTERED', 'JUDGED', 'UNDER_REVIEW'],
  ASK_REVIEW: ['JUDGED', 'DECIDED'],
  DECIDE_REVIEW: ['UNDER_REVIEW'],
  RATE: ['JUDGED', 'DECIDED', 'UNDER_REVIEW', 'WITHDRAWN'],
  RECTIFY: ['REGISTERED', 'JUDGED', 'DECIDED', 'UNDER_REVIEW', 'WITHDRAWN'],
  CLOSE_RECTIFICATION: ['REGISTERED', 'JUDGED', 'DECIDED', 'UNDER_REVIEW', 'WITHDRAWN'],
};

/** Why an act is not possible now, as words that follow "the case is …"; null where it is. */
function hindrance(standing: CaseStanding, act: CaseAct): string | null {
  const { state, decided, review, rating } = standing;
  if (!ALLOWED[act].includes(state)) return state;
  // After a decision the review is of it: there is nothing left to take back.
  if (act === 'WITHDRAW' && review !== null && decided !== null) return 'DECIDED';
  if (act === 'RATE' && rating !== null) return `${state}, and rated already`;
  if (act === 'RECTIFY' && rating?.rectification !== 'OPEN' && rating?.rectification !== 'UNRESOLVED') {
    return `${state}, without a rectification to answer`;
  }
  if (act === 'CLOSE_RECTIFICATION' && rating?.rectification !== 'ANSWERED') {
    return `${state}, without an answered rectification`;
  }
  return null;
}

/** Whether an act is possible in the state. */
export function mayBe(standing: CaseStanding, act: CaseAct): boolean {
  return hindrance(standing, act) === null;
}

/** @throws MianzhengError CASE_STATE naming the state, where the act is not possible in it */
export function requireAct(standing: CaseStanding, act: CaseAct): void {
  const why = hindrance(standing, act);
  if (why !== null) throw new MianzhengError('CASE_STATE', `the case is ${why}`, { field: 'Mianzheng-Case' });
}

/** A decision somebody wants to take. */
export interface Deciding {
  readonly outcome: DecisionOutcome;
  readonly verdict: Of<'JUDGED'>['verdict'];
  /** Whether a signed commitment stands behind it. */
  readonly committed: boolean;
  readonly operator: string | null;
  readonly reason: string | null;
}

/** What a verdict says that the decision has to be; null: a person has to say. */
const FOLLOWS: Readonly<Record<Deciding['verdict'], DecisionOutcome | null>> = {
  APPROVED: 'GRANTED',
  NOT_MET: 'REFUSED',
  NEEDS_COMMITMENT: null,
  NEEDS_REVIEW: null,
  PENDING: null,
};

/**
 * Whether a decision may rest on a verdict.
 *
 * - It follows an APPROVED or NOT_MET verdict: a machine may take it.
 * - It follows none: a person (Mianzheng-Operator) has to take it, and say why. So does a grant after NEEDS_COMMITMENT
 *   without a signed commitment.
 * - A refusal of a PENDING case is none: something was not known because a source was down.
 * @throws MianzhengError CASE_STATE for the last, BAD_USER_INPUT naming `input.reason` or `Mianzheng-Operator`
 */
export function requireGround({ outcome, verdict, committed: signed, operator, reason }: Deciding): void {
  if (outcome === 'REFUSED' && verdict === 'PENDING') {
    const why = 'the verdict is PENDING: what a source that is down would say must not be taken for a no';
    throw new MianzhengError('CASE_STATE', why, { field: 'input.outcome' });
  }
  const follows = FOLLOWS[verdict] ?? (verdict === 'NEEDS_COMMITMENT' && signed ? 'GRANTED' : null);
  if (follows === outcome) return;
  if (reason === null) {
    const why = `input.reason: a decision that does not follow the verdict ${verdict} needs one`;
    throw new MianzhengError('BAD_USER_INPUT', why, { field: 'input.reason' });
  }
  if (operator === null) {
    const why = `Mianzheng-Operator: a decision that does not follow the verdict ${verdict} is a person's`;
    throw new MianzhengError('BAD_USER_INPUT', why, { field: 'Mianzheng-Operator' });
  }
}

/** The last of the events of a kind; null where there is none. */
export function lastOf<Kind extends CaseEventKind>(
  events: readonly CaseEvent[],
  kind: Kind,
): Extract<CaseEvent, { readonly kind: Kind }> | null {
  const found = events.findLast((event) => event.kind === kind);
  return found === undefined ? null : (found as Extract<CaseEvent, { readonly kind: Kind }>);
}

/** What an event came to, as one word. */
export function outcomeOf(event: CaseEvent): string | null {
  switch (event.kind) {
    case 'JUDGED':
      return event.verdict;
    case 'DECIDED':
    case 'REVIEW_DECIDED':
    case 'DISPUTE_ANSWERED':
      return event.outcome;
    case 'TASK_ANSWERED':
      return event.answer;
    case 'RATED':
      return event.level;
    case 'RECTIFICATION_CLOSED':
      return event.resolved ? 'RESOLVED' : 'UNRESOLVED';
    default:
      return null;
  }
}

/** What has to be done in a case by a day. */
export interface Deadline {
  readonly what: 'TASK' | 'REVIEW' | 'COMMITMENT' | 'RECTIFICATION';
  /** `YYYY-MM-DD` */
  readonly due: string;
}

/** What waits in a case (办理时限) and has a last day, the earliest first: of department tasks, the review, the commitment and the rectification. */
export function deadlinesOf(events: readonly CaseHappening[]): readonly Deadline[] {
  const { openTasks, review, commitment, rating } = standingOf(events);
  const waits: { readonly what: Deadline['what']; readonly due: string | null }[] = events.flatMap((event) =>
    event.kind === 'TASK_OPENED' && openTasks.includes(event.task) ? [{ what: 'TASK', due: event.due }] : [],
  );
  if (review !== null) waits.push({ what: 'REVIEW', due: review.due });
  if (commitment?.state === 'OPEN') waits.push({ what: 'COMMITMENT', due: commitment.due });
  if (rating?.rectification === 'OPEN' || rating?.rectification === 'UNRESOLVED') {
    waits.push({ what: 'RECTIFICATION', due: rating.due });
  }
  const dated = waits.flatMap(({ what, due }) => (due === null ? [] : [{ what, due }]));
  return dated.sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0));
}
