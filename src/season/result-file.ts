/** The result: a table for people, a row for each row of the list, in its order. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import exceljs from 'exceljs';
import { SeasonFault } from './faults.js';
import type { Journal, RowResult } from './journal.js';

/** Headings of the result. */
export const RESULT_HEADINGS = [
  '行号',
  '办件编号',
  '结论',
  '顺位',
  '未通过要素',
  '原因',
  '错误码',
  '记录位置',
  '回执',
] as const;

/** Conclusions in Chinese, as the schema's enum names them. */
export const VERDICTS_ZH: Readonly<Record<string, string>> = {
  APPROVED: '核验通过',
  NOT_MET: '不符合条件',
  NEEDS_COMMITMENT: '需告知承诺',
  NEEDS_REVIEW: '需人工复核',
  PENDING: '待数据恢复',
  AWAITING: '待部门核验',
  REFUSED: '未核验',
};

type ResultRow = readonly (string | number)[];

function tableRow(result: RowResult): ResultRow {
  const { row, number, verdict, tierZh, elements, reasonsZh, code, record, receipt } = result;
  return [
    row,
    number ?? '',
    VERDICTS_ZH[result.awaited === true ? 'AWAITING' : (verdict ?? 'REFUSED')] ?? verdict ?? '',
    tierZh ?? '',
    elements.join('；'),
    reasonsZh.join('；'),
    code ?? '',
    record ?? '',
    receipt ?? '',
  ];
}

async function* tableRows(journal: Journal): AsyncGenerator<ResultRow> {
  for (let row = 1; row <= journal.lastRow; row += 1) {
    const result = await journal.result(row);
    if (result !== null) yield tableRow(result);
  }
}

async function writeCsv(file: string, rows: AsyncIterable<ResultRow>): Promise<void> {
  // The byte order mark makes a spreadsheet read it as UTF-8; a cell that begins like a formula is made text.
  const table = stringify({ bom: true, escape_formulas: true, header: true, columns: [...RESULT_HEADINGS] });
  const target = createWriteStream(file, { mode: 0o600 });
  table.pipe(target);
  const ended = finished(target);
  for await (const row of rows) {
    if (!table.write(row)) await Promise.race([once(table, 'drain'), ended]);
  }
  table.end();
  await ended;
}

async function writeXlsx(file: string, rows: AsyncIterable<ResultRow>): Promise<void> {
  const target = createWriteStream(file, { mode: 0o600 });
  const workbook = new exceljs.stream.xlsx.WorkbookWriter({
    stream: target,
    useSharedStrings: false,
    useStyles: false,
  });
  const sheet = workbook.addWorksheet('结果');
  sheet.addRow([...RESULT_HEADINGS]).commit();
  const ended = finished(target);
  for await (const row of rows) {
    sheet.addRow([...row]).commit();
    // The library does not say when to wait; what the file has not taken yet must not pile up.
    if (target.writableNeedDrain) await Promise.race([once(target, 'drain'), ended]);
  }
  sheet.commit();
  await Promise.all([workbook.commit(), ended]);
}

/** Puts a file in place whole: written beside it, made durable, then renamed. */
export async function writeWhole(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await write(temporary);
    await sync(temporary);
    await rename(temporary, file);
    await sync(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw new SeasonFault('OUTPUT', `${file} cannot be written`, error);
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether a result can be written under this name. */
export function isResultName(file: string): boolean {
  return ['.csv', '.xlsx'].includes(extname(file).toLowerCase());
}

/** Writes the result, CSV or XLSX by the name's ending. @throws SeasonFault where it cannot be written */
export function writeResult(file: string, journal: Journal): Promise<void> {
  const write = extname(file).toLowerCase() === '.xlsx' ? writeXlsx : writeCsv;
  return writeWhole(file, (temporary) => write(temporary, tableRows(journal)));
}
