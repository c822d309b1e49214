import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  citizenForms,
  code,
  date,
  decimal,
  exactForm,
  flag,
  identifier,
  link,
  month,
  text,
} from '../../connectors/clean.js';
import { partyReference } from '../../connectors/party.js';
import { parseShare } from '../../connectors/property/share.js';
import { parseDate } from '../../src/domain/calendar.js';
import { parseCitizenId } from '../../src/domain/identifiers.js';

describe('text', () => {
  it.each([
    [' 张三 ', '张三'],
    ['　全角空格　', '全角空格'],
    ['', null],
    [' 　\t', null],
    [null, null],
    [undefined, null],
    [7, '7'],
  ])('%j → %j', (raw, expected) => expect(text(raw)).toBe(expected));

  it.each([[{}], [['a']], [true], [Buffer.from('a')]])('throws for %j: a column of another type is no absence', (raw) =>
    expect(() => text(raw)).toThrow(TypeError),
  );
});

describe('dates and months', () => {
  it.each([
    ['20240229', '2024-02-29'],
    ['20240229 ', '2024-02-29'],
    ['20230229', null],
    ['00000000', null],
    ['        ', null],
    ['240229', null],
    ['99999999', null],
    [20240229, '2024-02-29'],
    ['2024-02-29', undefined],
    ['2024-2-9', undefined],
    ['出生于二月', undefined],
  ])('%j → %j', (raw, expected) => expect(date(raw)).toBe(expected));
  it.each([
    ['202402', '2024-02'],
    ['202413', null],
    ['000000', null],
    ['', null],
    ['2024-02', undefined],
  ])('%j → %j', (raw, expected) => expect(month(raw)).toBe(expected));

  it('never yields a day the calendar does not have', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{8}$/), (digits) => {
        const read = date(digits) ?? null;
        expect(read === null || parseDate(read) === read).toBe(true);
      }),
    );
  });
});

describe('numbers, flags and codes', () => {
  it.each([
    ['89.50', 89.5],
    [89.5, 89.5],
    ['-3', -3],
    ['', null],
    [null, null],
    ['1e3', null],
    ['NaN', null],
    ['89,5', null],
    ['9'.repeat(400), null],
  ])('decimal %j → %j', (raw, expected) => expect(decimal(raw)).toBe(expected));
  it.each([
    ['1', true],
    ['0', false],
    ['2', null],
    ['', null],
    [null, null],
  ])('flag %s → %j', (raw, expected) => expect(flag(raw)).toBe(expected));
  it('a code is its name; unknown and blank ones are told apart', () => {
    const names = { '1': 'ONE' };
    expect(code(' 1', names, null)).toBe('ONE');
    expect(code('2', { ...names, '9': 'OTHER' }, 'OTHER')).toBe('OTHER');
    expect(code(' ', { ...names, '9': 'OTHER' }, 'OTHER')).toBeNull();
    expect(code('constructor', names, null)).toBeNull();
  });
});

describe('integers of SQLite', () => {
  it('come as bigint and are read as such', () => {
    expect(text(9007199254740993n)).toBe('9007199254740993');
    expect(decimal(90n)).toBe(90);
    expect(flag(1n)).toBe(true);
  });
});

describe('identifiers', () => {
  it.each([
    ['11010519491231002x', '11010519491231002X', '11010519491231002X'],
    ['110105491231002', '11010519491231002X', '11010519491231002X'],
    [' 110105194912310021 ', null, '110105194912310021'],
    ['无', null, '无'],
    ['', null, null],
  ])('%j links to %j and shows %j', (stored, linked, shown) => {
    expect(link(stored, parseCitizenId)).toBe(linked);
    expect(identifier(stored, parseCitizenId)).toBe(shown);
  });

  it('looks a citizen ID up in every form and anything else as it is', () => {
    expect(citizenForms('11010519491231002X')).toEqual(['11010519491231002X', '11010519491231002x', '110105491231002']);
    expect(citizenForms('350702201803150013')).toEqual(['350702201803150013']);
    expect(citizenForms('91350702MA2Y0A1B53')).toEqual(['91350702MA2Y0A1B53']);
    expect(exactForm('a')).toEqual(['a']);
  });

  it.each([
    ['111', '110105491231002', { type: 'Resident', key: '11010519491231002X' }],
    ['001', '91350702MA2Y0A1B53', { type: 'Enterprise', key: '91350702MA2Y0A1B53' }],
    ['001', '11010519491231002X', null],
    ['111', '91350702MA2Y0A1B53', null],
    ['414', '11010519491231002X', null],
    [null, '11010519491231002X', null],
    ['111', null, null],
  ])('document %j %j belongs to %j', (kind, number, party) => expect(partyReference(kind, number)).toEqual(party));
});

describe('shares', () => {
  it.each([
    ['50%', 0.5],
    ['５０％', 0.5],
    [' 33.33 %', 0.3333],
    ['1/2', 0.5],
    ['１／３', 1 / 3],
    ['0.5', 0.5],
    ['1', 1],
    ['100%', 1],
    ['', null],
    ['50', null],
    ['0', null],
    ['0%', null],
    ['3/2', null],
    ['1/0', null],
    ['1/2%', null],
    ['120%', null],
    ['一半', null],
    ['-0.5', null],
    ['0.5.5', null],
    ['1e-1', null],
  ])('%j → %j', (typed, share) => {
    if (share === null) expect(parseShare(typed)).toBeNull();
    else expect(parseShare(typed)).toBeCloseTo(share, 12);
  });

  it('is null or a part of the whole, whatever was typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,8}[./%]?\d{0,8}[%/]?$/)), (typed) => {
        const share = parseShare(typed);
        expect(share === null || (share > 0 && share <= 1)).toBe(true);
      }),
    );
  });
});
