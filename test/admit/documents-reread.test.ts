/** Registered documents: a change of the folder counts without a restart, and a folder that cannot be read leaves the last. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Admission } from '../../src/admit/admission.js';
import { LARGEST_DOCUMENT, readDocumentFolder } from '../../src/admit/document-folder.js';
import { openMetrics } from '../../src/metrics.js';
import { openTestAdmission } from '../support/admission.js';

let folder: string;
const faults: string[] = [];
let admission: Admission;

async function open(): Promise<void> {
  const record = { append: () => Promise.reject(new Error('nothing is to be recorded')) };
  admission = await openTestAdmission(record, openMetrics(), {
    now: () => 0,
    documents: { mode: 'enforce', clients: new Map(), folder },
    onFault: (_, what) => faults.push(what),
  });
}

function register(file: string, text: string): void {
  mkdirSync(join(folder, 'school'), { recursive: true });
  writeFileSync(join(folder, 'school', file), text);
}

const taken = (query: string): boolean => {
  try {
    return admission.document('school', { query, documentId: null, operationName: null }) === query;
  } catch {
    return false;
  }
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-documents-'));
  faults.length = 0;
});

afterEach(async () => {
  await admission.close();
  rmSync(folder, { recursive: true });
});

describe('the folder of documents', () => {
  it('is looked at again: what is added is taken, what is removed no more', async () => {
    register('a.graphql', '{ divisions { code } }');
    await open();
    expect(taken('{ divisions { code } }')).toBe(true);
    expect(taken('{ matters { code } }')).toBe(false);
    register('b.graphql', '{ matters { code } }');
    rmSync(join(folder, 'school', 'a.graphql'));
    await vi.waitFor(() => expect(taken('{ matters { code } }')).toBe(true), { timeout: 10_000, interval: 100 });
    expect(taken('{ divisions { code } }')).toBe(false);
  });

  it('that cannot be read leaves the documents of before, and is told', async () => {
    register('a.graphql', '{ divisions { code } }');
    await open();
    register('b.graphql', '#'.repeat(LARGEST_DOCUMENT + 1));
    await vi.waitFor(() => expect(faults.length).toBeGreaterThan(0), { timeout: 10_000, interval: 100 });
    expect(faults[0]).toBe('documents cannot be read, the last ones hold');
    expect(taken('{ divisions { code } }')).toBe(true);
  });

  it('that cannot be read keeps a gateway from starting', async () => {
    await open();
    register('a.graphql', '#'.repeat(LARGEST_DOCUMENT + 1));
    await expect(readDocumentFolder(folder)).rejects.toThrow('larger than');
    await expect(open()).rejects.toThrow('larger than');
  });

  it('takes nothing but .graphql files', async () => {
    register('a.graphql.bak', '{ divisions { code } }');
    await open();
    expect(taken('{ divisions { code } }')).toBe(false);
  });
});
