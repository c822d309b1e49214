/** `mianzheng documents`: what is registered is what a gateway then takes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentHash, readDocumentFolder } from '../../src/admit/document-folder.js';
import { mianzheng } from './mianzheng.js';

const TEXT = 'query Divisions { divisions { code } }\n';

describe('mianzheng documents', () => {
  let folder: string;
  let environment: Record<string, string>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mianzheng-documents-'));
    environment = { MIANZHENG_DATA: folder };
    writeFileSync(join(folder, 'divisions.graphql'), TEXT);
    writeFileSync(join(folder, 'wrong.graphql'), '{ nothing }');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const register = (file: string, ...options: string[]) =>
    mianzheng(['documents', 'register', join(folder, file), '--client', 'school', ...options], environment);

  it('registers what fits the schema, and tells its identifier', async () => {
    expect(await mianzheng(['documents', 'list', '--json'], environment)).toMatchObject({ code: 0, out: '[]\n' });
    const { code, out } = await register('divisions.graphql', '--json');
    expect(code).toBe(0);
    const expected = [
      {
        application: 'school',
        file: 'divisions.graphql',
        documentId: `sha256:${documentHash(TEXT)}`,
        operations: ['Divisions'],
        fault: null,
      },
    ];
    expect(JSON.parse(out)).toEqual(expected);
    const list = await mianzheng(['documents', 'list', '--client', 'school', '--json'], environment);
    expect(JSON.parse(list.out)).toEqual(expected);
    const read = await readDocumentFolder(join(folder, 'documents'));
    expect(read.get('school')?.map(({ text }) => text)).toEqual([TEXT]);
  });

  it('refuses what does not fit, and names no folder but its own', async () => {
    const wrong = await register('wrong.graphql');
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('Cannot query field "nothing"');
    const outside = ['documents', 'register', join(folder, 'divisions.graphql'), '--client', '../outside'];
    expect(await mianzheng(outside, environment)).toMatchObject({ code: 2, out: '' });
  });

  it('puts nothing in place of a document that may be in use, unless it is told to', async () => {
    await register('divisions.graphql');
    writeFileSync(join(folder, 'divisions.graphql'), '{ divisions { code name } }');
    expect(await register('divisions.graphql')).toMatchObject({ code: 2, out: '' });
    expect(await register('divisions.graphql', '--replace')).toMatchObject({ code: 0 });
    const read = await readDocumentFolder(join(folder, 'documents'));
    expect(read.get('school')?.map(({ text }) => text)).toEqual(['{ divisions { code name } }']);
  });
});
