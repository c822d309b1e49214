/** What is known of a request for its record, gathered on its way. */
import type { NewEntry, Position, RecordedClaim } from './audit/entries.js';
import type { Pseudonymiser } from './audit/subject-pseudonym.js';
import { coordinatesAbout } from './authorize/about-subjects.js';
import type { AccessPlan, ObjectPlan } from './authorize/plan.js';
import { ageLetter } from './domain/age-class.js';
import { MianzhengError } from './errors.js';
import type { Execution } from './execute/executor.js';
import type { SourceState } from './execute/outcomes.js';
import type { ComparedClaim } from './matters/index.js';
import type { PendingReceipt } from './receipts/pending.js';
import type { Response } from './respond/response.js';

/** Coordinates that a run gave, by disclosure, and those it withheld; sorted, never changed. */
interface Given {
  readonly FULL: readonly string[];
  readonly MASKED: readonly string[];
  readonly PREDICATE: readonly string[];
  readonly withheld: readonly string[];
  /** What of the first three is about the subjects met at a place of the plan. */
  readonly about: ReadonlyMap<ObjectPlan, readonly string[]>;
}

const NOTHING: readonly string[] = [];
const NOBODY: ReadonlyMap<ObjectPlan, readonly string[]> = new Map();

function givenBy(plan: AccessPlan, execution: Execution, withheldAtRunTime: readonly string[]): Given {
  const given = { FULL: [] as string[], MASKED: [] as string[], PREDICATE: [] as string[] };
  plan.coordinates.forEach(({ coordinate, disclosure, unconditional }, index) => {
    if (execution.disclosed[index] === 1 && !unconditional) given[disclosure].push(coordinate);
  });
  for (const list of Object.values(given)) list.sort();
  const about = new Map<ObjectPlan, readonly string[]>();
  for (const [place, indices] of coordinatesAbout(plan)) {
    const theirs = indices.flatMap((index) => {
      const planned = plan.coordinates[index];
      return execution.disclosed[index] === 1 && planned?.unconditional === false ? [planned.coordinate] : [];
    });
    about.set(place, union([theirs]));
  }
  return { ...given, withheld: union([plan.withheld, withheldAtRunTime]), about };
}

/**
 * What was given differs little from run to run of one plan, so the lists are kept by pattern. A plan
 * has few patterns in practice; the bound is for those that have many.
 */
const PATTERNS_KEPT = 64;
const patterns = new WeakMap<AccessPlan, Map<string, Given>>();

function given(plan: AccessPlan, execution: Execution): Given {
  const withheld = execution.outcomes.flatMap((o) => (o.outcome === 'WITHHELD' ? [o.coordinate] : []));
  const pattern = `${Buffer.from(execution.disclosed).toString('latin1')} ${withheld.join(' ')}`;
  let known = patterns.get(plan);
  if (known === undefined) {
    known = new Map();
    patterns.set(plan, known);
  }
  let lists = known.get(pattern);
  if (lists === undefined) {
    lists = givenBy(plan, execution, withheld);
    if (known.size >= PATTERNS_KEPT) known.clear();
    known.set(pattern, lists);
  }
  return lists;
}

/** One list of several, sorted and unique. */
function union(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort();
}

const unions = new WeakMap<readonly string[], WeakMap<readonly string[], readonly string[]>>();

/** The union of two lists, one list for the same two: what is recorded of people differs little from case to case. */
function unionOf(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  let others = unions.get(a);
  if (others === undefined) {
    others = new WeakMap();
    unions.set(a, others);
  }
  let both = others.get(b);
  if (both === undefined) {
    both = union([a, b]);
    others.set(b, both);
  }
  return both;
}

const lone = new Map<string, readonly string[]>();

/** The list of one coordinate of the schema, the same one each time. */
function only(coordinate: string): readonly string[] {
  let list = lone.get(coordinate);
  if (list === undefined) {
    list = [coordinate];
    lone.set(coordinate, list);
  }
  return list;
}

function joined(runs: readonly Given[], part: Exclude<keyof Given, 'about'>): readonly string[] {
  let all = NOTHING;
  for (const run of runs) all = unionOf(all, run[part]);
  return all;
}

/** The record of one request while it is being written. Starts as a request of which nothing is known. */
export class RecordDraft {
  client: string | null = null;
  operator: string | null = null;
  matter: string | null = null;
  caseNumber: string | null = null;
  policyVersion: number | null = null;
  verdict: string | null = null;
  #plan: AccessPlan | null = null;
  readonly #runs: Given[] = [];
  #legalBases: readonly string[] = NOTHING;
  /** By subject, `KIND:identifier`: what was given of it. */
  readonly #subjects = new Map<string, readonly string[]>();
  #sources: readonly SourceState[] = [];
  readonly #claims: RecordedClaim[] = [];
  readonly #receipts: PendingReceipt[] = [];
  readonly #afterwards: ((position: Position) => void)[] = [];
  #cases = 0;
  #named: string | null = null;

  /**
   * @param requestId names the request in the answer, the log and the record
   * @param arrived ms since the epoch
   * @param today the day of it where the gateway stands, `YYYY-MM-DD`, on which people's ages are told; default: in UTC
   */
  constructor(
    readonly requestId: string,
    readonly arrived: number,
    readonly pseudonym: Pseudonymiser,
    readonly today: string = new Date(arrived).toISOString().slice(0, 10),
  ) {}

  /** The request's own plan was made; what it denies is withheld whether or not it runs. */
  planned(plan: AccessPlan): void {
    this.#plan = plan;
  }

  /**
   * What follows is about this case, whatever the header says.
   * @throws MianzhengError BAD_USER_INPUT where the request is about another one too: an entry names one case, and what is
   *   disclosed in the other would stand under a number that is not its own
   */
  nameCase(number: string): void {
    if (this.#named !== null && this.#named !== number) {
      throw new MianzhengError('BAD_USER_INPUT', 'Mianzheng-Case: a request is about one case', {
        field: 'Mianzheng-Case',
      });
    }
    this.#named = number;
    this.caseNumber = number;
  }

  /** A plan ran: the request's own, or that of a matter's facts. */
  executed(plan: AccessPlan, execution: Execution): void {
    const run = given(plan, execution);
    this.#runs.push(run);
    this.#legalBases = unionOf(this.#legalBases, plan.legalBases);
    this.concern(execution.subjects);
    for (const [place, subjects] of execution.met) {
      const about = run.about.get(place) ?? NOTHING;
      for (const one of subjects) this.#subjects.set(one, unionOf(this.#subjects.get(one) ?? NOTHING, about));
    }
    const later = new Map(execution.sources.map((source) => [source.department, source]));
    this.#sources = [...this.#sources.filter(({ department }) => !later.has(department)), ...execution.sources];
  }

  /**
   * Something was used for a verdict beside a plan's fields, by coordinate: such as a department's answer, or the right
   * to scan.
   * @param legalBases of the grants it rests on that no plan names
   */
  used(coordinates: readonly string[], legalBases: readonly string[] = NOTHING): void {
    this.#runs.push({ FULL: NOTHING, MASKED: NOTHING, PREDICATE: coordinates, withheld: NOTHING, about: NOBODY });
    this.#legalBases = unionOf(this.#legalBases, legalBases);
  }

  /** The request concerned these subjects, as `KIND:identifier`. */
  concern(subjects: Iterable<string>): void {
    for (const subject of subjects) if (!this.#subjects.has(subject)) this.#subjects.set(subject, NOTHING);
  }

  /** Claims were compared: which, and with what outcome. */
  compared(claims: readonly ComparedClaim[]): void {
    this.#claims.push(...claims.map(({ claim, outcome }) => ({ coordinate: claim.coordinate, outcome })));
  }

  /** Name of the next verdict's receipt. */
  get receiptId(): string {
    return `${this.requestId}.${this.#receipts.length + 1}`;
  }

  /** A verdict was given, with this receipt. */
  issued(receipt: PendingReceipt): void {
    this.#receipts.push(receipt);
  }

  /** Has something done once the entry of an answer is durable; it must not throw, and the answer does not wait for more. */
  whenDurable(then: (position: Position) => void): void {
    this.#afterwards.push(then);
  }

  /** The entry is durable there: the receipts whose digests it holds may leave. */
  durable(position: Position): void {
    for (const receipt of this.#receipts) receipt.seal(position);
    for (const then of this.#afterwards) then(position);
  }

  /**
   * The draft of one case that the request names in its arguments. Its identifier is the request's
   * with the number of the case, from 0, behind a dot.
   * @param coordinate the operation, which an answer discloses
   */
  ofCase(caseNumber: string | null, coordinate: string): RecordDraft {
    const draft = new RecordDraft(`${this.requestId}.${this.#cases}`, this.arrived, this.pseudonym, this.today);
    this.#cases += 1;
    draft.client = this.client;
    draft.operator = this.operator;
    draft.matter = this.matter;
    draft.caseNumber = caseNumber;
    draft.policyVersion = this.policyVersion;
    draft.#plan = this.#plan;
    draft.#legalBases = this.#plan?.legalBases ?? NOTHING;
    draft.answers(coordinate);
    return draft;
  }

  /** An answer discloses what this operation came to, by coordinate. */
  answers(coordinate: string): void {
    this.#runs.push({ FULL: only(coordinate), MASKED: NOTHING, PREDICATE: NOTHING, withheld: NOTHING, about: NOBODY });
  }

  /** Drafts of cases made so far. */
  get cases(): number {
    return this.#cases;
  }

  /** The entry, given the answer. An answer that is refused discloses nothing. */
  entry(response: Pick<Response, 'outcome' | 'code' | 'status'>): NewEntry {
    const answered = response.outcome === 'ANSWERED';
    const subjects: string[] = [];
    const about: (readonly string[])[] = [];
    let ages = '';
    for (const subject of [...this.#subjects.keys()].sort()) {
      const colon = subject.indexOf(':');
      const kind = subject.slice(0, colon);
      const id = subject.slice(colon + 1);
      subjects.push(this.pseudonym(kind, id));
      about.push(this.#subjects.get(subject) ?? NOTHING);
      ages += ageLetter(kind, id, this.today);
    }
    const withheld = joined(this.#runs, 'withheld');
    return {
      kind: 'request',
      time: new Date(this.arrived).toISOString(),
      requestId: this.requestId,
      client: this.client,
      operator: this.operator,
      matter: this.matter,
      caseNumber: this.caseNumber,
      legalBases: this.#legalBases,
      subjects,
      ...(answered && about.some((list) => list.length > 0) ? { about } : {}),
      ...(subjects.length > 0 ? { ages } : {}),
      plan: this.#plan?.hash ?? null,
      policyVersion: this.policyVersion,
      disclosed: answered ? joined(this.#runs, 'FULL') : NOTHING,
      masked: answered ? joined(this.#runs, 'MASKED') : NOTHING,
      used: joined(this.#runs, 'PREDICATE'),
      withheld: this.#runs.length > 0 ? withheld : (this.#plan?.withheld ?? NOTHING),
      sources: this.#sources.map(({ department, fetchedAt, state, peers }) => ({
        department,
        fetchedAt,
        state,
        ...(peers && { peers }),
      })),
      verdict: answered ? this.verdict : null,
      receipt: answered && this.#receipts.length > 0 ? this.#receipts.map(({ digest }) => digest).join(' ') : null,
      ...(answered && this.#claims.length > 0 ? { claims: this.#claims } : {}),
      outcome: response.outcome,
      code: response.code,
      status: response.status,
    };
  }
}
