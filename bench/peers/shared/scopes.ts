/** Rights as the scopes of generic-auth, which takes an array. */
import type { Rights } from './rights.js';

const known = new WeakMap<Rights, string[]>();

/** The coordinates that a caller may read, as scopes; none of nobody. Made once for equal rights. */
export function scopesOf(caller: { readonly rights: Rights } | null): string[] {
  if (caller === null) return [];
  const { rights } = caller;
  let scopes = known.get(rights);
  if (scopes === undefined) {
    scopes = [...rights];
    known.set(rights, scopes);
  }
  return scopes;
}
