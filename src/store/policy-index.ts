/** The policy in memory, by application. */
import type { Grant } from '../authorize/rights.js';
import { type Policy, type PolicyChanges, readGrant, type StoredClient, type StoredGrant } from './policy.js';

/** The grants of one application. Terms are read when they are first asked for. */
class ClientGrants {
  /** A grant is in one of the two: its terms as text, or read. */
  readonly #unread = new Map<string, StoredGrant>();
  readonly #read = new Map<string, Grant>();
  #all: readonly Grant[] | null = null;

  put(grant: StoredGrant): void {
    this.#read.delete(grant.id);
    this.#unread.set(grant.id, grant);
    this.#all = null;
  }

  remove(id: string): void {
    this.#read.delete(id);
    this.#unread.delete(id);
    this.#all = null;
  }

  all(onFault: (error: unknown) => void): readonly Grant[] {
    this.#all ??= this.#readAll(onFault);
    return this.#all;
  }

  #readAll(onFault: (error: unknown) => void): readonly Grant[] {
    for (const [id, grant] of this.#unread) {
      try {
        this.#read.set(id, readGrant(grant));
      } catch {
        // The parser's own words quote the terms. A grant nobody can read gives nothing.
        onFault(new SyntaxError(`the terms of grant ${id} are not JSON`));
      }
    }
    this.#unread.clear();
    return [...this.#read.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

const NONE: readonly Grant[] = [];

/** Applications and grants at the version last read. */
export class PolicyIndex {
  readonly #clients: Map<string, StoredClient>;
  readonly #grants = new Map<string, ClientGrants>();
  /** Application that holds a grant, by the grant's identifier. */
  readonly #holders = new Map<string, string>();
  readonly #onFault: (error: unknown) => void;
  #version: number;

  /** @param onFault told of a grant whose terms are not JSON; it gives nothing */
  constructor(policy: Policy, onFault: (error: unknown) => void) {
    this.#clients = new Map(policy.clients);
    this.#onFault = onFault;
    for (const grant of policy.grants) this.#put(grant);
    this.#version = policy.version;
  }

  get version(): number {
    return this.#version;
  }

  client(id: string): StoredClient | null {
    return this.#clients.get(id) ?? null;
  }

  /** An application's grants by identifier; the same array until one of them changes. */
  grants(client: string): readonly Grant[] {
    return this.#grants.get(client)?.all(this.#onFault) ?? NONE;
  }

  /** Brings the policy to a later version; applications that are not named keep what they have. */
  apply(changes: PolicyChanges): void {
    for (const client of changes.clients) this.#clients.set(client.id, client);
    for (const grant of changes.grants) this.#put(grant);
    this.#version = changes.version;
  }

  #put(grant: StoredGrant): void {
    const holder = this.#holders.get(grant.id);
    if (holder !== undefined && holder !== grant.client) this.#grants.get(holder)?.remove(grant.id);
    this.#holders.set(grant.id, grant.client);
    let held = this.#grants.get(grant.client);
    if (held === undefined) {
      held = new ClientGrants();
      this.#grants.set(grant.client, held);
    }
    held.put(grant);
  }
}
