/** Loads the folder of matters. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { compareText } from '../domain/calendar.js';
import { compileMatter, type Matter } from './compile.js';
import { type Fault, MatterFaults, SourceFile } from './faults.js';

/**
 * Reads every `*.yaml` of a folder; other files are passed over.
 * @param schema the data plane's schema, which the facts documents must fit
 * @returns the matters by code, in the codes' order
 * @throws MatterFaults with every fault of every file
 */
export async function loadMatters(folder: string, schema: GraphQLSchema): Promise<ReadonlyMap<string, Matter>> {
  const names = await readdir(folder).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MatterFaults([{ file: folder, line: 0, message: `cannot be read: ${why}` }]);
  });
  const files = names.filter((name) => name.endsWith('.yaml')).sort(compareText);
  const read = await Promise.all(
    files.map(async (name) => new SourceFile(name, await readFile(join(folder, name), 'utf8'))),
  );
  const matters = new Map<string, Matter>();
  const faults: Fault[] = [];
  for (const file of read) {
    const matter = compileMatter(file, schema);
    if (matter !== null) matters.set(matter.code, matter);
    faults.push(...file.faults);
  }
  if (faults.length > 0) throw new MatterFaults(faults);
  return matters;
}
