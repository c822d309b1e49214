/** The catalogue of proofs: read, written, refused, asked for. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { proofReferences, SHIPPED_PROOFS } from '../../src/open-proofs.js';
import { countByMode, type ProofCatalogue } from '../../src/proofs/proof.js';
import { ProofFaults, proofFaultLine, readProofs } from '../../src/proofs/read.js';
import { catalogueText, catalogueWorkbook } from '../../src/proofs/write.js';
import { catalogue, matters, openMemoryGateway, proofs } from '../support/memory-gateway.js';

const references = proofReferences(catalogue);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-proofs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface FileCase {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly modes?: readonly string[];
  readonly faults?: readonly string[];
}

const { columns, cases } = parse(readFileSync(new URL('../cases/proof-files.yaml', import.meta.url), 'utf8')) as {
  readonly columns: readonly string[];
  readonly cases: readonly FileCase[];
};

async function faultsOf(file: string): Promise<readonly string[]> {
  const error = await readProofs(file, references).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProofFaults)) throw new Error('it has no faults');
  return error.faults.map((fault) => proofFaultLine('', fault).slice(1));
}

describe('a file of proofs', () => {
  it.each(cases)('$name', async ({ name, columns: own, rows, modes, faults }) => {
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.csv`);
    writeFileSync(file, stringify([own ?? columns, ...rows].map((row) => [...row])));
    if (faults !== undefined) expect(await faultsOf(file)).toEqual(faults);
    else expect([...(await readProofs(file, references)).proofs.values()].map(({ mode }) => mode)).toEqual(modes);
  });

  it('is told from what is none', async () => {
    writeFileSync(join(folder, 'list.txt'), 'code');
    expect(await faultsOf(join(folder, 'list.txt'))).toEqual(['0: a catalogue of proofs is a .csv or .xlsx file']);
    writeFileSync(join(folder, 'no-book.xlsx'), 'PK');
    expect(await faultsOf(join(folder, 'no-book.xlsx'))).toEqual(['0: the file cannot be read as an XLSX workbook']);
    writeFileSync(join(folder, 'empty.csv'), '');
    expect(await faultsOf(join(folder, 'empty.csv'))).toEqual(['0: the file is empty']);
  });

  it('comes back the same from CSV, from a spreadsheet, and in GB18030', async () => {
    const files = ['same.csv', 'excel.csv', 'book.xlsx', 'gb.csv'].map((name) => join(folder, name));
    const [same = '', excel = '', book = '', gb = ''] = files;
    writeFileSync(same, catalogueText(proofs.proofs.values()));
    writeFileSync(excel, catalogueText(proofs.proofs.values(), true));
    writeFileSync(book, await catalogueWorkbook(proofs.proofs.values()));
    writeFileSync(gb, iconv.encode(catalogueText(proofs.proofs.values()), 'gb18030'));
    for (const file of files) expect((await readProofs(file, references)).sha256).toBe(proofs.sha256);
  });
});

describe('the catalogue that comes with the program', () => {
  it('has 216 proofs: 18 cancelled, 31 by commitment, 133 by department verification, 34 by data query', () => {
    expect(proofs.proofs.size).toBe(216);
    expect(countByMode(proofs.proofs.values())).toEqual({
      CANCELLED: 18,
      COMMITMENT: 31,
      DEPT_VERIFICATION: 133,
      DATA_QUERY: 34,
    });
    expect(readFileSync(SHIPPED_PROOFS, 'utf8')).toBe(catalogueText(proofs.proofs.values()));
  });

  it('names no proof twice, and says of every entry that nobody published it', () => {
    const all = [...proofs.proofs.values()];
    expect(new Set(all.map(({ nameZh }) => nameZh)).size).toBe(all.length);
    expect(all.filter(({ source }) => source !== 'DEMONSTRATION')).toEqual([]);
  });

  it('is what the matters name their proofs by', () => {
    const named = [...matters.values()].flatMap(({ formerProofs }) => formerProofs.flatMap(({ proof }) => proof ?? []));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((code) => !proofs.proofs.has(code))).toEqual([]);
  });
});

describe('Query.proofs', () => {
  const ask = async (query: string) => {
    const run = await openMemoryGateway({ grants: [] });
    try {
      const { body } = await run.call({ query });
      return JSON.parse(body) as {
        readonly data?: { readonly proofs: Record<string, unknown> };
        readonly errors?: unknown;
      };
    } finally {
      await run.close();
    }
  };
  const codes = (catalogueOf: ProofCatalogue, mode: string) =>
    [...catalogueOf.proofs.values()].filter((proof) => proof.mode === mode).map(({ code }) => code);

  it('answers every application, without a matter, in pages', async () => {
    const { data } = await ask(
      '{ proofs(first: 3, offset: 2) { total modes { mode count } proofs { code demonstration } } }',
    );
    expect(data?.proofs).toEqual({
      total: 216,
      modes: [
        { mode: 'CANCELLED', count: 18 },
        { mode: 'COMMITMENT', count: 31 },
        { mode: 'DEPT_VERIFICATION', count: 133 },
        { mode: 'DATA_QUERY', count: 34 },
      ],
      proofs: ['ZM-003', 'ZM-004', 'ZM-005'].map((code) => ({ code, demonstration: true })),
    });
  });

  it('finds by mode and by department', async () => {
    const one = await ask('{ proofs(mode: DATA_QUERY, first: 100) { total proofs { code } } }');
    expect(one.data?.proofs.proofs).toEqual(codes(proofs, 'DATA_QUERY').map((code) => ({ code })));
    const two = await ask('{ proofs(mode: DEPT_VERIFICATION, department: HOUSEHOLD) { total } }');
    expect(two.data?.proofs.total).toBe(
      [...proofs.proofs.values()].filter((p) => p.mode === 'DEPT_VERIFICATION' && p.department === 'HOUSEHOLD').length,
    );
  });

  it('has no page larger than its bound', async () => {
    expect((await ask('{ proofs(first: 501) { total } }')).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });
});
