import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseAddress } from '../../src/domain/address.js';

describe('normaliseAddress', () => {
  test.each([
    ['福建省南平市延平区梅山街道１２号', '延平区梅山街道12号'],
    ['南平市延平区梅山街道12号', '延平区梅山街道12号'],
    ['延平区 梅山街道　12 号', '延平区梅山街道12号'],
    ['福建省 南平市 武夷山市崇安街道Ａ幢', '武夷山市崇安街道A幢'],
    ['福建省武夷山市崇安街道', '武夷山市崇安街道'],
    ['延平区南平市场', '延平区南平市场'],
    ['福建省福州市鼓楼区', '福州市鼓楼区'],
    ['', ''],
  ])('%s', (text, normal) => {
    expect(normaliseAddress(text)).toBe(normal);
  });

  test('twice changes nothing more', () => {
    const addresses = fc.array(
      fc.oneof(
        fc.constantFrom('福建省', '南平市', '延平区', ' ', '　', '１', 'e', '\u0301', '\u00A8'),
        fc.string({ unit: 'binary' }),
      ),
    );
    fc.assert(
      fc.property(addresses, (parts) => {
        const once = normaliseAddress(parts.join(''));
        expect(normaliseAddress(once)).toBe(once);
        expect(once).not.toMatch(/\s/);
      }),
    );
  });
});
