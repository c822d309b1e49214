/** A schema that could not keep its promises is refused at start, with every fault at once. */
import { describe, expect, it } from 'vitest';
import { buildCatalogue, CatalogueFaults } from '../../src/authorize/catalogue.js';
import { buildGatewaySchema } from '../../src/authorize/schema.js';
import { readSchemaFiles } from '../../src/package-root.js';
import { catalogue } from '../support/memory-gateway.js';

const SHARED = '@shared(class: CONDITIONAL, department: PLATFORM)';

function faultsOf(sdl: string): readonly string[] {
  const files = new Map([...readSchemaFiles(), ['extra.graphql', sdl]]);
  try {
    buildCatalogue(buildGatewaySchema(files));
    return [];
  } catch (error) {
    if (error instanceof CatalogueFaults) return error.faults;
    throw error;
  }
}

describe('the catalogue', () => {
  it.each([
    ['a field without @shared', 'extend type Division { size: Int }', 'Division.size has no @shared'],
    [
      'a field that could not be withheld',
      `extend type Division { size: Int! ${SHARED} }`,
      'Division.size is non-null',
    ],
    ['a list of lists', `extend type Division { grid: [[Int]] ${SHARED} }`, 'Division.grid is a list of lists'],
    [
      'NOT_SHARED without its basis',
      'extend type Division { size: Int @shared(class: NOT_SHARED, department: PLATFORM) }',
      'Division.size is NOT_SHARED without its basis',
    ],
    [
      'a mask on what is no single text',
      'extend type Division { names: [String!] @shared(class: CONDITIONAL, department: PLATFORM, mask: NAME) }',
      'Division.names has a mask',
    ],
    [
      'an unbounded list of links',
      `extend type Resident { twins: [Resident!] ${SHARED} @link(from: "idNumber", by: "twinOf") }`,
      'Resident.twins is a list without `first`',
    ],
    [
      'a link by an identity that the target lacks',
      `extend type Resident { one: Ownership ${SHARED} @link(from: "idNumber") }`,
      'Resident.one links by identity to Ownership, which has none',
    ],
    [
      'a type that two departments would answer for',
      'extend type Ownership { odd: String @shared(class: CONDITIONAL, department: HOUSEHOLD) }',
      'Ownership has attributes of several departments',
    ],
  ])('refuses %s', (_name, sdl, fault) => {
    expect(faultsOf(sdl).join('\n')).toContain(fault);
  });

  it('reports all faults at once', () => {
    expect(faultsOf('extend type Division { a: Int b: Int c: Int! }')).toHaveLength(3);
  });

  it('classifies every field of the real schema and describes it', () => {
    for (const field of catalogue.fields.values()) {
      expect(field.definition.description, field.coordinate).toBeTruthy();
      for (const argument of field.definition.args) expect(argument.description, argument.name).toBeTruthy();
    }
  });

  it('names the official Chinese term for every field of a department', () => {
    const without = [...catalogue.fields.values()]
      .filter((field) => field.department !== 'PLATFORM' && !/\p{Script=Han}/u.test(field.definition.description ?? ''))
      .map((field) => field.coordinate);
    // Plain references to an object described elsewhere.
    expect(without.sort()).toEqual(['Guardianship.resident', 'Licence.holder', 'Ownership.owner', 'Query.residents']);
  });
});
