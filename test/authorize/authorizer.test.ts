/** Plans are made once: for a document, an operation, rights and the flags it reads, and for nothing else. */
import { describe, expect, it } from 'vitest';
import { openAuthorizer } from '../../src/authorize/authorizer.js';
import { DOCUMENT_LIMITS } from '../../src/authorize/document-size.js';
import { type Grant, rightsOf } from '../../src/authorize/rights.js';
import { catalogue, grantOf } from '../support/memory-gateway.js';

const MATTER = 'school-enrolment-primary';
const QUERY = 'query($id: CitizenId!, $more: Boolean = false) { resident(id: $id) { name sex @include(if: $more) } }';
const ID = '350702202001010013';

function authorizer() {
  return openAuthorizer({ catalogue, coverage: {}, introspection: false, limits: DOCUMENT_LIMITS });
}

/** Rights of one application; `grant` says what differs. */
function rights(client: string, grant: Partial<Grant> = {}) {
  const coordinates = { 'Query.resident': 'FULL', 'Resident.name': 'FULL', 'Resident.sex': 'FULL' } as const;
  const own = grantOf({ id: `${client}-household`, client, coordinates, ...grant });
  return rightsOf([own], MATTER, '2026-07-01');
}

describe('an authorizer', () => {
  it('makes a plan once for a document and rights, whatever the keys', () => {
    const gate = authorizer();
    const first = gate.authorize(QUERY, null, { id: ID }, rights('a'), 'DISCLOSE');
    const second = gate.authorize(QUERY, null, { id: '350702199001010027' }, rights('a'), 'DISCLOSE');
    expect(second.plan).toBe(first.plan);
    expect(second.variables.id).not.toBe(first.variables.id);
  });

  it('shares a plan between applications with equal rights, and names no grant in it', () => {
    const gate = authorizer();
    const { plan } = gate.authorize(QUERY, null, { id: ID }, rights('a'), 'DISCLOSE');
    expect(gate.authorize(QUERY, null, { id: ID }, rights('b'), 'DISCLOSE').plan).toBe(plan);
    expect(plan.decisions.flatMap((decision) => decision.grants)).toEqual([]);
    expect(plan.legalBases).toEqual(['test basis']);
  });

  it.each<[string, Partial<Grant>]>([
    ['regions', { regions: ['350702'] }],
    ['subjects', { subjects: 'CASE_SUBJECTS' }],
    ['hops', { subjects: 'RELATED', maxHops: 1 }],
    ['disclosure', { coordinates: { 'Query.resident': 'FULL', 'Resident.name': 'MASKED', 'Resident.sex': 'FULL' } }],
    ['fields', { coordinates: { 'Query.resident': 'FULL', 'Resident.name': 'FULL' } }],
    ['legal basis', { legalBasis: 'another basis' }],
    ['the department that signed', { department: 'PROPERTY' }],
  ])('never shares one between applications that differ in %s', (_what, grant) => {
    const gate = authorizer();
    const { plan } = gate.authorize(QUERY, null, { id: ID }, rights('a'), 'DISCLOSE');
    const other = gate.authorize(QUERY, null, { id: ID }, rights('b', grant), 'DISCLOSE');
    expect(other.plan).not.toBe(plan);
    expect(other.plan.hash).not.toBe(plan.hash);
  });

  it('makes another plan for other flags and for use inside a rule', () => {
    const gate = authorizer();
    const { plan } = gate.authorize(QUERY, null, { id: ID }, rights('a'), 'DISCLOSE');
    expect(gate.authorize(QUERY, null, { id: ID, more: true }, rights('a'), 'DISCLOSE').plan).not.toBe(plan);
    expect(gate.authorize(QUERY, null, { id: ID }, rights('a'), 'VERIFY').plan).not.toBe(plan);
  });

  it('forgets the least recently used beyond its bound', () => {
    const gate = openAuthorizer({
      catalogue,
      coverage: {},
      introspection: false,
      limits: { ...DOCUMENT_LIMITS, cacheSize: 2 },
    });
    const planOf = (text: string) => gate.authorize(text, null, {}, rights('a'), 'DISCLOSE').plan;
    const first = planOf('{ divisions { code } }');
    planOf('{ divisions { name } }');
    planOf('{ matters { code } }');
    expect(planOf('{ divisions { code } }')).not.toBe(first);
  });

  it('names the grants where it explains', () => {
    const plan = authorizer().plan(QUERY, null, rights('a'));
    expect(plan.decisions.map((decision) => decision.grants)).toEqual([
      ['a-household'],
      ['a-household'],
      ['a-household'],
    ]);
  });

  it('bounds the documents of callers, never the facts of a matter', () => {
    const gate = openAuthorizer({
      catalogue,
      coverage: {},
      introspection: false,
      limits: { ...DOCUMENT_LIMITS, maxAliases: 0, maxDepth: 1 },
    });
    const facts = `{ child: resident(id: "${ID}") { name } }`;
    expect(() => gate.authorize(facts, null, {}, rights('a'), 'DISCLOSE')).toThrow('more than 0 aliases');
    expect(gate.authorize(facts, null, {}, rights('a'), 'VERIFY').plan.templates).toHaveLength(1);
  });
});
