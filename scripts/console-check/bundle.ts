/** How much the browser must load before the first page is usable. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Scripts that the page names, and those that these import at once. */
function scriptsOf(folder: string): ReadonlySet<string> {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const waiting = [...page.matchAll(/(?:src|href)="\/console\/(assets\/[^"]+\.js)"/g)].map(([, file = '']) => file);
  const found = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const code = readFileSync(join(folder, file), 'utf8');
    for (const [, name = ''] of code.matchAll(/(?:^|[;}])import[^;"'`(]*["'`]\.\/([\w.-]+\.js)["'`]/g)) {
      waiting.push(`assets/${name}`);
    }
  }
  return found;
}

/** The first page's scripts in all, gzip, bytes. Pages and charts that are loaded on demand are not among them. */
export function firstPageBytes(folder: string): number {
  let bytes = 0;
  for (const file of scriptsOf(folder)) bytes += gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;
  return bytes;
}
