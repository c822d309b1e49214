/** Reads a catalogue of proofs from CSV (UTF-8 or GB18030) or XLSX; every fault of the file is told at once. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { SeasonFault } from '../season/faults.js';
import { readCsv } from '../season/read-csv.js';
import { readXlsx } from '../season/read-xlsx.js';
import type { Cell, RawRow } from '../season/rows.js';
import { COLUMNS, type ColumnName, MODE_WORDS } from './columns.js';
import {
  MAX_WORKING_DAYS,
  PROOF_CODE,
  PROOF_MODES,
  PROOF_SOURCES,
  type Proof,
  type ProofCatalogue,
  type ProofMode,
} from './proof.js';
import { catalogueText } from './write.js';

/** One fault of a file. */
export interface ProofFault {
  /** Row as a spreadsheet shows it, from 1; 0 where the fault is the whole file's. */
  readonly row: number;
  /** Column by its name, such as `mode`; null where the fault is no single column's. */
  readonly column: string | null;
  /** What is wrong, one sentence. */
  readonly message: string;
}

/** A fault as one line, `file:row:column: message`. */
export function proofFaultLine(file: string, { row, column, message }: ProofFault): string {
  return `${file}:${row}${column === null ? '' : `:${column}`}: ${message}`;
}

/** A catalogue cannot be used. Holds every fault of the file, in the rows' order. */
export class ProofFaults extends Error {
  override readonly name = 'ProofFaults';

  /** @param faults at least one */
  constructor(
    readonly file: string,
    readonly faults: readonly ProofFault[],
  ) {
    super(faults.map((fault) => proofFaultLine(file, fault)).join('\n'));
  }
}

/** What a catalogue's entries may refer to. */
export interface ProofReferences {
  /** Coordinates of the schema, such as `Resident.name`. */
  readonly coordinates: ReadonlySet<string>;
  /** Departments of the schema. */
  readonly departments: ReadonlySet<string>;
}

/** Rows that a catalogue may have: a province's list has some thousands. */
const MAX_ROWS = 10_000;
/** Longest cell, characters. */
const MAX_CELL = 1000;

/** Largest file, bytes. */
const MAX_FILE = 8_000_000;

async function rowsOf(file: string): Promise<AsyncIterable<RawRow>> {
  const ending = extname(file).toLowerCase();
  if (ending !== '.csv' && ending !== '.xlsx') {
    throw new SeasonFault('INPUT', 'a catalogue of proofs is a .csv or .xlsx file');
  }
  const bytes = await readFile(file);
  if (bytes.length > MAX_FILE) throw new SeasonFault('INPUT', `the file is larger than ${MAX_FILE} bytes`);
  if (ending === '.xlsx') return readXlsx(file);
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return readCsv(file, 'gb18030');
  }
  return readCsv(file, 'utf8');
}

/**
 * Reads a catalogue.
 * @param file ends in `.csv` or `.xlsx`; the first row names the columns, in any order
 * @throws ProofFaults with every fault
 */
export async function readProofs(file: string, references: ProofReferences): Promise<ProofCatalogue> {
  const faults: ProofFault[] = [];
  const proofs = new Map<string, Proof>();
  const rowOfCode = new Map<string, number>();
  try {
    let columns: ReadonlyMap<ColumnName, number> | null = null;
    for await (const raw of await rowsOf(file)) {
      if (columns === null) {
        columns = columnsOf(raw, faults);
        if (faults.length > 0) break;
        continue;
      }
      if (raw.cells.every(({ is }) => is === 'EMPTY')) continue;
      if (proofs.size >= MAX_ROWS) {
        faults.push({ row: raw.row, column: null, message: `a catalogue has at most ${MAX_ROWS} proofs` });
        break;
      }
      const proof = new Row(raw, columns, references, faults).proof();
      if (proof === null) continue;
      const earlier = rowOfCode.get(proof.code);
      if (earlier !== undefined) {
        faults.push({ row: raw.row, column: 'code', message: `${proof.code} stands already in row ${earlier}` });
      }
      rowOfCode.set(proof.code, earlier ?? raw.row);
      proofs.set(proof.code, proof);
    }
    if (columns === null) faults.push({ row: 0, column: null, message: 'the file is empty' });
    else if (faults.length === 0 && proofs.size === 0) {
      faults.push({ row: 0, column: null, message: 'the file holds no proof' });
    }
  } catch (error) {
    const unreadable = error instanceof SeasonFault || (error instanceof Error && 'code' in error);
    if (!unreadable) throw error;
    faults.push({ row: 0, column: null, message: error.message });
  }
  if (faults.length > 0) throw new ProofFaults(file, faults);
  const sha256 = createHash('sha256').update(catalogueText(proofs.values())).digest('hex');
  return { proofs, sha256 };
}

function columnsOf(head: RawRow, faults: ProofFault[]): ReadonlyMap<ColumnName, number> {
  const found = new Map<ColumnName, number>();
  head.cells.forEach((cell, at) => {
    const text = textOf(cell)?.replaceAll(/[\s*＊]/g, '') ?? '';
    if (text === '') return;
    const column = COLUMNS.find(({ name, zh }) => name === text.toLowerCase() || zh === text);
    if (column === undefined) {
      faults.push({ row: head.row, column: text.slice(0, 40), message: 'no such column' });
    } else if (found.has(column.name)) {
      faults.push({ row: head.row, column: column.name, message: 'the column is there twice' });
    } else found.set(column.name, at);
  });
  for (const { name, zh, required } of COLUMNS) {
    if (required && !found.has(name))
      faults.push({ row: head.row, column: name, message: `no column is headed ${name} or ${zh}` });
  }
  return found;
}

function textOf(cell: Cell | undefined): string | null {
  switch (cell?.is) {
    case 'TEXT':
      return cell.text;
    case 'NUMBER':
      return String(cell.value);
    case 'DATE':
      return cell.date;
    default:
      return null;
  }
}

/** One row on its way to a proof. */
class Row {
  readonly #found: number;

  constructor(
    private readonly raw: RawRow,
    private readonly columns: ReadonlyMap<ColumnName, number>,
    private readonly references: ProofReferences,
    private readonly faults: ProofFault[],
  ) {
    this.#found = faults.length;
  }

  /** The proof; null where the row has faults, which are noted. */
  proof(): Proof | null {
    const code = this.#needed('code');
    if (code !== '' && !PROOF_CODE.test(code)) {
      this.#fault('code', 'takes 1 to 32 capitals and digits, joined by hyphens');
    }
    const mode = this.#mode();
    const proof: Proof = {
      code,
      mode: mode ?? 'CANCELLED',
      nameZh: this.#needed('name_zh'),
      nameEn: this.#needed('name_en'),
      issuerZh: this.#needed('issuer_zh'),
      issuerEn: this.#needed('issuer_en'),
      department: this.#department(),
      matters: this.#list('matters', /[；;、]/),
      legalBasis: this.#needed('legal_basis'),
      replacedBy: this.#replacedBy(mode),
      workingDays: this.#workingDays(mode),
      source: this.#source(),
    };
    if (proof.matters.length === 0) this.#fault('matters', 'names no matter that used to ask for it');
    return this.faults.length > this.#found ? null : proof;
  }

  #fault(column: ColumnName, message: string): void {
    this.faults.push({ row: this.raw.row, column, message });
  }

  #text(column: ColumnName): string {
    const at = this.columns.get(column);
    const cell = at === undefined ? undefined : this.raw.cells[at];
    if (cell?.is === 'OTHER') this.#fault(column, 'holds neither text nor number');
    const text = textOf(cell) ?? '';
    if (text.length > MAX_CELL) this.#fault(column, `takes at most ${MAX_CELL} characters`);
    return text;
  }

  #needed(column: ColumnName): string {
    const text = this.#text(column);
    if (text === '') this.#fault(column, 'is empty');
    return text;
  }

  #list(column: ColumnName, separator: RegExp): readonly string[] {
    return this.#text(column)
      .split(separator)
      .map((member) => member.trim())
      .filter((member) => member !== '');
  }

  #mode(): ProofMode | null {
    const text = this.#needed('mode');
    if (text === '') return null;
    const word = MODE_WORDS[text] ?? text;
    const mode = PROOF_MODES.find((known) => known === word);
    if (mode === undefined) {
      this.#fault(
        'mode',
        `takes ${Object.entries(MODE_WORDS)
          .map(([zh, en]) => `${en} (${zh})`)
          .join(', ')}`,
      );
    }
    return mode ?? null;
  }

  #department(): string | null {
    const text = this.#text('department');
    if (text === '') return null;
    if (!this.references.departments.has(text)) this.#fault('department', `no department ${text.slice(0, 40)}`);
    return text;
  }

  #replacedBy(mode: ProofMode | null): readonly string[] {
    const coordinates = this.#list('replaced_by', /[\s；;,，]+/);
    for (const coordinate of coordinates) {
      if (!this.references.coordinates.has(coordinate)) {
        this.#fault('replaced_by', `${coordinate.slice(0, 100)} is no field of the schema`);
      }
    }
    if (mode === 'DATA_QUERY' && coordinates.length === 0) {
      this.#fault('replaced_by', 'DATA_QUERY names the fields that stand in its place');
    }
    if (mode !== null && mode !== 'DATA_QUERY' && coordinates.length > 0) {
      this.#fault('replaced_by', `${mode} is not met by fields`);
    }
    return coordinates;
  }

  #workingDays(mode: ProofMode | null): number | null {
    const text = this.#text('working_days');
    if (text === '') return null;
    const days = Number(text);
    if (!Number.isInteger(days) || days < 1 || days > MAX_WORKING_DAYS) {
      this.#fault('working_days', `takes 1 to ${MAX_WORKING_DAYS} working days`);
    }
    if (mode !== null && mode !== 'DEPT_VERIFICATION') {
      this.#fault('working_days', `${mode} opens no verification that could have a deadline`);
    }
    return days;
  }

  #source(): Proof['source'] {
    const text = this.#text('source');
    if (text === '') return 'PUBLISHED';
    const source = PROOF_SOURCES.find((known) => known === text);
    if (source === undefined) this.#fault('source', `takes ${PROOF_SOURCES.join(' or ')}`);
    return source ?? 'PUBLISHED';
  }
}
