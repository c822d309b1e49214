/** What a row of the list says, as far as it can be read. */
import { parseDate } from '../domain/calendar.js';
import type { Column, Columns } from './columns.js';

/** A cell as the file holds it. */
export type Cell =
  | { readonly is: 'EMPTY' }
  | { readonly is: 'TEXT'; readonly text: string }
  /** A number of a spreadsheet, which keeps no more than 15 digits. */
  | { readonly is: 'NUMBER'; readonly value: number }
  /** A date of a spreadsheet, `YYYY-MM-DD`. */
  | { readonly is: 'DATE'; readonly date: string }
  /** An error, a truth value: nothing an application can hold. */
  | { readonly is: 'OTHER' };

/** A row of cells. `row` is its number as a spreadsheet shows it, from 1. */
export interface RawRow {
  readonly row: number;
  readonly cells: readonly Cell[];
}

/** A subject of an application, as the gateway takes it. */
export interface Subject {
  readonly role: string;
  readonly kind: string;
  readonly id: string;
}

/** What is wrong with one cell. */
export interface RowFault {
  /** Heading of the column. */
  readonly column: string;
  readonly zh: string;
  readonly en: string;
}

/** A row that can be asked about, or what keeps it from being so. */
export type SeasonRow =
  | {
      readonly is: 'APPLICATION';
      readonly row: number;
      /** Case number (办件编号). */
      readonly number: string;
      /** Day of filing (受理日期), `YYYY-MM-DD`. */
      readonly filedOn: string;
      /** Division it was filed in (受理区划); absent where the row names none. */
      readonly division?: string;
      /** What it is counted by; absent where the row has none. */
      readonly school?: string;
      readonly subjects: readonly Subject[];
    }
  | {
      readonly is: 'FAULTY';
      readonly row: number;
      readonly number: string | null;
      readonly faults: readonly RowFault[];
    };

type Read =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly zh: string; readonly en: string };

const wrong = (zh: string, en: string): Read => ({ ok: false, zh, en });
const EMPTY = wrong('为空', 'is empty');
const OTHER = wrong('不是文本', 'holds neither text nor a number');
const DIGITS_LOST = wrong(
  '证件号码被存为数值，Excel 只保留 15 位有效数字，请将该列设为“文本”格式后重新填写',
  'is stored as a number: a spreadsheet keeps 15 digits only. Format the column as text and enter it again',
);
/** What a spreadsheet writes of a long number when it saves as CSV. */
const SCIENTIFIC = /^\d(?:\.\d+)?E\+?\d+$/i;

/** Largest whole number whose every digit a spreadsheet keeps. */
const EXACT = 999_999_999_999_999;

function readIdentifier(cell: Cell): Read {
  switch (cell.is) {
    case 'EMPTY':
      return EMPTY;
    case 'NUMBER':
      return DIGITS_LOST;
    case 'TEXT':
      return SCIENTIFIC.test(cell.text) ? DIGITS_LOST : { ok: true, text: cell.text };
    default:
      return OTHER;
  }
}

function readNumber(cell: Cell): Read {
  if (cell.is === 'NUMBER' && Number.isInteger(cell.value) && cell.value >= 0 && cell.value <= EXACT) {
    return { ok: true, text: String(cell.value) };
  }
  const read = readIdentifier(cell);
  if (!read.ok || /^[A-Za-z0-9.-]{1,64}$/.test(read.text)) return read;
  return wrong('应为 1 至 64 位字母、数字、连字符或点', 'takes 1 to 64 letters, digits, hyphens or dots');
}

const NO_DATE = wrong('不是日期，应形如 2026-07-01', 'is no date such as 2026-07-01');

function readDivision(cell: Cell): Read {
  const text = cell.is === 'NUMBER' ? String(cell.value) : cell.is === 'TEXT' ? cell.text : '';
  return /^\d{6}$/.test(text) ? { ok: true, text } : wrong('应为 6 位区划代码', 'takes the six digits of a division');
}

function readDate(cell: Cell): Read {
  if (cell.is === 'EMPTY') return EMPTY;
  if (cell.is === 'DATE') return { ok: true, text: cell.date };
  // 20260701 is often typed as a number.
  const text = cell.is === 'NUMBER' ? String(cell.value) : cell.is === 'TEXT' ? cell.text : '';
  const match = /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))$/.exec(text);
  if (match === null) return NO_DATE;
  const [, year = '', m1, d1, m2, d2] = match;
  const date = parseDate(`${year}-${(m1 ?? m2 ?? '').padStart(2, '0')}-${(d1 ?? d2 ?? '').padStart(2, '0')}`);
  return date === null ? NO_DATE : { ok: true, text: date };
}

/** Whether a row holds nothing, as the last rows of a spreadsheet often do. */
export function isBlank({ cells }: RawRow): boolean {
  return cells.every(({ is }) => is === 'EMPTY');
}

/** Characters of a school's name that count. */
const LONGEST_SCHOOL = 60;
/** As many digits in a row as the shortest identity number has: a school has no such name. */
const IDENTIFIER = /\d{15}/;

/** What a row is counted by beside its division; null where the cell holds nothing, or what may be somebody's number. */
function readSchool(cell: Cell | undefined): string | null {
  return cell?.is === 'TEXT' && !IDENTIFIER.test(cell.text) ? cell.text.slice(0, LONGEST_SCHOOL) : null;
}

/**
 * Reads a row. The check is of what only this side can see: whether identifiers are well formed and
 * the subjects are those the matter wants is the gateway's to say.
 */
export function readRow({ row, cells }: RawRow, columns: Columns): SeasonRow {
  const faults: RowFault[] = [];
  const take = (column: Column, read: (cell: Cell) => Read): string => {
    const result = read(cells[column.at] ?? { is: 'EMPTY' });
    if (result.ok) return result.text;
    faults.push({ column: column.heading, zh: result.zh, en: result.en });
    return '';
  };
  const number = take(columns.number, readNumber);
  const filedOn = take(columns.filedOn, readDate);
  const named = columns.division !== null && (cells[columns.division.at]?.is ?? 'EMPTY') !== 'EMPTY';
  const place = named ? { division: take(columns.division, readDivision) } : {};
  const subjects: Subject[] = [];
  for (const { role, kind, required, column } of columns.roles) {
    if (column === null || (!required && (cells[column.at]?.is ?? 'EMPTY') === 'EMPTY')) continue;
    subjects.push({ role, kind, id: take(column, readIdentifier) });
  }
  if (faults.length > 0) return { is: 'FAULTY', row, number: number === '' ? null : number, faults };
  const school = columns.school === null ? null : readSchool(cells[columns.school.at]);
  const counted = school === null ? {} : { school };
  return { is: 'APPLICATION', row, number, filedOn, ...place, ...counted, subjects };
}
