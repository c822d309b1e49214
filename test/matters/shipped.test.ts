import { describe, expect, it } from 'vitest';
import { elementsTold, inputOf, type MatterCases, matterOf, matters, table } from './support.js';

it('ships the three matters', () => {
  expect([...matters.keys()]).toEqual([
    'employment-subsidy',
    'public-venue-hygiene-cancellation',
    'school-enrolment-primary',
  ]);
});

describe.each([...matters.keys()])('%s', (code) => {
  const matter = matterOf(code);
  const file = table<MatterCases>(`${code}.yaml`);

  it.each(file.cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const verdict = matter.judge(inputOf(matter, file, one));
    expect({ verdict: verdict.verdict, tier: verdict.tier, elements: elementsTold(verdict) }).toEqual({
      verdict: one.verdict,
      tier: one.tier ?? null,
      elements: one.elements ?? [],
    });
  });

  it('gives every failing or unknown requirement an element and a reason in both languages', () => {
    for (const one of file.cases) {
      for (const told of matter.judge(inputOf(matter, file, one)).requirements) {
        const silent = [told.element, told.reasonZh, told.reasonEn].filter((text) => text === null || text === '');
        expect(silent.length, `${one.name}: ${told.id}`).toBe(told.outcome === 'TRUE' ? 3 : 0);
        expect(`${told.reasonZh}${told.reasonEn}`, one.name).not.toMatch(/[{}]|undefined|—/);
      }
    }
  });

  it('discloses no fact and no identifier in its reasons', () => {
    for (const one of file.cases) {
      const input = inputOf(matter, file, one);
      const texts = JSON.stringify(matter.judge(input));
      const personal = new Set([...Object.values(input.subjects), ...stringsOf(input.data)]);
      for (const text of personal) if (text.length > 12) expect(texts, one.name).not.toContain(text);
    }
  });

  it('always tells the human route, the rule set and the day', () => {
    for (const one of file.cases) {
      const input = inputOf(matter, file, one);
      expect(matter.judge(input)).toMatchObject({
        reviewZh: matter.review.zh,
        reviewEn: matter.review.en,
        ruleSet: input.ruleSet.id,
        asOf: input.asOf,
      });
    }
  });
});

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

it('names the department whose fact could not be had, and lists it as used', () => {
  const matter = matterOf('school-enrolment-primary');
  const file = table<MatterCases>('school-enrolment-primary.yaml');
  const input = inputOf(matter, file, {
    name: '',
    of: 'household-and-home',
    unknown: { 'child.guardians.0.resident.properties': ['SOURCE_DOWN', 'PROPERTY'] },
    verdict: 'PENDING',
  });
  const verdict = matter.judge(input);
  expect(verdict.requirements.find(({ id }) => id === 'home-at-registered-address')).toEqual({
    id: 'home-at-registered-address',
    nameZh: '户籍地址有监护人住房',
    nameEn: "Guardians' home at the registered address",
    outcome: 'UNKNOWN',
    effect: 'TIER',
    element: 'child.guardians.resident.properties',
    department: 'PROPERTY',
    reasonZh:
      '自然资源不动产登记的数据（child.guardians.resident.properties）未能取得：数据源暂时无法访问。不会因此作出不利决定。',
    reasonEn:
      'Natural resources, real-estate registration: child.guardians.resident.properties could not be had, the source is not answering. Nothing is held against the applicant for it.',
  });
  expect(verdict.usedUnknowns).toEqual(input.unknowns);
});

it('fills reasons with parameters and dates of the case', () => {
  const matter = matterOf('school-enrolment-primary');
  const file = table<MatterCases>('school-enrolment-primary.yaml');
  const set = { 'child.birthDate': '2020-09-01' };
  const input = inputOf(matter, file, { name: '', of: 'household-and-home', set, verdict: 'NOT_MET' });
  expect(matter.judge(input).reasonsEn).toEqual(['The child must be born by 2020-08-31 to be 6 years old in time.']);
});
