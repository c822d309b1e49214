/** The journal: what was written down counts, whatever happened to the process, and belongs to one list and matter. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type RowResult } from '../../src/season/journal.js';

const IDENTITY = { input: 'a'.repeat(64), matter: 'm' };

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-journal-'));
  path = join(folder, 'F.csv.journal');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function resultOf(row: number, verdict: string | null): RowResult {
  return {
    row,
    number: `号-${row}`,
    verdict,
    tierZh: null,
    elements: ['child.birthDate'],
    reasonsZh: ['未达到\n年龄'],
    code: verdict === null ? 'BAD_IDENTIFIER' : null,
    record: null,
    receipt: null,
  };
}

describe('a journal', () => {
  it.each([
    ['SUBJECT_BUDGET_EXCEEDED', 'PENDING', 'PENDING'],
    ['RATE_LIMITED', 'PENDING', 'PENDING'],
    ['BAD_IDENTIFIER', 'DONE', 'REFUSED'],
  ])('has a row that was refused with %s as %s, counted as %s', async (code, state, counted) => {
    const journal = await openJournal(path, IDENTITY);
    await journal.append([{ ...resultOf(2, null), code }]);
    await journal.close();
    const again = await openJournal(path, IDENTITY);
    expect(again.state(2)).toBe(state);
    expect(again.counts.get(counted)).toBe(1);
    await again.close();
  });

  it('gives back the last result of each row, and counts each row once', async () => {
    const journal = await openJournal(path, IDENTITY);
    await Promise.all([
      journal.append([resultOf(2, 'PENDING'), resultOf(3, 'APPROVED')]),
      journal.append([resultOf(2000, null)]),
      journal.append([]),
    ]);
    await journal.append([resultOf(2, 'NOT_MET')]);
    const expectAll = async (open: typeof journal): Promise<void> => {
      expect(await open.result(2)).toEqual(resultOf(2, 'NOT_MET'));
      expect(await open.result(3)).toEqual(resultOf(3, 'APPROVED'));
      expect(await open.result(2000)).toEqual(resultOf(2000, null));
      expect(await open.result(4)).toBeNull();
      expect([2, 3, 4, 2000].map((row) => open.state(row))).toEqual(['DONE', 'DONE', 'NONE', 'DONE']);
      expect(Object.fromEntries(open.counts)).toEqual({ PENDING: 0, APPROVED: 1, REFUSED: 1, NOT_MET: 1 });
      expect(open.lastRow).toBe(2000);
    };
    await expectAll(journal);
    await journal.close();
    const again = await openJournal(path, IDENTITY);
    expect(again.counts.get('PENDING')).toBe(0);
    await expectAll(again);
    await again.close();
  });

  it('cut off at any byte keeps every whole line, and goes on behind it', async () => {
    const journal = await openJournal(path, IDENTITY);
    for (let row = 2; row < 12; row += 1) await journal.append([resultOf(row, 'APPROVED')]);
    await journal.close();
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
        writeFileSync(path, whole);
        truncateSync(path, length);
        const lines = whole.subarray(0, length).toString().split('\n').length - 1;
        const cut = await openJournal(path, IDENTITY);
        expect(cut.counts.get('APPROVED') ?? 0).toBe(Math.max(0, lines - 1));
        await cut.append([resultOf(99, 'NOT_MET')]);
        await cut.close();
        const again = await openJournal(path, IDENTITY);
        expect(await again.result(99)).toEqual(resultOf(99, 'NOT_MET'));
        await again.close();
      }),
      { numRuns: 40 },
    );
  });

  it('belongs to one list and one matter', async () => {
    await (await openJournal(path, IDENTITY)).close();
    await expect(openJournal(path, { ...IDENTITY, input: 'b'.repeat(64) })).rejects.toThrow('another list');
    await expect(openJournal(path, { ...IDENTITY, matter: 'n' })).rejects.toThrow('another matter');
  });

  it('with a line that is none of ours is refused, with its number, and left as it is', async () => {
    await (await openJournal(path, IDENTITY)).close();
    appendFileSync(path, '{"row":0}\n');
    const before = readFileSync(path);
    await expect(openJournal(path, IDENTITY)).rejects.toThrow('line 2');
    expect(readFileSync(path)).toEqual(before);
    writeFileSync(path, 'something else\n');
    await expect(openJournal(path, IDENTITY)).rejects.toThrow('line 1');
  });

  it('is taken over from a process that has ended, and not from one that lives', async () => {
    writeFileSync(`${path}.lock`, '999999999\n');
    await (await openJournal(path, IDENTITY)).close();
    expect(existsSync(`${path}.lock`)).toBe(false);
    writeFileSync(`${path}.lock`, `${process.ppid}\n`);
    await expect(openJournal(path, IDENTITY)).rejects.toThrow('is being written by process');
    expect(existsSync(path)).toBe(true);
  });
});
