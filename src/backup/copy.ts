/** Copying files whole, with what proves it. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MAX_LINE_BYTES } from '../audit/line.js';

/** A file as it was copied or read. */
export interface FileDigest {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * Copies the first bytes of a file to one that must not exist, mode 0600, durably.
 * @param bytes how many; default: all it has when it is opened
 */
export async function copyFile(from: string, to: string, bytes?: number): Promise<FileDigest> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const size = bytes ?? (await stat(from)).size;
  const hash = createHash('sha256');
  const target = createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true });
  if (size === 0) {
    await pipeline([], target);
    return { bytes: 0, sha256: hash.digest('hex') };
  }
  await pipeline(
    createReadStream(from, { end: size - 1 }),
    async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        hash.update(piece);
        yield piece;
      }
    },
    target,
  );
  return { bytes: size, sha256: hash.digest('hex') };
}

/** Reads a file through. */
export async function digestOf(path: string): Promise<FileDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path)) {
    hash.update(piece as Buffer);
    bytes += (piece as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Bytes up to the end of a file's last finished line. */
export async function finishedBytes(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    // What lies behind the last newline is one unfinished batch; it is looked for piece by piece from the end.
    for (let end = size; end > 0; ) {
      const length = Math.min(end, MAX_LINE_BYTES);
      const bytes = Buffer.alloc(length);
      await file.read(bytes, 0, length, end - length);
      const at = bytes.lastIndexOf(0x0a);
      if (at !== -1) return end - length + at + 1;
      end -= length;
    }
    return 0;
  } finally {
    await file.close();
  }
}
