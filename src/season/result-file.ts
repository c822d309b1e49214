/** The result: a table for people, a row for each row of the list, in its order. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
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

async function writeCsv(file: string, journal: Journal): Promise<void> {
  const target = createWriteStream(file, { mode: 0o600 });
  const ended = finished(target);
  // A cell that begins like a formula is made text.
  const csv = (rows: readonly ResultRow[]): string => stringify([...rows], { escape_formulas: true });
  // The byte order mark makes a spreadsheet read it as UTF-8.
  target.write(`\ufeff${csv([RESULT_HEADINGS])}`);
  for await (const results of journal.results()) {
    // One call for many rows: as a stream, the library goes through its machinery for each.
    if (!target.write(csv(results.map(tableRow)))) await Promise.race([once(target, 'drain'), ended]);
  }
  target.end();
  await ended;
}

async function writeXlsx(file: string, journal: Journal): Promise<void> {
  const target = createWriteStream(file, { mode: 0o600 });
  const workbook = new exceljs.stream.xlsx.WorkbookWriter({
    stream: target,
    useSharedStrings: false,
    useStyles: false,
  });
  const sheet = workbook.addWorksheet('结果');
  sheet.addRow([...RESULT_HEADINGS]).commit();
  const ended = finished(target);
  for await (const results of journal.results()) {
    for (const result of results) sheet.addRow([...tableRow(result)]).commit();
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
  return writeWhole(file, (temporary) => write(temporary, journal));
}
