/** test/cases/quotas.yaml: towards which grants' daily quotas a document counts, known when it is planned. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openAuthorizer } from '../../src/authorize/authorizer.js';
import { DOCUMENT_LIMITS } from '../../src/authorize/document-size.js';
import { explainPlan } from '../../src/authorize/explain.js';
import type { Use } from '../../src/authorize/plan.js';
import { type Grant, type GrantQuota, rightsOf } from '../../src/authorize/rights.js';
import { catalogue, grantOf } from '../support/memory-gateway.js';

interface QuotaCase {
  readonly name: string;
  readonly use?: Use;
  readonly grants: readonly Partial<Grant>[];
  readonly query: string;
  readonly counts: readonly GrantQuota[];
}

const CASES = parse(readFileSync(new URL('../cases/quotas.yaml', import.meta.url), 'utf8')) as QuotaCase[];
const MATTER = 'school-enrolment-primary';
const TODAY = '2026-07-01';
const RESIDENT = '{ resident(id: "350702202001010013") { name } }';

const open = () => openAuthorizer({ catalogue, coverage: {}, introspection: false, limits: DOCUMENT_LIMITS });

describe('a document counts towards', () => {
  it.each(CASES)('$name', ({ use = 'DISCLOSE', grants, query, counts }) => {
    const rights = rightsOf(grants.map(grantOf), MATTER, TODAY);
    expect(open().authorize(query, null, {}, rights, use).quotas).toEqual(counts);
    expect(explainPlan(open().plan(query, null, rights, use), rights, MATTER).quotas).toEqual(counts);
  });
});

describe('applications with equal rights', () => {
  const rights = (client: string, subjectsPerDay: number | null) =>
    rightsOf(
      [grantOf({ id: `${client}-household`, client, subjectsPerDay, coordinates: { 'Query.resident': 'FULL' } })],
      MATTER,
      TODAY,
    );

  it('share a plan with a quota, and each counts towards its own', () => {
    const gate = open();
    const [a, b] = ['a', 'b'].map((client) => gate.authorize(RESIDENT, null, {}, rights(client, 5), 'DISCLOSE'));
    expect(b?.plan).toBe(a?.plan);
    expect([a?.quotas, b?.quotas]).toEqual([
      [{ grant: 'a-household', subjectsPerDay: 5 }],
      [{ grant: 'b-household', subjectsPerDay: 5 }],
    ]);
  });

  it('share none with one whose quota is another', () => {
    const gate = open();
    const plans = [5, 6, null].map((most) => gate.authorize(RESIDENT, null, {}, rights('a', most), 'DISCLOSE').plan);
    expect(new Set(plans).size).toBe(3);
    expect(plans[2]?.quotas).toEqual([]);
  });
});
