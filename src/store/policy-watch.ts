/**
 * The policy as this instance sees it: reread when its version rises, so that a revocation binds
 * on every instance within a second.
 */
import { LRUCache } from 'lru-cache';
import { type Rights, rightsOf } from '../authorize/rights.js';
import type { Client, ControlStore, Policy } from './control-store.js';

/** How often the version is asked for, ms. */
const POLL_MS = 400;

/** Sums of grants kept, least recently used first out. */
const RIGHTS_KEPT = 10_000;

/** The policy in force. */
export interface PolicyWatch {
  readonly version: number;
  /** An active application; null for one unknown or inactive. */
  client(id: string): Client | null;
  /** Rights of an application for a matter on a day (`YYYY-MM-DD`). */
  rights(client: string, matter: string | null, today: string): Rights;
  /** Rereads now. */
  refresh(): Promise<void>;
  /** Stops watching. */
  close(): Promise<void>;
}

/**
 * Reads the policy and watches it.
 * @param onFault told when the store cannot be asked; the last policy read stays in force, and
 *   nothing is granted that it did not grant
 */
export async function watchPolicy(store: ControlStore, onFault: (error: unknown) => void): Promise<PolicyWatch> {
  let policy: Policy = await store.readPolicy();
  const rights = new LRUCache<string, Rights>({ max: RIGHTS_KEPT });
  let asking: Promise<void> = Promise.resolve();

  async function reread(): Promise<void> {
    if ((await store.policyVersion()) === policy.version) return;
    policy = await store.readPolicy();
    rights.clear();
  }

  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    asking = reread()
      .catch(onFault)
      .finally(() => {
        busy = false;
      });
  }, POLL_MS);
  timer.unref();

  return {
    get version() {
      return policy.version;
    },
    client(id) {
      const client = policy.clients.get(id);
      return client?.active ? client : null;
    },
    rights(client, matter, today) {
      const key = `${client} ${matter ?? ''} ${today}`;
      const known = rights.get(key);
      if (known) return known;
      const sum = rightsOf(policy.grants, client, matter, today);
      rights.set(key, sum);
      return sum;
    },
    refresh: reread,
    async close() {
      clearInterval(timer);
      await asking;
    },
  };
}
