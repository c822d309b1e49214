/** Our own credential at another city's gateway. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { importJWK, type JWK } from 'jose';
import * as oidc from 'openid-client';
import { z } from 'zod';

/** Where and as whom an access token is had: OAuth 2.0 client credentials with a signed assertion (RFC 7523). */
export interface PeerCredential {
  /** Issuer that the other city trusts; its endpoints are read from its metadata. */
  readonly issuer: string;
  readonly clientId: string;
  /** File with our private JWK, relative to the data folder; `alg` in it, such as ES256 or EdDSA, says how it signs. */
  readonly keyFile: string;
  /** `aud` of the tokens: the other gateway's identifier (RFC 8707). */
  readonly audience: string;
  /** Scope asked for; default: none. */
  readonly scope?: string | undefined;
}

/** Longest wait for the issuer, s. */
const TIMEOUT_S = 5;
/** How long before its end a token is replaced, ms. */
const RENEW_MS = 30_000;
/** Taken for the lifetime of a token whose issuer does not say it, s. */
const SHORT_LIFE_S = 60;

const privateKey = z.looseObject({ kty: z.string(), d: z.string(), alg: z.string(), kid: z.string().optional() });

/**
 * Gives the newest access token, had anew shortly before the last one ends. Requests that come together wait for one.
 * @param folder the data folder
 * @param now ms since the epoch
 */
export function peerTokens(
  { issuer, clientId, keyFile, audience, scope }: PeerCredential,
  folder: string,
  now: () => number,
): () => Promise<string> {
  let configuration: Promise<oidc.Configuration> | null = null;
  let coming: Promise<string> | null = null;
  let token = '';
  let until = Number.NEGATIVE_INFINITY;

  function readKey(): z.infer<typeof privateKey> {
    const text = readFileSync(resolve(folder, keyFile), 'utf8');
    try {
      return privateKey.parse(JSON.parse(text));
    } catch {
      // A JSON error quotes the text, which is the key.
      throw new TypeError(`${keyFile} holds no private JWK with its alg`);
    }
  }

  async function discover(): Promise<oidc.Configuration> {
    const jwk = readKey();
    const key = await importJWK(jwk as JWK, jwk.alg);
    if (key instanceof Uint8Array) throw new TypeError(`${keyFile} holds no private key`);
    const url = new URL(issuer);
    const execute = url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    const signing = jwk.kid === undefined ? key : { key, kid: jwk.kid };
    return oidc.discovery(url, clientId, {}, oidc.PrivateKeyJwt(signing), { execute, timeout: TIMEOUT_S });
  }

  async function renew(): Promise<string> {
    configuration ??= discover();
    try {
      const asked = { resource: audience, ...(scope === undefined ? {} : { scope }) };
      const answer = await oidc.clientCredentialsGrant(await configuration, asked);
      token = answer.access_token;
      until = now() + (answer.expires_in ?? SHORT_LIFE_S) * 1000 - RENEW_MS;
      return token;
    } catch (error) {
      // The issuer may have moved its endpoints, or our key be another one by now.
      configuration = null;
      throw error;
    }
  }

  return () => {
    if (now() < until) return Promise.resolve(token);
    coming ??= renew().finally(() => {
      coming = null;
    });
    return coming;
  };
}
