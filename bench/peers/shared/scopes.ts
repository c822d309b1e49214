/** Rights as the scopes of generic-auth, which takes an array. */
import type { Rights } from './rights.js';

const known = new WeakMap<Rights, string[]>();

/** The coordinates as scopes; made once for equal rights. */
export function scopesOf(rights: Rights): string[] {
  let scopes = known.get(rights);
  if (scopes === undefined) {
    scopes = [...rights];
    known.set(rights, scopes);
  }
  return scopes;
}
