import { describe, expect, it } from 'vitest';
import { SeedFileError } from '../../seeds/faults.js';
import { readSeedFile } from '../../seeds/files.js';
import { LICENCE_TYPES } from '../../seeds/reference.js';
import { readStories, readStoryBooks, type Story } from '../../seeds/stories.js';
import { storyRows } from '../../seeds/story-rows.js';
import { addDays, addMonths, ageInMonths, fromCompactDate, monthOf } from '../../src/domain/calendar.js';
import { parseCitizenId } from '../../src/domain/identifiers.js';

const book = readStories();
const rows = storyRows(book);
const { stories } = book;

const told = (id: string): Story => {
  const story = stories.find((one) => one.id === id);
  if (story === undefined) throw new Error(`no story ${id}`);
  return story;
};
const subject = (story: Story, role: string): string => story.subjects.find((one) => one.role === role)?.id ?? '';
const same = (stored: string, id: string): boolean => {
  const parsed = parseCitizenId(stored);
  return parsed.ok && parsed.value === id;
};
const resident = (id: string) =>
  rows.HJXX_CZRKJBXXB.filter((row) => same(row.gmsfhm, id)).sort((a, b) => (a.qysj < b.qysj ? 1 : -1))[0];
const birthOf = (id: string): string => fromCompactDate(id.slice(6, 14)) ?? '';
const permitsOf = (id: string) =>
  rows.DZZZ_ZZXX.filter(({ czztdm, zzlxdm }) => czztdm === id && zzlxdm === LICENCE_TYPES.RESIDENCE_PERMIT.code).map(
    ({ zzyxqqsrq, zzyxqjzrq }) => [fromCompactDate(zzyxqqsrq) ?? '', fromCompactDate(zzyxqjzrq) ?? ''] as const,
  );
const leased = (id: string): boolean =>
  rows.DZZZ_ZZXX.some(({ czztdm, zzlxdm }) => czztdm === id && zzlxdm === LICENCE_TYPES.LEASE.code);
const monthsOf = (id: string): string[] => {
  const insured = rows.AC01.find(({ aac002 }) => aac002 === id)?.aac001;
  return rows.AC43.filter(({ aac001, aae140 }) => aac001 === insured && aae140 === '110').map(({ aae003 }) => aae003);
};

describe.each(stories.map((story) => [story.id, story] as const))('%s', (_, story) => {
  it('has a child and a guardian with rows', () => {
    expect(story.subjects.map(({ role }) => role)).toEqual(['child', 'guardian']);
    for (const { id } of story.subjects) expect(resident(id)).toBeDefined();
  });

  it('has a child of six, or says that the age is the point', () => {
    const birth = birthOf(subject(story, 'child'));
    const inWindow = birth >= '2019-09-01' && birth <= '2020-08-31';
    expect(inWindow).toBe(story.id !== 'one-day-too-young');
  });

  it('has grown-up guardians', () => {
    expect(ageInMonths(birthOf(subject(story, 'guardian')), story.filedOn)).toBeGreaterThan(18 * 12);
  });
});

describe('the stories stand for what they tell', () => {
  it('there are 16, numbered in order', () => {
    expect(stories.map(({ caseNumber }) => caseNumber)).toEqual(
      stories.map((_, i) => `NP-2026-${String(i + 1).padStart(4, '0')}`),
    );
    expect(stories.length).toBe(16);
  });

  it('one-day-too-young: born on the first day that is too late', () => {
    expect(birthOf(subject(told('one-day-too-young'), 'child'))).toBe('2020-09-01');
  });

  it('grandparents-home: 41 to the head, parents in fq and mq only, the grandfather owns', () => {
    const child = resident(subject(told('grandparents-home'), 'child'));
    expect([child?.yhzgx, child?.jhrygmsfhm, child?.jhregmsfhm]).toEqual(['41', null, null]);
    expect([child?.fqgmsfhm, child?.mqgmsfhm]).toEqual(['350783198802179037', '350722199005269023']);
    expect(rows.BDC_QLR.some(({ qlrzjh }) => same(qlrzjh, child?.fqgmsfhm ?? ''))).toBe(false);
    expect(rows.BDC_QLR.some(({ qlrzjh }) => same(qlrzjh, '350783195806119011'))).toBe(true);
  });

  it('uncle-applies: he is in no guardian or parent column', () => {
    const story = told('uncle-applies');
    const child = resident(subject(story, 'child'));
    const recorded = [child?.jhrygmsfhm, child?.jhregmsfhm, child?.fqgmsfhm, child?.mqgmsfhm];
    expect(recorded).not.toContain(subject(story, 'guardian'));
  });

  it('in all others the applicant is a recorded guardian', () => {
    for (const story of stories.filter(({ id }) => id !== 'uncle-applies')) {
      const child = resident(subject(story, 'child'));
      const recorded = [child?.jhrygmsfhm, child?.jhregmsfhm].filter((id) => id !== null);
      const guardians = recorded.length > 0 ? recorded : [child?.fqgmsfhm, child?.mqgmsfhm];
      expect(guardians).toContain(subject(story, 'guardian'));
    }
  });

  it.each([
    ['migrant-complete', true, true, true],
    ['permit-endorsed-late', false, true, true],
    ['insurance-interrupted', true, false, true],
    ['lease-not-recorded', true, true, false],
  ])('%s: permit for a year %s, insured for a year %s, lease on record %s', (id, permitted, insured, leasing) => {
    const story = told(id);
    const guardian = subject(story, 'guardian');
    const permits = permitsOf(guardian);
    let since = story.filedOn;
    for (const [from, to] of [...permits].reverse()) if (to >= addDays(since, -1)) since = from;
    expect(since <= addMonths(story.filedOn, -12)).toBe(permitted);
    expect(permits.some(([from, to]) => from <= story.filedOn && to >= story.filedOn)).toBe(true);
    const lastYear = monthOf(addMonths(story.filedOn, -12)).replace('-', '');
    expect(monthsOf(guardian).filter((month) => month >= lastYear).length >= 12).toBe(insured);
    expect(leased(guardian)).toBe(leasing);
  });

  it('second-mmr-missing: all doses but that one', () => {
    const child = rows.YMJZ_ETDA.find(({ sfzh }) => sfzh === subject(told('second-mmr-missing'), 'child'));
    const mmr = rows.YMJZ_JZJL.filter(({ fchildno, ym }) => fchildno === child?.fchildno && ym === '05');
    expect(mmr.map(({ jc }) => jc)).toEqual(['1']);
    const other = rows.YMJZ_ETDA.find(({ sfzh }) => sfzh === subject(told('household-and-home'), 'child'));
    const both = rows.YMJZ_JZJL.filter(({ fchildno, ym }) => fchildno === other?.fchildno && ym === '05');
    expect(both.map(({ jc }) => jc)).toEqual(['1', '2']);
  });

  it('legacy-rows: 15 digits, a small x, an older row never closed, full-width digits', () => {
    const child = subject(told('legacy-rows'), 'child');
    const states = rows.HJXX_CZRKJBXXB.filter(({ gmsfhm }) => same(gmsfhm, child));
    expect(states.map(({ jssj }) => jssj)).toEqual(['00000000', '00000000']);
    expect(new Set(states.map(({ qysj }) => qysj)).size).toBe(2);
    expect(resident(child)?.gmsfhm).toBe('35078220200627903x');
    const holder = rows.BDC_QLR.find(({ qlrzjh }) => qlrzjh.length === 15);
    expect(same(holder?.qlrzjh ?? '', subject(told('legacy-rows'), 'guardian'))).toBe(true);
    const unit = rows.BDC_BDCDY.find(({ bdcdyh }) => bdcdyh === holder?.bdcdyh);
    expect(unit?.zl).toMatch(/８８号/);
  });

  it('birth-date-unreadable, registration-moved-out, moved-in-this-year: the one wrong column', () => {
    expect(resident(subject(told('birth-date-unreadable'), 'child'))?.csrq).toBe('00000000');
    expect(resident(subject(told('registration-moved-out'), 'child'))?.ryzt).toBe('2');
    expect(resident(subject(told('moved-in-this-year'), 'child'))?.hslbz).toBe('20260112');
  });

  it.each([
    ['half-share', '50%'],
    ['share-of-thirty-percent', '30%'],
  ])('%s: the father holds %s', (id, share) => {
    const guardian = subject(told(id), 'guardian');
    expect(rows.BDC_QLR.filter(({ qlrzjh }) => qlrzjh === guardian).map(({ qlbl }) => qlbl)).toEqual([share]);
  });
});

describe('the stories of other matters', () => {
  const books = readStoryBooks();
  const all = storyRows(...books);
  const others = books.slice(1).flatMap((one) => one.stories);

  it('leave every row of the first file as it is', () => {
    for (const [table, before] of Object.entries(rows)) {
      expect(all[table as keyof typeof all].slice(0, before.length)).toEqual(before);
    }
  });

  it('are of thirteen matters', () => {
    expect(new Set(others.map(({ matter }) => matter)).size).toBe(13);
    expect(others.length).toBe(36);
  });

  it.each(others.map((story) => [story.id, story] as const))('%s: every subject has rows', (_, story) => {
    for (const { kind, id } of story.subjects) {
      const found = {
        CITIZEN: () => all.HJXX_CZRKJBXXB.some(({ gmsfhm }) => gmsfhm === id),
        ENTERPRISE: () => all.AB01.some(({ aab003 }) => aab003 === id),
        LICENCE: () => all.DZZZ_ZZXX.some(({ zzbs }) => zzbs === id),
        PROPERTY_UNIT: () => all.BDC_BDCDY.some(({ bdcdyh }) => bdcdyh === id),
      }[kind]();
      expect(found, id).toBe(true);
    }
  });
});

describe('a wrong file', () => {
  const text = readSeedFile('stories.yaml');

  it('is refused with all its faults at once', () => {
    const broken = text
      .replaceAll('350702202003059021', '350702202003059022')
      .replace('filedOn: 2026-07-01', 'filedOn: 2026-07-32')
      .replace('id: half-share', 'id: Half Share');
    let faults: readonly string[] = [];
    try {
      readStories(broken);
    } catch (error) {
      if (error instanceof SeedFileError) faults = error.faults;
    }
    expect(faults.some((fault) => fault.includes('not a citizen ID'))).toBe(true);
    expect(faults.some((fault) => fault.includes('filedOn'))).toBe(true);
    expect(faults.some((fault) => fault.startsWith('stories.2.id'))).toBe(true);
  });

  it.each([
    ['a name nobody bears', 'holders: [{ person: grandfather }]', 'holders: [{ person: nobody }]', 'no nobody'],
    ['a case number twice', 'NP-2026-0002', 'NP-2026-0001', 'share a caseNumber'],
    ['an unknown key', 'filedOn: 2026-07-01', 'filedon: 2026-07-01', 'filedon'],
    ['a road of the random city', 'road: 解放路', 'road: 八一路', 'road'],
  ])('is refused for %s', (_, from, to, word) => {
    expect(() => readStories(text.replace(from, to))).toThrow(word);
  });
});
