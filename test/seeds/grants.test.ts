import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  parse as parseGraphql,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { readSeedFile } from '../../seeds/files.js';
import { readGrants } from '../../seeds/grants.js';
import { readAllStories } from '../../seeds/stories.js';
import { loadMatters } from '../../src/matters/index.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const folder = join(PACKAGE_ROOT, 'schema');
const sdl = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');
const schema: GraphQLSchema = buildSchema(sdl);

const matters = await loadMatters(join(PACKAGE_ROOT, 'matters'), schema);

/** Arguments of @shared on the field, as written; null where there is no such field. */
function shared(coordinate: string): Readonly<Record<string, string>> | null {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName] : undefined;
  const directive = field?.astNode?.directives?.find(({ name }) => name.value === 'shared');
  if (directive === undefined) return null;
  return Object.fromEntries(
    (directive.arguments ?? []).map(({ name, value }) => [name.value, 'value' in value ? String(value.value) : '']),
  );
}

const { clients, grants } = readGrants();
const granted = grants.flatMap((grant) =>
  Object.entries(grant.coordinates).map(([coordinate, disclosure]) => ({ grant, coordinate, disclosure })),
);

describe('grants of the demonstration city', () => {
  it.each(granted.map(({ grant, coordinate, disclosure }) => [grant.id, coordinate, disclosure, grant.department]))(
    '%s: %s %s',
    (_, coordinate, disclosure, department) => {
      const field = shared(coordinate);
      expect(field).not.toBeNull();
      expect(field?.department).toBe(department);
      expect(field?.class).toBe('CONDITIONAL');
      if (disclosure === 'MASKED') expect(field?.mask).toBeDefined();
    },
  );

  it('cover every fact of every matter for some client', () => {
    for (const { code, facts } of matters.values()) {
      const coordinates = coordinatesOf(facts);
      expect(coordinates.length).toBeGreaterThan(2);
      const missing = Object.keys(clients).map((client) => {
        const mine = new Set(
          granted
            .filter(({ grant }) => grant.client === client && grant.matters.includes(code))
            .map(({ coordinate }) => coordinate),
        );
        return coordinates.filter((coordinate) => !mine.has(coordinate));
      });
      expect(missing.sort((a, b) => a.length - b.length)[0]).toEqual([]);
    }
  });

  it('let every client with grants register and verify, for the same matters; another city only registers', () => {
    for (const client of new Set(grants.map((grant) => grant.client))) {
      const own = grants.filter((grant) => grant.client === client);
      const platform = own.filter(({ department }) => department === 'PLATFORM');
      for (const { coordinates } of platform) {
        expect(Object.keys(coordinates)).toEqual(
          client === 'another-city'
            ? ['Mutation.registerCase']
            : expect.arrayContaining(['Mutation.registerCase', 'Mutation.verify', 'Mutation.verifyCases']),
        );
      }
      const verified = platform.flatMap((grant) => grant.matters);
      for (const grant of own) expect(verified).toEqual(expect.arrayContaining(grant.matters));
    }
  });

  it('leave one client without any', () => {
    expect(clients['no-grants']).toBeDefined();
    expect(grants.some(({ client }) => client === 'no-grants')).toBe(false);
  });

  it('cover the stories’ clients and matters on the day of filing', () => {
    for (const { client, matter, filedOn } of readAllStories()) {
      const usable = grants.filter(
        (grant) =>
          grant.client === client &&
          grant.matters.includes(matter) &&
          grant.validFrom <= filedOn &&
          filedOn <= grant.validTo,
      );
      const departments = usable.map(({ department }) => department);
      expect(new Set(departments).size, `${client} ${matter}`).toBeGreaterThanOrEqual(2);
      expect(departments).toContain('PLATFORM');
    }
  });
});

function coordinatesOf(document: string): string[] {
  const found = new Set<string>();
  const types = new TypeInfo(schema);
  visit(
    parseGraphql(document),
    visitWithTypeInfo(types, {
      Field(node) {
        if (node.name.value !== '__typename') found.add(`${types.getParentType()?.name}.${node.name.value}`);
      },
    }),
  );
  return [...found];
}

describe('a wrong file', () => {
  const text = readSeedFile('grants.yaml');

  it.each([
    ['an unknown client', 'client: benefits-office', 'client: nobody', 'no client nobody'],
    ['a disclosure that is none', 'Resident.sex: FULL', 'Resident.sex: ALL', 'coordinates.Resident.sex'],
    ['an id twice', 'id: school-enrolment-property', 'id: school-enrolment-household', 'is taken'],
    ['an unknown key', 'maxHops: 2', 'maxhops: 2', 'maxhops'],
    ['a key twice', 'Resident.sex: FULL', 'Resident.name: FULL', 'line '],
    ['validity backwards', 'validTo: 2035-12-31', 'validTo: 2025-12-31', 'before validFrom'],
  ])('is refused for %s', (_, from, to, word) => {
    expect(() => readGrants(text.replace(from, to))).toThrow(word);
  });

  it('is refused with all its faults at once', () => {
    const broken = text
      .replace('client: benefits-office', 'client: nobody')
      .replace('validTo: 2035-12-31', 'validTo: 2025-12-31');
    expect(() => readGrants(broken)).toThrow(
      /no client nobody[\s\S]*before validFrom|before validFrom[\s\S]*no client nobody/,
    );
  });
});
