/** What is known of a request for its record, gathered on its way. */
import type { NewEntry } from './audit/entries.js';
import type { Pseudonymiser } from './audit/subject-pseudonym.js';
import type { AccessPlan } from './authorize/plan.js';
import type { Execution } from './execute/executor.js';
import type { SourceState } from './execute/outcomes.js';
import type { Response } from './respond/response.js';

/** The record of one request while it is being written. Starts as a request of which nothing is known. */
export class RecordDraft {
  client: string | null = null;
  operator: string | null = null;
  matter: string | null = null;
  caseNumber: string | null = null;
  policyVersion: number | null = null;
  verdict: string | null = null;
  #plan: AccessPlan | null = null;
  readonly #legalBases = new Set<string>();
  readonly #subjects = new Set<string>();
  readonly #given = { FULL: new Set<string>(), MASKED: new Set<string>(), PREDICATE: new Set<string>() };
  readonly #withheld = new Set<string>();
  readonly #sources = new Map<string, SourceState>();

  /**
   * @param requestId names the request in the answer, the log and the record
   * @param arrived ms since the epoch
   */
  constructor(
    readonly requestId: string,
    readonly arrived: number,
    readonly pseudonym: Pseudonymiser,
  ) {}

  /** The request's own plan was made; what it denies is withheld whether or not it runs. */
  planned(plan: AccessPlan): void {
    this.#plan = plan;
    for (const coordinate of plan.withheld) this.#withheld.add(coordinate);
  }

  /** A plan ran: the request's own, or that of a matter's facts. */
  executed(plan: AccessPlan, execution: Execution): void {
    for (const basis of plan.legalBases) this.#legalBases.add(basis);
    for (const coordinate of plan.withheld) this.#withheld.add(coordinate);
    for (const outcome of execution.outcomes) {
      if (outcome.outcome === 'WITHHELD') this.#withheld.add(outcome.coordinate);
    }
    plan.coordinates.forEach(({ coordinate, disclosure, unconditional }, index) => {
      if (execution.disclosed[index] === 1 && !unconditional) this.#given[disclosure].add(coordinate);
    });
    this.concern(execution.subjects);
    for (const source of execution.sources) this.#sources.set(source.department, source);
  }

  /** The request concerned these subjects, as `KIND:identifier`. */
  concern(subjects: Iterable<string>): void {
    for (const subject of subjects) this.#subjects.add(subject);
  }

  /** The entry, given the answer. An answer that is refused discloses nothing. */
  entry(response: Response): NewEntry {
    const answered = response.outcome === 'ANSWERED';
    const sorted = (set: ReadonlySet<string>) => [...set].sort();
    return {
      kind: 'request',
      time: new Date(this.arrived).toISOString(),
      requestId: this.requestId,
      client: this.client,
      operator: this.operator,
      matter: this.matter,
      caseNumber: this.caseNumber,
      legalBases: sorted(this.#legalBases),
      subjects: sorted(this.#subjects).map((subject) => {
        const colon = subject.indexOf(':');
        return this.pseudonym(subject.slice(0, colon), subject.slice(colon + 1));
      }),
      plan: this.#plan?.hash ?? null,
      policyVersion: this.policyVersion,
      disclosed: answered ? sorted(this.#given.FULL) : [],
      masked: answered ? sorted(this.#given.MASKED) : [],
      used: sorted(this.#given.PREDICATE),
      withheld: sorted(this.#withheld),
      sources: [...this.#sources.values()].map(({ department, fetchedAt, state }) => ({
        department,
        fetchedAt: new Date(fetchedAt).toISOString(),
        state,
      })),
      verdict: answered ? this.verdict : null,
      outcome: response.outcome,
      code: response.code,
      status: response.status,
    };
  }
}
