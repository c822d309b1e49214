/** Entries of the record as a file: CSV for a spreadsheet, or JSON lines. */
import { stringify } from 'csv-stringify/sync';
import type { ExportedEntry } from '../audit/export.js';

/** Most entries of one file. */
export const MOST_EXPORTED = 10_000;

/** Forms of a file. */
export type EntryFileFormat = 'CSV' | 'JSON';

/** Media type by form. */
export const FILE_MEDIA: Readonly<Record<EntryFileFormat, string>> = {
  CSV: 'text/csv; charset=utf-8',
  JSON: 'application/jsonl; charset=utf-8',
};

/** Headings of the CSV form. */
export const ENTRY_HEADINGS = [
  '位置 place',
  '哈希 hash',
  '类别 kind',
  '时间 time',
  '应用系统 client',
  '经办人 operator',
  '事项 matter',
  '办件编号 case',
  '依据 legal bases',
  '当事人化名 subjects',
  '返回 disclosed',
  '脱敏返回 masked',
  '规则内使用 used',
  '未提供 withheld',
  '结论 verdict',
  '结果 outcome',
  '代码 code',
  '操作人 actor',
  '操作 action',
] as const;

function cells(entry: ExportedEntry): readonly string[] {
  const { position, kind, record } = entry;
  const own = record as unknown as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof own[name] === 'string' ? own[name] : '');
  const list = (name: string) => (Array.isArray(own[name]) ? own[name].join('；') : '');
  return [
    `${position.chain}/${position.seq}`,
    position.hash,
    kind,
    record.time,
    text('client'),
    text('operator'),
    text('matter'),
    text('caseNumber'),
    list('legalBases'),
    list('subjects'),
    list('disclosed'),
    list('masked'),
    list('used'),
    list('withheld'),
    text('verdict'),
    text('outcome'),
    text('code'),
    text('actor'),
    text('action') || text('alarm'),
  ];
}

/**
 * Writes entries. The CSV form is UTF-8 with a byte order mark, cells that begin like a formula are made text; the JSON form has
 * an entry a line, as `mianzheng audit export` writes it.
 */
export function entryFile(entries: readonly ExportedEntry[], format: EntryFileFormat): Buffer {
  if (format === 'JSON') return Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  const columns = [...ENTRY_HEADINGS];
  return Buffer.from(stringify(entries.map(cells), { bom: true, escape_formulas: true, header: true, columns }));
}
