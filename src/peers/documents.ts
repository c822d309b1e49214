/**
 * What another city's gateway is asked for a fetch template. Both have the schema, so the question follows from it: the
 * root field that looks the type up, or the one that looks up whose list it is, and a field for each attribute.
 */
import { type GraphQLArgument, getNamedType, isAbstractType } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { PeerDocument, Reading } from '../../connectors/transports/gateway.js';
import { type Catalogue, type CatalogueField, possibleTypes } from '../authorize/catalogue.js';
import { DOCUMENT_LIMITS } from '../authorize/document-size.js';
import type { FetchTemplate } from '../domain/fetch.js';
import { PEER_KEYS } from '../execute/sources.js';

/** Templates whose questions are kept. */
const KEPT = 1000;

/** Makes the questions of a schema. Null where a template's rows or one of its attributes cannot be asked for. */
export function peerDocuments(catalogue: Catalogue): (template: FetchTemplate) => PeerDocument | null {
  const kept = new LRUCache<string, { readonly document: PeerDocument | null }>({ max: KEPT });
  return (template) => {
    let known = kept.get(template.id);
    if (known === undefined) {
      known = { document: documentOf(catalogue, template) };
      kept.set(template.id, known);
    }
    return known.document;
  };
}

/** Whether a key of the template is the identifier of one object. */
export function isSingle({ identities }: Catalogue, { type, by }: FetchTemplate): boolean {
  return identities.get(type)?.by === by;
}

function linksTo({ fields }: Catalogue, type: string, by: string, identity: string | undefined) {
  return [...fields.values()].filter(
    ({ source, definition }) =>
      source.kind === 'LINK' && getNamedType(definition.type).name === type && (source.by ?? identity) === by,
  );
}

function documentOf(catalogue: Catalogue, template: FetchTemplate): PeerDocument | null {
  const { type, by, attributes } = template;
  const readings = readingsOf(catalogue, type, attributes);
  if (readings === null) return null;
  const selection = textOf(readings);
  const links = linksTo(catalogue, type, by, catalogue.identities.get(type)?.by);
  const roots = links.filter((link) => link.type === 'Query');
  if (roots.length > 0) return rooted(catalogue, roots, type, null, readings, selection);
  for (const link of links) {
    const identity = catalogue.identities.get(link.type);
    if (!link.list || link.source.kind !== 'LINK' || link.source.from !== identity?.by) continue;
    const first = longestPage(link.definition.args);
    const above = linksTo(catalogue, link.type, identity.by, identity.by).filter((root) => root.type === 'Query');
    if (first === null || above.length === 0) continue;
    const list = { key: link.field, first };
    return rooted(
      catalogue,
      above,
      link.type,
      list,
      readings,
      `${link.field}(first: ${first}, offset: $offset) {${selection}}`,
    );
  }
  return null;
}

/** A question that begins at the root: with one list of keys where there is such a field, else with an alias for each. */
function rooted(
  catalogue: Catalogue,
  roots: readonly CatalogueField[],
  type: string,
  list: PeerDocument['list'],
  readings: readonly Reading[],
  selection: string,
): PeerDocument | null {
  const kind = catalogue.identities.get(type)?.kind;
  const root = roots.find((field) => field.list) ?? roots[0];
  if (kind === undefined || root?.source.kind !== 'LINK') return null;
  const { field, source, definition } = root;
  const argument = definition.args.find(({ name }) => name === source.from);
  if (argument === undefined) return null;
  const offset = list === null ? '' : ', $offset: Int!';
  const common = { kind, list, readings };
  if (root.list) {
    const text = `query($keys: ${String(argument.type)}${offset}) { ${field}(${argument.name}: $keys) {${selection}} }`;
    return { ...common, mostKeys: PEER_KEYS, text: () => text, at: (i) => [field, i] };
  }
  return {
    ...common,
    mostKeys: DOCUMENT_LIMITS.maxRootFields,
    at: (i) => [`k${i}`],
    text(keys) {
      const all = Array.from({ length: keys }, (_, i) => `k${i}`);
      const declared = all.map((name) => `$${name}: ${String(argument.type)}`).join(', ');
      const asked = all.map((name) => `${name}: ${field}(${argument.name}: $${name}) { ...Asked }`).join(' ');
      return `query(${declared}${offset}) { ${asked} } fragment Asked on ${type} {${selection}}`;
    },
  };
}

/** Bound of `first`. */
function longestPage(args: readonly GraphQLArgument[]): number | null {
  const first = args.find(({ name }) => name === 'first')?.astNode;
  const range = first?.directives?.find(({ name }) => name.value === 'range');
  const max = range?.arguments?.find(({ name }) => name.value === 'max')?.value;
  return max?.kind === 'IntValue' ? Number(max.value) : null;
}

/** How each attribute is read; null where the schema shows none of them to anybody. */
function readingsOf(catalogue: Catalogue, type: string, attributes: readonly string[]): readonly Reading[] | null {
  const inner = new Map<string, string[]>();
  for (const attribute of attributes) {
    const [name = '', ...rest] = attribute.split('.');
    inner.set(name, [...(inner.get(name) ?? []), ...(rest.length === 0 ? [] : [rest.join('.')])]);
  }
  const readings: Reading[] = [];
  for (const [attribute, members] of inner) {
    const reading = readingOf(catalogue, type, attribute, members);
    if (reading === null) return null;
    readings.push(reading);
  }
  return readings;
}

function readingOf(catalogue: Catalogue, type: string, attribute: string, members: readonly string[]): Reading | null {
  const own = [...catalogue.fields.values()].filter((field) => field.type === type && field.sharing !== 'NOT_SHARED');
  const link = own.find(({ source, list }) => source.kind === 'LINK' && source.from === attribute && !list);
  const field = catalogue.fields.get(`${type}.${attribute}`);
  if (field?.source.kind === 'VALUE' && field.sharing !== 'NOT_SHARED')
    return { kind: 'VALUE', attribute, key: attribute };
  if (field?.source.kind === 'EMBEDDED' && field.sharing !== 'NOT_SHARED') {
    const readings = readingsOf(catalogue, getNamedType(field.definition.type).name, members);
    return readings === null ? null : { kind: 'EMBEDDED', attribute, key: attribute, members: readings };
  }
  if (link === undefined) return null;
  const target = getNamedType(link.definition.type);
  const types = possibleTypes(catalogue.schema, target);
  const identities = Object.fromEntries(
    types.flatMap((name) => {
      const by = catalogue.identities.get(name)?.by;
      return by === undefined ? [] : [[name, by]];
    }),
  );
  return { kind: 'LINK', attribute, key: link.field, identities, reference: isAbstractType(target) };
}

function textOf(readings: readonly Reading[]): string {
  return ` __typename ${readings.map(fieldOf).join(' ')} `;
}

function fieldOf(reading: Reading): string {
  switch (reading.kind) {
    case 'VALUE':
      return reading.key;
    case 'LINK': {
      const { identities, reference, key } = reading;
      const each = Object.entries(identities).map(([type, by]) => (reference ? `... on ${type} { ${by} }` : by));
      return `${key} { __typename ${each.join(' ')} }`;
    }
    case 'EMBEDDED':
      return `${reading.key} {${textOf(reading.members)}}`;
  }
}
