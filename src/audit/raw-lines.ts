import { createReadStream } from 'node:fs';
import { MAX_LINE_BYTES } from './line.js';

const NEWLINE = 0x0a;
const READ_BYTES = 262_144;

/** A line as it lies in a file. */
export interface RawLine {
  /** Without newline; at most one byte more than {@link MAX_LINE_BYTES}, the rest is left out. */
  readonly bytes: Buffer;
  /** Counted from 1. */
  readonly number: number;
  /** Where the next line begins, in bytes; for an unfinished line, the end of the file. */
  readonly end: number;
  /** False for a last line without newline. */
  readonly finished: boolean;
}

/**
 * Streams a file's lines, in groups of what one read brings.
 * @param size reads only the bytes before that place; default: the whole file
 * @param start where to begin, in bytes: the begin of a line, from which lines are then counted
 */
export async function* readRawLines(path: string, size?: number, start = 0): AsyncGenerator<readonly RawLine[]> {
  if (size !== undefined && size <= start) return;
  let begun = Buffer.alloc(0);
  let offset = start;
  let number = 0;
  const bounds = size === undefined ? { start } : { start, end: size - 1 };
  for await (const piece of createReadStream(path, { highWaterMark: READ_BYTES, ...bounds })) {
    const read = piece as Buffer;
    const lines: RawLine[] = [];
    let from = 0;
    for (let at = read.indexOf(NEWLINE); at !== -1; at = read.indexOf(NEWLINE, from)) {
      const rest = read.subarray(from, at);
      const bytes = begun.length === 0 ? rest.subarray(0, MAX_LINE_BYTES + 1) : joined(begun, rest);
      begun = Buffer.alloc(0);
      from = at + 1;
      number += 1;
      lines.push({ bytes, number, end: offset + from, finished: true });
    }
    if (from < read.length) begun = joined(begun, read.subarray(from));
    offset += read.length;
    if (lines.length > 0) yield lines;
  }
  if (begun.length > 0) yield [{ bytes: begun, number: number + 1, end: offset, finished: false }];
}

function joined(begun: Buffer, rest: Buffer): Buffer<ArrayBuffer> {
  return Buffer.concat([begun, rest.subarray(0, Math.max(0, MAX_LINE_BYTES + 1 - begun.length))]);
}
