/** Rows of a CSV file, UTF-8 or GB18030, one after the other. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import iconv from 'iconv-lite';
import { SeasonFault } from './faults.js';
import type { Cell, RawRow } from './rows.js';

/** Encodings of a CSV file. GB18030 is what a Chinese Excel saves. */
export type Encoding = 'utf8' | 'gb18030';

/** Largest row, characters. Beyond it a quote was left open. */
const MAX_ROW = 65_536;

function cellOf(text: string): Cell {
  const trimmed = text.trim();
  return trimmed === '' ? { is: 'EMPTY' } : { is: 'TEXT', text: trimmed };
}

/**
 * Reads a CSV file row by row; the first is the headings. Blank lines count and hold nothing.
 * @throws SeasonFault INPUT where it is no CSV, with the line
 */
export async function* readCsv(file: string, encoding: Encoding): AsyncGenerator<RawRow> {
  const parser = parse({ bom: true, relax_column_count: true, relax_quotes: true, max_record_size: MAX_ROW });
  // Faults of every part reach the reader through the last one.
  pipeline(createReadStream(file), iconv.decodeStream(encoding), parser, () => undefined);
  let row = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      row += 1;
      yield { row, cells: record.map(cellOf) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new SeasonFault('INPUT', `row ${row + 1} or the one after cannot be read as CSV (${error.code})`, error);
  } finally {
    parser.destroy();
  }
}
