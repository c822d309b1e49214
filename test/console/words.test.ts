/** The console's own words stand for closed lists of the gateway: each entry has its words, and there are no others. */
import { describe, expect, it } from 'vitest';
import { ERROR_WORDS } from '../../console/src/parts/error-words.js';
import { REASONS, SEASON_RESULTS, SOURCE_FAULTS } from '../../console/src/parts/terms.js';
import { fill, words } from '../../console/src/words.js';
import { WITHHELD_REASONS } from '../../src/domain/withheld.js';
import { ERROR_STATUS, type SourceFault } from '../../src/errors.js';
import { VERDICTS_ZH } from '../../src/season/result-file.js';

describe('the words for errors', () => {
  it('cover the closed list, and the one case in which no answer came', () => {
    expect(Object.keys(ERROR_WORDS).sort()).toEqual([...Object.keys(ERROR_STATUS), 'OFFLINE'].sort());
  });

  it.each(Object.entries(ERROR_WORDS))('%s is said in both languages', (_code, [zh, en]) => {
    expect(zh).toMatch(/[\u4e00-\u9fff].*。$/);
    expect(en).toMatch(/^[A-Z].*\.$/);
  });
});

describe('the words for withheld fields', () => {
  it('cover every reason of the planner', () => {
    expect(Object.keys(REASONS).sort()).toEqual(Object.keys(WITHHELD_REASONS).sort());
  });
});

describe('the words for faults of a source', () => {
  it('cover each, and no other', () => {
    // A fault that has no words, or has been given up, does not compile.
    const faults: Readonly<Record<SourceFault, unknown>> = SOURCE_FAULTS;
    expect(Object.keys(faults)).toHaveLength(6);
  });
});

describe('the words for what came of a row of a season', () => {
  it('are those of its result file', () => {
    expect(Object.fromEntries(Object.entries(SEASON_RESULTS).map(([name, [zh]]) => [name, zh]))).toEqual(VERDICTS_ZH);
  });
});

describe('words', () => {
  it('fill in what is given and leave what is not', () => {
    const all = words({ a: '{n} 条，{m}' }, { a: '{n} entries, {m}' });
    expect(fill(all.zh.a, { n: 3 })).toBe('3 条，{m}');
  });
});
