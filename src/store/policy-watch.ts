/**
 * The policy as this instance sees it: what changed is read when its version rises, so that a revocation binds
 * on every instance within a second.
 */
import { LRUCache } from 'lru-cache';
import { type Grant, type Rights, rightsOf } from '../authorize/rights.js';
import type { ControlStore } from './control-store.js';
import type { StoredClient } from './policy.js';
import { PolicyIndex } from './policy-index.js';

/** How often the version is asked for, ms. */
const POLL_MS = 400;

/** Sums of grants kept, least recently used first out. */
const RIGHTS_KEPT = 10_000;

/** A sum, valid as long as the application holds these very grants. */
interface Sum {
  readonly of: readonly Grant[];
  readonly rights: Rights;
}

/** The policy in force. */
export interface PolicyWatch {
  readonly version: number;
  /** An active application; null for one unknown or inactive. */
  client(id: string): StoredClient | null;
  /** Rights of an application for a matter on a day (`YYYY-MM-DD`). The same object until one of its grants changes. */
  rights(client: string, matter: string | null, today: string): Rights;
  /** Sums of grants kept. */
  rightsKept(): number;
  /** Reads what changed, now. */
  refresh(): Promise<void>;
  /** Stops watching. */
  close(): Promise<void>;
}

/**
 * Reads the policy and watches it.
 * @param onFault told when the store cannot be asked: the last policy read stays in force, and
 *   nothing is granted that it did not grant; and of a grant whose terms cannot be read: it gives nothing
 */
export async function watchPolicy(store: ControlStore, onFault: (error: unknown) => void): Promise<PolicyWatch> {
  let policy = new PolicyIndex(await store.readPolicy(), onFault);
  const sums = new LRUCache<string, Sum>({ max: RIGHTS_KEPT });

  async function reread(): Promise<void> {
    if ((await store.policyVersion()) === policy.version) return;
    const changes = await store.readChanges(policy.version);
    if (changes === null) policy = new PolicyIndex(await store.readPolicy(), onFault);
    else policy.apply(changes);
  }

  let asking: Promise<void> = Promise.resolve();
  let waiting = 0;
  /** One after the other: of two at once the earlier answer might come later. */
  function refresh(): Promise<void> {
    waiting += 1;
    const asked = asking.then(reread).finally(() => {
      waiting -= 1;
    });
    // Who asked is told of the failure; who asks next begins anew.
    asking = asked.catch(() => undefined);
    return asked;
  }

  const timer = setInterval(() => {
    if (waiting === 0) refresh().catch(onFault);
  }, POLL_MS);
  timer.unref();

  return {
    get version() {
      return policy.version;
    },
    client(id) {
      const client = policy.client(id);
      return client?.active ? client : null;
    },
    rights(client, matter, today) {
      const grants = policy.grants(client);
      const key = `${client} ${matter ?? ''} ${today}`;
      const known = sums.get(key);
      if (known?.of === grants) return known.rights;
      const rights = rightsOf(grants, matter, today);
      sums.set(key, { of: grants, rights });
      return rights;
    },
    rightsKept: () => sums.size,
    refresh,
    async close() {
      clearInterval(timer);
      await asking;
    },
  };
}
