import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import exceljs from 'exceljs';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../src/admin/table-files.js';
import { firstSheetOf } from '../../src/season/read-xlsx.js';

/** Each of another length, so that the pieces a file is read in end at every byte of a character. */
const TEXTS = Array.from({ length: 1500 }, (_, n) => `第${n}行：${'核验监护人身份与居住情况'.slice(0, n % 12)}`);

async function written(useSharedStrings: boolean): Promise<Buffer> {
  const stream = new PassThrough();
  const bytes = buffer(stream);
  const workbook = new exceljs.stream.xlsx.WorkbookWriter({ stream, useSharedStrings });
  const sheet = workbook.addWorksheet('名单');
  for (const text of TEXTS) sheet.addRow([text]).commit();
  await workbook.commit();
  return bytes;
}

describe.each([
  ['among the shared strings', true],
  ['in the sheet itself', false],
])('texts of a workbook that stand %s', (_, shared) => {
  it('are read as they are, wherever the pieces of the file end', async () => {
    const bytes = await written(shared);
    const read: string[] = [];
    for await (const row of firstSheetOf(Readable.from([bytes]), 'ignore')) read.push(row.getCell(1).text);
    expect(read).toEqual(TEXTS);
  });

  it('are so too in a table that an administrator hands in', async () => {
    const bytes = await written(shared);
    const table = await readTable('XLSX', bytes.toString('base64'));
    expect(table).toEqual(TEXTS.map((text) => [text]));
  });
});
