/** Rows of the first sheet of an XLSX workbook, one after the other. */
import type { Readable } from 'node:stream';
import exceljs from 'exceljs';
import { SeasonFault } from './faults.js';
import type { Cell, RawRow } from './rows.js';

/** Columns looked at. */
const MAX_COLUMNS = 200;

function textCell(text: string): Cell {
  const trimmed = text.trim();
  return trimmed === '' ? { is: 'EMPTY' } : { is: 'TEXT', text: trimmed };
}

/** What a cell holds; a formula stands for its result. */
function cellOf(value: exceljs.CellValue): Cell {
  if (value === null || value === undefined) return { is: 'EMPTY' };
  if (typeof value === 'string') return textCell(value);
  if (typeof value === 'number') return { is: 'NUMBER', value };
  // A spreadsheet's dates have no zone; the library gives them as if they were UTC.
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? { is: 'OTHER' } : { is: 'DATE', date: value.toISOString().slice(0, 10) };
  }
  if (typeof value !== 'object') return { is: 'OTHER' };
  if ('richText' in value) return textCell(value.richText.map(({ text }) => text).join(''));
  if ('result' in value) return cellOf(value.result);
  if ('hyperlink' in value) return textCell(value.text);
  return { is: 'OTHER' };
}

function rowOf(row: exceljs.Row): RawRow {
  const cells: Cell[] = [];
  for (let i = 1; i <= Math.min(row.cellCount, MAX_COLUMNS); i += 1) cells.push(cellOf(row.getCell(i).value));
  return { row: row.number, cells };
}

/** What of the library's streaming reader takes the parts of a workbook. */
interface Parts {
  _parseSharedStrings(part: Readable): AsyncGenerator<unknown>;
  _parseWorksheet(part: AsyncIterable<Uint8Array>, sheet: string): Generator<unknown>;
}

/** Text of UTF-8 that comes in pieces. */
async function* decoded(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

/**
 * Rows of the first sheet of a workbook as the library has them, one after the other.
 * @param source path of the file, or its bytes
 * @param styles `cache` where dates are to be told from numbers
 * @throws errors of the library as they are, with what they found in the file
 */
export async function* firstSheetOf(
  source: string | Readable,
  styles: 'cache' | 'ignore',
): AsyncGenerator<exceljs.Row> {
  const workbook = new exceljs.stream.xlsx.WorkbookReader(source, {
    worksheets: 'emit',
    sharedStrings: 'cache',
    hyperlinks: 'ignore',
    styles,
    entries: 'ignore',
  });
  // It decodes piece by piece, which spoils a Chinese character that two pieces share, unless it is given text.
  const parts = workbook as unknown as Parts;
  const parseSharedStrings = parts._parseSharedStrings.bind(workbook);
  const parseWorksheet = parts._parseWorksheet.bind(workbook);
  parts._parseSharedStrings = (part) => parseSharedStrings(part.setEncoding('utf8'));
  parts._parseWorksheet = (part, sheet) => parseWorksheet(decoded(part) as AsyncIterable<never>, sheet);
  for await (const sheet of workbook) {
    yield* sheet;
    return;
  }
}

/**
 * Reads the first sheet of a workbook row by row; the first is the headings.
 * @throws SeasonFault INPUT where it is no workbook
 */
export async function* readXlsx(file: string): AsyncGenerator<RawRow> {
  try {
    for await (const row of firstSheetOf(file, 'cache')) yield rowOf(row);
  } catch (error) {
    if (error instanceof SeasonFault) throw error;
    throw new SeasonFault('INPUT', 'the file cannot be read as an XLSX workbook', error);
  }
}
