/** What a link wants: keys to look up, and where their objects go. */
import type { LinkPlan, ObjectPlan } from '../authorize/plan.js';
import type { Node } from './node.js';

/** A key to look up, and where its object goes. */
export interface Wanted {
  readonly key: string;
  readonly from: Node;
  /** Place in the list under the link's key; -1: the key itself. */
  readonly at: number;
}

/** What a link wants of its one target, or by type where its keys say which. */
export interface Wants {
  readonly single: Wanted[];
  byType: Map<string, Wanted[]> | null;
}

/** Whether the keys looked up are the objects' own identifiers. */
export function looksUpByIdentity({ base, identity }: ObjectPlan): boolean {
  return base === null || base.by === identity?.by;
}

/** The keys wanted, each once. */
export function keysOf(wants: readonly { readonly key: string }[]): readonly string[] {
  const [first] = wants;
  if (first !== undefined && wants.length === 1) return [first.key];
  return [...new Set(wants.map((want) => want.key))];
}

/** Puts what was found where it was wanted. */
export function put(link: LinkPlan, { from, at }: Wanted, value: unknown): void {
  if (at < 0) from.out[link.key] = value;
  else (from.out[link.key] as unknown[])[at] = value;
}

/** Adds to the list under a key. */
export function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
