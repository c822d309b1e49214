/** Our own credential at another city's gateway: client credentials with a signed assertion, at an issuer of the library. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, exportJWK, generateKeyPair, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { peerTokens } from '../../src/peers/credential.js';

const AUDIENCE = 'urn:mianzheng:tongxiang';
const CLIENT = 'city-nanping';
const LIFE_S = 600;

let folder: string;
let server: Server;
let issuer: string;
let asked = 0;

async function keyPair(): Promise<{ readonly publicJwk: JWK; readonly privateJwk: JWK }> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const named = { kid: 'nanping-1', alg: 'ES256' };
  return {
    publicJwk: { ...(await exportJWK(publicKey)), ...named },
    privateJwk: { ...(await exportJWK(privateKey)), ...named },
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-credential-'));
  const { publicJwk, privateJwk } = await keyPair();
  writeFileSync(join(folder, 'peer.jwk.json'), JSON.stringify(privateJwk), { mode: 0o600 });
  writeFileSync(join(folder, 'stranger.jwk.json'), JSON.stringify((await keyPair()).privateJwk), { mode: 0o600 });
  writeFileSync(join(folder, 'public.jwk.json'), JSON.stringify(publicJwk), { mode: 0o600 });
  let answer: ReturnType<import('oidc-provider').Provider['callback']> | undefined;
  server = createServer((request, response) => {
    if (request.url === '/token') asked += 1;
    void answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { Provider } = await import('oidc-provider');
  const provider = new Provider(issuer, {
    jwks: { keys: [(await keyPair()).privateJwk] },
    clientAuthMethods: ['private_key_jwt'],
    clients: [
      {
        client_id: CLIENT,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [publicJwk] },
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          audience: AUDIENCE,
          scope: 'facts',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    ttl: { ClientCredentials: LIFE_S },
  });
  answer = provider.callback();
});

beforeEach(() => {
  asked = 0;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

it('is a token for the gateway there, had once for all who ask and anew shortly before it ends', async () => {
  let now = 0;
  const tokens = peerTokens(
    { issuer, clientId: CLIENT, keyFile: 'peer.jwk.json', audience: AUDIENCE },
    folder,
    () => now,
  );
  const [first, same] = await Promise.all([tokens(), tokens()]);
  expect(decodeJwt(first ?? '')).toMatchObject({ iss: issuer, aud: AUDIENCE, client_id: CLIENT });
  expect(same).toBe(first);
  now = (LIFE_S - 31) * 1000;
  expect(await tokens()).toBe(first);
  expect(asked).toBe(1);
  now = (LIFE_S - 29) * 1000;
  expect(await tokens()).not.toBe(first);
  expect(asked).toBe(2);
});

it.each([
  ['a key the issuer does not know', { keyFile: 'stranger.jwk.json' }],
  ['a public key', { keyFile: 'public.jwk.json' }],
  ['no file', { keyFile: 'none.jwk.json' }],
  ['an application the issuer does not know', { clientId: 'stranger' }],
])('is refused with %s, and asked for again', async (_name, change) => {
  const given = { issuer, clientId: CLIENT, keyFile: 'peer.jwk.json', audience: AUDIENCE, ...change };
  const tokens = peerTokens(given, folder, () => 0);
  for (let i = 0; i < 2; i += 1) await expect(tokens()).rejects.toThrow();
});
