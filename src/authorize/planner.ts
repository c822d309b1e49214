/**
 * May they, which fields, which rows: makes the access plan of a document for given rights.
 * Everything denied is pruned here, before anything is fetched. Pure: knows the schema, the
 * rights and the document, and nothing of a request's keys.
 */
import { createHash } from 'node:crypto';
import {
  __Type,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  getNamedType,
  isLeafType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { FetchTemplate } from '../domain/fetch.js';
import type { WithheldReason } from '../domain/withheld.js';
import { argumentReader } from './arguments.js';
import { type Catalogue, type CatalogueField, possibleTypes } from './catalogue.js';
import { planCost } from './cost.js';
import { decide, subjectBound } from './decide.js';
import { NO_ROWS, type Place } from './place.js';
import type {
  AccessPlan,
  ArgumentReader,
  Choice,
  FieldDecision,
  FieldPlan,
  FieldSite,
  LinkPlan,
  MemberPlan,
  ObjectPlan,
  PlannedCoordinate,
  SubjectBound,
  Use,
  ValuePlan,
} from './plan.js';
import { type Right, type Rights, regionsCover } from './rights.js';
import { RowGroups } from './row-groups.js';
import { collectFields, type DocumentScope, type Occurrence, type Selection } from './selection.js';

/** What a plan is made of. */
export interface PlanRequest {
  readonly catalogue: Catalogue;
  /** GB/T 2260 prefixes that cover a department's rows, by department; a grant for all of them needs no predicate. */
  readonly coverage: Readonly<Record<string, readonly string[]>>;
  /** Hash of the document's text. */
  readonly documentHash: string;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Values of the variables that @skip and @include read; null: everything counts as included. */
  readonly flags: Readonly<Record<string, unknown>> | null;
  readonly rights: Rights;
  readonly use: Use;
  /** Whether `__schema` and `__type` are open to the application. */
  readonly introspection: boolean;
  /** Whether decisions name their grants. A plan that applications with equal rights share must not. */
  readonly namesGrants: boolean;
}

/**
 * Makes the plan. Deterministic: equal requests give equal plans.
 * Does not check the case, its subjects or the request's variables; those are bound at run time.
 */
export function planAccess(request: PlanRequest): AccessPlan {
  return new Planning(request).plan();
}

class Planning {
  readonly #request: PlanRequest;
  readonly #scope: DocumentScope;
  readonly #decisions: FieldDecision[] = [];
  readonly #coordinates: PlannedCoordinate[] = [];
  readonly #templates = new Map<string, FetchTemplate>();
  readonly #argumentReaders: ArgumentReader[] = [];
  readonly #legalBases = new Set<string>();
  readonly #quotas = new Set<number>();
  #asksCase = false;
  #needsCase = false;
  readonly #introspected: FieldNode[] = [];

  constructor(request: PlanRequest) {
    this.#request = request;
    this.#scope = { schema: request.catalogue.schema, fragments: request.fragments, flags: request.flags };
  }

  plan(): AccessPlan {
    const { catalogue, operation, rights, use, documentHash, flags } = this.#request;
    const root = catalogue.schema.getRootType(operation.operation);
    if (!root) throw new TypeError(`the schema has no ${operation.operation} type`);
    const fields = this.#fields([{ set: operation.selectionSet, on: root }], {
      ...NO_ROWS,
      type: root.name,
      path: [],
      reachable: true,
      hops: null,
    });
    const withheld = this.#decisions.filter((d) => d.decision === 'WITHHELD' && d.reachable).map((d) => d.coordinate);
    const identity = [
      documentHash,
      operation.name?.value ?? null,
      rights.fingerprint,
      use,
      flags,
      this.#request.introspection,
    ];
    return {
      hash: createHash('sha256').update(JSON.stringify(identity)).digest('base64url'),
      use,
      operation: operation.operation,
      fields,
      coordinates: this.#coordinates,
      decisions: this.#decisions,
      withheld: [...new Set(withheld)].sort(),
      asksMatter: this.#decisions.some((d) => !d.unconditional),
      asksCase: this.#asksCase,
      needsCase: this.#needsCase,
      legalBases: [...this.#legalBases].sort(),
      quotas: [...this.#quotas].sort((a, b) => a - b),
      argumentReaders: this.#argumentReaders,
      cost: planCost(fields, this.#argumentReaders),
      bounds: this.#bounds(),
      templates: [...this.#templates.values()],
      introspection: this.#introspection(),
    } as unknown as AccessPlan;
  }

  #bounds(): AccessPlan['bounds'] {
    const bounds = new Map<string, Map<string, readonly string[]>>();
    for (const { coordinate, department } of this.#coordinates) {
      for (const right of this.#request.rights.byCoordinate.get(coordinate) ?? []) {
        if (right.regions === null || right.department !== department) continue;
        const known = bounds.get(department) ?? new Map<string, readonly string[]>();
        bounds.set(department, known.set(right.regions.join(), right.regions));
      }
    }
    return new Map([...bounds].map(([department, lists]) => [department, [...lists.values()]]));
  }

  #fields(selections: readonly Selection[], place: Place): FieldPlan[] {
    const plans: FieldPlan[] = [];
    for (const [key, occurrences] of collectFields(selections, place.type, this.#scope)) {
      plans.push(this.#field(key, occurrences, place));
    }
    return plans;
  }

  #field(key: string, occurrences: readonly Occurrence[], place: Place): FieldPlan {
    const name = occurrences[0]?.node.name.value ?? '';
    if (name === '__typename') return { kind: 'TYPENAME', key, name: place.type };
    if (name === '__schema' || name === '__type') return this.#introspects(key, name, occurrences, place);
    const field = this.#catalogued(place.type, name);
    if (field.caseBound && field.sharing !== 'UNCONDITIONAL') this.#asksCase = true;
    const decision = decide(field, this.#request.rights, this.#request.use);
    if (decision.kind === 'WITHHELD')
      return this.#denied(key, field, occurrences, place, decision.reason, decision.grants);
    const granted = occurrences.filter((occurrence) => this.#grantedOnEveryType(occurrence.writtenOn, name));
    if (granted.length === 0) return this.#denied(key, field, occurrences, place, 'NOT_ON_EVERY_TYPE', []);
    const rights = this.#inReach(decision.rights, place);
    if (rights.length === 0) return this.#denied(key, field, occurrences, place, 'NO_GRANT', []);
    if (field.sharing !== 'UNCONDITIONAL' && place.reachable && (field.caseBound || this.#asksSubject(rights, place))) {
      this.#needsCase = true;
    }
    this.#note(
      key,
      field,
      place,
      this.#disclosure(rights[0]),
      null,
      rights.map((r) => r.grant),
    );
    return this.#granted(key, field, granted, rights, place);
  }

  /** Whether a right on an object's field depends on the case: also behind a link that is open to everyone. */
  #asksSubject(rights: readonly Right[], { rows, hops }: Place): boolean {
    return rows !== null && rights.some((right) => subjectBound(right, hops) !== null);
  }

  #granted(
    key: string,
    field: CatalogueField,
    occurrences: readonly Occurrence[],
    rights: readonly Right[],
    place: Place,
  ): FieldPlan {
    const at: FieldSite = { coordinate: field.coordinate, department: field.department };
    const attribute = field.field;
    const path = [...place.path, key, ...(field.list ? ['*'] : [])];
    const named = getNamedType(field.definition.type);
    switch (field.source.kind) {
      case 'VALUE':
        return {
          kind: 'VALUE',
          key,
          attribute,
          at,
          choices: this.#choices(field, rights, [place.prefix + attribute], place),
        };
      case 'EMBEDDED': {
        const own = place.prefix + attribute;
        const choices = this.#choices(field, rights, [own], place);
        const fields = this.#fields(this.#below(occurrences, named), {
          ...place,
          type: named.name,
          path,
          prefix: `${own}.`,
          identity: null,
        });
        // A computed list has its own order, which tells nothing of a row.
        const order = place.rows === null ? [] : valuesOf(this.#request.catalogue, fields);
        return { kind: 'EMBEDDED', key, attribute, at, choices, list: field.list, order, fields };
      }
      case 'DERIVED': {
        // Of an object one right only: its members are granted against the rows of that one.
        const taken = isLeafType(named) ? rights : [this.#widest(rights, place)];
        const choices = this.#choices(
          field,
          taken,
          field.source.from.map((name) => place.prefix + name),
          place,
        );
        const reach = this.#reachOf(taken[0], place);
        const member = this.#member(occurrences, named, {
          ...place,
          ...NO_ROWS,
          department: place.department,
          memberOf: reach,
          type: named.name,
          path,
        });
        return { kind: 'DERIVED', key, at, arguments: this.#arguments(field, occurrences), choices, member };
      }
      case 'OPERATION': {
        this.#restsOn(rights.slice(0, 1), place);
        const member = this.#member(occurrences, named, { ...place, ...NO_ROWS, type: named.name, path });
        const index = this.#index(field, this.#disclosure(rights[0]), place);
        return { kind: 'OPERATION', key, at, arguments: this.#arguments(field, occurrences), index, member };
      }
      case 'LINK':
        return this.#link(key, field, field.source, occurrences, rights, { ...place, path });
    }
  }

  #link(
    key: string,
    field: CatalogueField,
    source: Extract<CatalogueField['source'], { kind: 'LINK' }>,
    occurrences: readonly Occurrence[],
    rights: readonly Right[],
    place: Place,
  ): LinkPlan {
    const atRoot = place.path.length === (field.list ? 2 : 1);
    const reach = this.#linkReach(rights, place);
    const named = getNamedType(field.definition.type);
    const targets = new Map<string, ObjectPlan>();
    for (const type of possibleTypes(this.#scope.schema, named)) {
      const hops = this.#hopsBehind(type, atRoot, reach.bound, place);
      targets.set(
        type,
        this.#object(type, field, source.by, this.#below(occurrences, named), reach.regions, atRoot, {
          ...place,
          hops,
        }),
      );
    }
    const [target] = targets.values();
    if (target === undefined) throw new TypeError(`${field.coordinate} leads to no type`);
    const partial = [...targets.values()].some((target) => target.base?.regions != null);
    return {
      kind: 'LINK',
      key,
      at: { coordinate: field.coordinate, department: field.department },
      index: this.#index(field, this.#disclosure(rights[0]), place),
      keyFrom: this.#keyFrom(source.from, atRoot, reach.bound, place),
      arguments: this.#arguments(field, occurrences),
      shape: !field.list ? 'ONE' : atRoot ? 'BATCH' : 'PAGE',
      bound: reach.bound,
      partial,
      targets,
      target,
    };
  }

  #keyFrom(from: string, atRoot: boolean, bound: SubjectBound | null, place: Place): LinkPlan['keyFrom'] {
    if (atRoot) return { kind: 'ARGUMENT', name: from };
    if (place.prefix === '' && from === place.identity) return { kind: 'IDENTITY' };
    const group = place.rows === null ? 0 : place.rows.indexOf(bound, place.rows.regions);
    place.rows?.read(group, [place.prefix + from]);
    return { kind: 'ATTRIBUTE', name: from, group };
  }

  /** Links never narrow one another's rows: rights with the same bound reach the union of their regions. */
  #linkReach(
    rights: readonly Right[],
    place: Place,
  ): { bound: SubjectBound | null; regions: readonly string[] | null } {
    const bounds = rights.map((right) => subjectBound(right, place.hops));
    const bound = bounds.includes(null) ? null : (bounds[0] ?? null);
    const alike = rights.filter((_, i) => JSON.stringify(bounds[i]) === JSON.stringify(bound));
    const boundless = alike.filter((right) => right.regions === null);
    this.#restsOn(boundless.length > 0 ? boundless.slice(0, 1) : alike, place);
    const regions = boundless.length > 0 ? null : alike.flatMap((right) => right.regions ?? []);
    return { bound, regions: regions === null ? null : [...new Set(regions)].sort() };
  }

  #hopsBehind(type: string, atRoot: boolean, bound: SubjectBound | null, place: Place): number | null {
    if (atRoot) return bound === null ? null : 0;
    if (!this.#request.catalogue.identities.has(type)) return place.hops;
    return place.hops === null ? null : place.hops + 1;
  }

  #object(
    type: string,
    link: CatalogueField,
    by: string | null,
    selections: readonly Selection[],
    linkRegions: readonly string[] | null,
    atRoot: boolean,
    place: Place,
  ): ObjectPlan {
    const { catalogue } = this.#request;
    const department = catalogue.owners.get(type) ?? link.department;
    const identity = catalogue.identities.get(type) ?? null;
    const lookup = by ?? identity?.by ?? '';
    // A grant's regions bound the rows of the department that signed it, and no other's.
    const regions = link.department === department ? this.#narrowing(linkRegions, department) : null;
    const rows = new RowGroups(regions);
    const fields = this.#fields(selections, {
      ...place,
      type,
      rows,
      identity: identity?.by ?? null,
      prefix: '',
      department,
      memberOf: null,
    });
    const passedThrough =
      identity?.by === lookup &&
      !atRoot &&
      regions === null &&
      !rows.readsRows &&
      fields.some((f) => f.kind === 'LINK');
    // A plain value's object leads nowhere; whose it is matters only where the record must name them.
    const leaf = rows.groups === 1 && fields.every(isLeaf);
    const named = identity !== null && SUBJECT_KINDS.has(identity.kind);
    const { base, groups } = rows.templates(department, type, lookup, leaf && !named ? null : (identity?.by ?? null));
    const needed = passedThrough ? null : base;
    if (place.reachable) {
      for (const template of [needed, ...groups.map((group) => group.template)]) {
        if (template !== null) this.#templates.set(template.id, template);
      }
    }
    const order = orderOf(catalogue, type, fields);
    return { type, department, identity, base: needed, groups, fields, order, leaf };
  }

  /** Every way to have the value, best first, up to the first that serves every row. */
  #choices(field: CatalogueField, rights: readonly Right[], attributes: readonly string[], place: Place): Choice[] {
    const choices: Choice[] = [];
    for (const right of rights) {
      this.#restsOn([right], place);
      const disclosure = this.#disclosure(right);
      const mask = disclosure === 'MASKED' ? field.mask : null;
      const index = this.#index(field, disclosure, place);
      if (place.rows === null) return [{ group: 0, mask, index }];
      const { bound, regions } = this.#reachOf(right, place);
      const group = place.rows.indexOf(bound, regions);
      place.rows.read(group, attributes);
      if (!choices.some((choice) => choice.group === group)) choices.push({ group, mask, index });
      if (group === 0) break;
    }
    return choices;
  }

  /** What the plan rests on counts towards its grants' quotas. */
  #restsOn(rights: readonly Right[], { reachable }: Place): void {
    if (reachable) for (const { quota } of rights) if (quota !== undefined) this.#quotas.add(quota.slot);
  }

  /** The rows of this object that a right reaches; the link's own regions where it reaches them all. */
  #reachOf(right: Right | undefined, place: Place): { bound: SubjectBound | null; regions: readonly string[] | null } {
    const base = place.rows?.regions ?? place.memberOf?.regions ?? null;
    if (right === undefined) return { bound: null, regions: base };
    const own = place.department === null ? right.regions : this.#narrowing(right.regions, place.department);
    return { bound: subjectBound(right, place.hops), regions: regionsCover(own, base) ? base : own };
  }

  /** The first right that reaches every row of the place, else the first. */
  #widest(rights: readonly Right[], place: Place): Right {
    const [first] = rights;
    if (first === undefined) throw new TypeError('a granted field has no right');
    const base = place.rows?.regions ?? null;
    return (
      rights.find((right) => {
        const { bound, regions } = this.#reachOf(right, place);
        return bound === null && regionsCover(regions, base);
      }) ?? first
    );
  }

  /** Null where the regions cover all the department has. */
  #narrowing(regions: readonly string[] | null, department: string): readonly string[] | null {
    const coverage = this.#request.coverage[department] ?? [];
    return coverage.length > 0 && regionsCover(regions, coverage) ? null : regions;
  }

  /** Of a member of a computed object only the rights that reach all that the computed field does; else all. */
  #inReach(rights: readonly Right[], place: Place): readonly Right[] {
    const { memberOf } = place;
    if (memberOf === null) return rights;
    return rights.filter((right) => {
      const { bound, regions } = this.#reachOf(right, place);
      const bounded = bound === null || JSON.stringify(bound) === JSON.stringify(memberOf.bound);
      return bounded && (right.grant === '' || regionsCover(regions, memberOf.regions));
    });
  }

  #member(occurrences: readonly Occurrence[], named: GraphQLNamedType, place: Place): MemberPlan {
    return isLeafType(named) ? null : { fields: this.#fields(this.#below(occurrences, named), place) };
  }

  #below(occurrences: readonly Occurrence[], on: GraphQLNamedType): Selection[] {
    return occurrences.flatMap(({ node }) => (node.selectionSet ? [{ set: node.selectionSet, on }] : []));
  }

  #arguments(field: CatalogueField, occurrences: readonly Occurrence[]): number {
    const node = occurrences[0]?.node;
    if (node === undefined) throw new TypeError(`${field.coordinate} was selected nowhere`);
    this.#argumentReaders.push(argumentReader(this.#scope.schema, field.field, field.definition, node));
    return this.#argumentReaders.length - 1;
  }

  #denied(
    key: string,
    field: CatalogueField,
    occurrences: readonly Occurrence[],
    place: Place,
    reason: WithheldReason,
    grants: readonly string[],
  ): FieldPlan {
    this.#note(key, field, place, 'WITHHELD', reason, grants);
    this.#explainBelow(key, field, occurrences, place);
    return { kind: 'DENIED', key, at: { coordinate: field.coordinate, department: field.department }, reason };
  }

  /** What lies below a denied field is never fetched, but its decisions belong to an explanation. */
  #explainBelow(key: string, field: CatalogueField, occurrences: readonly Occurrence[], place: Place): void {
    const named = getNamedType(field.definition.type);
    if (isLeafType(named)) return;
    const path = [...place.path, key, ...(field.list ? ['*'] : [])];
    for (const type of possibleTypes(this.#scope.schema, named)) {
      const rows = new RowGroups(null);
      this.#fields(this.#below(occurrences, named), { ...NO_ROWS, rows, type, path, reachable: false, hops: null });
    }
  }

  #introspects(key: string, name: string, occurrences: readonly Occurrence[], place: Place): FieldPlan {
    // Whether a type of that name exists, the errors of validation tell anyone.
    const nameOnly = name === '__type' && this.#asksNameOnly(occurrences);
    if (this.#request.introspection || nameOnly) {
      this.#introspected.push(...occurrences.map(({ node }) => node));
      return { kind: 'INTROSPECTION', key, nameOnly };
    }
    const at = { coordinate: `${place.type}.${name}`, department: 'PLATFORM' };
    this.#decisions.push({
      path: [key],
      ...at,
      decision: 'WITHHELD',
      reason: 'INTROSPECTION',
      grants: [],
      reachable: true,
      unconditional: true,
    });
    return { kind: 'DENIED', key, at, reason: 'INTROSPECTION' };
  }

  #asksNameOnly(occurrences: readonly Occurrence[]): boolean {
    const asked = collectFields(this.#below(occurrences, __Type), __Type.name, this.#scope);
    return [...asked.values()].every(([first]) => first !== undefined && NAMES.has(first.node.name.value));
  }

  /** Without the fields that are withheld: they would be worked out, if only to be left out. */
  #introspection(): DocumentNode | null {
    if (this.#introspected.length === 0) return null;
    const { operation, fragments } = this.#request;
    const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: this.#introspected };
    return { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }, ...fragments.values()] };
  }

  #grantedOnEveryType(writtenOn: GraphQLNamedType, name: string): boolean {
    const { rights, use } = this.#request;
    return possibleTypes(this.#scope.schema, writtenOn).every(
      (type) => decide(this.#catalogued(type, name), rights, use).kind === 'GRANTED',
    );
  }

  #catalogued(type: string, name: string): CatalogueField {
    const field = this.#request.catalogue.fields.get(`${type}.${name}`);
    if (field === undefined) throw new TypeError(`${type}.${name} is not in the catalogue`);
    return field;
  }

  #disclosure(right: Right | undefined): 'FULL' | 'MASKED' | 'PREDICATE' {
    if (this.#request.use === 'VERIFY') return 'PREDICATE';
    return right?.disclosure === 'MASKED' ? 'MASKED' : 'FULL';
  }

  #note(
    key: string,
    field: CatalogueField,
    place: Place,
    decision: FieldDecision['decision'],
    reason: WithheldReason | null,
    grants: readonly string[],
  ): void {
    const { rights, namesGrants } = this.#request;
    if (decision !== 'WITHHELD' && place.reachable) {
      for (const grant of grants) {
        const basis = rights.legalBases.get(grant);
        if (basis !== undefined) this.#legalBases.add(basis);
      }
    }
    this.#decisions.push({
      path: [...place.path, key],
      coordinate: field.coordinate,
      department: field.department,
      decision,
      reason,
      grants: namesGrants ? [...new Set(grants)].filter((grant) => grant !== '').sort() : [],
      reachable: place.reachable,
      unconditional: field.sharing === 'UNCONDITIONAL',
    });
  }

  #index(field: CatalogueField, disclosure: 'FULL' | 'MASKED' | 'PREDICATE', place: Place): number {
    if (!place.reachable) return -1;
    const { coordinate, department } = field;
    const known = this.#coordinates.findIndex((c) => c.coordinate === coordinate && c.disclosure === disclosure);
    if (known >= 0) return known;
    this.#coordinates.push({ coordinate, department, disclosure, unconditional: field.sharing === 'UNCONDITIONAL' });
    return this.#coordinates.length - 1;
  }
}

/** Members of `__Type` that tell nothing but which type it is. */
const NAMES: ReadonlySet<string> = new Set(['__typename', 'name', 'kind']);

/** Kinds of identity that are subjects of the record: people and enterprises. */
const SUBJECT_KINDS: ReadonlySet<string> = new Set(['CITIZEN', 'ENTERPRISE']);

/** Whether a field needs nothing but the row that the link to its object brought. */
function isLeaf(field: FieldPlan): boolean {
  if (field.kind === 'VALUE') return field.choices.length === 1 && field.choices[0]?.group === 0;
  return field.kind === 'TYPENAME' || field.kind === 'DENIED';
}

/** The plain fields, in the schema's order. */
function valuesOf(catalogue: Catalogue, fields: readonly FieldPlan[]): ValuePlan[] {
  const rank = [...catalogue.fields.keys()];
  const values = fields.filter((field) => field.kind === 'VALUE');
  return values.toSorted((a, b) => rank.indexOf(a.at.coordinate) - rank.indexOf(b.at.coordinate));
}

/** A list of objects is ordered by what all of them disclose in full, in the schema's order, so that the order tells no more. */
function orderOf(catalogue: Catalogue, type: string, fields: readonly FieldPlan[]): string[] {
  const disclosed = new Set(
    fields.flatMap((f) =>
      f.kind === 'VALUE' && f.choices[0]?.group === 0 && f.choices[0].mask === null ? [f.attribute] : [],
    ),
  );
  return [...catalogue.fields.values()].filter((f) => f.type === type && disclosed.has(f.field)).map((f) => f.field);
}
