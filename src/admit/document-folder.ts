/** The documents registered for applications: a folder for each, `<folder>/<application>/*.graphql`. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A registered document. */
export interface RegisteredDocument {
  /** File name, such as `enrolment.graphql`. */
  readonly file: string;
  /** As it is in the file. */
  readonly text: string;
  /** SHA-256 of the text, lower-case hex: as the file is, and without white space around it where that differs. */
  readonly hashes: readonly string[];
}

/** By application. */
export type RegisteredDocuments = ReadonlyMap<string, readonly RegisteredDocument[]>;

/** Largest document read, bytes. */
export const LARGEST_DOCUMENT = 262_144;

/** Most documents of one application. */
const DOCUMENTS_OF_ONE = 10_000;

/** The documents cannot be read; the message names the folder or file. */
export class DocumentFolderError extends Error {
  override readonly name = 'DocumentFolderError';
}

/** SHA-256 of a document's text, lower-case hex. */
export function documentHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A document with its hashes. */
export function registered(file: string, text: string): RegisteredDocument {
  return { file, text, hashes: [...new Set([documentHash(text), documentHash(text.trim())])] };
}

/** Entries of a folder, sorted; none where there is no such folder. */
async function entriesOf(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const files = (await entriesOf(folder)).filter((entry) => entry.isFile() && entry.name.endsWith('.graphql'));
  if (files.length > DOCUMENTS_OF_ONE) {
    throw new DocumentFolderError(`${folder}: more than ${DOCUMENTS_OF_ONE} documents`);
  }
  return files.map(({ name }) => name);
}

/** Applications that have a folder. */
async function applicationsOf(folder: string): Promise<readonly string[]> {
  return (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** What tells one state of the folder from another: names, sizes and times of change. */
export async function folderState(folder: string): Promise<string> {
  const parts: string[] = [];
  for (const application of await applicationsOf(folder)) {
    for (const file of await filesOf(join(folder, application))) {
      const { size, mtimeMs } = await stat(join(folder, application, file));
      parts.push(`${application}/${file} ${size} ${mtimeMs}`);
    }
  }
  return parts.join('\n');
}

/** Reads all documents. @throws DocumentFolderError */
export async function readDocumentFolder(folder: string): Promise<RegisteredDocuments> {
  const documents = new Map<string, readonly RegisteredDocument[]>();
  for (const application of await applicationsOf(folder)) {
    const own: RegisteredDocument[] = [];
    for (const file of await filesOf(join(folder, application))) {
      const path = join(folder, application, file);
      const bytes = await readFile(path);
      if (bytes.length > LARGEST_DOCUMENT) {
        throw new DocumentFolderError(`${path}: larger than ${LARGEST_DOCUMENT} bytes`);
      }
      own.push(registered(file, bytes.toString()));
    }
    documents.set(application, own);
  }
  return documents;
}
