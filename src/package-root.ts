/** Where the package's own files lie: schema/, matters/, seeds/ and connectors/ beside the code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of package.json, found upwards from this file, compiled or not. */
export const PACKAGE_ROOT: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('package.json is not above the code');
    folder = above;
  }
  return folder;
})();

/** Files of SDL in a folder, by name. */
function sdlIn(...folder: readonly string[]): ReadonlyMap<string, string> {
  const path = join(PACKAGE_ROOT, ...folder);
  const names = readdirSync(path).filter((name) => name.endsWith('.graphql'));
  return new Map(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

/** SDL of the data plane, schema/, by file name. */
export const readSchemaFiles = (): ReadonlyMap<string, string> => sdlIn('schema');

/** SDL of the control plane, schema/admin/, by file name. */
export const readAdminSchemaFiles = (): ReadonlyMap<string, string> => sdlIn('schema', 'admin');
