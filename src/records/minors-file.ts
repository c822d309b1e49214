/** The yearly report on minors' data as a file. */
import { stringify } from 'csv-stringify/sync';
import exceljs from 'exceljs';
import { MANY_MINORS_A_DAY, type MinorsAnomaly, type MinorsReport, NIGHT } from './minors.js';

/** Forms of the report. */
export type MinorsFileFormat = 'CSV' | 'JSON' | 'XLSX';

const HEADINGS = [
  '应用系统 client',
  '经办人 operator',
  '事项 matter',
  '审批依据 approval basis',
  '请求数 requests',
  '未成年人数 minors',
  '不满十四周岁 under 14',
  '夜间请求 at night',
  '字段 field',
  '字段请求数 requests for it',
] as const;

type Cell = string | number;

/** A row for each field of each line; a line that gave none has one row. */
function rowsOf({ lines }: MinorsReport): Cell[][] {
  return lines.flatMap((line) => {
    const { client, operator, matter, legalBases, requests, minors, under14, atNight } = line;
    const own: Cell[] = [
      client ?? '',
      operator ?? '',
      matter ?? '',
      legalBases.join('；'),
      requests,
      minors,
      under14,
      atNight,
    ];
    if (line.fields.length === 0) return [[...own, '', '']];
    return line.fields.map(({ coordinate, requests: times }) => [...own, coordinate, times]);
  });
}

/** What an anomaly is, in Chinese and English. */
export function anomalyInWords(anomaly: MinorsAnomaly): string {
  const client = anomaly.client ?? '?';
  switch (anomaly.kind) {
    case 'NO_OPERATOR':
      return `${client}：${anomaly.requests} 次请求未注明经办人 / requests that name no operator`;
    case 'NO_BASIS':
      return `${client}：${anomaly.requests} 次请求无审批依据 / requests that gave a field without a legal basis`;
    case 'AT_NIGHT':
      return `${client}，${anomaly.operator ?? '—'}：${anomaly.requests} 次请求在 ${NIGHT.from}:00–${NIGHT.to}:00 / requests at night`;
    case 'MANY_MINORS':
      return `${client}，${anomaly.operator ?? '—'}，${anomaly.day}：一日涉及 ${anomaly.minors} 名未成年人（多于 ${MANY_MINORS_A_DAY}）/ minors in one day`;
    case 'ALARM':
      return `${client}：告警 ${anomaly.alarm} ${anomaly.count} 次 / alarms`;
  }
}

function summary(report: MinorsReport): (readonly [string, Cell])[] {
  return [
    ['请求数 requests', report.requests],
    ['未成年人数 minors', report.minors],
    ['不满十四周岁 under 14', report.under14],
    ['拒绝或失败 refused or failed', report.refused],
    ['年龄不明 age not known', report.ageNotKnown],
    ...report.anomalies.map((anomaly) => [`异常 anomaly ${anomaly.kind}`, anomalyInWords(anomaly)] as const),
  ];
}

/** Writes the report: CSV (its lines), JSON (all of it) or a workbook of two sheets. */
export async function minorsFile(report: MinorsReport, format: MinorsFileFormat): Promise<Buffer> {
  if (format === 'JSON') return Buffer.from(`${JSON.stringify(report, null, 2)}\n`);
  if (format === 'CSV') {
    return Buffer.from(
      stringify(rowsOf(report), { bom: true, escape_formulas: true, header: true, columns: [...HEADINGS] }),
    );
  }
  const workbook = new exceljs.Workbook();
  const lines = workbook.addWorksheet('明细 lines');
  lines.addRow([...HEADINGS]);
  for (const row of rowsOf(report)) lines.addRow(row);
  const sums = workbook.addWorksheet('汇总 summary');
  for (const row of summary(report)) sums.addRow([...row]);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}
