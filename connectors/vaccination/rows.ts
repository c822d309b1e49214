/** Raw rows of the vaccination system → clean attributes; shared by database and API. Unknown vaccines: null. */
import { compareText } from '../../src/domain/calendar.js';
import { bestOfEach, rowKey } from '../assemble.js';
import { date, flag, text } from '../clean.js';
import type { Mapping, RawRow } from '../definition.js';
import type { AssessmentBasis, GivenDose } from './assessment.js';
import { vaccineOf } from './vaccines.js';

/** Doses a record shows at most, by the schema. A child has some forty; the assessment reads all. */
const MAX_DOSES = 100;

/** The record in charge (zt 1) before others, then the lowest number; 0 within one record. */
function inCharge(a: RawRow, b: RawRow): number {
  if (a.fchildno === b.fchildno) return 0;
  const rank = (raw: RawRow) => (raw.zt === '1' ? 0 : 1);
  return rank(a) - rank(b) || compareText(String(a.fchildno), String(b.fchildno));
}

/** Raw rows that carry a dose; a child without any has one row that does not. */
function dosesOf(all: readonly RawRow[]): readonly RawRow[] {
  return all.filter((raw) => raw.jlid !== null);
}

/** Number of a dose, 1 to 99; null where it is not typed as a number. */
function doseNumber(raw: unknown): number | null {
  const typed = text(raw);
  return typed !== null && /^0*[1-9]\d?$/.test(typed) ? Number(typed) : null;
}

function assessmentBasis(raw: RawRow, all: readonly RawRow[]): AssessmentBasis {
  const doses: GivenDose[] = [];
  for (const row of dosesOf(all)) {
    const vaccine = vaccineOf(text(row.ym) ?? '');
    if (vaccine === null) continue;
    const { name, countsAs } = vaccine;
    doses.push({ vaccine: name, countsAs, dose: doseNumber(row.jc), date: date(row.jzrq) ?? null });
  }
  return { birthDate: date(raw.csrq) ?? null, doses };
}

/** Rows of `vaccinationRecord`: one for each child. */
export const vaccinationRecordRows: Mapping = {
  objects: (rows) => bestOfEach(rows, () => '', inCharge),
  attributes: {
    $row: (raw) => rowKey(raw.fchildno),
    childNumber: (raw) => text(raw.fchildno),
    assessmentBasis,
  },
  embedded: {
    doses: {
      count: 'MANY',
      of: (all) => dosesOf(all).slice(0, MAX_DOSES),
      attributes: {
        vaccine: (raw) => vaccineOf(text(raw.ym) ?? '')?.name ?? null,
        dose: (raw) => doseNumber(raw.jc),
        date: (raw) => date(raw.jzrq),
        lot: (raw) => text(raw.ymph),
        station: (raw) => text(raw.stationCode),
        free: (raw) => flag(raw.ismf),
      },
    },
  },
};
