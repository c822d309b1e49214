/** What citizens state, compared: test/cases/claims.yaml, and those who guess. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Grant } from '../../src/authorize/rights.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { CaseFile } from '../../src/store/control-store.js';
import type { World } from '../support/memory-connector.js';
import { type MemoryGateway, type MemoryGatewayOptions, NOW, openMemoryGateway } from '../support/memory-gateway.js';

const MATTER = 'school-enrolment-primary';
const CHILD = '350702202001010013';
const GUARDIAN = '350702199001010027';
const HEADERS = { 'mianzheng-matter': MATTER, 'mianzheng-case': 'C-1' };
const COMPARE = `mutation($claims: [ClaimInput!]!) {
  compareClaims(claims: $claims) { claim outcome unknown element department nameZh nameEn }
}`;

type Disclosures = Readonly<Record<string, 'FULL' | 'MASKED' | 'PREDICATE' | null>>;

interface ClaimsCase {
  readonly name: string;
  readonly grants: Disclosures;
  readonly regions?: readonly string[];
  readonly down?: readonly string[];
  readonly noHousehold?: boolean;
  readonly stated: Readonly<Record<string, string>>;
  readonly outcomes?: Readonly<Record<string, string>>;
  readonly refused?: string;
  readonly code?: string;
  readonly field?: string;
  readonly asked?: Readonly<Record<string, readonly string[]>>;
  readonly record?: Readonly<Record<string, unknown>>;
}

const { world, grants, cases } = parse(readFileSync(join(PACKAGE_ROOT, 'test/cases/claims.yaml'), 'utf8'), {
  merge: true,
}) as { readonly world: World; readonly grants: Disclosures; readonly cases: readonly ClaimsCase[] };

function fileOf(number: string, client = 'school', ids = [CHILD, GUARDIAN]): CaseFile {
  const subjects = ids.map((id, i) => ({ role: i === 0 ? 'child' : 'guardian', kind: 'CITIZEN', id }));
  return { client, number, matter: MATTER, filedOn: '2026-07-01', subjects };
}

function coordinatesOf(given: Disclosures): Grant['coordinates'] {
  const all = Object.entries({ 'Mutation.compareClaims': 'FULL', ...given }).filter(([, each]) => each !== null);
  return Object.fromEntries(all) as Grant['coordinates'];
}

function gatewayFor(one: Partial<ClaimsCase>, options: Partial<MemoryGatewayOptions> = {}): Promise<MemoryGateway> {
  const coordinates = coordinatesOf(one.grants ?? grants);
  const residents = (world.Resident ?? []).map((row) => (one.noHousehold ? { ...row, householdNumber: null } : row));
  return openMemoryGateway({
    grants: ['school', 'stranger'].map((client) => ({
      id: client,
      client,
      coordinates,
      subjects: 'RELATED' as const,
      regions: one.regions ?? [],
    })),
    world: { ...world, Resident: residents },
    cases: [fileOf('C-1')],
    ...(one.down === undefined ? {} : { down: one.down }),
    ...options,
  });
}

interface Answer {
  readonly data?: { readonly compareClaims: readonly Readonly<Record<string, string | null>>[] | null };
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly field?: string } }[];
}

async function state(
  run: MemoryGateway,
  stated: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const claims = Object.entries(stated).map(([claim, value]) => ({ claim, value }));
  const { body } = await run.call({ query: COMPARE, variables: { claims } }, { ...HEADERS, ...headers });
  return JSON.parse(body) as Answer;
}

const outcomeOf = ({ data, errors }: Answer): string =>
  errors?.[0]?.extensions.code ?? data?.compareClaims?.[0]?.outcome ?? 'NOTHING';

describe('claims', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const run = await gatewayFor(one);
    try {
      const answer = await state(run, one.stated);
      if (one.outcomes !== undefined) {
        const told = (answer.data?.compareClaims ?? []).map(({ claim, outcome, unknown }) => [
          claim,
          unknown === null ? outcome : `${outcome}:${unknown}`,
        ]);
        expect(Object.fromEntries(told)).toEqual(one.outcomes);
        for (const { nameZh, nameEn, element, department } of answer.data?.compareClaims ?? []) {
          for (const text of [nameZh, nameEn, element, department]) expect(text).not.toBe('');
        }
      }
      const code = one.refused ?? one.code;
      if (code !== undefined) {
        expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
        if (one.field !== undefined) expect(answer.errors?.[0]?.extensions.field).toBe(one.field);
      }
      const text = JSON.stringify(answer);
      for (const fact of ['王小明', '2020-01-01', '100200300', '江滨路', '0008062', '0000001']) {
        expect(text).not.toContain(fact);
      }
      const entry = run.entries.at(-1);
      expect(entry).toMatchObject({ kind: 'request', matter: MATTER, caseNumber: 'C-1', ...one.record });
      for (const value of Object.values(one.stated).filter((text) => text.length > 2))
        expect(JSON.stringify(run.entries)).not.toContain(value);
      if (one.asked !== undefined) {
        const asked = Object.entries(run.asked()).flatMap(([department, all]) =>
          all.length === 0
            ? []
            : [[department, all.map(({ template }) => template.id.replace(`${department}/`, ''))] as const],
        );
        expect(Object.fromEntries(asked)).toEqual(one.asked);
      }
    } finally {
      await run.close();
    }
  });
});

describe('whoever guesses', () => {
  it('has five different wrong values for a fact in a case, on the record and with an alarm, and then not even the right one', async () => {
    const run = await gatewayFor({});
    try {
      for (const day of ['02', '03', '04', '05', '06']) {
        expect(outcomeOf(await state(run, { childBirthDate: `2020-01-${day}` }))).toBe('MISMATCH');
      }
      // What is known to be wrong tells nothing new.
      expect(outcomeOf(await state(run, { childBirthDate: '2020/1/6' }))).toBe('MISMATCH');
      expect(outcomeOf(await state(run, { childBirthDate: '2020-01-01' }))).toBe('CLAIM_ATTEMPTS_EXCEEDED');
      // The alarm may be recorded before it or after it.
      const refusal = run.entries.filter(({ kind }) => kind === 'request').at(-1);
      expect(refusal).toMatchObject({
        outcome: 'REFUSED',
        code: 'CLAIM_ATTEMPTS_EXCEEDED',
        used: [],
        subjects: [`pseudonym of CITIZEN:${GUARDIAN}`, `pseudonym of CITIZEN:${CHILD}`],
      });
      expect(refusal).not.toHaveProperty('claims');
      await run.settle();
      const alarms = run.entries.filter((entry) => entry.kind === 'alarm');
      expect(alarms).toMatchObject([{ alarm: 'CLAIM_GUESSING', client: 'school', held: false }]);
      // Another fact of the same person is another count.
      expect(outcomeOf(await state(run, { childName: '王小明' }))).toBe('MATCH');
    } finally {
      await run.close();
    }
  });

  it('has the right value as often as it is asked', async () => {
    const run = await gatewayFor({});
    try {
      for (let i = 0; i < 30; i += 1) expect(outcomeOf(await state(run, { childName: '王小明' }))).toBe('MATCH');
    } finally {
      await run.close();
    }
  });

  it('loses no attempt to a department that is down', async () => {
    const run = await gatewayFor({ down: ['PROPERTY'] });
    try {
      for (let i = 0; i < 8; i += 1) {
        const number = `闽(2017)南平不动产权第000000${i}号`;
        expect(outcomeOf(await state(run, { certificateNumber: number }))).toBe('UNKNOWN');
      }
    } finally {
      await run.close();
    }
  });

  it('meets one bound for a person over all cases and applications', async () => {
    const numbers = ['C-1', 'C-2', 'C-3', 'C-4', 'C-5'];
    const run = await gatewayFor(
      {},
      { cases: numbers.flatMap((number) => [fileOf(number), fileOf(number, 'stranger')]) },
    );
    try {
      const outcomes: string[] = [];
      let guess = 0;
      for (const number of numbers) {
        for (const client of ['school', 'stranger']) {
          for (let i = 0; i < 5; i += 1) {
            guess += 1;
            const name = `王${String.fromCharCode(0x4e00 + guess)}`;
            const headers = { 'mianzheng-case': number, authorization: `Bearer ${client}` };
            outcomes.push(outcomeOf(await state(run, { childName: name }, headers)));
          }
        }
      }
      expect(outcomes.filter((outcome) => outcome === 'MISMATCH')).toHaveLength(20);
      expect(outcomes.slice(20).every((outcome) => outcome === 'CLAIM_ATTEMPTS_EXCEEDED')).toBe(true);
      // The guardian of the same cases is another person.
      expect(outcomeOf(await state(run, { guardianName: '王大明' }))).toBe('MATCH');
    } finally {
      await run.close();
    }
  });

  it('has no more by asking at once, under aliases or in parallel', async () => {
    const run = await gatewayFor({});
    try {
      const guesses = Array.from({ length: 16 }, (_, i) => `王${String.fromCharCode(0x5000 + i)}`);
      const parallel = await Promise.all(guesses.slice(0, 12).map((name) => state(run, { childName: name })));
      const aliases = guesses
        .slice(12)
        .map((name, i) => `a${i}: compareClaims(claims: [{ claim: "childName", value: "${name}" }]) { outcome }`);
      const { body } = await run.call({ query: `mutation { ${aliases.join(' ')} }` }, HEADERS);
      const outcomes = parallel.map(outcomeOf);
      expect(outcomes.filter((outcome) => outcome === 'MISMATCH')).toHaveLength(5);
      expect(outcomes.filter((outcome) => outcome === 'CLAIM_ATTEMPTS_EXCEEDED')).toHaveLength(7);
      expect(body).toContain('CLAIM_ATTEMPTS_EXCEEDED');
      expect(body).not.toContain('MISMATCH');
    } finally {
      await run.close();
    }
  });

  it('may try again after the days that values count for a person, in another case', async () => {
    let now = NOW;
    const limits = { perCase: 2, perSubject: 2, subjectDays: 30 };
    const run = await gatewayFor({}, { claims: limits, now: () => now, cases: [fileOf('C-1'), fileOf('C-2')] });
    const another = { 'mianzheng-case': 'C-2' };
    try {
      for (const name of ['王一', '王二']) expect(outcomeOf(await state(run, { childName: name }))).toBe('MISMATCH');
      expect(outcomeOf(await state(run, { childName: '王三' }, another))).toBe('CLAIM_ATTEMPTS_EXCEEDED');
      now += 30 * 86_400_000;
      expect(outcomeOf(await state(run, { childName: '王三' }, another))).toBe('MISMATCH');
      expect(outcomeOf(await state(run, { childName: '王三' }))).toBe('CLAIM_ATTEMPTS_EXCEEDED');
    } finally {
      await run.close();
    }
  });

  it('cannot halve: a wrong day answers the same whichever side it is on', async () => {
    const run = await gatewayFor({}, { claims: { perCase: 10_000, perSubject: 10_000, subjectDays: 30 } });
    try {
      const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
      await fc.assert(
        fc.asyncProperty(days, async (day) => {
          const date = day.toISOString().slice(0, 10);
          const { data, errors } = await state(run, { childBirthDate: date });
          const { outcome, ...rest } = data?.compareClaims?.[0] ?? {};
          expect(errors).toBeUndefined();
          expect(outcome).toBe(date === '2020-01-01' ? 'MATCH' : 'MISMATCH');
          expect(rest).toEqual({
            claim: 'childBirthDate',
            unknown: null,
            element: 'child.birthDate',
            department: 'HOUSEHOLD',
            nameZh: '出生日期',
            nameEn: 'Date of birth',
          });
        }),
        { numRuns: 60 },
      );
    } finally {
      await run.close();
    }
  });

  it('learns nothing where the store cannot count', async () => {
    const run = await gatewayFor({});
    try {
      await run.gateway.store.findCase('school', 'C-1');
      Object.assign(run.gateway.store.claims, { reserve: () => Promise.reject(new Error('gone')) });
      expect(outcomeOf(await state(run, { childName: '王小明' }))).toBe('OVERLOADED');
      expect(Object.values(run.asked()).flat()).toEqual([]);
    } finally {
      await run.close();
    }
  });
});
