/** Writes a catalogue of proofs as CSV or XLSX, as {@link readProofs} takes it. */
import { stringify } from 'csv-stringify/sync';
import exceljs from 'exceljs';
import { COLUMNS, type ColumnName, SEPARATOR } from './columns.js';
import type { Proof } from './proof.js';

function cellsOf(proof: Proof): readonly string[] {
  const cells: Readonly<Record<ColumnName, string>> = {
    code: proof.code,
    mode: proof.mode,
    name_zh: proof.nameZh,
    name_en: proof.nameEn,
    issuer_zh: proof.issuerZh,
    issuer_en: proof.issuerEn,
    department: proof.department ?? '',
    matters: proof.matters.join(SEPARATOR),
    legal_basis: proof.legalBasis,
    replaced_by: proof.replacedBy.join(' '),
    working_days: proof.workingDays === null ? '' : String(proof.workingDays),
    source: proof.source,
  };
  return COLUMNS.map(({ name }) => cells[name]);
}

/**
 * The catalogue as CSV, UTF-8 without byte order mark: its canonical text.
 * @param forSpreadsheets adds the byte order mark that Excel needs, and keeps it from taking a text for a formula
 */
export function catalogueText(proofs: Iterable<Proof>, forSpreadsheets = false): string {
  const head = COLUMNS.map(({ name }) => name);
  return stringify([head, ...Array.from(proofs, cellsOf)], { bom: forSpreadsheets, escape_formulas: forSpreadsheets });
}

/** The catalogue as an XLSX workbook with Chinese headings. */
export async function catalogueWorkbook(proofs: Iterable<Proof>): Promise<Uint8Array> {
  const workbook = new exceljs.Workbook();
  const sheet = workbook.addWorksheet('证明事项清单', { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.addRow(COLUMNS.map(({ zh }) => zh));
  for (const proof of proofs) sheet.addRow([...cellsOf(proof)]);
  return new Uint8Array(await workbook.xlsx.writeBuffer());
}
