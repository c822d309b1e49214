/** A short selection of the faults, so that every run of the tests tries some: `npm run test:faults` tries all. */
import { describe, expect, it } from 'vitest';
import { mariadb } from '../support/services.js';
import { ALL_FAULTS } from './all.js';
import { run, sound } from './run.js';

const CHOSEN = [
  'household hanging',
  'household resetting mid-row',
  'vaccination API promises rows it does not send',
  'control store refusing',
  'record folder moved away',
  'gateway killed at 3 random moments',
];

describe.skipIf(mariadb === null)('faults on real parts', () => {
  it('lose, deny, double and hide nothing, and pass', { timeout: 300_000 }, async () => {
    if (mariadb === null) throw new TypeError('runs where MariaDB answers');
    const faults = ALL_FAULTS.filter(({ name }) => CHOSEN.includes(name));
    expect(faults).toHaveLength(CHOSEN.length);
    const found = await run(mariadb, 'SOURCE', faults, () => undefined);
    expect(found.table.flatMap(({ fault, unexpected }) => unexpected.map((what) => `${fault}: ${what}`))).toEqual([]);
    expect(found).toMatchObject({ lost: 0, wrongNo: 0, wrongYes: 0, unrecorded: 0, doubled: 0, record: [] });
    expect(sound(found)).toBe(true);
  });
});
