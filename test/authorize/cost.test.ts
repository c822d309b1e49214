/** What a plan may cost: test/cases/cost.yaml, and what of the schema it counts on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getNamedType, getNullableType, isListType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openAuthorizer } from '../../src/authorize/authorizer.js';
import { DOCUMENT_LIMITS } from '../../src/authorize/document-size.js';
import { rightsOf } from '../../src/authorize/rights.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { catalogue, grantOf } from '../support/memory-gateway.js';

interface Case {
  readonly id: string;
  readonly name: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Coordinates that are not granted; all others are. */
  readonly without?: readonly string[];
  readonly introspects?: boolean;
  readonly cost?: number;
  readonly refused?: string;
}

const cases = parse(readFileSync(join(PACKAGE_ROOT, 'test/cases/cost.yaml'), 'utf8')) as readonly Case[];

const MATTER = 'school-enrolment-primary';
const gate = openAuthorizer({ catalogue, coverage: {}, introspection: false, limits: DOCUMENT_LIMITS });
const fields = [...catalogue.fields.values()];

/** Everything but some coordinates, by one grant of each department. */
function rightsWithout(closed: readonly string[]) {
  const departments = [...new Set(fields.map(({ department }) => department))];
  const grants = departments.map((department, i) => {
    const own = fields.filter((field) => field.department === department && !closed.includes(field.coordinate));
    const coordinates = Object.fromEntries(own.map(({ coordinate }) => [coordinate, 'FULL' as const]));
    return grantOf({ department, coordinates }, i);
  });
  return rightsOf(grants, MATTER, '2026-07-01');
}

function costOf(c: Case): number {
  const rights = rightsWithout(c.without ?? []);
  const { plan, variables } = gate.authorize(c.query, null, c.variables ?? {}, rights, 'DISCLOSE', c.introspects);
  return plan.cost(variables);
}

describe('the cost of a plan', () => {
  it.each(cases)('$id $name', (c) => {
    if (c.refused === undefined) expect(costOf(c)).toBe(c.cost);
    else expect(() => costOf(c)).toThrow(c.refused);
  });

  it('counts a list inside a row as two, for links lead from guardians alone, of whom a row holds two', () => {
    const embedded = fields.filter(
      ({ source, definition }) => source.kind === 'EMBEDDED' && isListType(getNullableType(definition.type)),
    );
    const leading = embedded.filter(({ definition }) => {
      const element = getNamedType(definition.type).name;
      return fields.some(({ type, source }) => type === element && source.kind === 'LINK');
    });
    expect(leading.map(({ coordinate }) => coordinate)).toEqual(['Resident.guardians']);
  });

  it('finds a bound for every list that a link leads to', () => {
    const links = fields.filter(({ source, list }) => source.kind === 'LINK' && list);
    const unbounded = links.filter(({ definition, source }) => {
      const names = definition.args.map(({ name }) => name);
      return !names.includes('first') && !(source.kind === 'LINK' && names.includes(source.from));
    });
    expect(links.length).toBeGreaterThan(5);
    expect(unbounded.map(({ coordinate }) => coordinate)).toEqual([]);
  });
});
