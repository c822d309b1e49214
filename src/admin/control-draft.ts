/** What is known of a request of the control plane for its record, gathered on its way. */
import type { ChangeRecord, NewEntry } from '../audit/entries.js';
import type { Pseudonymiser } from '../audit/subject-pseudonym.js';
import type { Response } from '../respond/response.js';
import type { ControlChange } from '../store/control-changes.js';
import type { Actor } from './actor.js';

/** Subjects of one entry at most; a list that tells about more is to be recorded by pages. */
const SUBJECTS = 5000;

/** The record of one request while it is being written. Starts as a request of which nothing is known. */
export class ControlDraft {
  actor: Actor | null = null;
  operation: 'query' | 'mutation' | null = null;
  fields: readonly string[] = [];
  readonly #changes: ControlChange[] = [];
  readonly #notes: ChangeRecord[] = [];
  readonly #subjects = new Set<string>();
  #followed = 0;

  /**
   * @param requestId names the request in the answer, the log and the record
   * @param arrived ms since the epoch
   */
  constructor(
    readonly requestId: string,
    readonly arrived: number,
    readonly pseudonym: Pseudonymiser,
  ) {}

  /** Changes were made and written down. */
  changed(changes: readonly ControlChange[]): void {
    this.#changes.push(...changes);
  }

  /** The request concerns somebody. @throws RangeError beyond 5,000, of which nothing may be answered */
  concern(kind: string, id: string): void {
    this.#subjects.add(this.pseudonym(kind, id));
    if (this.#subjects.size > SUBJECTS) throw new RangeError('a request of the control plane concerns too many people');
  }

  /** Something was looked for; nothing is changed by it. */
  noted(note: ChangeRecord): void {
    this.#notes.push(note);
  }

  /** As `AdminContext.nextId`. */
  nextId(): string {
    const id = `${this.requestId}.${this.#followed}`;
    this.#followed += 1;
    return id;
  }

  /** Identifiers of the changes. */
  get changeIds(): readonly string[] {
    return this.#changes.map(({ id }) => id);
  }

  /** The entry, given the answer. */
  entry(response: Pick<Response, 'outcome' | 'code' | 'status'>): NewEntry {
    return {
      kind: 'control',
      time: new Date(this.arrived).toISOString(),
      requestId: this.requestId,
      actor: this.actor?.name ?? null,
      roles: this.actor?.givenRoles ?? [],
      by: this.actor?.by ?? null,
      operation: this.operation,
      fields: this.fields,
      subjects: [...this.#subjects].sort(),
      changes: [...this.#changes, ...this.#notes],
      outcome: response.outcome,
      code: response.code,
      status: response.status,
    };
  }
}
