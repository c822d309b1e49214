/** Applications with DPoP, by a client library that others wrote, from the issuer's token to the gateway's answer. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as dpop from 'dpop';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exportRecord } from '../../src/audit/export.js';
import { recordFolder } from '../../src/places.js';
import { mianzheng } from '../cli/mianzheng.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';

const PUBLIC = 'https://gateway.nanping.example';
const QUERY = JSON.stringify({ query: '{ resident(id: "350702202003059021") { name } }' });
const PURPOSE = {
  'content-type': 'application/json',
  'mianzheng-matter': 'school-enrolment-primary',
  'mianzheng-case': 'NP-2026-0001',
};
const CLIENT: oauth.Client = { client_id: 'school-enrolment' };
const inAWhile = { timeout: 30_000, interval: 50 };

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let plain: RunningGateway;
let demanding: RunningGateway;

beforeAll(async () => {
  city = await embeddedCityFolder();
  plain = await startGateway(city.folder, {}, 'gateway-1', { publicUrl: PUBLIC });
  demanding = await startGateway(city.folder, {}, 'gateway-2', {
    publicUrl: `${PUBLIC}/`,
    tokens: { senderConstrained: 'required', senderConstrainedClients: [], dpopNonces: true },
  });
}, 60_000);

afterAll(async () => {
  await plain.close();
  await demanding.close();
  city.remove();
});

/** A token of the issuer's own endpoint, bound to the key of `proofs`. */
async function tokenFor(gateway: RunningGateway, proofs: oauth.DPoPHandle): Promise<string> {
  const issuer = gateway.gateway.developmentIssuer;
  if (issuer === null) throw new TypeError('a development gateway has an issuer');
  const server = { issuer: issuer.issuer, token_endpoint: `${gateway.url}/oidc/token` };
  const secret = oauth.ClientSecretBasic(issuer.secretOf(CLIENT.client_id));
  const response = await oauth.clientCredentialsGrantRequest(server, CLIENT, secret, new URLSearchParams(), {
    DPoP: proofs,
    [oauth.allowInsecureRequests]: true,
  });
  const answer = await oauth.processClientCredentialsResponse(server, CLIENT, response);
  expect(answer.token_type).toBe('dpop');
  return answer.access_token;
}

/** Asks at the public address, which leads to the gateway as behind a proxy. */
function ask(gateway: RunningGateway, token: string, proofs: oauth.DPoPHandle): Promise<Response> {
  return oauth.protectedResourceRequest(token, 'POST', new URL(`${PUBLIC}/graphql`), new Headers(PURPOSE), QUERY, {
    DPoP: proofs,
    [oauth.customFetch]: (url, options) =>
      fetch(url.replace(PUBLIC, gateway.url), { ...options, body: QUERY, method: 'POST' }),
  });
}

/** Until proofs of this process are taken without a nonce. */
async function settled(): Promise<void> {
  await sleep(6_100);
}

describe('an application with DPoP', () => {
  it('gets a bound token and its answer, by oauth4webapi', async () => {
    const proofs = oauth.DPoP(CLIENT, await oauth.generateKeyPair('ES256'));
    const token = await tokenFor(plain, proofs);
    await settled();
    const response = await ask(plain, token, proofs);
    expect(await response.json()).toMatchObject({ data: { resident: { name: expect.any(String) } } });
  }, 20_000);

  it('follows a nonce that is demanded', async () => {
    const proofs = oauth.DPoP(CLIENT, await oauth.generateKeyPair('Ed25519'));
    const token = await tokenFor(demanding, proofs);
    const first = await ask(demanding, token, proofs).catch((error: unknown) => error);
    expect(oauth.isDPoPNonceError(first)).toBe(true);
    const second = await ask(demanding, token, proofs);
    expect(second.status).toBe(200);
    const third = await ask(demanding, token, proofs);
    expect(third.status).toBe(200);
  });

  it('is refused with its token alone, and with another key', async () => {
    const proofs = oauth.DPoP(CLIENT, await oauth.generateKeyPair('ES256'));
    const token = await tokenFor(plain, proofs);
    const send = (headers: Record<string, string>) =>
      fetch(`${plain.url}/graphql`, { method: 'POST', headers: { ...PURPOSE, ...headers }, body: QUERY });
    expect((await send({ authorization: `Bearer ${token}` })).status).toBe(401);
    const stolen = await dpop.generateProof(
      await dpop.generateKeyPair('ES256'),
      `${PUBLIC}/graphql`,
      'POST',
      undefined,
      token,
    );
    const refused = await send({ authorization: `DPoP ${token}`, dpop: stolen });
    expect(refused.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_dpop_proof"/);
  });

  it('is the only one let in where tokens must be bound', async () => {
    const answer = await demanding.ask('school-enrolment', PURPOSE, '{ __typename }');
    expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });
});

describe('mianzheng token --dpop', () => {
  it('binds the token to a key in a file and prints the headers of one request', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mianzheng-dpop-'));
    try {
      const file = join(folder, 'key.json');
      const environment = { MIANZHENG_DATA: city.folder, MIANZHENG_CONFIG: join(folder, 'mianzheng.yaml') };
      writeFileSync(environment.MIANZHENG_CONFIG, `publicUrl: ${PUBLIC}\n`);
      const send = async (...args: readonly string[]) => {
        const { code, out, err } = await mianzheng(['token', 'school-enrolment', '--dpop', file, ...args], environment);
        expect({ code, err }).toEqual({ code: 0, err: '' });
        const headers = Object.fromEntries(
          out
            .trim()
            .split('\n')
            .map((line) => line.split(': ')),
        ) as Record<string, string>;
        return await fetch(`${demanding.url}/graphql`, {
          method: 'POST',
          headers: { ...PURPOSE, ...headers },
          body: QUERY,
        });
      };
      const first = await send();
      expect(first.status).toBe(401);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const second = await send('--nonce', first.headers.get('dpop-nonce') ?? '');
      expect(second.status).toBe(200);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 30_000);
});

describe('an application that is made inactive', () => {
  it('is refused, with a token that was accepted before, and the record has it', async () => {
    const before = await plain.ask('benefits-office', {}, '{ __typename }');
    expect(before.status).toBe(200);
    const [client] = [...(await plain.gateway.store.readPolicy()).clients.values()].filter(
      ({ id }) => id === 'benefits-office',
    );
    if (client === undefined) throw new TypeError('the demonstration has the application');
    await plain.gateway.store.putPolicy([{ ...client, active: false }], []);
    const after = await vi.waitFor(async () => {
      const answer = await plain.ask('benefits-office', {}, '{ __typename }');
      expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      return answer;
    }, inAWhile);
    const { requestId } = after.extensions.mianzheng;
    for await (const entry of exportRecord(recordFolder(plain.config))) {
      if (entry.kind === 'request' && entry.record.requestId === requestId) {
        expect(entry.record).toMatchObject({ client: null, outcome: 'REFUSED', code: 'UNAUTHENTICATED', status: 401 });
        return;
      }
    }
    expect.unreachable('the refusal is not in the record');
  });
});
