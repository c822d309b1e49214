/**
 * Collects what the suite's gateways log and what their errors say; leak-check.ts looks through all of it when the
 * suite has ended.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { openLog } from '../../src/log.js';

/** Folder of what was collected; leak-check.ts makes it. */
export const COLLECTED = 'MIANZHENG_TEST_COLLECTED';

/** Keeps a text until the end of the suite. @param source names the file it is kept in */
export function collect(source: string, text: string): void {
  const folder = process.env[COLLECTED];
  if (folder === undefined) throw new Error('collected.ts works under leak-check.ts only');
  if (text !== '') appendFileSync(join(folder, `${process.pid}-${source}`), text.endsWith('\n') ? text : `${text}\n`);
}

/** The gateway's own log, everything in it, kept and not shown. */
export function collectingLog(): Logger {
  return openLog('debug', { write: (line) => collect('log', line) });
}

/** Keeps what a child process writes. @param shown whether it also goes to our standard error */
export function collectOutput(stream: Readable | null, source: string, shown = false): void {
  stream?.on('data', (piece: Buffer) => {
    collect(source, piece.toString());
    if (shown) process.stderr.write(piece);
  });
}

/** The errors in the body of an answer, as JSON; nothing where it has none. Its data are there to be disclosed. */
export function errorsIn(answer: string): string {
  // In a stream the answer is a line of its own.
  const [, body = answer] = /^data: (.+)$/m.exec(answer) ?? [];
  const { errors } = JSON.parse(body === '' ? '{}' : body) as { readonly errors?: unknown };
  return errors === undefined ? '' : JSON.stringify(errors);
}
