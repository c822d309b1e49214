/**
 * `npm run console:types`: writes console/src/api/generated.ts from schema/admin/ and the console's `.graphql` documents,
 * so that a page which asks for what the control plane does not have does not compile.
 *   --check    writes nothing; exit 1 where the file is not what would be written
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { consoleTypes } from './console-types/generate.js';

const { values: options } = parseArgs({ options: { check: { type: 'boolean' } } });
const folder = join(import.meta.dirname, '..');
const file = join(folder, 'console/src/api/generated.ts');
const wanted = await consoleTypes(folder);
if (options.check !== true) {
  writeFileSync(file, wanted);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== wanted) {
  process.stderr.write('console/src/api/generated.ts is stale: npm run console:types\n');
  process.exitCode = 1;
}
