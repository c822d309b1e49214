/** What of a case the citizen may state to have it compared (信息比对): declared by its matter, and nothing else can be. */
import {
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql';
import type { ClaimKind } from '../domain/claim-value.js';
import type { ClaimsDefinition, Text } from './definition.js';
import { readFactsDocument, type VariableRole } from './facts-document.js';
import type { FaultSink, Path } from './faults.js';

/** One claim that can be made. */
export interface Claim {
  /** The matter's name of it. */
  readonly claim: string;
  readonly name: Text;
  readonly kind: ClaimKind;
  /** Response keys of the fact in the document; lists on the way are gone through. */
  readonly of: readonly string[];
  /** Coordinate of the fact, such as `Resident.name`. */
  readonly coordinate: string;
  /** The department that owns it. */
  readonly department: string;
  /** The role whose subject it is a fact of. */
  readonly role: string;
}

/** The claims of a matter. */
export interface Claims {
  /** In the matter's order. */
  readonly all: readonly Claim[];
  /** GraphQL query of the facts of some of them and of nothing else. @param names names of claims, in any order */
  documentOf(names: readonly string[]): string;
}

/** Documents kept: as many sets of claims as forms ask for. */
const DOCUMENTS_KEPT = 64;

/** How the mask and type of a field say of which kind it is. */
interface Site {
  readonly coordinate: string;
  readonly field: string;
  readonly type: string;
  readonly mask: string | null;
  readonly department: string;
}

const OF_SCALAR: Readonly<Record<string, ClaimKind>> = {
  CitizenId: 'CITIZEN_ID',
  CreditCode: 'CREDIT_CODE',
  HouseholdNumber: 'HOUSEHOLD_NUMBER',
  PropertyUnitNumber: 'PROPERTY_UNIT_NUMBER',
  LicenceId: 'LICENCE_ID',
  Date: 'DATE',
};

const OF_MASK: Readonly<Record<string, readonly ClaimKind[]>> = {
  NAME: ['NAME'],
  ADDRESS: ['ADDRESS'],
  ID_NUMBER: ['CERTIFICATE_NUMBER', 'DOCUMENT_NUMBER'],
};

/**
 * Kinds that a field may be claimed as. A text without a mask, a Boolean, an enum, a count or a share has so few
 * values that comparing would be telling.
 */
function kindsOf({ type, mask, field }: Site): readonly ClaimKind[] {
  const scalar = OF_SCALAR[type];
  if (scalar !== undefined) return [scalar];
  if (type === 'String') return OF_MASK[mask ?? ''] ?? [];
  return type === 'Float' && field === 'area' ? ['AREA'] : [];
}

function sharedOf(schema: GraphQLSchema, type: string, field: string): { mask: string | null; department: string } {
  const parent = schema.getType(type);
  const shared = isObjectType(parent)
    ? parent.getFields()[field]?.astNode?.directives?.find(({ name }) => name.value === 'shared')
    : undefined;
  const given = (name: string): string | null => {
    const value = shared?.arguments?.find((argument) => argument.name.value === name)?.value;
    return value?.kind === Kind.ENUM ? value.value : null;
  };
  return { mask: given('mask'), department: given('department') ?? '' };
}

/** Kind of identity that a type has, such as CITIZEN; null where it has none. */
function identityOf(schema: GraphQLSchema, type: string): string | null {
  const node = schema.getType(type)?.astNode;
  const directives = node?.kind === Kind.OBJECT_TYPE_DEFINITION ? node.directives : undefined;
  const kind = directives
    ?.find(({ name }) => name.value === 'identity')
    ?.arguments?.find(({ name }) => name.value === 'kind')?.value;
  return kind?.kind === Kind.ENUM ? kind.value : null;
}

interface Walked {
  readonly site: Site;
  readonly role: string;
}

const PEOPLE: ReadonlySet<string> = new Set(['CITIZEN', 'ENTERPRISE']);

/** Follows a path from the query's root. @returns the fault in words where it cannot be claimed */
function walk(schema: GraphQLSchema, operation: OperationDefinitionNode, path: readonly string[]): Walked | string {
  let type = schema.getQueryType()?.name ?? '';
  let set = operation.selectionSet;
  let role: string | null = null;
  let site: Site | null = null;
  for (const [depth, key] of path.entries()) {
    const node = set.selections.find(
      (one): one is FieldNode => one.kind === Kind.FIELD && (one.alias ?? one.name).value === key,
    );
    const parent = schema.getType(type);
    const field = isObjectType(parent) && node !== undefined ? parent.getFields()[node.name.value] : undefined;
    if (node === undefined || field === undefined) return 'is not in claims.facts';
    if (depth === 0) {
      const variables = (node.arguments ?? []).flatMap(({ value }) =>
        value.kind === Kind.VARIABLE && value.name.value !== 'asOf' ? [value.name.value] : [],
      );
      role = variables.length === 1 ? (variables[0] ?? null) : null;
      if (role === null) return 'must begin with the subject of one role';
    }
    const named = getNamedType(field.type);
    site = {
      coordinate: `${type}.${node.name.value}`,
      field: node.name.value,
      type: named.name,
      ...sharedOf(schema, type, node.name.value),
    };
    // Guesses about somebody reached from the subject would count for the subject alone.
    if (depth > 0 && (isAbstractType(named) || PEOPLE.has(identityOf(schema, named.name) ?? ''))) {
      return 'leads to another person or enterprise; give them a role of their own';
    }
    type = named.name;
    if (node.selectionSet !== undefined) set = node.selectionSet;
    else if (depth < path.length - 1) return 'is not in claims.facts';
  }
  return site === null || role === null ? 'is not in claims.facts' : { site, role };
}

/** Checks the claims of a matter; faults go to `file`. @returns null where there are faults */
export function compileClaims(
  file: FaultSink,
  { facts, fields }: ClaimsDefinition,
  schema: GraphQLSchema,
  roles: readonly VariableRole[],
): Claims | null {
  const document = readFactsDocument(facts, schema, roles);
  if (!('shape' in document)) {
    for (const { line, message } of document) {
      file.fault(['claims', 'facts'], `claims.facts: ${message}`, { lineInside: line });
    }
    return null;
  }
  const parsed = parse(facts);
  const [operation] = parsed.definitions;
  const fragments: unknown[] = [];
  visit(parsed, {
    InlineFragment: (node) => void fragments.push(node),
    FragmentSpread: (node) => void fragments.push(node),
  });
  if (fragments.length > 0 || operation?.kind !== Kind.OPERATION_DEFINITION) {
    file.fault(['claims', 'facts'], 'claims.facts takes no fragments');
    return null;
  }
  let faults = 0;
  const fault = (path: Path, message: string): void => {
    faults += 1;
    file.fault(path, message);
  };
  const all = fields.flatMap(({ claim, name, kind, of }, i): Claim[] => {
    const path = ['claims', 'fields', i];
    if (fields.findIndex((other) => other.claim === claim) < i) fault([...path, 'claim'], `${claim} stands twice`);
    const keys = of.split('.');
    const walked = walk(schema, operation, keys);
    if (typeof walked === 'string') {
      fault([...path, 'of'], `${of} ${walked}`);
      return [];
    }
    const { site, role } = walked;
    const kinds = kindsOf(site);
    if (kinds.length === 0) {
      fault([...path, 'of'], `${site.coordinate} cannot be claimed: a few guesses would tell its value`);
    } else if (!kinds.includes(kind)) {
      fault([...path, 'kind'], `${site.coordinate} is claimed as ${kinds.join(' or ')}`);
    }
    return [{ claim, name, kind, of: keys, coordinate: site.coordinate, department: site.department, role }];
  });
  const claimed = new Set(all.map(({ of }) => of.join('.')));
  for (const path of document.paths) {
    const isLeafPath = ![...document.paths].some((other) => other.startsWith(`${path}.`));
    if (isLeafPath && !claimed.has(path)) fault(['claims', 'facts'], `${path} is asked for, but nothing claims it`);
  }
  return faults > 0 ? null : { all, documentOf: documents(operation, all) };
}

/** Cuts the document down to what some claims need. */
function documents(operation: OperationDefinitionNode, all: readonly Claim[]): Claims['documentOf'] {
  const known = new Map<string, string>();
  return (names) => {
    const wanted = all.filter(({ claim }) => names.includes(claim));
    const key = wanted.map(({ claim }) => claim).join(' ');
    let text = known.get(key);
    if (text === undefined) {
      text = cutDown(
        operation,
        wanted.map(({ of }) => of),
      );
      if (known.size >= DOCUMENTS_KEPT) known.clear();
      known.set(key, text);
    }
    return text;
  };
}

function cutDown(operation: OperationDefinitionNode, paths: readonly (readonly string[])[]): string {
  const kept = (node: FieldNode, below: readonly (readonly string[])[]): FieldNode => {
    if (node.selectionSet === undefined) return node;
    return {
      ...node,
      selectionSet: { ...node.selectionSet, selections: selected(node.selectionSet.selections, below) },
    };
  };
  const selected = (
    nodes: OperationDefinitionNode['selectionSet']['selections'],
    under: readonly (readonly string[])[],
  ): FieldNode[] =>
    nodes.flatMap((node) => {
      if (node.kind !== Kind.FIELD) return [];
      const key = (node.alias ?? node.name).value;
      const below = under.filter(([first]) => first === key).map(([, ...rest]) => rest);
      return below.length === 0 ? [] : [kept(node, below)];
    });
  const selections = selected(operation.selectionSet.selections, paths);
  const used = new Set<string>();
  for (const node of selections) visit(node, { Variable: ({ name }) => void used.add(name.value) });
  const variableDefinitions = (operation.variableDefinitions ?? []).filter(({ variable }) =>
    used.has(variable.name.value),
  );
  return print({ ...operation, variableDefinitions, selectionSet: { ...operation.selectionSet, selections } });
}
