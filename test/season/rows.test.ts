/** test/cases/season-rows.yaml: how a list of applications is read, as CSV in each encoding and as XLSX. */
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import exceljs from 'exceljs';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { openInput } from '../../src/season/input.js';
import type { SeasonRow } from '../../src/season/rows.js';

type CellGiven =
  | string
  | { readonly number: number }
  | { readonly date: string }
  | { readonly error: string }
  | { readonly rich: readonly string[] }
  | { readonly formula: string };

interface Case {
  readonly name: string;
  readonly only?: 'csv' | 'xlsx';
  readonly named?: Readonly<Record<string, string>>;
  readonly rows?: readonly (readonly CellGiven[])[];
  readonly text?: string;
  readonly read?: readonly unknown[];
  readonly fault?: readonly string[];
}

const cases = parse(readFileSync(join(PACKAGE_ROOT, 'test/cases/season-rows.yaml'), 'utf8')) as readonly Case[];

const ROLES = [
  { role: 'child', kind: 'CITIZEN', required: true },
  { role: 'guardian', kind: 'CITIZEN', required: true },
];

const FORMATS = ['utf8', 'utf8 with a byte order mark', 'gb18030', 'xlsx'] as const;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-season-rows-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function csvOf({ rows, text }: Case): string {
  const quoted = (cell: CellGiven) => `"${(cell as string).replaceAll('"', '""')}"`;
  return text ?? (rows ?? []).map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function spreadsheetValue(cell: CellGiven): exceljs.CellValue {
  if (typeof cell === 'string') return cell;
  if ('number' in cell) return cell.number;
  if ('date' in cell) return new Date(`${cell.date}T00:00:00Z`);
  if ('error' in cell) return { error: '#REF!' };
  if ('rich' in cell) return { richText: cell.rich.map((text) => ({ text })) };
  return { formula: 'A1', result: cell.formula };
}

async function write(format: (typeof FORMATS)[number], given: Case): Promise<string> {
  const file = join(folder, format === 'xlsx' ? 'list.xlsx' : 'list.csv');
  if (format === 'xlsx') {
    const workbook = new exceljs.Workbook();
    const sheet = workbook.addWorksheet('报名');
    for (const row of given.rows ?? []) sheet.addRow(row.map(spreadsheetValue));
    await workbook.xlsx.writeFile(file);
  } else {
    const text = csvOf(given);
    const encoded = format === 'gb18030' ? iconv.encode(text, 'gb18030') : Buffer.from(text);
    writeFileSync(file, format.endsWith('mark') ? Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), encoded]) : encoded);
  }
  return file;
}

function told(row: SeasonRow): unknown {
  if (row.is === 'FAULTY') return { row: row.row, faults: row.faults.map(({ column, en }) => [column, en]) };
  const place = row.division === undefined ? [] : [row.division];
  return [row.number, row.filedOn, ...row.subjects.map(({ id }) => id), ...place];
}

function expected(read: unknown): unknown {
  if (Array.isArray(read)) return read;
  const { row, faults } = read as { readonly row: number; readonly faults: readonly (readonly [string, string])[] };
  return { row, faults: faults.map(([column, words]) => [column, expect.stringContaining(words)]) };
}

describe.each(FORMATS)('a list in %s', (format) => {
  const fitting = cases.filter(({ only }) => only === undefined || (only === 'xlsx') === (format === 'xlsx'));

  it.each(fitting)('$name', async (given) => {
    const file = await write(format, given);
    const reading = openInput(file, ROLES, given.named ?? {});
    if (given.fault !== undefined) {
      const fault = await reading.then(
        () => 'no fault',
        (error: unknown) => (error as Error).message,
      );
      for (const words of given.fault) expect(fault).toContain(words);
      return;
    }
    const input = await reading;
    const rows = [];
    for await (const row of input.rows()) rows.push(row);
    expect(rows.map(told)).toEqual(given.read?.map(expected));
    expect(input.count).toBe(rows.length);
    // It can be read again, as a round of pending rows does.
    let again = 0;
    for await (const _row of input.rows()) again += 1;
    expect(again).toBe(rows.length);
  });
});

describe('a list', () => {
  it('must be .csv or .xlsx, there, and readable', async () => {
    writeFileSync(join(folder, 'list.txt'), 'x');
    writeFileSync(join(folder, 'broken.xlsx'), 'no workbook');
    await expect(openInput(join(folder, 'list.txt'), ROLES, {})).rejects.toMatchObject({ kind: 'INPUT' });
    await expect(openInput(join(folder, 'absent.csv'), ROLES, {})).rejects.toMatchObject({ kind: 'INPUT' });
    await expect(openInput(join(folder, 'broken.xlsx'), ROLES, {})).rejects.toMatchObject({ kind: 'INPUT' });
  });

  it('that is changed while it is read is refused, for its rows are no longer those looked over', async () => {
    const file = await write('utf8', cases[0] as Case);
    const input = await openInput(file, ROLES, {});
    utimesSync(file, new Date(), new Date(Date.now() + 5000));
    await expect(input.rows().next()).rejects.toMatchObject({ kind: 'INPUT' });
  });
});
