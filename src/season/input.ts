/** The list of applications: a CSV or XLSX file, looked over once and then read as often as is needed. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Columns, columnsOf, type SeasonRole } from './columns.js';
import { SeasonFault } from './faults.js';
import { type Encoding, readCsv } from './read-csv.js';
import { readXlsx } from './read-xlsx.js';
import { isBlank, type RawRow, readRow, type SeasonRow } from './rows.js';

/** A list that can be read. */
export interface SeasonInput {
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  /** Rows that hold something, without the headings. */
  readonly count: number;
  readonly columns: Columns;
  /**
   * The rows in order, read anew at every call and never held together. A case number that stood
   * in an earlier row makes the later one faulty.
   * @throws SeasonFault INPUT where the file is no longer the one looked over
   */
  rows(): AsyncGenerator<SeasonRow>;
}

/** Bytes as read once: their hash, and whether they are UTF-8. */
async function survey(file: string): Promise<{ readonly sha256: string; readonly encoding: Encoding }> {
  const hash = createHash('sha256');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let encoding: Encoding = 'utf8';
  const decodes = (bytes?: Uint8Array): void => {
    try {
      decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      encoding = 'gb18030';
    }
  };
  for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(bytes);
    if (encoding === 'utf8') decodes(bytes);
  }
  if (encoding === 'utf8') decodes();
  return { sha256: hash.digest('hex'), encoding };
}

/** What shows that a file was changed, without reading it. */
async function stampOf(file: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(file);
  return `${size} ${mtimeMs} ${ino}`;
}

const textOf = (row: RawRow): string[] => row.cells.map((cell) => (cell.is === 'TEXT' ? cell.text : ''));

/**
 * Looks a list over.
 * @param file ends in `.csv` or `.xlsx`
 * @param named headings the user names, as {@link columnsOf} takes them
 * @throws SeasonFault INPUT where it cannot be read, or lacks columns
 */
export async function openInput(
  file: string,
  roles: readonly SeasonRole[],
  named: Readonly<Record<string, string>>,
): Promise<SeasonInput> {
  const ending = extname(file).toLowerCase();
  if (ending !== '.csv' && ending !== '.xlsx') throw new SeasonFault('INPUT', 'the list must be a .csv or .xlsx file');
  const stamp = await stampOf(file).catch((cause: unknown) => {
    throw new SeasonFault('INPUT', `${file} cannot be read`, cause);
  });
  const { sha256, encoding } = await survey(file);
  const raw = () => (ending === '.xlsx' ? readXlsx(file) : readCsv(file, encoding));
  let columns: Columns | null = null;
  let count = 0;
  for await (const row of raw()) {
    if (columns === null) columns = columnsOf(textOf(row), roles, named);
    else if (!isBlank(row)) count += 1;
  }
  if (columns === null) throw new SeasonFault('INPUT', `${file} is empty`);
  const found = columns;
  return { sha256, count, columns: found, rows: () => rowsOf(raw, found, () => requireSame(file, stamp)) };
}

async function requireSame(file: string, stamp: string): Promise<void> {
  if ((await stampOf(file)) !== stamp) throw new SeasonFault('INPUT', `${file} was changed meanwhile`);
}

async function* rowsOf(
  raw: () => AsyncGenerator<RawRow>,
  columns: Columns,
  unchanged: () => Promise<void>,
): AsyncGenerator<SeasonRow> {
  await unchanged();
  const firstRows = new Map<string, number>();
  let headings = true;
  for await (const cells of raw()) {
    if (headings || isBlank(cells)) {
      headings = false;
      continue;
    }
    const row = readRow(cells, columns);
    const first = row.number === null ? undefined : firstRows.get(row.number);
    if (row.number === null || first === undefined) {
      if (row.number !== null) firstRows.set(row.number, row.row);
      yield row;
      continue;
    }
    const column = columns.number.heading;
    const fault = { column, zh: `与第 ${first} 行重复`, en: `stands already in row ${first}` };
    const faults = row.is === 'FAULTY' ? row.faults : [];
    yield { is: 'FAULTY', row: row.row, number: row.number, faults: [fault, ...faults] };
  }
  await unchanged();
}
