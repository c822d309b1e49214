/** Every field of the schema has a source, and no source offers what the schema does not use. */
import { readdirSync, readFileSync } from 'node:fs';
import { type ConstDirectiveNode, type FieldDefinitionNode, Kind, parse, type TypeNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { columnsFor } from '../../connectors/definition.js';
import { departments } from '../contract/cases.js';

const folder = new URL('../../schema/', import.meta.url);
const document = parse(
  readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n'),
);

const fields = new Map<string, FieldDefinitionNode[]>();
const identities = new Map<string, string>();
const implementers = new Map<string, string[]>();
for (const node of document.definitions) {
  if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
  const type = node.name.value;
  fields.set(type, [...(fields.get(type) ?? []), ...(node.fields ?? [])]);
  const identity = argument(node.directives, 'identity', 'by');
  if (identity !== null) identities.set(type, identity);
  for (const { name } of node.interfaces ?? []) {
    implementers.set(name.value, [...(implementers.get(name.value) ?? []), type]);
  }
}

function argument(directives: readonly ConstDirectiveNode[] | undefined, name: string, of: string): string | null {
  const found = directives?.find((directive) => directive.name.value === name);
  const value = found?.arguments?.find((candidate) => candidate.name.value === of)?.value;
  return value?.kind === Kind.STRING ? value.value : null;
}

function listArgument(directives: readonly ConstDirectiveNode[] | undefined, name: string, of: string): string[] {
  const found = directives?.find((directive) => directive.name.value === name);
  const value = found?.arguments?.find((candidate) => candidate.name.value === of)?.value;
  if (value?.kind !== Kind.LIST) return [];
  return value.values.flatMap((item) => (item.kind === Kind.STRING ? item.value : []));
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

const sources = new Map(departments.flatMap(({ definition }) => Object.entries(definition.sources)));
const derivations = new Set(departments.flatMap(({ definition }) => Object.keys(definition.derivations)));

/** The attributes a field of the type needs, with the lookups its target needs. */
function needsOf(type: string, prefix = ''): string[] {
  return (fields.get(type) ?? []).flatMap((field) => {
    const from = argument(field.directives, 'link', 'from');
    if (from !== null) return prefix + from;
    const derived = listArgument(field.directives, 'derived', 'from');
    if (derived.length > 0) return derived;
    const target = namedType(field.type);
    // An embedded object may also be asked for by its bare name: whether it is there.
    const name = prefix + field.name.value;
    return fields.has(target) ? [name, ...needsOf(target, `${name}.`)] : name;
  });
}

describe('sources and schema', () => {
  it.each([...sources.keys()])('%s: offers exactly what its fields and links need, and its row key', (type) => {
    const offered = Object.keys(sources.get(type)?.query.attributes ?? {});
    expect(offered.sort()).toEqual([...new Set(['$row', ...needsOf(type)])].sort());
  });

  it.each([...sources.entries()])('%s: query and mapping name the same attributes', (_, { query, mapping }) => {
    const embedded = Object.entries(mapping.embedded ?? {}).flatMap(([name, { attributes }]) => [
      name,
      ...Object.keys(attributes).map((attribute) => `${name}.${attribute}`),
    ]);
    expect([...Object.keys(mapping.attributes), ...embedded].sort()).toEqual(Object.keys(query.attributes).sort());
  });

  it('every link has a target that can be looked up as it says', () => {
    let links = 0;
    for (const [type, all] of fields) {
      for (const field of all) {
        if (argument(field.directives, 'link', 'from') === null) continue;
        links += 1;
        const target = namedType(field.type);
        for (const possible of implementers.get(target) ?? [target]) {
          const by = argument(field.directives, 'link', 'by') ?? identities.get(possible) ?? '';
          const query = sources.get(possible)?.query;
          expect(query, `${type}.${field.name.value} → ${possible}`).toBeDefined();
          if (query !== undefined) expect(() => columnsFor(query, by, [])).not.toThrow();
        }
      }
    }
    expect(links).toBeGreaterThan(15);
  });

  it('every derived field is computed', () => {
    const derived = [...fields].flatMap(([type, all]) =>
      all
        .filter(({ directives }) => directives?.some(({ name }) => name.value === 'derived'))
        .map(({ name }) => `${type}.${name.value}`),
    );
    expect([...derivations].sort()).toEqual(derived.sort());
  });

  it('every column read is a column of its table', () => {
    for (const { definition } of departments) {
      for (const { query } of Object.values(definition.sources)) {
        const tables = new Map([query.from.split(' as ').reverse() as [string, string]]);
        for (const [alias, { table }] of Object.entries(query.joins)) tables.set(alias, table);
        const columns = [query.region, query.technical, Object.values(query.attributes)].flat(2);
        for (const column of columns.flatMap((one) => (typeof one === 'string' ? one : one.filled))) {
          const [alias = '', name = ''] = column.split(' as ')[0]?.split('.') ?? [];
          const table = definition.tables.find((candidate) => candidate.name === tables.get(alias));
          expect(Object.keys(table?.columns ?? {}), column).toContain(name);
        }
      }
    }
  });
});
