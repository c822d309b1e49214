import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_MASK_SETTINGS, type MaskKind, mask } from '../../src/domain/mask.js';
import { tableCases } from './cases.js';

interface MaskCase {
  readonly name?: string;
  readonly text: string;
  readonly masked: string;
}

const KINDS: readonly MaskKind[] = ['NAME', 'ID_NUMBER', 'ADDRESS', 'PHONE'];
const table = tableCases<MaskCase>('masks.yaml');
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 300 }));
const settings = fc.record({
  idNumberHead: fc.integer({ min: 0, max: 10 }),
  idNumberTail: fc.integer({ min: 0, max: 4 }),
});
const han = (minLength: number, maxLength: number) =>
  fc.string({
    unit: fc.integer({ min: 0x4e00, max: 0x9fff }).map((c) => String.fromCodePoint(c)),
    minLength,
    maxLength,
  });

test('the table has cases for every mask', () => {
  expect(Object.keys(table).sort()).toEqual([...KINDS].sort());
});

for (const kind of KINDS) {
  describe(kind, () => {
    const cases = (table[kind] ?? []).map((c) => ({ ...c, name: c.name ?? c.text }));
    test.each(cases)('$name', ({ text, masked }) => {
      expect(mask(kind, text, DEFAULT_MASK_SETTINGS)).toBe(masked);
    });

    test('never throws', () => {
      fc.assert(
        fc.property(anyText, settings, (text, s) => {
          expect(mask(kind, text, s)).toBeTypeOf('string');
        }),
      );
    });
  });
}

const length = (text: string) => Array.from(text).length;

describe('what is hidden stays hidden', () => {
  test('a name shows at most its first and last character', () => {
    fc.assert(
      fc.property(han(1, 12), (name) => {
        const shown = mask('NAME', name, DEFAULT_MASK_SETTINGS);
        expect(length(shown)).toBe(length(name));
        expect(shown.slice(1, -1)).toBe('*'.repeat(Math.max(0, name.length - 2)));
        if (name.length < 3) expect(shown.endsWith('*')).toBe(true);
      }),
    );
  });

  test('blanks put into a name show no more of it', () => {
    fc.assert(
      fc.property(han(1, 6), fc.constantFrom(' ', '　', '\u200B', '\uFE00'), (name, blank) => {
        const padded = Array.from(name).join(blank) + blank;
        expect(mask('NAME', padded, DEFAULT_MASK_SETTINGS)).toBe(mask('NAME', name, DEFAULT_MASK_SETTINGS));
      }),
    );
  });

  test('of a number the tail, then the head, and never more than half is shown', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{0,28}$/), settings, (text, s) => {
        const shown = mask('ID_NUMBER', text, s);
        const tail = Math.min(s.idNumberTail, Math.floor(text.length / 2));
        const head = Math.min(s.idNumberHead, Math.floor(text.length / 2) - tail);
        const hidden = text.length - head - tail;
        expect(shown).toBe(text.slice(0, head) + '*'.repeat(hidden) + text.slice(text.length - tail));
        expect(hidden).toBeGreaterThanOrEqual(text.length / 2);
      }),
    );
  });

  test('an address shows nothing after its county', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('福建省南平市延平区', '南平市建瓯市', '松溪县'),
        fc.string({ unit: 'grapheme' }),
        (county, rest) => {
          fc.pre(!rest.trimStart().startsWith('场'));
          expect(mask('ADDRESS', county + rest, DEFAULT_MASK_SETTINGS)).toBe(`${county}***`);
        },
      ),
    );
  });

  test('an address never shows a digit', () => {
    const parts = fc.constantFrom(
      '福建省',
      '福州市',
      '鼓楼区',
      '南平市',
      '小区',
      '路',
      '市',
      '区',
      '县',
      '旗',
      '1',
      '23',
      '号',
      '镇',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (address) => {
        expect(mask('ADDRESS', address.join(''), DEFAULT_MASK_SETTINGS)).not.toMatch(/\d/);
      }),
      { numRuns: 1000 },
    );
  });

  test('a mobile number hides its middle four digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000_000_000, max: 19_999_999_999 }).map(String), (phone) => {
        expect(mask('PHONE', phone, DEFAULT_MASK_SETTINGS)).toBe(`${phone.slice(0, 3)}****${phone.slice(7)}`);
      }),
    );
  });
});

test.each(['NAME', 'ID_NUMBER'] as const)(
  'masking a masked %s again changes neither its length nor shows more',
  (kind) => {
    fc.assert(
      fc.property(anyText, settings, (text, s) => {
        const once = mask(kind, text, s);
        const twice = mask(kind, once, s);
        expect(length(twice)).toBe(length(once));
        expect(twice).toBe(once);
      }),
    );
  },
);
