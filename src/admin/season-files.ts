/** Files of a season run from the console: the list as it was brought, and what came of it. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { MianzhengError } from '../errors.js';
import type { SeasonFiles } from '../season/run.js';
import type { SeasonList, SeasonRun } from '../store/seasons.js';

/** Largest list, bytes: 75,000 applications are some 5 MB of CSV. */
export const LIST_MOST_BYTES = { '.csv': 32 * 1024 * 1024, '.xlsx': 16 * 1024 * 1024 } as const;

/** Files that may be fetched, by name, with their media type. */
const RESULTS = {
  'result.csv': 'text/csv; charset=utf-8',
  'result.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'summary.svg': 'image/svg+xml',
} as const;

/** Name of a file that may be fetched. */
export type SeasonFileName = keyof typeof RESULTS;

/** A file that may be fetched. */
export interface SeasonFile {
  readonly name: SeasonFileName;
  readonly mediaType: string;
  readonly bytes: number;
}

/** The ending of a list's name; null where it is none that can be read. */
export function listEnding(name: string): keyof typeof LIST_MOST_BYTES | null {
  const ending = extname(name).toLowerCase();
  return ending === '.csv' || ending === '.xlsx' ? ending : null;
}

/** Where the files of a season are. @param folder of all seasons */
export function placesOf(
  folder: string,
  { id, list }: Pick<SeasonRun, 'id'> & { readonly list: Pick<SeasonList, 'name'> | null },
): SeasonFiles {
  const own = join(folder, id);
  return {
    list: join(own, list?.name ?? 'list'),
    journal: join(own, 'journal'),
    results: [join(own, 'result.csv'), join(own, 'result.xlsx')],
    picture: join(own, 'summary.svg'),
  };
}

/**
 * Keeps a list, whole or not at all, beside any that was brought before: that one may be the season's, and stay it.
 * @throws MianzhengError BODY_TOO_LARGE
 */
export async function keepList(
  folder: string,
  run: Pick<SeasonRun, 'id' | 'file'>,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Pick<SeasonList, 'name' | 'bytes'>> {
  const ending = listEnding(run.file) ?? '.csv';
  const most = LIST_MOST_BYTES[ending];
  const name = `list-${randomUUID()}${ending}`;
  const { list } = placesOf(folder, { id: run.id, list: { name } });
  await mkdir(join(folder, run.id), { recursive: true, mode: 0o700 });
  const part = `${list}.part`;
  let size = 0;
  try {
    const file = await open(part, 'w', 0o600);
    try {
      for await (const piece of bytes) {
        size += piece.length;
        // What lies beyond is read to its end, so that the refusal can be sent, and not kept.
        if (size <= most) await file.writeFile(piece);
      }
      if (size > most) {
        throw new MianzhengError('BODY_TOO_LARGE', `a list takes at most ${most} bytes`, { field: 'body' });
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, list);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return { name, bytes: size };
}

/** Removes a list that is not the season's. */
export function removeList(folder: string, { id }: Pick<SeasonRun, 'id'>, list: Pick<SeasonList, 'name'>) {
  return rm(placesOf(folder, { id, list }).list, { force: true });
}

/** Results that are there. */
export async function resultsOf(folder: string, { id }: Pick<SeasonRun, 'id'>): Promise<readonly SeasonFile[]> {
  const found: SeasonFile[] = [];
  for (const [name, mediaType] of Object.entries(RESULTS)) {
    const size = await stat(join(folder, id, name)).then(
      (one) => one.size,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      },
    );
    if (size !== null) found.push({ name: name as SeasonFileName, mediaType, bytes: size });
  }
  return found;
}

/** Reads a result. */
export function readResult(folder: string, { id }: Pick<SeasonRun, 'id'>, name: SeasonFileName): Readable {
  return createReadStream(join(folder, id, name));
}

/** Identifiers of the seasons that have files. */
export async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Removes everything of a season. */
export function removeFiles(folder: string, { id }: Pick<SeasonRun, 'id'>): Promise<void> {
  return rm(join(folder, id), { recursive: true, force: true });
}
