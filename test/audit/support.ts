import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ChainFault, type ChainOptions, openChain, type RecordChain } from '../../src/audit/chain.js';
import type { NewEntry, RequestRecord } from '../../src/audit/entries.js';
import { fileSystem, nodeFiles, type RecordFile, type RecordFiles } from '../../src/audit/files.js';
import { FIRST_PREVIOUS, type HashName, writeLine } from '../../src/audit/line.js';
import { loadOrCreateSigningKey, type SigningKey } from '../../src/audit/signing-key.js';

/** Name of the chain in these tests. */
export const CHAIN = 'gw-1';

/** An instant, in milliseconds: the clock of these tests stands still unless they turn it. */
export const NOW = Date.parse('2025-09-01T08:00:00.000Z');

/** A folder of its own, removed when the test is finished. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mz-audit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of a record, removed when the test is finished. */
export async function copyOf(folder: string): Promise<string> {
  const copy = await temporaryFolder();
  await cp(folder, copy, { recursive: true, filter: (path) => !/lock\.\d+$/.test(path) });
  return copy;
}

/** A checkpoint key of its own. */
export async function signingKey(): Promise<SigningKey> {
  const folder = await mkdtemp(join(tmpdir(), 'mz-audit-key-'));
  try {
    return await loadOrCreateSigningKey(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A request's record; parts of it can be given. */
export function request(part: Partial<RequestRecord> = {}): Extract<NewEntry, { kind: 'request' }> {
  return {
    kind: 'request',
    time: '2025-09-01T08:00:00.000Z',
    requestId: 'r-1',
    client: 'school-enrolment',
    operator: 'teacher-7',
    matter: 'enrolment-primary',
    caseNumber: 'RX-2025-000017',
    legalBases: ['义务教育法 第十二条'],
    subjects: ['kC0cHN0s4dZSyTt2gYxYbA'],
    plan: 'a1b2',
    policyVersion: 3,
    disclosed: ['Resident.name', 'PropertyUnit.address'],
    masked: ['Resident.idNumber'],
    used: [],
    withheld: ['Resident.ethnicity'],
    sources: [{ department: 'HOUSEHOLD', fetchedAt: '2025-09-01T08:00:00.000Z', state: 'UP' }],
    verdict: null,
    receipt: null,
    outcome: 'ANSWERED',
    code: null,
    status: 200,
    ...part,
  };
}

/** The file system without waiting for the disk: for tests that open very many chains. */
export const unsynced: RecordFiles = { ...fileSystem(false), syncFolder: async () => undefined };

type Call = 'open' | 'write' | 'written' | 'datasync';

/** A file system whose calls on segments can be watched, held up and made to fail. */
export class Interposed implements RecordFiles {
  /** Called before the real call, and when a write has arrived but is not acknowledged; may wait or throw. */
  before: (call: Call, path: string) => Promise<void> = async () => undefined;
  /** Bytes of a write that arrive before `before('write')` fails it. */
  arriving = 0;
  readonly calls: string[] = [];

  async open(path: string): Promise<RecordFile> {
    await this.#call('open', path);
    const file = await nodeFiles.open(path);
    return {
      ...file,
      write: async (bytes, position) => {
        try {
          await this.#call('write', path);
        } catch (error) {
          await file.write(bytes.subarray(0, this.arriving), position);
          throw error;
        }
        const taken = await file.write(bytes, position);
        await this.#call('written', path);
        return taken;
      },
      datasync: async () => {
        await this.#call('datasync', path);
        await file.datasync();
      },
    };
  }

  remove(path: string): Promise<number> {
    return nodeFiles.remove(path);
  }

  syncFolder(path: string): Promise<void> {
    return nodeFiles.syncFolder(path);
  }

  async #call(call: Call, path: string): Promise<void> {
    if (/\d\.jsonl$/.test(path)) this.calls.push(call);
    await this.before(call, path);
  }
}

/** Opens a chain in which any fault fails the test, closed when the test is finished. */
export async function open(
  options: Pick<ChainOptions, 'folder' | 'signingKey'> & Partial<ChainOptions>,
): Promise<RecordChain> {
  const chain = await openChain({
    chain: CHAIN,
    now: () => NOW,
    onFault: ({ what, cause }: ChainFault) => {
      throw new Error(`unexpected fault: ${what}`, { cause });
    },
    ...options,
  });
  onTestFinished(() => chain.close());
  return chain;
}

/** The lines of every segment of a chain, first segment first. */
export async function linesOf(folder: string, chain = CHAIN): Promise<string[][]> {
  const names = (await readdir(join(folder, chain))).filter((name) => /^\d{8}\.jsonl$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, chain, name), 'utf8')));
  return texts.map((text) => text.split('\n').slice(0, -1));
}

/** The entries of a chain as JSON values. */
export async function entriesOf(folder: string, chain = CHAIN): Promise<Record<string, unknown>[]> {
  return (await linesOf(folder, chain)).flat().map((line) => JSON.parse(line.slice(130)));
}

/** Writes segments back, `null` for one that is to be gone. */
export async function writeLines(folder: string, segments: readonly (readonly string[] | null)[]): Promise<void> {
  for (const [index, lines] of segments.entries()) {
    const path = join(folder, CHAIN, `${String(index + 1).padStart(8, '0')}.jsonl`);
    if (lines === null) await rm(path, { force: true });
    else await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  }
}

/** Chains all lines anew, as a forger without the signing key would. */
export function rehashed(segments: readonly (readonly string[])[], algorithm: HashName = 'sha256'): string[][] {
  let previous = FIRST_PREVIOUS;
  return segments.map((lines) =>
    lines.map((line) => {
      const { hash, line: written } = writeLine(algorithm, previous, line.slice(130));
      previous = hash;
      return written;
    }),
  );
}
