/** The duties of a peer: who asks, what they may read, and a durable record before the answer. */
import { createHmac, hash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openChainedRecord } from '../../floors/chained-record.js';
import { tokenCheck } from '../../floors/token.js';
import type { Ground } from '../../ground.js';
import { type Rights, rightsTable } from './rights.js';

/** One request's caller. */
export interface Caller {
  /** Client of the token. */
  readonly client: string;
  readonly matter: string;
  readonly caseNumber: string;
  readonly rights: Rights;
  /** Citizen IDs of everybody whose data were asked for; resolvers add to it. */
  readonly subjects: Set<string>;
}

/** Reads a header of a request by its lower-case name. */
export type Header = (name: string) => string | null | undefined;

/** Duties that are open. */
export interface Duties {
  /** The caller; null where the token does not hold. */
  admit(header: Header): Promise<Caller | null>;
  /** Resolves when the record is durable. @param document the text of what was asked; its SHA-256 is recorded */
  record(caller: Caller, document: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the duties of a peer; the record is written to a folder of its name.
 *
 * Does not check: whether the case is one of the client's, whether the citizen asked for is a subject of the case.
 */
export async function openDuties(ground: Ground, name: string): Promise<Duties> {
  const check = tokenCheck(ground.issuer);
  const rightsOf = rightsTable(ground);
  const record = await openChainedRecord(join(ground.folder, `peer-${name}`));
  const key = randomBytes(32);
  const pseudonym = (id: string) => createHmac('sha256', key).update(id).digest('base64url');
  return {
    async admit(header) {
      const checked = check(header('authorization') ?? undefined);
      const client = typeof checked === 'string' ? checked : await checked;
      if (client === null) return null;
      const matter = header('mianzheng-matter') ?? '';
      const caseNumber = header('mianzheng-case') ?? '';
      return { client, matter, caseNumber, rights: rightsOf(client, matter), subjects: new Set() };
    },
    async record({ client, matter, caseNumber, subjects }, document) {
      const fields = hash('sha256', document, 'base64url');
      const time = new Date().toISOString();
      await record.append({ time, client, matter, caseNumber, subjects: [...subjects].map(pseudonym), fields });
    },
    close: () => record.close(),
  };
}
