/** The published JSON Schemas: equal to what the program takes, and good enough for an editor. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonSchemaFile, SCHEMA_FILES, type SchemaKind } from '../../src/matters/index.js';
import { folder } from './support.js';

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const contentOf = (name: string): unknown => parse(read(name), { merge: true });
const yamlIn = (inside: string): string[] =>
  readdirSync(join(folder, inside))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(inside, name));

function kindOf(name: string): SchemaKind {
  if (name.startsWith('parts')) return 'part';
  return name.endsWith('.cases.yaml') ? 'cases' : 'matter';
}

const KINDS = Object.keys(SCHEMA_FILES) as SchemaKind[];
const FILES = [...yamlIn('.'), ...yamlIn('parts')].map((name) => [name, kindOf(name)] as const);

describe.each(KINDS)('the schema of a %s', (kind) => {
  const schema = JSON.parse(read(SCHEMA_FILES[kind])) as object;

  it('is the one made of the definition; mianzheng matter schema makes it anew', () => {
    expect(read(SCHEMA_FILES[kind])).toBe(jsonSchemaFile(kind));
  });

  it('is JSON Schema, draft 2020-12', () => {
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
    expect(new Ajv2020({ strict: false }).validateSchema(schema)).toBe(true);
  });

  it('describes every key', () => {
    expect(undescribed(schema, '')).toEqual([]);
  });
});

/** Places of the keys that no description is for. */
function undescribed(node: unknown, at: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties } = node as { readonly properties?: Readonly<Record<string, unknown>> };
  const keys = Object.entries(properties ?? {}).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && ('description' in value || 'properties' in value || '$ref' in value)
      ? []
      : [`${at}/${key}`],
  );
  return [...keys, ...Object.entries(node).flatMap(([key, value]) => undescribed(value, `${at}/${key}`))];
}

describe('the files that come with the program', () => {
  it.each(FILES)('%s names its schema in the first line', (name, kind) => {
    const above = name.startsWith('parts') ? '../' : '';
    expect(read(name).split('\n')[0]).toBe(`# yaml-language-server: $schema=${above}${SCHEMA_FILES[kind]}`);
  });

  it.each(FILES)('%s fits it', (name, kind) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const fits = ajv.compile(JSON.parse(read(SCHEMA_FILES[kind])) as object);
    expect({ fits: fits(contentOf(name)), errors: fits.errors }).toEqual({ fits: true, errors: null });
  });
});

describe('a wrong file does not fit', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const fits = ajv.compile(JSON.parse(read(SCHEMA_FILES.matter)) as object);
  const whole = contentOf('employment-subsidy.yaml') as Record<string, unknown>;
  const variant = contentOf('school-enrolment-primary.yaml') as Record<string, unknown>;

  it.each([
    ['an unknown key', { ...whole, reviews: 1 }],
    ['a key that lacks', { ...whole, review: undefined }],
    ['a mode that is none', { ...whole, formerProofs: [{ name: { zh: '证', en: 'Proof' }, mode: 'PAPER' }] }],
    ['an unknown key beside parts', { ...variant, reviews: 1 }],
    ['a code that is none', { ...variant, code: 'School' }],
    ['a change of nothing named', { ...variant, requirements: [{ whenFalse: 'NOT_MET' }] }],
  ])('%s', (_, value) => expect(fits(JSON.parse(JSON.stringify(value)))).toBe(false));
});
