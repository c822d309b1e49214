/** Every case of test/cases/tokens.yaml against the server over HTTP: refused, recorded, and nothing of the token shown. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOW } from '../support/memory-gateway.js';
import { ANY_QUERY, type AttackedServer, type Received, startAttackedServer } from './attacked-server.js';
import { ACCEPTED, authorizationOf, RECORDED, REFUSED, SENT, type SentToken } from './token-cases.js';

const servers = new Map<string, AttackedServer>();
let refused = 0;

/** One server for each list of algorithms. */
async function serverFor(algorithms?: readonly string[]): Promise<AttackedServer> {
  const name = JSON.stringify(algorithms ?? null);
  const known = servers.get(name);
  if (known !== undefined) return known;
  const server = await startAttackedServer(algorithms === undefined ? {} : { algorithms });
  servers.set(name, server);
  return server;
}

beforeAll(async () => {
  await serverFor();
});

afterAll(async () => {
  for (const server of servers.values()) await server.close();
  process.stdout.write(`token attacks: ${refused} of ${REFUSED.length - UNSENDABLE.length + SENT.length} refused\n`);
});

/** A header with a line break cannot be sent: there it ends. The verifier's own test has them. */
const UNSENDABLE = REFUSED.filter(({ authorization = '' }) => /[\r\n]/.test(authorization));

const sendable = REFUSED.filter((one) => !UNSENDABLE.includes(one));

/** Parts of what was sent that would tell something of the token. */
function tellingParts(sent: string): string[] {
  return sent.split(/[^\w-]+/).filter((part) => part.length >= 20);
}

async function expectRefusal(server: AttackedServer, why: string, sent: string, send: () => Promise<Received>) {
  const entriesBefore = server.entries.length;
  const linesBefore = server.logged.length;
  const { status, headers, text } = await send();
  const answer = JSON.parse(text) as { readonly errors: readonly { readonly message: string }[] };
  expect({ status, messages: answer.errors.map(({ message }) => message) }).toEqual({ status: 401, messages: [why] });
  expect(answer).not.toHaveProperty('data');
  expect(headers['www-authenticate']).toMatch(/^(Bearer|DPoP).*DPoP algs="ES256 EdDSA Ed25519 PS256"$|^DPoP error="/);
  const left = server.entries.slice(entriesBefore);
  expect(left).toHaveLength(1);
  expect(left[0]).toMatchObject(RECORDED);
  const shown = JSON.stringify([left, server.logged.slice(linesBefore), headers, text]);
  for (const part of tellingParts(sent)) expect(shown).not.toContain(part);
  refused += 1;
}

describe('a token that does not hold is refused over HTTP', () => {
  it.each(sendable)('$name', async ({ refused: why, ...given }) => {
    const server = await serverFor(given.algorithms);
    const authorization = authorizationOf(given, NOW);
    await expectRefusal(server, why, authorization, () => server.send({ authorization }));
  });
});

function filled(given: SentToken) {
  const { headers = {}, query = {}, body = ANY_QUERY } = given;
  const token = authorizationOf({ name: given.name, claims: given.claims ?? {}, authorization: '{token}' }, NOW);
  const fill = (text: string) => text.replaceAll('{token}', token);
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) parameters.set(name, fill(value));
  return {
    token,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? fill(value) : value.map(fill)]),
    ),
    body: fill(body),
    query: parameters.size === 0 ? '' : `?${parameters.toString()}`,
  };
}

describe('a token that is sent where it does not belong, or by whom it does not fit', () => {
  it.each(SENT)('$name', async (given) => {
    const server = await serverFor();
    const { token, headers, body, query } = filled(given);
    await expectRefusal(server, given.refused, token, () => server.send(headers, body, query));
  });
});

describe('a token that holds is accepted over the same way', () => {
  it.each(ACCEPTED.filter(({ is }) => is.kind === 'CLIENT'))('$name', async (given) => {
    const server = await serverFor(given.algorithms);
    const before = server.entries.length;
    const { status } = await server.send({ authorization: authorizationOf(given, NOW) });
    expect(status).toBe(200);
    expect(server.entries.slice(before)).toMatchObject([
      { client: 'school-enrolment', outcome: 'ANSWERED', code: null },
    ]);
  });
});

describe('a refusal that cannot be recorded', () => {
  it('says so instead, and challenges nobody', async () => {
    const server = await startAttackedServer({ recordBroken: true });
    try {
      const { status, headers, text } = await server.send({ authorization: 'Bearer garbage' });
      expect({ status, text }).toMatchObject({ status: 503, text: expect.stringContaining('EVIDENCE_UNAVAILABLE') });
      expect(headers).not.toHaveProperty('www-authenticate');
    } finally {
      await server.close();
    }
  });
});
