/** Raw rows of social security → clean attributes. Unknown codes: kind `OTHER`, state null. */
import { compareText } from '../../src/domain/calendar.js';
import { parseCreditCode } from '../../src/domain/identifiers.js';
import { bestOfEach, rowKey } from '../assemble.js';
import { code, date, decimal, identifier, link, month, text } from '../clean.js';
import type { Mapping, RawRow } from '../definition.js';
import { KIND, STATE } from './codes.js';

/** Paying before paused before ended before unknown; of equals the first in the statement's order stays. */
function morePaying(a: RawRow, b: RawRow): number {
  return compareText(text(a.aac031) ?? '~', text(b.aac031) ?? '~') < 0 ? -1 : 1;
}

/** Rows of `insuranceEnrolment`. */
export const insuranceEnrolmentRows: Mapping = {
  objects: (rows) => bestOfEach(rows, (raw) => text(raw.aae140) ?? '', morePaying),
  attributes: {
    $row: (raw) => rowKey(raw.aac001, raw.aae140),
    kind: (raw) => code(raw.aae140, KIND, 'OTHER'),
    state: (raw) => code(raw.aac031, STATE, null),
    enrolledDate: (raw) => date(raw.aac030),
    division: (raw) => text(raw.aab301),
    employerCode: (raw) => link(raw.aab003, parseCreditCode),
  },
};

/** Rows of `insuredMonth`: one for each payment, so a month stands once for each kind paid. */
export const insuredMonthRows: Mapping = {
  attributes: {
    $row: (raw) => rowKey(raw.aac001, raw.aae140, raw.aae003),
    month: (raw) => month(raw.aae003),
    kind: (raw) => code(raw.aae140, KIND, 'OTHER'),
    amount: (raw) => decimal(raw.aae020),
  },
};

/** mdlx. */
const LIST = { '01': 'WAGE_ARREARS', '02': 'SOCIAL_INSURANCE' };

/**
 * The day of removal: null where the entry still stands. What is no day is undefined, not null and no day either: the
 * entry is then neither over nor standing, so that nothing is concluded from it.
 */
function removal(raw: unknown): string | null | undefined {
  const stored = text(raw);
  return stored === null || stored === '00000000' ? null : (date(stored) ?? undefined);
}

/** Rows of `dishonestyListing`. */
export const dishonestyListingRows: Mapping = {
  attributes: {
    $row: (raw) => rowKey(raw.mdbh),
    list: (raw) => code(raw.mdlx, LIST, 'OTHER'),
    listedDate: (raw) => date(raw.lrrq),
    removedDate: (raw) => removal(raw.ycrq),
  },
};

/** Rows of `enterprise`: a code with several employer numbers (branches) is one, the lowest number. */
export const enterpriseRows: Mapping = {
  objects: (rows) => [rows.slice(0, 1)],
  attributes: {
    $row: (raw) => rowKey(raw.aab001),
    creditCode: (raw) => identifier(raw.aab003, parseCreditCode),
    name: (raw) => text(raw.aab004),
    division: (raw) => text(raw.aab301),
  },
};
