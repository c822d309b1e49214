import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIRST_PREVIOUS, HASH_NAMES, MAX_LINE_BYTES, readLine, writeLine } from '../../src/audit/line.js';
import { readRawLines } from '../../src/audit/raw-lines.js';
import { temporaryFolder } from './support.js';

describe('a line', () => {
  test.each(HASH_NAMES)('begins with the %s digest of all that follows the first blank', (algorithm) => {
    const json = '{"seq":7,"kind":"request","matter":"入学"}';
    const { hash, line } = writeLine(algorithm, FIRST_PREVIOUS, json);
    expect(hash).toBe(createHash(algorithm).update(`${FIRST_PREVIOUS} ${json}`).digest('hex'));
    expect(line).toBe(`${hash} ${FIRST_PREVIOUS} ${json}`);
    expect(readLine(Buffer.from(line), algorithm)).toEqual({
      read: 'SOUND',
      seq: 7,
      kind: 'request',
      hash,
      previous: FIRST_PREVIOUS,
      json: Buffer.from(json),
    });
  });

  test.each(['', '{}', '{"kind":"request","seq":1}', '{"seq":0,"kind":"request"}', '{"seq":1.5,"kind":"request"}'])(
    'is no entry when its text is %j, whatever its hash',
    (json) => {
      const { line } = writeLine('sha256', FIRST_PREVIOUS, json);
      expect(readLine(Buffer.from(line), 'sha256')).toEqual({ read: 'UNSOUND', seq: null });
    },
  );

  test('is no entry when it is too long, so that nothing can stand behind the part that is read', async () => {
    const bare = writeLine('sha256', FIRST_PREVIOUS, '{"seq":1,"kind":"request","x":""}').line.length;
    const fits = (length: number) =>
      writeLine('sha256', FIRST_PREVIOUS, `{"seq":1,"kind":"request","x":"${'x'.repeat(length - bare)}"}`).line;
    expect(readLine(Buffer.from(fits(MAX_LINE_BYTES)), 'sha256').read).toBe('SOUND');
    expect(readLine(Buffer.from(fits(MAX_LINE_BYTES + 1)), 'sha256').read).toBe('UNSOUND');

    const path = join(await temporaryFolder(), 'lines');
    await writeFile(path, `${fits(MAX_LINE_BYTES)}${'y'.repeat(1_000_000)}\nz\nunfinished`);
    const read: [string, number, number, boolean][] = [];
    for await (const lines of readRawLines(path)) {
      for (const { bytes, number, end, finished } of lines) {
        read.push([readLine(bytes, 'sha256').read, bytes.length, number === 1 ? end : number, finished]);
      }
    }
    expect(read).toEqual([
      ['UNSOUND', MAX_LINE_BYTES + 1, MAX_LINE_BYTES + 1_000_001, true],
      ['UNSOUND', 1, 2, true],
      ['UNSOUND', 10, 3, false],
    ]);
  });
});
