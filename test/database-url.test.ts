/** Passwords in files of their own: put into the URL as they are, whatever letters they have. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrl, holdsPassword } from '../src/database-url.js';
import { openFileText } from '../src/file-text.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-password-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the URL of a database', () => {
  it('has exactly the password of the file, and the rest as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (password) => {
        fc.pre(!/[\r\n]$/.test(password) && Buffer.from(password).toString() === password);
        writeFileSync(join(folder, 'password'), `${password}\n`);
        const url = databaseUrl({ url: 'mysql://gateway@db:3307/h?ssl=%7B%7D', passwordFile: 'password' }, folder);
        const { username, password: put, host, pathname, search } = new URL(url);
        expect(decodeURIComponent(put)).toBe(password);
        expect([username, host, pathname, search]).toEqual(['gateway', 'db:3307', '/h', '?ssl=%7B%7D']);
        expect(holdsPassword(url)).toBe(true);
      }),
    );
  });

  it('is none where the file is empty or missing', () => {
    writeFileSync(join(folder, 'empty'), '\n');
    const named = (passwordFile: string) => () => databaseUrl({ url: 'mysql://gateway@db/h', passwordFile }, folder);
    expect(named('empty')).toThrow('holds no password');
    expect(named('missing')).toThrow('ENOENT');
  });
});

describe('the text of a file', () => {
  it('is read again when it changed, at most once a second, and is never empty', () => {
    let now = 0;
    const path = join(folder, 'token');
    writeFileSync(path, 'first\n');
    const text = openFileText(path, () => now);
    writeFileSync(path, 'second, longer\n');
    expect(text()).toBe('first');
    now = 1000;
    expect(text()).toBe('second, longer');
    writeFileSync(path, '');
    now = 2000;
    expect(text()).toBe('second, longer');
    writeFileSync(path, 'third');
    now = 3000;
    expect(text()).toBe('third');
  });

  it('must be there at the start', () => {
    writeFileSync(join(folder, 'empty'), '');
    expect(() => openFileText(join(folder, 'empty'), () => 0)).toThrow('is empty');
    expect(() => openFileText(join(folder, 'missing'), () => 0)).toThrow('ENOENT');
  });
});
