/** The record says what was given about whom; test/cases/about-whom.yaml. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Grant } from '../../src/authorize/rights.js';
import { ageLetter } from '../../src/domain/age-class.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { openMemoryGateway } from '../support/memory-gateway.js';

interface AboutCase {
  readonly name: string;
  readonly grants: Grant['coordinates'];
  readonly query: string;
  readonly about: Readonly<Record<string, readonly string[]>> | null;
  readonly ages: Readonly<Record<string, string>> | null;
}

const read = (name: string) => parse(readFileSync(join(PACKAGE_ROOT, 'test/cases', name), 'utf8'));
const { cases } = read('about-whom.yaml') as { readonly cases: readonly AboutCase[] };
const { world } = read('authorization.yaml') as { readonly world: Record<string, Record<string, unknown>[]> };

const PEOPLE: Readonly<Record<string, string>> = {
  CHILD: '350702202001010013',
  FATHER: '350702199001010027',
  MOTHER: '350702199202020037',
  TEEN: '350702201108150011',
};

const nameOf = (pseudonym: string) =>
  Object.keys(PEOPLE).find((name) => pseudonym === `pseudonym of CITIZEN:${PEOPLE[name]}`) ?? pseudonym;

describe('what is recorded as given about a person', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const run = await openMemoryGateway({
      grants: Object.keys(one.grants).length === 0 ? [] : [{ coordinates: one.grants }],
      world,
      cases: [
        { client: 'school', number: 'C-1', matter: 'school-enrolment-primary', filedOn: '2026-07-01', subjects: [] },
      ],
    });
    try {
      const headers = { 'mianzheng-matter': 'school-enrolment-primary', 'mianzheng-case': 'C-1' };
      await run.call({ query: one.query }, headers);
      const entry = run.entries.at(-1);
      if (entry?.kind !== 'request') throw new Error('no request was recorded');
      expect(entry.outcome).toBe('ANSWERED');
      const about = entry.about?.map((list, i) => [nameOf(entry.subjects[i] ?? ''), [...list]] as const);
      const sorted = one.about && Object.entries(one.about).map(([who, list]) => [who, [...list].sort()] as const);
      expect(about === undefined ? null : Object.fromEntries(about)).toEqual(sorted && Object.fromEntries(sorted));
      const ages =
        entry.ages === undefined
          ? null
          : Array.from(entry.ages).map((age, i) => [nameOf(entry.subjects[i] ?? ''), age]);
      expect(ages && Object.fromEntries(ages)).toEqual(one.ages);
      const given = new Set([...entry.disclosed, ...entry.masked, ...entry.used]);
      for (const coordinate of (entry.about ?? []).flat()) expect(given).toContain(coordinate);
    } finally {
      await run.close();
    }
  });

  it('is nothing where the request was refused after all', async () => {
    const run = await openMemoryGateway({
      grants: [{ coordinates: { 'Query.resident': 'FULL', 'Resident.name': 'FULL' }, subjects: 'CASE_SUBJECTS' }],
      world,
      cases: [
        {
          client: 'school',
          number: 'C-1',
          matter: 'school-enrolment-primary',
          filedOn: '2026-07-01',
          subjects: [{ role: 'child', kind: 'CITIZEN', id: PEOPLE.CHILD ?? '' }],
        },
      ],
    });
    try {
      const headers = {
        'mianzheng-matter': 'school-enrolment-primary',
        'mianzheng-case': 'C-1',
        'mianzheng-strict': 'true',
      };
      const query = `{ a: resident(id: "${PEOPLE.CHILD}") { name } b: resident(id: "${PEOPLE.FATHER}") { name } }`;
      await run.call({ query }, headers);
      const entry = run.entries.at(-1);
      expect(entry).toMatchObject({ kind: 'request', outcome: 'REFUSED', disclosed: [], ages: 'C' });
      expect(entry).not.toHaveProperty('about');
    } finally {
      await run.close();
    }
  });
});

describe('an age class', () => {
  it.each([
    ['CITIZEN', '350702201207010019', '2026-06-30', 'C'],
    ['CITIZEN', '350702201207010019', '2026-07-01', 'C'],
    ['CITIZEN', '350702201207010019', '2026-07-02', 'M'],
    ['CITIZEN', '350702200807010010', '2026-07-01', 'M'],
    ['CITIZEN', '350702200807010010', '2026-07-02', 'A'],
    ['CITIZEN', '350702202802290010', '2026-07-01', '-'],
    ['ENTERPRISE', '91350702MA2Y0A1B53', '2026-07-01', 'E'],
    ['CITIZEN', '35070219900101002', '2026-07-01', '-'],
  ])('of %s %s on %s is %s', (kind, id, day, letter) => {
    expect(ageLetter(kind, id, day)).toBe(letter);
  });
});
