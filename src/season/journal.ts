/**
 * What is already known of a season, on disk: one JSON line for each result, durable before it
 * counts. After a crash or a pause the season goes on from here.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { SeasonFault } from './faults.js';
import { GrowingNumbers } from './growing-numbers.js';
import { lockJournal } from './journal-lock.js';

/** What became of one row. */
export interface RowResult {
  /** Number of the row as a spreadsheet shows it. */
  readonly row: number;
  /** Case number; null where the row has none that can be read. */
  readonly number: string | null;
  /** Conclusion, as the schema's `VerdictKind`; null where the row was refused. */
  readonly verdict: string | null;
  /** Whether it is PENDING only until a department has verified something (部门核验). */
  readonly awaited?: boolean | undefined;
  readonly tierZh: string | null;
  /** Elements that failed or could not be known. */
  readonly elements: readonly string[];
  /** Reasons in Chinese, of the verdict or of the refusal. */
  readonly reasonsZh: readonly string[];
  /** Code of the refusal; null where there is a verdict. */
  readonly code: string | null;
  /** Place in the record, `chain/seq`. */
  readonly record: string | null;
  /** The verdict's receipt, a JWS. */
  readonly receipt: string | null;
}

/** What a journal belongs to. */
export interface SeasonIdentity {
  /** SHA-256 of the list, hex. */
  readonly input: string;
  readonly matter: string;
}

/** What is known of a row. A later result of a row stands for the earlier. */
export type RowState =
  /** Nothing: it was never asked, or its answer was not written down. */
  | 'NONE'
  /** A department was down, or a budget used up: to be asked again. */
  | 'PENDING'
  /** A department was asked to verify something: asked again by a run that finds a result for every row. */
  | 'AWAITING'
  | 'DONE';

/** An open journal. */
export interface Journal {
  state(row: number): RowState;
  /** Results so far, by verdict, and `REFUSED`. */
  readonly counts: ReadonlyMap<string, number>;
  /** Highest row that has a result; 0 where none has. */
  readonly lastRow: number;
  /** Writes results; they count once this resolves, and then survive a power cut. */
  append(results: readonly RowResult[]): Promise<void>;
  /** The last result of a row; null where there is none. */
  result(row: number): Promise<RowResult | null>;
  /** The last result of each row that has one, in the order of the rows, some hundreds at a time. */
  results(): AsyncGenerator<readonly RowResult[]>;
  close(): Promise<void>;
}

const headerSchema = z.strictObject({
  kind: z.literal('mianzheng-season'),
  version: z.literal(1),
  input: z.string(),
  matter: z.string(),
});

const text = z.string().nullable();
const resultSchema = z.strictObject({
  row: z.number().int().min(1),
  number: text,
  verdict: text,
  awaited: z.boolean().optional(),
  tierZh: text,
  elements: z.array(z.string()),
  reasonsZh: z.array(z.string()),
  code: text,
  record: text,
  receipt: text,
});

const NEWLINE = 0x0a;
/** Longest line, bytes. A result with its receipt has about three thousand. */
const MAX_LINE = 1_048_576;

/** Bytes read at once, where results are read one after the other. */
const READ_AHEAD = 1_048_576;
/** Results given out together. */
const RESULTS_AT_ONCE = 500;

const STATES: readonly RowState[] = ['NONE', 'PENDING', 'DONE', 'AWAITING'];
const PENDING = 1;
const DONE = 2;
const AWAITING = 3;

/** Codes that say nothing of the case: the gateway judges it when the hour has passed. */
const COMES_AGAIN: ReadonlySet<string> = new Set(['SUBJECT_BUDGET_EXCEEDED', 'RATE_LIMITED']);

/** How a result is counted: by its verdict, as PENDING where asking again may bring one, as AWAITING where people must answer first, or as REFUSED. */
export function countedAs({ verdict, awaited, code }: RowResult): string {
  if (awaited === true) return 'AWAITING';
  return verdict ?? (COMES_AGAIN.has(code ?? '') ? 'PENDING' : 'REFUSED');
}

class FileJournal implements Journal {
  readonly counts = new Map<string, number>();
  readonly #file: FileHandle;
  readonly #unlock: () => Promise<void>;
  /** By row: where its last line begins, its length, its state and how it was counted. */
  readonly #offsets = new GrowingNumbers(Float64Array);
  readonly #lengths = new GrowingNumbers(Uint32Array);
  readonly #states = new GrowingNumbers(Uint8Array);
  readonly #counted = new GrowingNumbers(Uint8Array);
  readonly #names: string[] = [''];
  #size = 0;
  #ahead: { readonly offset: number; readonly bytes: Buffer } = { offset: 0, bytes: Buffer.alloc(0) };
  #lastRow = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle, unlock: () => Promise<void>) {
    this.#file = file;
    this.#unlock = unlock;
  }

  get lastRow(): number {
    return this.#lastRow;
  }

  /** Bytes that count. */
  get size(): number {
    return this.#size;
  }

  state(row: number): RowState {
    return STATES[this.#states.get(row)] ?? 'NONE';
  }

  /** Takes note of bytes that are durable: the header, and the lines read at opening. */
  passed(bytes: number): void {
    this.#size += bytes;
  }

  /** Takes note of a durable line at the end of what was passed. */
  learn(result: RowResult, bytes: number): void {
    const { row } = result;
    this.#offsets.set(row, this.#size);
    this.#lengths.set(row, bytes);
    const counted = countedAs(result);
    this.#count(row, counted);
    this.#states.set(row, counted === 'PENDING' ? PENDING : counted === 'AWAITING' ? AWAITING : DONE);
    this.#lastRow = Math.max(this.#lastRow, row);
    this.#size += bytes;
  }

  #count(row: number, name: string): void {
    const before = this.#names[this.#counted.get(row)] ?? '';
    if (before !== '') this.counts.set(before, (this.counts.get(before) ?? 0) - 1);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    let id = this.#names.indexOf(name);
    if (id < 0) id = this.#names.push(name) - 1;
    this.#counted.set(row, id);
  }

  append(results: readonly RowResult[]): Promise<void> {
    const write = this.#writing.then(() => this.#write(results));
    // One that failed must not hold up the next; whoever asked for it is told.
    this.#writing = write.then(undefined, () => undefined);
    return write;
  }

  async #write(results: readonly RowResult[]): Promise<void> {
    if (results.length === 0) return;
    const lines = results.map((result) => Buffer.from(`${JSON.stringify(result)}\n`));
    const bytes = Buffer.concat(lines);
    try {
      for (let at = 0; at < bytes.length; ) {
        at += (await this.#file.write(bytes, at, bytes.length - at, this.#size + at)).bytesWritten;
      }
      await this.#file.datasync();
    } catch (error) {
      throw new SeasonFault('JOURNAL', 'the journal cannot be written', error);
    }
    results.forEach((result, i) => {
      this.learn(result, lines[i]?.length ?? 0);
    });
  }

  async result(row: number): Promise<RowResult | null> {
    if (this.state(row) === 'NONE') return null;
    return this.#here(row) ?? (await this.#fetched(row));
  }

  async *results(): AsyncGenerator<readonly RowResult[]> {
    let some: RowResult[] = [];
    for (let row = 1; row <= this.#lastRow; row += 1) {
      if (this.state(row) === 'NONE') continue;
      some.push(this.#here(row) ?? (await this.#fetched(row)));
      if (some.length < RESULTS_AT_ONCE) continue;
      yield some;
      some = [];
    }
    if (some.length > 0) yield some;
  }

  /** A row's result where it lies in what was read last. */
  #here(row: number): RowResult | null {
    const within = this.#offsets.get(row) - this.#ahead.offset;
    const end = within + this.#lengths.get(row);
    if (within < 0 || end > this.#ahead.bytes.length) return null;
    // Written by us, or checked when the journal was opened.
    return JSON.parse(this.#ahead.bytes.toString('utf8', within, end)) as RowResult;
  }

  /** Rows are mostly read in the order written, so what lies behind a line is read with it. Written bytes never change. */
  async #fetched(row: number): Promise<RowResult> {
    const offset = this.#offsets.get(row);
    const bytes = Buffer.allocUnsafe(Math.max(this.#lengths.get(row), Math.min(READ_AHEAD, this.#size - offset)));
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, offset);
    this.#ahead = { offset, bytes: bytes.subarray(0, bytesRead) };
    const result = this.#here(row);
    if (result === null) throw new SeasonFault('JOURNAL', 'the journal is shorter than it was');
    return result;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
    await this.#unlock();
  }
}

/** Whole lines of a file, with their length in bytes; what stands behind the last newline is left out. */
async function* linesOf(file: string): AsyncGenerator<{ readonly text: string; readonly bytes: number }> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const part of createReadStream(file) as AsyncIterable<Buffer>) {
    let bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
      yield { text: bytes.toString('utf8', 0, end), bytes: end + 1 };
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > MAX_LINE) throw new SeasonFault('JOURNAL', `${file} holds a line that is none of ours`);
    rest = bytes;
  }
}

function damaged(file: string, line: number, cause?: unknown): SeasonFault {
  return new SeasonFault('JOURNAL', `line ${line} of ${file} is none of ours; move the file away to begin anew`, cause);
}

/** Reads what an earlier run wrote. @returns whether it had begun */
async function recall(path: string, identity: SeasonIdentity, journal: FileJournal): Promise<boolean> {
  let number = 0;
  for await (const { text: line, bytes } of linesOf(path)) {
    number += 1;
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch (error) {
      throw damaged(path, number, error);
    }
    if (number === 1) {
      const header = headerSchema.safeParse(json);
      if (!header.success) throw damaged(path, number, header.error);
      requireOwn(path, header.data, identity);
      journal.passed(bytes);
      continue;
    }
    const result = resultSchema.safeParse(json);
    if (!result.success) throw damaged(path, number, result.error);
    journal.learn(result.data, bytes);
  }
  return number > 0;
}

function requireOwn(path: string, header: SeasonIdentity, { input, matter }: SeasonIdentity): void {
  const what =
    header.input !== input ? 'another list of applications' : header.matter !== matter ? 'another matter' : null;
  if (what === null) return;
  const why = `${path} is the journal of ${what}; name another --out, or move it away to begin anew`;
  throw new SeasonFault('JOURNAL', why);
}

/**
 * Opens a journal, new or to go on with. Half a line at its end, of a crash, is cut off.
 * @throws SeasonFault JOURNAL where it belongs to something else or is damaged, IN_USE where another process writes it
 */
export async function openJournal(path: string, identity: SeasonIdentity): Promise<Journal> {
  const unlock = await lockJournal(path);
  let file: FileHandle | null = null;
  try {
    // Not the flag `a`: there, positions to write at are ignored.
    file = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return open(path, 'wx+', 0o600);
    });
    const journal = new FileJournal(file, unlock);
    if (!(await recall(path, identity, journal))) {
      const header = Buffer.from(`${JSON.stringify({ kind: 'mianzheng-season', version: 1, ...identity })}\n`);
      await file.truncate(0);
      await file.write(header, 0, header.length, 0);
      await file.datasync();
      journal.passed(header.length);
    }
    await file.truncate(journal.size);
    return journal;
  } catch (error) {
    await file?.close();
    await unlock();
    if (error instanceof SeasonFault) throw error;
    throw new SeasonFault('JOURNAL', `${path} cannot be opened`, error);
  }
}
