/** The seeds' data files: YAML, checked. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { SeedFileError } from './faults.js';

/** The text of a file of the package's `seeds` folder. @throws Error of the file system where it is missing */
export function readSeedFile(name: string): string {
  return readFileSync(join(PACKAGE_ROOT, 'seeds', name), 'utf8');
}

/**
 * The text as YAML of the schema's form.
 * @param file name of the file, for the message
 * @throws SeedFileError with all faults of syntax, else all faults of form
 */
export function parseSeedFile<T>(file: string, text: string, schema: z.ZodType<T>): T {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new SeedFileError(
      file,
      document.errors.map(({ linePos, message }) => `line ${linePos?.[0].line ?? '?'}: ${message.split('\n', 1)[0]}`),
    );
  }
  const read = schema.safeParse(document.toJS());
  if (read.success) return read.data;
  throw new SeedFileError(
    file,
    read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}
