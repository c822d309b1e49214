import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type GraphQLSchema,
  isEnumType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { rightsTable } from '../../bench/peers/shared/rights.js';
import { coordinatesOf, guarded, wholeSource } from '../../bench/peers/shared/schema.js';
import { ENROLMENT } from '../../bench/work.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const folder = join(PACKAGE_ROOT, 'schema');
const product = buildSchema(
  readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n'),
);
const theirs = buildSchema(wholeSource());

function askedBy(document: string, schema: GraphQLSchema): ReadonlySet<string> {
  const types = new TypeInfo(schema);
  const asked = new Set<string>();
  visit(
    parse(document),
    visitWithTypeInfo(types, {
      Field: ({ name }) => void asked.add(`${types.getParentType()?.name}.${name.value}`),
    }),
  );
  return asked;
}

const fieldOf = (schema: GraphQLSchema, coordinate: string) => {
  const [type = '', field = ''] = coordinate.split('.');
  const found = schema.getType(type);
  return isObjectType(found) ? found.getFields()[field] : undefined;
};

describe("the peers' schema", () => {
  it.each(coordinatesOf(wholeSource()))('has %s as the gateway has it', (coordinate) => {
    const type = (schema: GraphQLSchema) => String(fieldOf(schema, coordinate)?.type);
    // The citizen ID is the key of an entity, which federation wants to be there.
    const expected = coordinate === 'Resident.idNumber' ? `${type(product)}!` : type(product);
    expect(type(theirs)).toBe(expected);
  });

  it.each(Object.values(theirs.getTypeMap()).filter((type) => isEnumType(type) && !type.name.startsWith('__')))(
    'has the values of %s as the gateway has them',
    ({ name }) => {
      const values = (schema: GraphQLSchema) => {
        const type = schema.getType(name);
        return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
      };
      expect(values(theirs)).toEqual(values(product));
    },
  );
});

describe("the peers' rights", () => {
  const rightsOf = rightsTable({ matter: 'matter' });

  it('are the fields of the enrolment read, no more and no less', () => {
    expect([...rightsOf('bench', 'matter')].sort()).toEqual([...askedBy(ENROLMENT, product)].sort());
  });

  it.each([
    ['another matter', 'bench', 'other'],
    ['another client', 'bench-list', 'matter'],
  ])('are none for %s', (_, client, matter) => {
    expect(rightsOf(client, matter).size).toBe(0);
  });
});

describe('guarded', () => {
  it('puts the directive on every field, of extensions too', () => {
    const sdl = 'type A { b: Int c(d: Int): A @e } extend type A { f: Int } enum G { H }';
    expect(guarded(sdl, (coordinate) => `@auth(requires: "${coordinate}")`).replaceAll(/\s+/g, ' ')).toBe(
      'type A { b: Int @auth(requires: "A.b") c(d: Int): A @e @auth(requires: "A.c") } ' +
        'extend type A { f: Int @auth(requires: "A.f") } enum G { H }',
    );
  });

  it('does not take what is not one directive', () => {
    expect(() => guarded('type A { b: Int }', () => '')).toThrow(TypeError);
  });
});
