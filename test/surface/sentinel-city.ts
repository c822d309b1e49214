/**
 * A city in which every cell holds a value of its own, so that a value found anywhere tells where
 * it came from. Rows stand in layers: what a link leads to lies one layer deeper than where it
 * starts, so that a document meets no row twice.
 */
import { getNamedType, isAbstractType, isLeafType, isObjectType } from 'graphql';
import { type CatalogueField, possibleTypes } from '../../src/authorize/catalogue.js';
import { citizenIdCheckCharacter, creditCodeCheckCharacter } from '../../src/domain/identifiers.js';
import { licenceIdCheckCharacter } from '../../src/domain/licence-id.js';
import type { WholeRow, World } from '../support/memory-connector.js';
import { catalogue } from '../support/memory-gateway.js';

/** Layers of rows: more than the links of any path here. */
const LAYERS = 5;

/** Valid identifiers by kind of subject; one for each layer. */
const IDENTIFIERS: Readonly<Record<string, (layer: number) => string>> = {
  CITIZEN: (layer) => {
    const first17 = `3507022019091177${layer}`;
    return first17 + citizenIdCheckCharacter(first17);
  },
  ENTERPRISE: (layer) => {
    const first17 = `91350702MA9Y0A1B${layer}`;
    return first17 + creditCodeCheckCharacter(first17);
  },
  HOUSEHOLD: (layer) => `98765432${layer}`,
  PROPERTY_UNIT: (layer) => `350702001002GB00003F9999000${layer}`,
  LICENCE: (layer) => {
    const parts = ['11100000MB03271699001', '113507000040000165', `2026077700${layer}`, '001'] as const;
    return `1.2.156.3005.2.${parts.join('.')}.${licenceIdCheckCharacter(...parts)}`;
  },
};

/** The identifier that the object of this type has in a layer. */
export function identifierOf(type: string, layer: number): string {
  const kind = catalogue.identities.get(type)?.kind ?? '';
  const make = IDENTIFIERS[kind];
  if (make === undefined) throw new Error(`${type}: give its kind of identifier a value in sentinel-city.ts`);
  return make(layer);
}

/** What every text of this city holds, beside its identifiers. */
export const MARK = '§';

/**
 * The value of a cell.
 * @param cell type and attribute, dotted, such as `Resident.address.text`
 */
export function sentinel(cell: string, layer: number): string {
  const [type = '', attribute, member] = cell.split('.');
  if (member === undefined && catalogue.identities.get(type)?.by === attribute) return identifierOf(type, layer);
  return `${MARK}${cell}#${layer}${MARK}`;
}

function fieldsOf(type: string): CatalogueField[] {
  return [...catalogue.fields.values()].filter((field) => field.type === type);
}

/** The cells of an object: its values, and those of the objects inside it. */
function cells(type: string, at: string, layer: number): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const { field, source, definition, list } of fieldsOf(type)) {
    const named = getNamedType(definition.type);
    if (source.kind === 'LINK' || source.kind === 'OPERATION') continue;
    const value = isLeafType(named) ? sentinel(`${at}.${field}`, layer) : cells(named.name, `${at}.${field}`, layer);
    const whole = list ? [value] : value;
    if (source.kind !== 'DERIVED') row[field] = whole;
    else for (const attribute of source.from) row[attribute] = whole;
    if (!isLeafType(named)) linkKeys(named.name, layer, 0, value as Record<string, unknown>);
  }
  return row;
}

/** Puts in place the keys by which an object's links lead to the next layer. */
function linkKeys(type: string, layer: number, variant: number, row: Record<string, unknown>): void {
  for (const { source, definition } of fieldsOf(type)) {
    if (source.kind !== 'LINK' || source.from === catalogue.identities.get(type)?.by) continue;
    const named = getNamedType(definition.type);
    const targets = possibleTypes(catalogue.schema, named);
    const target = targets[variant % targets.length] ?? named.name;
    const key = source.by === null ? identifierOf(target, layer + 1) : `${MARK}${type}.${source.from}#${layer}${MARK}`;
    row[source.from] = isAbstractType(named) ? { type: target, key } : key;
  }
}

/** Links that look this type up by something other than its identity: the attribute, and the key they start from. */
function incoming(type: string, layer: number): { readonly by: string; readonly key: string }[] {
  return [...catalogue.fields.values()].flatMap((field) => {
    const { source, type: parent } = field;
    if (source.kind !== 'LINK' || source.by === null || layer === 0) return [];
    if (!possibleTypes(catalogue.schema, getNamedType(field.definition.type)).includes(type)) return [];
    const identity = catalogue.identities.get(parent)?.by === source.from;
    const key = identity ? identifierOf(parent, layer - 1) : `${MARK}${parent}.${source.from}#${layer - 1}${MARK}`;
    return [{ by: source.by, key }];
  });
}

/** Kinds of objects that an interface or union of this schema can stand for, at most. */
const VARIANTS = Math.max(
  1,
  ...Object.values(catalogue.schema.getTypeMap())
    .filter(isAbstractType)
    .map((type) => catalogue.schema.getPossibleTypes(type).length),
);

function rowsOf(type: string): WholeRow[] {
  const rows: WholeRow[] = [];
  for (let layer = 0; layer < LAYERS; layer += 1) {
    for (const lookup of [null, ...incoming(type, layer)]) {
      for (let variant = 0; variant < VARIANTS; variant += 1) {
        const row = cells(type, type, layer);
        linkKeys(type, layer, variant, row);
        rows.push({ ...row, $region: '350702', ...(lookup === null ? {} : { [lookup.by]: lookup.key }) });
      }
    }
  }
  return rows;
}

/** The city. */
export const SENTINEL_CITY: World = Object.fromEntries(
  [...catalogue.owners.keys()].map((type) => [type, rowsOf(type)]),
);

const MARKED = new RegExp(`${MARK}[^${MARK}]*${MARK}`, 'g');

/**
 * The values of the city that a text holds.
 * @param layer only those of this layer; default: of every layer
 */
export function valuesIn(text: string, layer?: number): string[] {
  const layers = layer === undefined ? Array.from({ length: LAYERS }, (_, i) => i) : [layer];
  const identifiers = [...catalogue.identities.keys()].flatMap((type) => layers.map((at) => identifierOf(type, at)));
  const marked = (text.match(MARKED) ?? []).filter((value) => layers.some((at) => value.endsWith(`#${at}${MARK}`)));
  return [...marked, ...identifiers.filter((identifier) => text.includes(identifier))];
}

/** The object types of the schema, roots among them. */
export const OBJECT_TYPES = Object.values(catalogue.schema.getTypeMap()).filter(
  (type) => isObjectType(type) && !type.name.startsWith('__'),
);
