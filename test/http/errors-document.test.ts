/** docs/errors.md lists exactly the codes there are, each with its status, and exactly the reasons for WITHHELD. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WITHHELD_REASONS } from '../../src/domain/withheld.js';
import { ERROR_STATUS, MianzhengError } from '../../src/errors.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { refused } from '../../src/respond/response.js';

const text = readFileSync(join(PACKAGE_ROOT, 'docs/errors.md'), 'utf8');

/** Rows of the table below a heading: their cells. */
function rowsBelow(heading: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  // A cell of this page never holds a bar.
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const codes = rowsBelow('Codes');

describe('docs/errors.md', () => {
  it('lists every code once with its status', () => {
    const listed = codes.map(([code = '', status = '']) => `${code.replace(/[`° ]/g, '')} ${status}`);
    const known = Object.entries(ERROR_STATUS).map(([code, status]) => `${code} ${status}`);
    expect(listed.sort()).toEqual(known.sort());
  });

  it('says of each when, and what to do', () => {
    for (const cells of codes) {
      expect(cells).toHaveLength(4);
      for (const cell of cells) expect(cell).not.toBe('');
    }
  });

  it('marks the codes that application/json carries with 200', () => {
    const marked = codes.filter(([code = '']) => code.includes('°')).map(([code = '']) => code.replace(/[`° ]/g, ''));
    const legacy = Object.keys(ERROR_STATUS).filter(
      (code) => refused(new MianzhengError(code as keyof typeof ERROR_STATUS, ''), 'r-1', true).status === 200,
    );
    expect(marked.sort()).toEqual(legacy.sort());
  });

  it('lists every reason for WITHHELD', () => {
    const reasons = rowsBelow('Reasons for WITHHELD').map(([reason = '']) => reason.replaceAll('`', ''));
    expect(reasons.sort()).toEqual(Object.keys(WITHHELD_REASONS).sort());
  });
});
