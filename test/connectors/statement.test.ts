import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { columnsFor, rawName, sourceOf } from '../../connectors/definition.js';
import { compile, padded } from '../../connectors/transports/statement.js';
import { fetchTemplate } from '../../src/domain/fetch.js';
import { departments } from '../contract/cases.js';
import { scratchSqlite } from '../contract/transports.js';

interface SqlCase {
  readonly name: string;
  readonly department: string;
  readonly type: string;
  readonly by: string;
  readonly attributes: readonly string[];
  readonly regions?: readonly string[];
  readonly placeholders: number;
  /** Forms bound; default: as many as placeholders. */
  readonly forms?: number;
  readonly sql: string;
  readonly binds: readonly string[];
}

const cases: readonly SqlCase[] = parse(readFileSync(new URL('../cases/sql.yaml', import.meta.url), 'utf8'));
const everySource = departments.flatMap(({ definition }) =>
  Object.entries(definition.sources).map(([type, { query }]) => ({ definition, type, query })),
);
const LIMIT = 1001;

function definitionOf(code: string) {
  const found = departments.find(({ definition }) => definition.code === code);
  if (found === undefined) throw new Error(`no department ${code}`);
  return found.definition;
}

describe.each(['mysql', 'sqlite'] as const)('SQL for %s', (dialect) => {
  it.each(cases)('$department $type: $name', (sqlCase) => {
    const { type, by, attributes, regions = null, placeholders, forms = placeholders } = sqlCase;
    const template = fetchTemplate({ department: sqlCase.department, type, by, attributes, regions });
    const statement = compile(sourceOf(definitionOf(sqlCase.department), type).query, template, placeholders, dialect);
    expect(statement.sql).toBe(sqlCase.sql);
    const keys = Array.from({ length: forms }, (_, i) => `K${i + 1}`);
    expect(statement.bind(keys, LIMIT)).toEqual(sqlCase.binds.map((bind) => (bind === 'LIMIT' ? LIMIT : bind)));
  });
});

describe('statements', () => {
  it('pads to the least power of two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4096 }), (n) => {
        const power = padded(n);
        expect(Number.isInteger(Math.log2(power))).toBe(true);
        expect(power >= n && power / 2 < n).toBe(true);
      }),
    );
  });

  it('refuses a region that is not a GB/T 2260 prefix', () => {
    const { query } = sourceOf(definitionOf('PROPERTY'), 'PropertyUnit');
    for (const regions of [[], ['%'], ['3507%'], ['3'], ['3507021'], ['']]) {
      expect(() => compile(query, { by: 'number', attributes: [], regions }, 1, 'sqlite')).toThrow(RangeError);
    }
  });

  it('refuses to run without a key', () => {
    const { query } = sourceOf(definitionOf('PROPERTY'), 'PropertyUnit');
    const statement = compile(query, { by: 'number', attributes: [], regions: null }, 1, 'sqlite');
    expect(() => statement.bind([], LIMIT)).toThrow(RangeError);
  });

  it.each(everySource)('reads $type by columns of one name each', ({ query }) => {
    const columns = [query.technical, ...Object.values(query.attributes)].flat();
    for (const lookup of Object.values(query.lookups)) columns.push(lookup.column);
    const byName = new Map<string, unknown>();
    for (const column of columns) {
      expect(byName.get(rawName(column)) ?? column).toEqual(column);
      byName.set(rawName(column), column);
    }
  });

  it.each(everySource)('selects for any attributes of $type what they need and nothing else', ({ query }) => {
    const [by = ''] = Object.keys(query.lookups);
    fc.assert(
      fc.property(fc.subarray(Object.keys(query.attributes)), (attributes) => {
        const statement = compile(query, { by, attributes, regions: null }, 1, 'sqlite');
        expect(statement.columns).toEqual(columnsFor(query, by, attributes).map(rawName));
        const selected = statement.sql.slice(0, statement.sql.indexOf(' from '));
        const read = [...selected.matchAll(/`(\w+)`\.`(\w+)`/g)].map(([, alias, column]) => `${alias}.${column}`);
        const needed = [
          query.lookups[by]?.column ?? '',
          query.technical,
          attributes.map((name) => query.attributes[name] ?? []),
        ]
          .flat(2)
          .flatMap((column) => (typeof column === 'string' ? (column.split(' as ')[0] ?? '') : column.filled));
        expect(new Set(read)).toEqual(new Set(needed));
      }),
      { numRuns: 50 },
    );
  });

  it.each(everySource)('finds $type by an index, joins included', async ({ definition, query }) => {
    const scratch = await scratchSqlite(definition.tables);
    try {
      for (const by of Object.keys(query.lookups)) {
        const template = { by, attributes: Object.keys(query.attributes), regions: ['3507'] };
        const statement = compile(query, template, 4, 'sqlite');
        const plan = await scratch.database.select(
          `explain query plan ${statement.sql}`,
          statement.bind(['1', '2', '3'], LIMIT),
        );
        const steps = plan.map((step) => String(step.detail));
        expect(steps.length).toBeGreaterThan(0);
        expect(steps.filter((step) => step.startsWith('SCAN'))).toEqual([]);
      }
    } finally {
      await scratch.drop();
    }
  });
});
