/** With which documents an application may ask: any, or only those registered for it. */
import { LRUCache } from 'lru-cache';
import { MianzhengError } from '../errors.js';
import { documentHash, type RegisteredDocuments } from './document-folder.js';

/** What becomes of a document that is not registered: it is taken, taken and told, or refused. */
export type DocumentMode = 'open' | 'log' | 'enforce';

/** A document of an application that is not registered for it. */
export interface UntrustedDocument {
  readonly client: string;
  /** `sha256:<hex>` of its text. */
  readonly documentId: string;
  /** Name of its operation, where one can be told and it tells nothing of a person. */
  readonly operation: string | null;
}

/** How trust is decided. */
export interface TrustOptions {
  readonly mode: DocumentMode;
  /** Modes by application. */
  readonly clients: ReadonlyMap<string, DocumentMode>;
  /** Told of each unknown document, known by application and text, once as long as it is remembered (1,000). */
  readonly onUnknown: (document: UntrustedDocument) => void;
  /** Counts every request with one, in modes log and enforce. */
  readonly count: (result: 'LOGGED' | 'REFUSED') => void;
}

/** What a request says of its document. */
export interface DocumentRequest {
  /** Its text; null where it is named. */
  readonly query: string | null;
  /** `sha256:<hex>` of a registered document; null where it is written. */
  readonly documentId: string | null;
  readonly operationName: string | null;
}

interface Registered {
  readonly texts: ReadonlySet<string>;
  readonly byHash: ReadonlyMap<string, string>;
}

/** Unknown documents remembered, so that each is told once; least recently seen first out. */
const REMEMBERED = 1000;

/** Decides on documents. Does NOT parse, validate or authorize them: a trusted document goes through all of that. */
export class TrustedDocuments {
  readonly #options: TrustOptions;
  readonly #told = new LRUCache<string, true>({ max: REMEMBERED });
  #registered: ReadonlyMap<string, Registered> = new Map();

  constructor(options: TrustOptions) {
    this.#options = options;
  }

  /** Puts other documents in place of those known. */
  replace(documents: RegisteredDocuments): void {
    this.#registered = new Map(
      [...documents].map(([client, own]) => [
        client,
        {
          texts: new Set(own.flatMap(({ text }) => [text, text.trim()])),
          byHash: new Map(own.flatMap(({ text, hashes }) => hashes.map((hash) => [hash, text] as const))),
        },
      ]),
    );
  }

  /**
   * The text of the document to run.
   * @throws MianzhengError BAD_REQUEST for an identifier that is none, or of no document registered for the
   *   application; DOCUMENT_NOT_TRUSTED
   */
  text(client: string, { query, documentId, operationName }: DocumentRequest): string {
    const own = this.#registered.get(client);
    if (query === null) return named(own, documentId ?? '');
    const mode = this.#options.clients.get(client) ?? this.#options.mode;
    if (mode === 'open' || own?.texts.has(query) || own?.texts.has(query.trim())) return query;
    this.#tell(client, query, operationName);
    this.#options.count(mode === 'log' ? 'LOGGED' : 'REFUSED');
    if (mode === 'log') return query;
    throw new MianzhengError('DOCUMENT_NOT_TRUSTED', 'this document is not registered for the application');
  }

  #tell(client: string, query: string, operationName: string | null): void {
    const hash = documentHash(query);
    const key = `${client} ${hash}`;
    if (this.#told.get(key) === true) return;
    this.#told.set(key, true);
    this.#options.onUnknown({ client, documentId: `sha256:${hash}`, operation: operationOf(query, operationName) });
  }
}

const DOCUMENT_ID = /^sha256:([0-9a-f]{64})$/;

function named(own: Registered | undefined, documentId: string): string {
  const hash = DOCUMENT_ID.exec(documentId)?.[1];
  const why = hash === undefined ? 'takes sha256: and 64 digits of hexadecimal' : 'no such document is registered';
  const text = own?.byHash.get(hash ?? '');
  if (text === undefined) throw new MianzhengError('BAD_REQUEST', why, { field: 'documentId' });
  return text;
}

/** A name, unless it is long or has a run of digits, as a name made of an identifier has. */
function operationOf(query: string, operationName: string | null): string | null {
  const name = operationName ?? /\b(?:query|mutation)\s+([_A-Za-z]\w*)/.exec(query)?.[1] ?? null;
  return name !== null && /^[_A-Za-z]\w{0,63}$/.test(name) && !/\d{6}/.test(name) ? name : null;
}
