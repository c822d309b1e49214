/** The console's files (管理台静态文件), read once at start: what is not among them cannot be asked for. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file as it is sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Compressed, when it is first asked for; null where that does not make it smaller. */
  readonly gzip: () => Buffer | null;
  /** Strong entity tag. */
  readonly etag: string;
  /** Value of Cache-Control: a file whose name holds its hash never changes. */
  readonly cacheControl: string;
}

/** Files by path below the folder, with slashes. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** A name with the hash that Vite puts into it, `name-<8 characters>.ending`. */
const HASHED = /-[A-Za-z0-9_-]{8}\.\w+$/;

const FOREVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

/** Files are not read beyond this, bytes: the folder is not the console's then. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Compresses bytes when first asked; most files are never asked for, and a start must not wait for them. */
function compressed(bytes: Buffer): () => Buffer | null {
  let made: Buffer | null | undefined;
  return () => {
    if (made === undefined) {
      const smaller = gzipSync(bytes, { level: 9 });
      made = smaller.length < bytes.length ? smaller : null;
    }
    return made;
  };
}

/**
 * Reads the files of a folder; endings that are not served, such as source maps, are left out.
 * @returns empty where there is no such folder: the console has not been built
 * @throws RangeError where they are more than 64 MiB
 */
export function readConsoleFiles(folder: string): ConsoleFiles {
  const files = new Map<string, ConsoleFile>();
  if (!existsSync(folder)) return files;
  let total = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    total += bytes.length;
    if (total > MOST_BYTES) throw new RangeError(`${folder} holds more than ${MOST_BYTES} bytes`);
    files.set(relative(folder, path).split(sep).join('/'), {
      type,
      bytes,
      gzip: compressed(bytes),
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      cacheControl: HASHED.test(entry.name) ? FOREVER : ASK_AGAIN,
    });
  }
  return files;
}
