/** Loads the folder of matters. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { compareText } from '../domain/calendar.js';
import { compileMatter, type FindPart, type KnownProofs, type Matter } from './compile.js';
import type { Part } from './compose.js';
import { partFile } from './definition.js';
import { type Fault, MatterFaults, noteIssues, SourceFile } from './faults.js';

/** Folder, inside the folder of matters, of the parts that several of them take. */
export const PARTS = 'parts';

/** How the name of a file with a matter's cases ends: `<code>.cases.yaml`. */
export const CASES = '.cases.yaml';

/** What stands in a folder of matters. */
export interface MatterFolder {
  /** Those without faults, by code, in the codes' order. */
  readonly matters: ReadonlyMap<string, Matter>;
  /** Every fault of every file, in the files' and lines' order. */
  readonly faults: readonly Fault[];
}

/**
 * Reads every matter of a folder and the parts under `parts/`; files of cases and others are passed over.
 * @param schema the data plane's schema, which the facts documents must fit
 * @param proofs the catalogue of proofs, which the codes of `formerProofs` must fit; null: codes are not checked
 */
export async function inspectMatters(
  folder: string,
  schema: GraphQLSchema,
  proofs: KnownProofs | null = null,
): Promise<MatterFolder> {
  const names = await readdir(folder).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new MatterFaults([{ file: folder, line: 0, column: 0, message: `cannot be read: ${why}` }]);
  });
  if (names instanceof MatterFaults) return { matters: new Map(), faults: names.faults };
  const files = names.filter((name) => name.endsWith('.yaml') && !name.endsWith(CASES));
  const partFiles = names.includes(PARTS) ? await readdir(join(folder, PARTS)) : [];
  const [read, parts] = await Promise.all([
    sources(folder, files),
    sources(
      folder,
      partFiles.filter((name) => name.endsWith('.yaml')).map((name) => `${PARTS}/${name}`),
    ),
  ]);
  const taken = new Set<string>();
  const known = new Map(parts.map((file) => [file.name, readPart(file)]));
  const findPart: FindPart = (name) => {
    const path = `${PARTS}/${name}.yaml`;
    taken.add(path);
    return known.get(path) ?? null;
  };
  const matters = new Map<string, Matter>();
  for (const file of read) {
    const matter = compileMatter(file, schema, findPart, proofs);
    if (matter !== null) matters.set(matter.code, matter);
  }
  // A matter at fault may be the one that takes it.
  if (read.every((file) => file.faults.length === 0)) {
    for (const part of parts) if (!taken.has(part.name)) part.fault([], 'no matter takes this part');
  }
  const faults = [...read, ...parts].flatMap((file) => file.faults);
  return { matters, faults: [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()] };
}

/**
 * Reads the matters of a folder as {@link inspectMatters} does.
 * @returns the matters by code, in the codes' order
 * @throws MatterFaults with every fault of every file
 */
export async function loadMatters(
  folder: string,
  schema: GraphQLSchema,
  proofs: KnownProofs | null = null,
): Promise<ReadonlyMap<string, Matter>> {
  const { matters, faults } = await inspectMatters(folder, schema, proofs);
  if (faults.length > 0) throw new MatterFaults(faults);
  return matters;
}

function sources(folder: string, names: readonly string[]): Promise<SourceFile[]> {
  const sorted = [...names].sort(compareText);
  return Promise.all(sorted.map(async (name) => new SourceFile(name, await readFile(join(folder, name), 'utf8'))));
}

function readPart(file: SourceFile): Part | 'FAULTY' {
  const value = file.value();
  if (file.faults.length > 0) return 'FAULTY';
  const parsed = partFile.safeParse(value);
  if (!parsed.success) noteIssues(file, parsed.error.issues);
  return parsed.success ? { file, value } : 'FAULTY';
}
