import { readFileSync } from 'node:fs';
import type { JWK } from 'jose';

/** The keys of a JWKS file, as `/.well-known/jwks.json` gives it. */
export function keySetIn(file: string): readonly JWK[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly keys: readonly JWK[] }).keys;
}
