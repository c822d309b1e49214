/** Rows of the first sheet of an XLSX workbook, one after the other. */
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

/**
 * Reads the first sheet of a workbook whole. The library's streaming reader, which {@link readXlsx} uses, decodes chunk
 * by chunk and spoils a Chinese character that two chunks share: a list of texts is read whole.
 * @param bytes the workbook; the caller bounds its size
 * @throws SeasonFault INPUT where it is no workbook
 */
export async function readWholeXlsx(bytes: Uint8Array): Promise<readonly RawRow[]> {
  const workbook = new exceljs.Workbook();
  try {
    await workbook.xlsx.load(bytes.buffer as ArrayBuffer);
  } catch (error) {
    throw new SeasonFault('INPUT', 'the file cannot be read as an XLSX workbook', error);
  }
  const rows: RawRow[] = [];
  workbook.worksheets[0]?.eachRow({ includeEmpty: false }, (row) => void rows.push(rowOf(row)));
  return rows;
}

/**
 * Reads the first sheet of a workbook row by row; the first is the headings.
 * @throws SeasonFault INPUT where it is no workbook
 */
export async function* readXlsx(file: string): AsyncGenerator<RawRow> {
  const workbook = new exceljs.stream.xlsx.WorkbookReader(file, {
    worksheets: 'emit',
    sharedStrings: 'cache',
    hyperlinks: 'ignore',
    // Without styles a date is a number.
    styles: 'cache',
    entries: 'ignore',
  });
  try {
    for await (const sheet of workbook) {
      for await (const row of sheet) yield rowOf(row);
      return;
    }
  } catch (error) {
    if (error instanceof SeasonFault) throw error;
    throw new SeasonFault('INPUT', 'the file cannot be read as an XLSX workbook', error);
  }
}
