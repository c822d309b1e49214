/** The right to scan (test/cases/scans.yaml): who may list people, and the statement that does. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sourceOf } from '../../connectors/definition.js';
import { compileScan } from '../../connectors/transports/statement.js';
import { type Grant, rightsOf } from '../../src/authorize/rights.js';
import { grantedScan } from '../../src/authorize/scan.js';
import { scanField } from '../../src/matters/index.js';
import { departments } from '../contract/cases.js';
import { catalogue } from '../support/memory-gateway.js';

interface ScanCase {
  readonly name: string;
  readonly grants: readonly Partial<Grant>[];
  readonly where: Readonly<Record<string, string>>;
  readonly sql: string | null;
  readonly binds?: readonly string[];
}

const cases: readonly ScanCase[] = parse(readFileSync(new URL('../cases/scans.yaml', import.meta.url), 'utf8'));
const MATTER = 'employment-subsidy';
const BASE: Grant = {
  id: 'g',
  client: 'office',
  department: 'SOCIAL_SECURITY',
  status: 'APPROVED',
  matters: [MATTER],
  legalBasis: 'law',
  coordinates: {},
  regions: [],
  subjects: 'ANY',
  maxHops: 0,
  validFrom: '2026-01-01',
  validTo: '2035-12-31',
};

function insuranceScan() {
  const scan = scanField(catalogue.schema, 'Scan.insuranceEnrolments');
  const department = departments.find(({ definition }) => definition.code === 'SOCIAL_SECURITY');
  if (scan === null || department === undefined) throw new Error('the schema has no such scan');
  return { scan, query: sourceOf(department.definition, scan.type).query };
}

describe('the right to scan', () => {
  it.each(cases)('$name', ({ grants, where, sql, binds }) => {
    const { scan, query } = insuranceScan();
    const all = grants.map((grant, i) => ({ ...BASE, id: `g${i}`, ...grant }));
    const granted = grantedScan(catalogue, rightsOf(all, MATTER, '2026-07-01'), scan, where);
    if (sql === null) {
      expect(granted).toBe(null);
      return;
    }
    if (granted === null) throw new Error('refused');
    expect(granted.legalBasis).toBe('law');
    for (const dialect of ['mysql', 'sqlite'] as const) {
      const statement = compileScan(query, granted.template, dialect);
      expect(statement.sql).toBe(sql);
      expect(statement.bind('A', 501)).toEqual(
        binds?.map((bind) => (bind === 'LIMIT' ? 501 : bind === 'AFTER' ? 'A' : bind)),
      );
    }
  });

  it('is for what the schema has and the department offers', () => {
    const { scan, query } = insuranceScan();
    expect(scanField(catalogue.schema, 'Scan.residents')).toBe(null);
    expect(scanField(catalogue.schema, 'Resident.name')).toBe(null);
    const template = { department: 'SOCIAL_SECURITY', type: scan.type, regions: null };
    expect(() => compileScan(query, { ...template, where: { employer: 'x' } }, 'sqlite')).toThrow(RangeError);
    expect(() => compileScan(query, { ...template, where: { state: 'DEAD' } }, 'sqlite')).toThrow(RangeError);
  });
});
