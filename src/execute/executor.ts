/**
 * What was fetched: runs an access plan breadth first. Each link of the plan is fetched once for
 * all the objects it starts from, so the number of statements depends on the document and never
 * on how many rows answer it.
 */
import type { Derivation } from '../../connectors/contract.js';
import type { AccessPlan, Choice, FieldPlan, FieldSite, LinkPlan, ObjectPlan } from '../authorize/plan.js';
import { type FetchTemplate, type Reference, ROW_KEY, type Row, type RowsByKey } from '../domain/fetch.js';
import { type MaskSettings, mask } from '../domain/mask.js';
import type { WithheldReason } from '../domain/withheld.js';
import { SourceError } from '../errors.js';
import { type Held, isRow, type Node, orderedIndices, type Path, toArray, within } from './node.js';
import type { Outcome, ResponsePath, SourceState } from './outcomes.js';
import type { Sources } from './sources.js';

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
  /** Computes the root fields of the gateway itself; null for a coordinate that is none. */
  readonly operation: (coordinate: string) => Operation | null;
  readonly masks: MaskSettings;
  /** Answers the document's introspection fields, by response key. */
  readonly introspect: () => Readonly<Record<string, unknown>>;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** What a run gave, before anything of it leaves. */
export interface Execution {
  readonly data: Readonly<Record<string, unknown>>;
  readonly outcomes: readonly Outcome[];
  /** Per index of the plan's coordinates: 1 where a value, or the knowledge of none, was given. */
  readonly disclosed: Uint8Array;
  /** People and enterprises whose data were asked for, as `KIND:identifier`. */
  readonly subjects: ReadonlySet<string>;
  readonly sources: readonly SourceState[];
  /** Lists that have more elements than were asked for: nothing may be concluded from what they lack. */
  readonly cut: readonly { readonly path: ResponsePath; readonly department: string }[];
}

/** A key to look up, and where its object goes. */
interface Wanted {
  readonly key: string;
  readonly from: Node;
  readonly path: Path;
  /** Place in the list under the link's key; null: the key itself. */
  readonly at: number | null;
}

const PASSED_THROUGH: Row = {};

class Run {
  readonly #request: ExecutionRequest;
  readonly #arguments: readonly Readonly<Record<string, unknown>>[];
  readonly #outcomes: Outcome[] = [];
  readonly #disclosed: Uint8Array;
  readonly #subjects = new Set<string>();
  readonly #sources = new Map<string, SourceState>();
  readonly #cut: { path: ResponsePath; department: string }[] = [];
  #introspected: Readonly<Record<string, unknown>> | null = null;

  constructor(request: ExecutionRequest) {
    this.#request = request;
    this.#arguments = request.plan.argumentReaders.map((read) => read(request.variables));
    this.#disclosed = new Uint8Array(request.plan.coordinates.length);
  }

  async finish(): Promise<Execution> {
    const { plan } = this.#request;
    const data: Record<string, unknown> = {};
    const root: Node = { out: data, rows: [], id: '', linkKey: '', hops: Number.POSITIVE_INFINITY, path: null };
    if (plan.operation === 'mutation') {
      // One after the other, as the specification says of mutations.
      for (const field of plan.fields) await this.#fill([field], [root]);
    } else {
      await this.#fill(plan.fields, [root]);
    }
    return {
      data,
      outcomes: this.#outcomes,
      disclosed: this.#disclosed,
      subjects: this.#subjects,
      sources: [...this.#sources.values()].sort((a, b) => (a.department < b.department ? -1 : 1)),
      cut: this.#cut,
    };
  }

  /** Fills the fields of all the objects that stand at one place of the document; a promise only where something is fetched. */
  #fill(fields: readonly FieldPlan[], nodes: readonly Node[]): Promise<unknown> | undefined {
    const pending: (Promise<unknown> | undefined)[] = [];
    for (const field of fields) {
      // Reserves the key, so that the answer has the document's order whatever arrives first.
      for (const node of nodes) node.out[field.key] = null;
      switch (field.kind) {
        case 'TYPENAME':
          for (const node of nodes) node.out[field.key] = field.name;
          break;
        case 'INTROSPECTION':
          this.#introspected ??= this.#request.introspect();
          for (const node of nodes) node.out[field.key] = this.#introspected[field.key];
          break;
        case 'DENIED':
          for (const node of nodes) this.#withheld(field.at, { above: node.path, key: field.key }, field.reason);
          break;
        case 'VALUE':
          for (const node of nodes) this.#value(field, node);
          break;
        case 'EMBEDDED':
          pending.push(this.#embedded(field, nodes));
          break;
        case 'DERIVED':
          pending.push(this.#derived(field, nodes));
          break;
        case 'OPERATION':
          pending.push(this.#operation(field, nodes));
          break;
        case 'LINK':
          pending.push(this.#follow(field, nodes));
          break;
      }
    }
    const fetching = pending.filter((one) => one !== undefined);
    return fetching.length > 1 ? Promise.all(fetching) : fetching[0];
  }

  /** The first choice that has a row, or null with the reason noted under `key`. */
  #held(at: FieldSite, choices: readonly Choice[], node: Node, key: string): Choice | null {
    for (const choice of choices) {
      if (isRow(node.rows[choice.group])) {
        this.#give(choice.index);
        return choice;
      }
    }
    const path = { above: node.path, key };
    const why = choices[0] === undefined ? undefined : node.rows[choices[0].group];
    if (why instanceof SourceError) this.#down(at, path, why);
    else this.#withheld(at, path, why === 'OUTSIDE_CASE' ? 'SUBJECT_OUTSIDE_CASE' : 'REGION_SCOPE');
    return null;
  }

  #value(field: Extract<FieldPlan, { kind: 'VALUE' }>, node: Node): void {
    const choice = this.#held(field.at, field.choices, node, field.key);
    if (choice === null) return;
    const value = (node.rows[choice.group] as Row)[field.attribute];
    if (value === undefined) {
      this.#down(field.at, { above: node.path, key: field.key }, new SourceError(field.at.department, 'GARBLED'));
    } else if (value === null) {
      this.#absent(field.at, { above: node.path, key: field.key });
    } else if (choice.mask !== null) {
      node.out[field.key] = mask(choice.mask, value as string, this.#request.masks);
    } else {
      node.out[field.key] = value;
    }
  }

  #embedded(field: Extract<FieldPlan, { kind: 'EMBEDDED' }>, nodes: readonly Node[]): Promise<unknown> | undefined {
    const parts: Node[] = [];
    for (const node of nodes) {
      const choice = this.#held(field.at, field.choices, node, field.key);
      if (choice === null) continue;
      const path = { above: node.path, key: field.key };
      const value = (node.rows[choice.group] as Row)[field.attribute];
      if (value === null || value === undefined) {
        this.#absent(field.at, path);
      } else if (Array.isArray(value)) {
        // Only what this group discloses may order the list; other groups' values are not on every object.
        const order = choice.group === 0 ? field.order : [];
        const elements = orderedIndices(value as Row[], order).map((from, to) =>
          this.#part(node, { above: path, key: to }, (row) => (row[field.attribute] as Row[] | null)?.[from]),
        );
        node.out[field.key] = elements.map((element) => element.out);
        parts.push(...elements);
      } else {
        const part = this.#part(node, path, (row) => row[field.attribute] as Row);
        node.out[field.key] = part.out;
        parts.push(part);
      }
    }
    return parts.length > 0 ? this.#fill(field.fields, parts) : undefined;
  }

  /** An object inside the rows of `node`. */
  #part(node: Node, path: Path, take: (row: Row) => Row | undefined): Node {
    const rows = node.rows.map((held) => (isRow(held) ? (take(held) ?? 'ABSENT') : held));
    return { ...node, out: {}, rows, path };
  }

  #derived(field: Extract<FieldPlan, { kind: 'DERIVED' }>, nodes: readonly Node[]): Promise<unknown> | undefined {
    const args = this.#arguments[field.arguments] ?? {};
    const compute = this.#derivation(field.at);
    const parts: Node[] = [];
    for (const node of nodes) {
      const choice = this.#held(field.at, field.choices, node, field.key);
      if (choice === null) continue;
      const value = compute(node.rows[choice.group] as Row, args, this.#request.today);
      parts.push(...this.#computed(field, value, node, { above: node.path, key: field.key }));
    }
    return field.member !== null && parts.length > 0 ? this.#fill(field.member.fields, parts) : undefined;
  }

  async #operation(field: Extract<FieldPlan, { kind: 'OPERATION' }>, nodes: readonly Node[]): Promise<void> {
    const args = this.#arguments[field.arguments] ?? {};
    const compute = this.#request.operation(field.at.coordinate);
    if (compute === null) throw new TypeError(`${field.at.coordinate} has neither a @link nor an operation`);
    for (const node of nodes) {
      const value = await compute(args);
      this.#give(field.index);
      const parts = this.#computed(field, value, node, { above: node.path, key: field.key });
      if (field.member !== null && parts.length > 0) await this.#fill(field.member.fields, parts);
    }
  }

  /** Puts a computed value in place; objects come back to have their members filled. */
  #computed(
    field: Extract<FieldPlan, { kind: 'DERIVED' | 'OPERATION' }>,
    value: unknown,
    node: Node,
    path: Path,
  ): Node[] {
    if (value === null || value === undefined) {
      this.#absent(field.at, path);
      return [];
    }
    if (field.member === null) {
      node.out[field.key] = value;
      return [];
    }
    if (!Array.isArray(value)) {
      const part: Node = { ...node, out: {}, rows: [value as Row], path };
      node.out[field.key] = part.out;
      return [part];
    }
    const parts = value.map(
      (element: Row, i): Node => ({ ...node, out: {}, rows: [element], path: { above: path, key: i } }),
    );
    node.out[field.key] = parts.map((part) => part.out);
    return parts;
  }

  #follow(link: LinkPlan, nodes: readonly Node[]): Promise<unknown> | undefined {
    const args = this.#arguments[link.arguments] ?? {};
    const wanted = new Map<string, Wanted[]>();
    for (const node of nodes) {
      const path = { above: node.path, key: link.key };
      if (link.keyFrom.kind === 'ARGUMENT') {
        this.#wantArguments(link, args[link.keyFrom.name], node, path, wanted);
      } else if (within(link.bound, node.hops)) {
        this.#wantLinked(link, node, path, wanted);
      } else {
        this.#withheld(link.at, path, 'SUBJECT_OUTSIDE_CASE');
      }
    }
    const fetching = [...wanted].map(([type, wants]) => {
      const target = link.targets.get(type);
      if (target === undefined) throw new TypeError(`${link.at.coordinate} led to unplanned type ${type}`);
      return this.#fetchTarget(link, target, wants, args);
    });
    return fetching.length > 1 ? Promise.all(fetching) : fetching[0];
  }

  /** Keys given as an argument: bound on the key itself. */
  #wantArguments(link: LinkPlan, value: unknown, node: Node, path: Path, wanted: Map<string, Wanted[]>): void {
    const [type] = link.targets.keys();
    const kind = type === undefined ? undefined : link.targets.get(type)?.identity?.kind;
    if (type === undefined || value === undefined) return;
    const want = (key: string, place: Path, at: number | null): void => {
      if (within(link.bound, this.#inCase(kind, key) ? 0 : Number.POSITIVE_INFINITY)) {
        push(wanted, type, { key, from: node, path: place, at });
      } else {
        this.#withheld(link.at, place, 'SUBJECT_OUTSIDE_CASE');
      }
    };
    if (link.shape === 'BATCH') {
      const keys = value as readonly string[];
      node.out[link.key] = keys.map(() => null);
      keys.forEach((key, i) => {
        want(key, { above: path, key: i }, i);
      });
    } else {
      want(value as string, path, null);
    }
  }

  /** Keys that stand in the object the link starts from. */
  #wantLinked(link: LinkPlan, node: Node, path: Path, wanted: Map<string, Wanted[]>): void {
    let key = node.id as string | Reference | null | undefined;
    if (link.keyFrom.kind === 'ATTRIBUTE') {
      const held = node.rows[link.keyFrom.group];
      if (!isRow(held)) {
        this.#held(link.at, [{ group: link.keyFrom.group, mask: null, index: -1 }], node, link.key);
        return;
      }
      key = held[link.keyFrom.name] as string | Reference | null | undefined;
    }
    if (key === null || key === undefined || key === '') {
      this.#give(link.index);
      this.#absent(link.at, path);
    } else if (typeof key === 'object') {
      push(wanted, key.type, { key: key.key, from: node, path, at: null });
    } else {
      const [type] = link.targets.keys();
      if (type !== undefined) push(wanted, type, { key, from: node, path, at: null });
    }
  }

  async #fetchTarget(
    link: LinkPlan,
    target: ObjectPlan,
    wants: readonly Wanted[],
    args: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const byIdentity = target.base === null || target.base.by === target.identity?.by;
    if (byIdentity) for (const want of wants) this.#concerns(target, want.key);
    const rows = await this.#load(target.base, wants);
    if (rows instanceof SourceError) {
      for (const want of wants) this.#down(link.at, want.path, rows);
      return;
    }
    const children: Node[] = [];
    for (const want of wants) {
      const found = rows === null ? [PASSED_THROUGH] : (rows.get(want.key) ?? []);
      if (link.shape === 'PAGE') {
        const offset = Number(args.offset);
        const end = offset + Number(args.first);
        const page = orderedIndices(found, target.order).slice(offset, end);
        if (offset > 0 || end < found.length)
          this.#cut.push({ path: toArray(want.path), department: target.department });
        const elements = page.flatMap((from, to) => {
          const row = found[from];
          return row === undefined ? [] : [this.#child(target, row, want, { above: want.path, key: to })];
        });
        this.#give(link.index);
        put(
          link,
          want,
          elements.map((element) => element.out),
        );
        if (link.partial) this.#withheld(link.at, want.path, 'REGION_SCOPE');
        children.push(...elements);
      } else if (found[0] === undefined) {
        if (link.partial) {
          this.#withheld(link.at, want.path, 'REGION_SCOPE');
        } else {
          this.#give(link.index);
          this.#absent(link.at, want.path);
        }
      } else {
        this.#give(link.index);
        const child = this.#child(target, found[0], want, want.path);
        put(link, want, child.out);
        children.push(child);
      }
    }
    if (children.length === 0) return;
    if (target.groups.length > 1) await this.#loadGroups(target, children);
    await this.#fill(target.fields, children);
  }

  #child(target: ObjectPlan, row: Row, want: Wanted, path: Path): Node {
    const { identity } = target;
    const rows: Held[] = [row];
    if (identity === null) return { out: {}, rows, id: want.from.id, linkKey: want.key, hops: want.from.hops, path };
    const byIdentity = target.base === null || target.base.by === identity.by;
    const id = byIdentity ? want.key : String(row[identity.by]);
    if (!byIdentity) this.#concerns(target, id);
    const hops = this.#inCase(identity.kind, id) ? 0 : want.from.hops + 1;
    return { out: {}, rows, id, linkKey: want.key, hops, path };
  }

  /** Fetches the narrower row groups for the objects within their bound. */
  async #loadGroups(target: ObjectPlan, nodes: readonly Node[]): Promise<void> {
    await Promise.all(
      target.groups.map(async ({ bound, template }, group) => {
        if (template === null) return;
        const open = nodes.filter((node) => within(bound, node.hops));
        for (const node of nodes) node.rows[group] = 'OUTSIDE_CASE';
        if (open.length === 0) return;
        const byIdentity = target.identity !== null;
        const rows = await this.#load(
          template,
          open.map((node) => ({ key: byIdentity ? node.id : node.linkKey })),
        );
        for (const node of open) {
          const found =
            rows instanceof SourceError || rows === null ? [] : (rows.get(byIdentity ? node.id : node.linkKey) ?? []);
          const base = node.rows[0];
          const own = byIdentity ? found[0] : found.find((row) => isRow(base) && row[ROW_KEY] === base[ROW_KEY]);
          node.rows[group] = rows instanceof SourceError ? rows : (own ?? 'ABSENT');
        }
      }),
    );
  }

  /** Rows by key; null where no fetch is needed; a SourceError where the department did not answer. */
  async #load(
    template: FetchTemplate | null,
    wants: readonly { readonly key: string }[],
  ): Promise<RowsByKey | SourceError | null> {
    if (template === null) return null;
    const { sources, now } = this.#request;
    const { department } = template;
    const [first] = wants;
    const keys = first && wants.length === 1 ? [first.key] : [...new Set(wants.map((want) => want.key))];
    const { transport } = sources.connector(department);
    try {
      const { rows, fetchedAt } = await sources.load(template, keys);
      if (this.#sources.get(department)?.state !== 'DOWN') {
        this.#sources.set(department, { department, transport, state: 'UP', fetchedAt });
      }
      return rows;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#sources.set(department, { department, transport, state: 'DOWN', fetchedAt: new Date(now()).toISOString() });
      return error;
    }
  }

  #derivation(at: FieldSite): Derivation {
    const compute = this.#request.sources.connector(at.department).derivations[at.coordinate];
    if (compute === undefined)
      throw new TypeError(`${at.coordinate} is @derived, but its connector does not compute it`);
    return compute;
  }

  #inCase(kind: string | undefined, id: string): boolean {
    return kind !== undefined && this.#request.caseSubjects.has(`${kind}:${id}`);
  }

  #concerns(target: ObjectPlan, id: string): void {
    const kind = target.identity?.kind;
    if (kind === 'CITIZEN' || kind === 'ENTERPRISE') this.#subjects.add(`${kind}:${id}`);
  }

  #give(index: number): void {
    if (index >= 0) this.#disclosed[index] = 1;
  }

  #absent(at: FieldSite, path: Path): void {
    this.#outcomes.push({ path: toArray(path), ...at, outcome: 'ABSENT' });
  }

  #withheld(at: FieldSite, path: Path, reason: WithheldReason): void {
    this.#outcomes.push({ path: toArray(path), ...at, outcome: 'WITHHELD', reason });
  }

  #down(at: FieldSite, path: Path, error: SourceError): void {
    const retryAfter = error.options.retryAfter ?? null;
    this.#outcomes.push({ path: toArray(path), ...at, outcome: 'SOURCE_DOWN', fault: error.fault, retryAfter });
  }
}

/** Puts what was found where it was wanted. */
function put(link: LinkPlan, { from, at }: Wanted, value: unknown): void {
  if (at === null) from.out[link.key] = value;
  else (from.out[link.key] as unknown[])[at] = value;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
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
