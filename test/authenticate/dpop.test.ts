/** Sender-constrained tokens by DPoP (RFC 9449): the cases of test/cases/dpop.yaml over HTTP, nonces and restarts. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { NOW } from '../support/memory-gateway.js';
import { type AttackedServer, GRAPHQL_URL, type Received, startAttackedServer } from './attacked-server.js';
import { forge } from './forge.js';
import { forgeProof, type ProofForgery, thumbprintOf } from './forge-proof.js';

interface Case extends ProofForgery {
  readonly name: string;
  readonly bound?: 'OTHER';
  readonly authorization?: string;
  readonly proof?: string | readonly string[];
  readonly nonces?: boolean;
  readonly times_sent?: number;
}

const cases = parse(readFileSync(new URL('../cases/dpop.yaml', import.meta.url), 'utf8')) as {
  readonly recorded: Readonly<Record<string, unknown>>;
  readonly accepted: readonly Case[];
  readonly refused: readonly (Case & { readonly refused: string; readonly error?: string })[];
};

/** A minute before: what was made at NOW, no process before this one has seen. */
const STARTED = NOW - 120_000;

/** Reads STARTED when the verifier opens, then NOW. */
function clock(): () => number {
  let reads = 0;
  return () => {
    reads += 1;
    return reads === 1 ? STARTED : NOW;
  };
}

let plain: AttackedServer;
let demanding: AttackedServer;
let refused = 0;

beforeAll(async () => {
  plain = await startAttackedServer({ now: clock() });
  demanding = await startAttackedServer({ now: clock(), proofs: { url: GRAPHQL_URL, nonces: true } });
});

afterAll(async () => {
  await plain.close();
  await demanding.close();
  process.stdout.write(`DPoP attacks: ${refused} of ${cases.refused.length} refused\n`);
});

async function boundToken({ bound, sign = 'KEY' }: Pick<Case, 'bound' | 'sign'>): Promise<string> {
  return forge({ now: NOW, claims: { cnf: { jkt: await thumbprintOf(bound ?? (sign === 'OTHER' ? 'KEY' : sign)) } } });
}

async function send(server: AttackedServer, given: Case): Promise<Received & { readonly sent: readonly string[] }> {
  const { authorization = 'DPoP {token}', proof: proofs = '{proof}', times_sent = 1, ...forgery } = given;
  const token = await boundToken(given);
  const proof = forgeProof(token, GRAPHQL_URL, NOW, forgery);
  const fill = (text: string) => text.replaceAll('{token}', token).replaceAll('{proof}', proof);
  const headers = {
    authorization: fill(authorization),
    ...(proofs.length === 0 && proofs !== ''
      ? {}
      : { dpop: typeof proofs === 'string' ? fill(proofs) : proofs.map(fill) }),
  };
  for (let time = 1; time < times_sent; time += 1) await server.send(headers);
  return { ...(await server.send(headers)), sent: [...token.split('.'), ...proof.split('.')] };
}

const last = (server: AttackedServer) => server.entries.at(-1);

describe('a proof that holds', () => {
  it.each(cases.accepted)('$name', async (given) => {
    const { status, text } = await send(plain, given);
    expect({ status, text }).toMatchObject({ status: 200, text: expect.stringContaining('"__typename":"Query"') });
    expect(last(plain)).toMatchObject({ client: 'school-enrolment', outcome: 'ANSWERED', code: null });
  });
});

describe('a proof that does not hold', () => {
  it.each(cases.refused)('$name', async ({ refused: why, error = 'invalid_dpop_proof', ...given }) => {
    const server = given.nonces ? demanding : plain;
    const lines = server.logged.length;
    const { status, headers, text, sent } = await send(server, given);
    const messages = (JSON.parse(text) as { errors: { message: string }[] }).errors.map(({ message }) => message);
    expect({ status, messages }).toEqual({ status: 401, messages: [why] });
    expect(headers['www-authenticate']).toContain(`error="${error}"`);
    expect(headers['www-authenticate']).toContain('DPoP');
    if (error === 'use_dpop_nonce') expect(headers['dpop-nonce']).toMatch(/^[\w-]{43}$/);
    else expect(headers).not.toHaveProperty('dpop-nonce');
    expect(last(server)).toMatchObject(cases.recorded);
    const shown = JSON.stringify([last(server), server.logged.slice(lines), headers, text]);
    for (const part of sent) if (part.length >= 20) expect(shown).not.toContain(part);
    refused += 1;
  });
});

describe('a nonce', () => {
  const ask = async (server: AttackedServer, nonce: unknown) =>
    await send(server, { name: 'nonce', claims: nonce === undefined ? {} : { nonce } });
  const givenBy = async (server: AttackedServer) => (await ask(server, 'none of ours')).headers['dpop-nonce'];

  it('that was given is accepted, more than once', async () => {
    const nonce = await givenBy(demanding);
    expect((await ask(demanding, nonce)).status).toBe(200);
    expect((await ask(demanding, nonce)).status).toBe(200);
  });

  it('of one process is refused by another, so that no proof is used at both', async () => {
    const { status, headers } = await ask(demanding, await givenBy(plain));
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toContain('use_dpop_nonce');
  });

  it('is renewed in the answer where it will soon not hold, and then does not hold', async () => {
    let now = NOW;
    const server = await startAttackedServer({ now: () => now, proofs: { url: GRAPHQL_URL, nonces: true } });
    try {
      const at = async (time: number, nonce: unknown) => {
        now = time;
        const token = await boundToken({});
        const proof = forgeProof(token, GRAPHQL_URL, now, { claims: { nonce } });
        return await server.send({ authorization: `DPoP ${token}`, dpop: proof });
      };
      const first = (await at(NOW, 'none of ours')).headers['dpop-nonce'];
      const renewed = await at(NOW + 150_000, first);
      expect(renewed.status).toBe(200);
      expect(renewed.headers['dpop-nonce']).not.toBe(first);
      expect((await at(NOW + 300_000, first)).status).toBe(401);
      expect((await at(NOW + 300_000, renewed.headers['dpop-nonce'])).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});

describe('after a restart', () => {
  it('a proof that the process before may have seen needs a nonce, a later one does not', async () => {
    let now = NOW;
    const server = await startAttackedServer({ now: () => now });
    try {
      const token = await boundToken({});
      const proofAt = (offset: number, nonce?: unknown) =>
        forgeProof(token, GRAPHQL_URL, NOW, { times: { iat: offset }, claims: nonce === undefined ? {} : { nonce } });
      const ask = (proof: string) => server.send({ authorization: `DPoP ${token}`, dpop: proof });
      const before = await ask(proofAt(-1));
      expect(before.status).toBe(401);
      expect(before.headers['www-authenticate']).toContain('use_dpop_nonce');
      expect((await ask(proofAt(5))).status).toBe(401);
      expect((await ask(proofAt(-1, before.headers['dpop-nonce']))).status).toBe(200);
      now = NOW + 6_000;
      expect((await ask(proofAt(6))).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});

describe('applications that must be bound', () => {
  it('are refused with a bearer token, and the others are not', async () => {
    const server = await startAttackedServer({ now: clock(), mustBeBound: (client) => client === 'school-enrolment' });
    try {
      const bearer = (client: string) => forge({ now: NOW, claims: { sub: client, client_id: client } });
      const { status, text, headers } = await server.send({ authorization: `Bearer ${bearer('school-enrolment')}` });
      expect({ status, text }).toMatchObject({
        status: 401,
        text: expect.stringContaining('must use access tokens bound'),
      });
      expect(headers['www-authenticate']).toContain('DPoP algs=');
      expect(last(server)).toMatchObject(cases.recorded);
      expect((await server.send({ authorization: `Bearer ${bearer('benefits-office')}` })).status).toBe(200);
      expect((await send(server, { name: 'bound' })).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});
