/**
 * What was fetched: runs an access plan breadth first. Each link of the plan is fetched once for
 * all the objects it starts from, so the number of statements depends on the document and never
 * on how many rows answer it.
 */
import { type Derivation, RowsOfPeers } from '../../connectors/contract.js';
import type { AccessPlan, Choice, FieldPlan, FieldSite, LinkPlan, ObjectPlan, ValuePlan } from '../authorize/plan.js';
import { type FetchTemplate, type Reference, ROW_KEY, type Row, type RowsByKey } from '../domain/fetch.js';
import { type MaskSettings, mask } from '../domain/mask.js';
import type { Wait } from '../domain/wait.js';
import { SourceError } from '../errors.js';
import type { DisputedFacts } from './disputed.js';
import { type CutList, Findings } from './findings.js';
import { Leaves } from './leaves.js';
import { idIn, isRow, type Node, pathTo, within } from './node.js';
import { type OrderColumn, ordered, orderedIndices } from './order.js';
import type { CorrectedFact, Outcome, SourceState } from './outcomes.js';
import type { Sources } from './sources.js';
import { keysOf, looksUpByIdentity, push, put, type Wanted, type Wants } from './wanted.js';

/** Computes a root field of the gateway itself. */
export type Operation = (args: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** One run of a plan. */
export interface ExecutionRequest {
  readonly plan: AccessPlan;
  /** Coerced variables. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Subjects of the case as `KIND:identifier`; empty without a case. */
  readonly caseSubjects: ReadonlySet<string>;
  /** The day derived fields judge by, `YYYY-MM-DD`. */
  readonly today: string;
  readonly sources: Sources;
  /** Code of the matter the request is for: under it other cities' gateways may be asked too. Null: none is. */
  readonly matter: string | null;
  /** Computes the root fields of the gateway itself; null for a coordinate that is none. */
  readonly operation: (coordinate: string) => Operation | null;
  readonly masks: MaskSettings;
  /** Facts under dispute, or corrected lately; null: none. */
  readonly disputed: DisputedFacts | null;
  /** Answers the document's introspection fields, by response key. */
  readonly introspect: () => Readonly<Record<string, unknown>>;
  /** ms since the epoch. */
  readonly now: () => number;
  /** How long its answer is of use: what is not fetched by then is SOURCE_DOWN. */
  readonly wait: Wait;
}

/** What a run gave, before anything of it leaves. */
export interface Execution {
  readonly data: Readonly<Record<string, unknown>>;
  readonly outcomes: readonly Outcome[];
  /** Per index of the plan's coordinates: 1 where a value, or the knowledge of none, was given. */
  readonly disclosed: Uint8Array;
  /** People and enterprises whose data were asked for, as `KIND:identifier`. */
  readonly subjects: ReadonlySet<string>;
  /** The same by the place of the plan at which they were met. */
  readonly met: ReadonlyMap<ObjectPlan, ReadonlySet<string>>;
  readonly sources: readonly SourceState[];
  /** Lists that have more elements than were asked for: nothing may be concluded from what they lack. */
  readonly cut: readonly CutList[];
  /** Facts given that were corrected after a dispute. */
  readonly corrected: readonly CorrectedFact[];
}

const PASSED_THROUGH: readonly Row[] = [{}];
const NO_ROWS: readonly Row[] = [];
const UNBOUNDED: readonly (readonly string[])[] = [];
const NO_ARGUMENTS: Readonly<Record<string, unknown>> = {};

const kindsOfSubjects = new WeakMap<ReadonlySet<string>, ReadonlyMap<string, readonly string[]>>();

/** The case's subjects by kind, kept as long as the set is. A case has a few: a list is searched sooner than a set. */
function subjectsByKind(subjects: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  let known = kindsOfSubjects.get(subjects);
  if (known === undefined) {
    const byKind = new Map<string, string[]>();
    for (const subject of subjects) {
      const colon = subject.indexOf(':');
      const kind = subject.slice(0, colon);
      push(byKind, kind, subject.slice(colon + 1));
    }
    known = byKind;
    kindsOfSubjects.set(subjects, known);
  }
  return known;
}

class Run {
  readonly #request: ExecutionRequest;
  readonly #arguments: readonly Readonly<Record<string, unknown>>[];
  readonly #found: Findings;
  readonly #caseSubjects: ReadonlyMap<string, readonly string[]>;
  #introspected: Readonly<Record<string, unknown>> | null = null;

  constructor(request: ExecutionRequest) {
    this.#request = request;
    this.#arguments = request.plan.argumentReaders.map((read) => read(request.variables));
    this.#found = new Findings(request.plan, request.sources, request.disputed);
    this.#caseSubjects = subjectsByKind(request.caseSubjects);
  }

  async finish(): Promise<Execution> {
    const { plan } = this.#request;
    const data: Record<string, unknown> = {};
    const root: Node = {
      out: data,
      rows: [],
      id: '',
      linkKey: '',
      hops: Number.POSITIVE_INFINITY,
      above: null,
      under: '',
      at: -1,
    };
    if (plan.operation === 'mutation') {
      // One after the other, as the specification says of mutations.
      for (const field of plan.fields) await this.#fill([field], [root]);
    } else {
      await this.#fill(plan.fields, [root]);
    }
    const { outcomes, disclosed, subjects, met, states, cut, corrected } = this.#found;
    return { data, outcomes, disclosed, subjects, met, sources: states, cut, corrected };
  }

  /** Fills the fields of all the objects that stand at one place of the document; a promise only where something is fetched. */
  #fill(fields: readonly FieldPlan[], nodes: readonly Node[]): Promise<unknown> | undefined {
    let fetching: Promise<unknown>[] | null = null;
    for (const field of fields) {
      const under = this.#fillField(field, nodes);
      if (under !== undefined) {
        fetching ??= [];
        fetching.push(under);
      }
    }
    return together(fetching);
  }

  #fillField(field: FieldPlan, nodes: readonly Node[]): Promise<unknown> | undefined {
    switch (field.kind) {
      case 'VALUE':
        for (const node of nodes) this.#value(field, node);
        return undefined;
      case 'TYPENAME':
        for (const node of nodes) node.out[field.key] = field.name;
        return undefined;
      case 'INTROSPECTION':
        this.#introspected ??= this.#request.introspect();
        for (const node of nodes) node.out[field.key] = this.#introspected[field.key];
        return undefined;
      case 'DENIED':
        for (const node of nodes) {
          node.out[field.key] = null;
          this.#found.withheld(field.at, node, field.key, field.reason);
        }
        return undefined;
      default:
        // Reserves the key, so that the answer has the document's order whatever arrives first.
        for (const node of nodes) node.out[field.key] = null;
    }
    switch (field.kind) {
      case 'EMBEDDED':
        return this.#embedded(field, nodes);
      case 'DERIVED':
        return this.#derived(field, nodes);
      case 'OPERATION':
        return this.#operation(field, nodes);
      case 'LINK':
        return this.#follow(field, nodes);
    }
  }

  /** The first choice that has a row, or null with the reason noted under `key`. */
  #held(at: FieldSite, choices: readonly Choice[], node: Node, key: string): Choice | null {
    for (const choice of choices) {
      if (isRow(node.rows[choice.group])) {
        this.#found.give(choice.index);
        return choice;
      }
    }
    const why = choices[0] === undefined ? undefined : node.rows[choices[0].group];
    if (why instanceof SourceError) this.#found.down(at, node, key, why);
    else this.#found.withheld(at, node, key, why === 'OUTSIDE_CASE' ? 'SUBJECT_OUTSIDE_CASE' : 'REGION_SCOPE');
    return null;
  }

  #value(field: ValuePlan, node: Node): void {
    const choice = this.#held(field.at, field.choices, node, field.key);
    const value = choice === null ? null : (node.rows[choice.group] as Row)[field.attribute];
    node.out[field.key] = choice === null || value == null ? null : this.#shown(choice, value);
    if (choice === null) return;
    if (value != null) this.#noteMask(field, choice, node);
    if (value === undefined) this.#found.down(field.at, node, field.key, garbled(field.at));
    else if (value === null) this.#found.absent(field.at, node, field.key);
    if (this.#found.marks && value !== undefined) this.#found.mark(field.at, node, field.key);
  }

  /** The plan says what the best choice shows; an object that only a worse one reaches has to say so itself. */
  #noteMask(
    { at, choices, key }: Pick<ValuePlan, 'at' | 'choices' | 'key'>,
    { mask: behind }: Choice,
    node: Node,
  ): void {
    if (behind !== null && choices[0]?.mask === null) this.#found.masked(at, node, key);
  }

  #shown(choice: Choice, value: unknown): unknown {
    return choice.mask === null ? value : mask(choice.mask, value as string, this.#request.masks);
  }

  #embedded(field: Extract<FieldPlan, { kind: 'EMBEDDED' }>, nodes: readonly Node[]): Promise<unknown> | undefined {
    const parts: Node[] = [];
    for (const node of nodes) {
      const choice = this.#held(field.at, field.choices, node, field.key);
      if (choice === null) continue;
      if (this.#found.marks) this.#found.mark(field.at, node, field.key);
      const value = (node.rows[choice.group] as Row)[field.attribute];
      if (value === undefined) {
        this.#found.down(field.at, node, field.key, garbled(field.at));
      } else if (value === null) {
        this.#found.absent(field.at, node, field.key);
      } else if (Array.isArray(value)) {
        const columns = value.length < 2 ? [] : this.#columns(field, node);
        const elements = orderedIndices(value.length, columns).map((from, to) =>
          this.#part(node, field.key, to, (row) => (row[field.attribute] as Row[] | null)?.[from]),
        );
        node.out[field.key] = elements.map((element) => element.out);
        parts.push(...elements);
      } else {
        const part = this.#part(node, field.key, -1, (row) => row[field.attribute] as Row);
        node.out[field.key] = part.out;
        parts.push(part);
      }
    }
    return parts.length > 0 ? this.#fill(field.fields, parts) : undefined;
  }

  /** What this object shows in full of the elements of its list: nothing else may order them. */
  #columns(field: Extract<FieldPlan, { kind: 'EMBEDDED' }>, node: Node): OrderColumn[] {
    const columns: OrderColumn[] = [];
    for (const { choices, attribute } of field.order) {
      const held = choices.find(({ group }) => isRow(node.rows[group]));
      if (held === undefined || held.mask !== null) continue;
      const elements = (node.rows[held.group] as Row)[field.attribute] as Row[] | null;
      columns.push({ elements: elements ?? NO_ROWS, attribute });
    }
    return columns;
  }

  /** An object inside the rows of `node`. */
  #part(node: Node, under: string, at: number, take: (row: Row) => Row | undefined): Node {
    const { id, linkKey, hops } = node;
    const rows = node.rows.map((held) => (isRow(held) ? (take(held) ?? 'ABSENT') : held));
    return { out: {}, rows, id, linkKey, hops, above: node, under, at };
  }

  #derived(field: Extract<FieldPlan, { kind: 'DERIVED' }>, nodes: readonly Node[]): Promise<unknown> | undefined {
    const args = this.#arguments[field.arguments] ?? NO_ARGUMENTS;
    const compute = this.#derivation(field.at);
    const parts: Node[] = [];
    for (const node of nodes) {
      const choice = this.#held(field.at, field.choices, node, field.key);
      if (choice === null) continue;
      if (this.#found.marks) this.#found.mark(field.at, node, field.key, true);
      const value = compute(node.rows[choice.group] as Row, args, this.#request.today);
      if (value != null) this.#noteMask(field, choice, node);
      this.#computed(field, value == null ? value : this.#shown(choice, value), node, parts);
    }
    return field.member !== null && parts.length > 0 ? this.#fill(field.member.fields, parts) : undefined;
  }

  async #operation(field: Extract<FieldPlan, { kind: 'OPERATION' }>, nodes: readonly Node[]): Promise<void> {
    const args = this.#arguments[field.arguments] ?? NO_ARGUMENTS;
    const compute = this.#request.operation(field.at.coordinate);
    if (compute === null) throw new TypeError(`${field.at.coordinate} has neither a @link nor an operation`);
    for (const node of nodes) {
      const value = await compute(args);
      this.#found.give(field.index);
      const parts: Node[] = [];
      this.#computed(field, value, node, parts);
      if (field.member !== null && parts.length > 0) await this.#fill(field.member.fields, parts);
    }
  }

  /** Puts a computed value in place; objects are added to `parts`, to have their members filled. */
  #computed(
    field: Extract<FieldPlan, { kind: 'DERIVED' | 'OPERATION' }>,
    value: unknown,
    node: Node,
    parts: Node[],
  ): void {
    if (value === null || value === undefined) {
      this.#found.absent(field.at, node, field.key);
      return;
    }
    if (field.member === null) {
      node.out[field.key] = value;
      return;
    }
    const { id, linkKey, hops } = node;
    const part = (row: Row, at: number): Node => {
      const made: Node = { out: {}, rows: [row], id, linkKey, hops, above: node, under: field.key, at };
      parts.push(made);
      return made;
    };
    node.out[field.key] = Array.isArray(value)
      ? value.map((row: Row, i) => part(row, i).out)
      : part(value as Row, -1).out;
  }

  #follow(link: LinkPlan, nodes: readonly Node[]): Promise<unknown> | undefined {
    const args = this.#arguments[link.arguments] ?? NO_ARGUMENTS;
    const wanted: Wants = { single: [], byType: null };
    for (const node of nodes) {
      if (this.#found.marks) this.#found.mark(link.at, node, link.key);
      if (link.keyFrom.kind === 'ARGUMENT') {
        this.#wantArguments(link, args[link.keyFrom.name], node, wanted);
      } else if (within(link.bound, node.hops)) {
        this.#wantLinked(link, node, wanted);
      } else {
        this.#found.withheld(link.at, node, link.key, 'SUBJECT_OUTSIDE_CASE');
      }
    }
    const fetching: (Promise<unknown> | undefined)[] = [];
    if (wanted.single.length > 0) fetching.push(this.#fetchTarget(link, link.target, wanted.single, args));
    for (const [type, wants] of wanted.byType ?? []) {
      const target = link.targets.get(type);
      if (target === undefined) throw new TypeError(`${link.at.coordinate} led to unplanned type ${type}`);
      fetching.push(this.#fetchTarget(link, target, wants, args));
    }
    return together(fetching);
  }

  /** Keys given as an argument: bound on the key itself. */
  #wantArguments(link: LinkPlan, value: unknown, node: Node, wanted: Wants): void {
    const { kind } = link.target.identity ?? {};
    if (value === undefined) return;
    const want = (key: string, at: number): void => {
      if (within(link.bound, this.#inCase(kind, key) ? 0 : Number.POSITIVE_INFINITY)) {
        wanted.single.push({ key, from: node, at });
      } else {
        this.#found.withheld(link.at, node, link.key, 'SUBJECT_OUTSIDE_CASE', at);
      }
    };
    if (link.shape === 'BATCH') {
      const keys = value as readonly string[];
      node.out[link.key] = keys.map(() => null);
      keys.forEach(want);
    } else {
      want(value as string, -1);
    }
  }

  /** Keys that stand in the object the link starts from. */
  #wantLinked(link: LinkPlan, node: Node, wanted: Wants): void {
    // Who has no number recorded is not known to own nothing.
    let key: string | Reference | null | undefined = node.id === '' ? undefined : node.id;
    if (link.keyFrom.kind === 'ATTRIBUTE') {
      const held = node.rows[link.keyFrom.group];
      if (!isRow(held)) {
        this.#held(link.at, [{ group: link.keyFrom.group, mask: null, index: -1 }], node, link.key);
        return;
      }
      key = held[link.keyFrom.name] as string | Reference | null | undefined;
    }
    if (key === undefined) {
      this.#found.down(link.at, node, link.key, garbled(link.at));
    } else if (key === null || key === '') {
      // Told apart from a row elsewhere, "none" would tell that there is one.
      if (link.partial) {
        this.#found.withheld(link.at, node, link.key, 'REGION_SCOPE');
        return;
      }
      this.#found.give(link.index);
      this.#found.absent(link.at, node, link.key);
    } else if (typeof key === 'object') {
      wanted.byType ??= new Map();
      push(wanted.byType, key.type, { key: key.key, from: node, at: -1 });
    } else {
      wanted.single.push({ key, from: node, at: -1 });
    }
  }

  /** Fetches the rows of one type and fills its objects. */
  #fetchTarget(
    link: LinkPlan,
    target: ObjectPlan,
    wants: readonly Wanted[],
    args: Readonly<Record<string, unknown>>,
  ): Promise<unknown> | undefined {
    if (looksUpByIdentity(target)) for (const want of wants) this.#found.concern(target, want.key);
    if (target.base === null) return this.#arrived(link, target, wants, args, null);
    return this.#load(target.base, wants).then((rows) => {
      if (!(rows instanceof SourceError)) return this.#arrived(link, target, wants, args, rows);
      for (const { from, at } of wants) this.#found.down(link.at, from, link.key, rows, at);
      return undefined;
    });
  }

  /** Puts the objects of a link in place. @param rows null where no fetch was needed */
  #arrived(
    link: LinkPlan,
    target: ObjectPlan,
    wants: readonly Wanted[],
    args: Readonly<Record<string, unknown>>,
    rows: RowsByKey | null,
  ): Promise<unknown> | undefined {
    const children: Node[] = [];
    const shown = (choice: Choice, value: unknown) => this.#shown(choice, value);
    const leaves = target.leaf ? new Leaves(link, target, this.#found, shown) : null;
    const place = (row: Row, want: Wanted, at: number): Record<string, unknown> => {
      if (leaves !== null) return leaves.add(row, want, at);
      const child = this.#child(link, target, row, want, at);
      children.push(child);
      return child.out;
    };
    const elsewhere = rows instanceof RowsOfPeers ? rows : null;
    for (const want of wants) {
      if (elsewhere !== null && !this.#told(link, want, elsewhere)) continue;
      const found = rows === null ? PASSED_THROUGH : (rows.get(want.key) ?? NO_ROWS);
      if (link.shape === 'PAGE') {
        const offset = Number(args.offset);
        const end = offset + Number(args.first);
        const all = ordered(found, target.order);
        const whole = offset === 0 && end >= found.length;
        if (!whole) this.#found.cut.push({ path: pathTo(want.from, link.key, want.at), department: target.department });
        const page = whole ? all : all.slice(offset, end);
        this.#found.give(link.index);
        put(
          link,
          want,
          page.map((row, i) => place(row, want, i)),
        );
        if (link.partial) this.#found.withheld(link.at, want.from, link.key, 'REGION_SCOPE', want.at);
      } else if (found[0] !== undefined) {
        this.#found.give(link.index);
        put(link, want, place(found[0], want, want.at));
      } else if (link.partial) {
        this.#found.withheld(link.at, want.from, link.key, 'REGION_SCOPE', want.at);
      } else {
        this.#found.give(link.index);
        this.#found.absent(link.at, want.from, link.key, want.at);
      }
    }
    leaves?.fill();
    if (children.length === 0) return undefined;
    if (target.groups.length > 1) {
      return this.#loadGroups(target, children).then(() => this.#fill(target.fields, children));
    }
    return this.#fill(target.fields, children);
  }

  /** Whether other cities' gateways told all there is of a key; what they did not is noted. */
  #told(link: LinkPlan, { key, from, at }: Wanted, rows: RowsOfPeers): boolean {
    const unknown = rows.unknown.get(key);
    if (unknown !== undefined) this.#found.down(link.at, from, link.key, unknown, at);
    else if (rows.withheld.has(key)) this.#found.withheld(link.at, from, link.key, 'REGION_SCOPE', at);
    else if (rows.disputedKeys.has(key)) this.#found.disputed(link.at, from, link.key, at);
    return unknown === undefined && !rows.withheld.has(key);
  }

  #child(link: LinkPlan, target: ObjectPlan, row: Row, { key, from }: Wanted, at: number): Node {
    const { identity } = target;
    const byIdentity = looksUpByIdentity(target);
    const id = identity === null ? from.id : byIdentity ? key : idIn(row, identity.by);
    if (!byIdentity) this.#found.concern(target, id);
    const hops = identity === null ? from.hops : this.#inCase(identity.kind, id) ? 0 : from.hops + 1;
    return { out: {}, rows: [row], id, linkKey: key, hops, above: from, under: link.key, at };
  }

  /** Fetches the narrower row groups for the objects within their bound. */
  async #loadGroups(target: ObjectPlan, nodes: readonly Node[]): Promise<void> {
    await Promise.all(
      target.groups.map(async ({ bound, template }, group) => {
        if (template === null) return;
        const byIdentity = target.identity !== null;
        const keyOf = (node: Node) => (byIdentity ? node.id : node.linkKey);
        const open: Node[] = [];
        for (const node of nodes) {
          node.rows[group] = 'OUTSIDE_CASE';
          if (!within(bound, node.hops)) continue;
          if (keyOf(node) === '') node.rows[group] = new SourceError(template.department, 'GARBLED');
          else open.push(node);
        }
        if (open.length === 0) return;
        const rows = await this.#load(
          template,
          open.map((node) => ({ key: keyOf(node) })),
        );
        for (const node of open) {
          const unknown = rows instanceof RowsOfPeers ? rows.unknown.get(keyOf(node)) : undefined;
          const found = rows instanceof SourceError ? [] : (rows.get(keyOf(node)) ?? []);
          const base = node.rows[0];
          const own = byIdentity ? found[0] : found.find((row) => isRow(base) && row[ROW_KEY] === base[ROW_KEY]);
          node.rows[group] = rows instanceof SourceError ? rows : (own ?? unknown ?? 'ABSENT');
        }
      }),
    );
  }

  /** Rows by key; a SourceError where the department did not answer. */
  #load(template: FetchTemplate, wants: readonly { readonly key: string }[]): Promise<RowsByKey | SourceError> {
    const { department } = template;
    const { plan, sources, matter, wait, now } = this.#request;
    const across = matter === null ? null : { matter, bounds: plan.bounds.get(department) ?? UNBOUNDED };
    return sources.load(template, keysOf(wants), wait, across).then(
      ({ rows, fetchedAt }) => {
        this.#found.answered(department, fetchedAt);
        if (rows instanceof RowsOfPeers) this.#found.elsewhere(department, rows);
        return rows;
      },
      (error: unknown) => this.#found.failed(department, error, now()),
    );
  }

  #derivation(at: FieldSite): Derivation {
    const compute = this.#request.sources.connector(at.department).derivations[at.coordinate];
    if (compute === undefined)
      throw new TypeError(`${at.coordinate} is @derived, but its connector does not compute it`);
    return compute;
  }

  #inCase(kind: string | undefined, id: string): boolean {
    return kind !== undefined && this.#caseSubjects.get(kind)?.includes(id) === true;
  }
}

/** One promise of several; none of none. */
function together(work: readonly (Promise<unknown> | undefined)[] | null): Promise<unknown> | undefined {
  if (work === null) return undefined;
  const fetching = work.filter((one) => one !== undefined);
  return fetching.length > 1 ? Promise.all(fetching) : fetching[0];
}

function garbled({ department }: FieldSite): SourceError {
  return new SourceError(department, 'GARBLED');
}

/**
 * Runs a plan. Departments that do not answer become outcomes; other faults of ours are thrown.
 * Checks subjects against the case as the plan says; whether the case is the caller's own was
 * checked before.
 * @throws MianzhengError BAD_USER_INPUT for an argument beyond its bound, or what an operation throws
 */
export async function execute(request: ExecutionRequest): Promise<Execution> {
  return new Run(request).finish();
}
