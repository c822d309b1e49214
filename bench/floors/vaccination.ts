/** A child's vaccination record, by hand. */
import { vaccineOf } from '../../connectors/vaccination/vaccines.js';
import { assessmentResult, type Dose } from './assessment.js';
import { compare, date, type Raw, text } from './raw.js';

/** A record. */
export interface Vaccination {
  readonly childNumber: string | null;
  readonly assessment: { readonly result: string } | null;
}

/** 1 to 99; null where it is not typed as a number. */
function doseNumber(typed: string | null): number | null {
  const number = Number(typed ?? Number.NaN);
  return Number.isInteger(number) && number >= 1 && number <= 99 ? number : null;
}

/**
 * The record in charge of a child; null where there is none.
 * @param rows of the child, one for each dose
 * @param day judged by, `YYYY-MM-DD`
 */
export function vaccinationOf(rows: readonly Raw[], day: string): Vaccination | null {
  let first: Raw | undefined;
  for (const rival of rows) {
    if (first === undefined) first = rival;
    else {
      const rank = (row: Raw) => (row.zt === '1' ? 0 : 1);
      if ((rank(rival) - rank(first) || compare(String(rival.fchildno), String(first.fchildno))) < 0) first = rival;
    }
  }
  if (first === undefined) return null;
  const { fchildno } = first;
  const doses: Dose[] = [];
  for (const row of rows) {
    if (row.fchildno !== fchildno || row.jlid === null) continue;
    const vaccine = vaccineOf(text(row.ym) ?? '');
    if (vaccine === null) continue;
    const { name, countsAs } = vaccine;
    doses.push({ vaccine: name, countsAs, number: doseNumber(text(row.jc)), date: date(row.jzrq) });
  }
  const result = assessmentResult(date(first.csrq), doses, day);
  return { childNumber: text(fchildno), assessment: result === null ? null : { result } };
}
