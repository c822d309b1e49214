/** What a run finds beside the values: outcomes, what was disclosed and about whom, and which departments answered. */
import type { RowsOfPeers } from '../../connectors/contract.js';
import type { AccessPlan, FieldSite, ObjectPlan } from '../authorize/plan.js';
import type { WithheldReason } from '../domain/withheld.js';
import { SourceError } from '../errors.js';
import type { DisputedFacts } from './disputed.js';
import { isRow, type Node, pathTo } from './node.js';
import type { CorrectedFact, Outcome, ResponsePath, SourceState } from './outcomes.js';
import type { Sources } from './sources.js';

/** A list that has more elements than were asked for. */
export interface CutList {
  readonly path: ResponsePath;
  readonly department: string;
}

/** The findings of one run. */
export class Findings {
  readonly outcomes: Outcome[] = [];
  readonly disclosed: Uint8Array;
  readonly subjects = new Set<string>();
  readonly met = new Map<ObjectPlan, Set<string>>();
  readonly cut: CutList[] = [];
  readonly corrected: CorrectedFact[] = [];
  readonly #sources: Sources;
  readonly #disputed: DisputedFacts | null;
  readonly #states = new Map<string, SourceState>();
  /** What other cities' gateways said beside their rows; null where none was asked. */
  #elsewhere: RowsOfPeers[] | null = null;

  constructor(plan: AccessPlan, sources: Sources, disputed: DisputedFacts | null) {
    this.#disputed = disputed === null ? null : disputed.within(plan);
    this.disclosed = new Uint8Array(plan.coordinates.length);
    this.#sources = sources;
  }

  /** States of the departments asked, by name. */
  get states(): readonly SourceState[] {
    return [...this.#states.values()].sort((a, b) => (a.department < b.department ? -1 : 1));
  }

  /** A value, or the knowledge of none, is given. @param index in the plan's coordinates; -1: what none is given of */
  give(index: number): void {
    if (index >= 0) this.disclosed[index] = 1;
  }

  /** Whether anything of the plan may have to be {@link mark}ed. */
  get marks(): boolean {
    return this.#disputed !== null || this.#elsewhere !== null;
  }

  /** Says of a value that is given whether it is disputed, or was corrected. @param node the object whose field it is */
  mark(site: FieldSite, node: Node, key: string, derived = false): void {
    const mark = this.#disputed?.markOf(site.coordinate, site.department, node, derived) ?? null;
    if (mark === null && !this.#disputedElsewhere(site, node)) return;
    const path = pathTo(node, key);
    if (mark === null || mark.correctedOn === null) this.outcomes.push({ path, ...site, outcome: 'DISPUTED' });
    else this.corrected.push({ path, ...site, correctedOn: mark.correctedOn });
  }

  /** Whether the city that gave an object says that this field of it is disputed. */
  #disputedElsewhere({ coordinate }: FieldSite, { rows }: Node): boolean {
    if (this.#elsewhere === null) return false;
    const field = coordinate.slice(coordinate.indexOf('.') + 1);
    return this.#elsewhere.some(({ disputed }) =>
      rows.some((held) => isRow(held) && disputed.get(held)?.has(field) === true),
    );
  }

  /** Somebody disputes, in the city that holds them, whether these are all the rows of a key. */
  disputed(site: FieldSite, node: Node, key: string, at = -1): void {
    this.outcomes.push({ path: pathTo(node, key, at), ...site, outcome: 'DISPUTED' });
  }

  /** An object's data are asked for. */
  concern(place: ObjectPlan, id: string): void {
    const kind = place.identity?.kind;
    if (id === '' || (kind !== 'CITIZEN' && kind !== 'ENTERPRISE')) return;
    const subject = `${kind}:${id}`;
    this.subjects.add(subject);
    const here = this.met.get(place);
    if (here === undefined) this.met.set(place, new Set([subject]));
    else here.add(subject);
  }

  /** A value is given behind its mask that the plan does not call masked. */
  masked(site: FieldSite, node: Node, key: string): void {
    this.outcomes.push({ path: pathTo(node, key), ...site, outcome: 'MASKED' });
  }

  absent(site: FieldSite, node: Node, key: string, at = -1): void {
    this.outcomes.push({ path: pathTo(node, key, at), ...site, outcome: 'ABSENT' });
  }

  withheld(site: FieldSite, node: Node, key: string, reason: WithheldReason, at = -1): void {
    this.outcomes.push({ path: pathTo(node, key, at), ...site, outcome: 'WITHHELD', reason });
  }

  down(site: FieldSite, node: Node, key: string, error: SourceError, at = -1): void {
    const { fault } = error;
    const retryAfter = error.options.retryAfter ?? null;
    this.outcomes.push({ path: pathTo(node, key, at), ...site, outcome: 'SOURCE_DOWN', fault, retryAfter });
  }

  /** A department answered. @param fetchedAt RFC 3339, UTC */
  answered(department: string, fetchedAt: string): void {
    const before = this.#states.get(department);
    if (before?.state === 'DOWN') return;
    const { transport } = this.#sources.connector(department);
    const peers = before?.peers === undefined ? {} : { peers: before.peers };
    this.#states.set(department, { department, transport, state: 'UP', fetchedAt, ...peers });
  }

  /** Gateways of other cities were asked for a department's rows; the department itself has answered. */
  elsewhere(department: string, rows: RowsOfPeers): void {
    this.#elsewhere = [...(this.#elsewhere ?? []), rows];
    const state = this.#states.get(department);
    if (state === undefined || rows.answers.length === 0) return;
    this.#states.set(department, { ...state, peers: [...(state.peers ?? []), ...rows.answers] });
  }

  /** A department did not answer. @param at ms since the epoch @throws what is no SourceError: a fault of ours */
  failed(department: string, error: unknown, at: number): SourceError {
    if (!(error instanceof SourceError)) throw error;
    const { transport } = this.#sources.connector(department);
    const peers = this.#states.get(department)?.peers;
    const fetchedAt = new Date(at).toISOString();
    this.#states.set(department, { department, transport, state: 'DOWN', fetchedAt, ...(peers && { peers }) });
    return error;
  }
}
