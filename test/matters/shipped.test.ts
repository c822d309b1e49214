import { describe, expect, it } from 'vitest';
import { inputOf } from '../../src/matters/cases.js';
import { casesOf, matterOf, matters, shipped } from './support.js';

it('ships these matters, each with cases of its own', () => {
  expect([...matters.keys()]).toEqual([
    'dwelling-transfer',
    'employment-subsidy',
    'labour-dispatch-licence',
    'licence-inspection',
    'licence-presentation',
    'licence-recognition',
    'pension-relation-transfer',
    'property-inheritance',
    'public-venue-hygiene-cancellation',
    'public-venue-hygiene-name-change',
    'residence-permit-presentation',
    'school-enrolment-junior-high',
    'school-enrolment-kindergarten',
    'school-enrolment-primary',
  ]);
});

describe.each(shipped)('%s', (code, cases) => {
  const matter = matterOf(code);
  const { file } = cases;

  it.each(cases.run().map((result) => [result.name, result.differences] as const))('%s', (_, differences) => {
    expect(differences).toEqual([]);
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

it('names the department whose fact could not be had, and lists it as used', async () => {
  const matter = matterOf('school-enrolment-primary');
  const { file } = await casesOf('school-enrolment-primary');
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

it('fills reasons with parameters and dates of the case', async () => {
  const matter = matterOf('school-enrolment-primary');
  const { file } = await casesOf('school-enrolment-primary');
  const set = { 'child.birthDate': '2020-09-01' };
  const input = inputOf(matter, file, { name: '', of: 'household-and-home', set, verdict: 'NOT_MET' });
  expect(matter.judge(input).reasonsEn).toEqual(['The child must be born by 2020-08-31 to be 6 years old in time.']);
});
