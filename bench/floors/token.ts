/** The token check of the floors: verified once with jose, remembered by hash. */
import { hash } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { Ground } from '../ground.js';

/** Seconds a verified token is remembered. */
const FRESH_SECONDS = 30;

/** Yields the client of an Authorization header; null where the token does not hold. */
export type TokenCheck = (authorization: string | undefined) => string | null | Promise<string | null>;

interface Known {
  readonly client: string;
  readonly until: number;
}

/** A check against the ground's issuer. */
export function tokenCheck({ issuer, audience, keys }: Ground['issuer']): TokenCheck {
  const keySet = createLocalJWKSet({ keys: [...keys] });
  const remembered = new Map<string, Known>();
  async function verify(token: string, tokenHash: string): Promise<string | null> {
    try {
      const { payload } = await jwtVerify(token, keySet, { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'] });
      const client = String(payload.client_id);
      const until = Math.min(Date.now() + FRESH_SECONDS * 1000, (payload.exp ?? 0) * 1000);
      remembered.set(tokenHash, { client, until });
      return client;
    } catch {
      // Whatever is wrong with it: it is refused.
      return null;
    }
  }
  return (authorization) => {
    if (authorization === undefined || !authorization.startsWith('Bearer ')) return null;
    const token = authorization.slice(7);
    const tokenHash = hash('sha256', token, 'base64');
    const known = remembered.get(tokenHash);
    return known !== undefined && Date.now() < known.until ? known.client : verify(token, tokenHash);
  };
}
