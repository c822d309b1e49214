/** Tables as files that people save and send: CSV and Excel workbooks (XLSX). */
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import exceljs from 'exceljs';
import iconv from 'iconv-lite';
import { MianzhengError } from '../errors.js';
import { firstSheetOf } from '../season/read-xlsx.js';

/** Form of a file, as the schema's enum `FileFormat`. */
export type FileFormat = 'CSV' | 'XLSX';

/** A file as the schema's type `ExportedFile`. */
export interface ExportedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly base64: string;
  readonly rows: number;
}

/** Lines of a file that is read, the heading among them. */
const MOST_LINES = 2001;
/** Columns looked at. */
const MOST_COLUMNS = 50;
/** Largest file that is read, bytes. */
const MOST_BYTES = 2 * 1024 * 1024;
/** Longest line of CSV, characters. Beyond it a quote was left open. */
const LONGEST_LINE = 65_536;

const MEDIA_TYPES: Readonly<Record<FileFormat, string>> = {
  CSV: 'text/csv; charset=utf-8',
  XLSX: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/**
 * Writes a table. A cell that begins like a formula is text in both forms: in CSV by an apostrophe before it.
 * @param name without its ending
 */
export async function writeTable(
  format: FileFormat,
  name: string,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<ExportedFile> {
  const about = { name: `${name}.${format.toLowerCase()}`, mediaType: MEDIA_TYPES[format], rows: rows.length };
  if (format === 'CSV') {
    // The byte order mark makes a spreadsheet read it as UTF-8.
    const text = stringify([[...headings], ...rows.map((row) => [...row])], { bom: true, escape_formulas: true });
    return { ...about, base64: Buffer.from(text).toString('base64') };
  }
  const workbook = new exceljs.Workbook();
  const sheet = workbook.addWorksheet(name.slice(0, 31));
  sheet.addRow([...headings]);
  for (const row of rows) sheet.addRow([...row]);
  return { ...about, base64: Buffer.from(await workbook.xlsx.writeBuffer()).toString('base64') };
}

function unreadable(why: string): MianzhengError {
  return new MianzhengError('BAD_USER_INPUT', why, { field: 'base64' });
}

/** Text of a cell, without the apostrophe that keeps a formula from being one. */
function clean(text: string): string {
  const trimmed = text.trim();
  return /^'[=+\-@]/.test(trimmed) ? trimmed.slice(1) : trimmed;
}

function decoded(bytes: Buffer): string {
  const text = iconv.decode(bytes, 'utf8');
  // What a Chinese Excel saves as CSV is GB18030.
  return text.includes('\uFFFD') ? iconv.decode(bytes, 'gb18030') : text;
}

function readCsv(bytes: Buffer): string[][] {
  try {
    const options = { bom: true, relax_column_count: true, max_record_size: LONGEST_LINE, to_line: MOST_LINES + 1 };
    return parse(decoded(bytes), options) as string[][];
  } catch (error) {
    if (error instanceof CsvError) throw unreadable('cannot be read as CSV');
    throw error;
  }
}

async function readXlsx(bytes: Buffer): Promise<string[][]> {
  const rows: string[][] = [];
  try {
    for await (const row of firstSheetOf(Readable.from([bytes]), 'ignore')) {
      const cells: string[] = [];
      for (let i = 1; i <= Math.min(row.cellCount, MOST_COLUMNS); i += 1) cells.push(row.getCell(i).text);
      rows.push(cells);
      if (rows.length > MOST_LINES) break;
    }
  } catch (error) {
    // exceljs throws errors of its parts as they are, with what they found in the file.
    if (error instanceof Error) throw unreadable('cannot be read as a workbook');
    throw error;
  }
  return rows;
}

/**
 * Reads a table: lines of cells without blanks around them, the heading first.
 * @throws MianzhengError BAD_USER_INPUT where it cannot be read, is larger than 2 MiB or longer than 2,000 lines
 */
export async function readTable(format: FileFormat, base64: string): Promise<readonly (readonly string[])[]> {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(base64)) throw unreadable('is not Base64');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || bytes.length > MOST_BYTES) throw unreadable(`takes 1 to ${MOST_BYTES} bytes`);
  const lines = format === 'CSV' ? readCsv(bytes) : await readXlsx(bytes);
  if (lines.length > MOST_LINES) throw unreadable(`takes at most ${MOST_LINES - 1} lines below the heading`);
  return lines.map((line) => line.slice(0, MOST_COLUMNS).map(clean));
}
