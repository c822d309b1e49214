/** When a request leaves a receipt, and when none. */
import { afterEach, describe, expect, it } from 'vitest';
import { verifyReceipt } from '../../src/receipts/verify.js';
import {
  catalogue,
  type MemoryGateway,
  type MemoryGatewayOptions,
  openMemoryGateway,
} from '../support/memory-gateway.js';
import { identifierOf, SENTINEL_CITY } from '../surface/sentinel-city.js';

const MATTER = 'school-enrolment-primary';
const PURPOSE = { 'mianzheng-matter': MATTER, 'mianzheng-case': 'C-1' };

const CONDITIONAL = [...catalogue.fields.values()].filter((field) => field.sharing === 'CONDITIONAL');

const FILE = {
  client: 'school',
  number: 'C-1',
  matter: MATTER,
  filedOn: '2026-07-01',
  subjects: [
    { role: 'child', kind: 'CITIZEN' as const, id: identifierOf('Resident', 0) },
    { role: 'guardian', kind: 'CITIZEN' as const, id: identifierOf('Resident', 1) },
  ],
};

let run: MemoryGateway;

async function ask(query: string, options: Partial<MemoryGatewayOptions> = {}, headers = {}) {
  const coordinates = Object.fromEntries(CONDITIONAL.map(({ coordinate }) => [coordinate, 'FULL' as const]));
  run = await openMemoryGateway({ world: SENTINEL_CITY, grants: [{ coordinates }], cases: [FILE], ...options });
  const { status, body } = await run.call({ query }, { ...PURPOSE, ...headers });
  const [entry] = run.entries;
  const data = (JSON.parse(body) as { data?: Record<string, { receipt: string } | null> }).data;
  return { status, body, data, entry: entry?.kind === 'request' ? entry : null };
}

afterEach(() => run.close());

function claimsOf(receipt: string | undefined) {
  const verified = verifyReceipt(receipt ?? '', run.gateway.publicKeys());
  if (!verified.ok) throw new Error(verified.reason);
  return verified;
}

describe('a verdict', () => {
  it('leaves with a receipt of itself, whose digest and place are those of its entry', async () => {
    const { data, entry, body } = await ask('mutation { verify { receipt verdict tier requirements { id outcome } } }');
    const { receipt, ...given } = data?.verify ?? { receipt: '' };
    const { claims, record, digest } = claimsOf(receipt);
    expect(claims).toMatchObject({
      ...given,
      jti: `${entry?.requestId}.1`,
      client: 'school',
      case: 'C-1',
      matter: MATTER,
    });
    expect({ subjects: claims.subjects, sources: claims.sources }).toEqual({
      subjects: entry?.subjects,
      sources: entry?.sources,
    });
    expect(entry?.receipt).toBe(digest);
    expect(JSON.parse(body)).toMatchObject({ extensions: { mianzheng: { record: `${record.chain}/${record.seq}` } } });
  });

  it('is recorded with its digest also where the receipt is not asked for', async () => {
    const { data, entry } = await ask('mutation { verify { verdict } }');
    expect(Object.keys(data?.verify ?? {})).toEqual(['verdict']);
    expect(entry?.receipt).toMatch(/^[\w-]{43}$/);
  });

  it('has a receipt of its own beside another of the same request', async () => {
    const { data, entry } = await ask('mutation { a: verify { receipt } b: verify { receipt again: receipt } }');
    const [a, b] = [claimsOf(data?.a?.receipt), claimsOf(data?.b?.receipt)];
    expect([a.claims.jti, b.claims.jti]).toEqual([`${entry?.requestId}.1`, `${entry?.requestId}.2`]);
    expect(entry?.receipt).toBe(`${a.digest} ${b.digest}`);
    expect(data?.b).toEqual({ receipt: data?.b?.receipt, again: data?.b?.receipt });
  });
});

describe('there is no receipt', () => {
  it('without a verdict', async () => {
    expect((await ask('{ divisions { code } }')).entry?.receipt).toBeNull();
  });

  it('of a verdict that was withheld', async () => {
    const { data, entry } = await ask('mutation { verify { receipt } }', { grants: [] });
    expect(data).toEqual({ verify: null });
    expect(entry?.receipt).toBeNull();
  });

  it('of a verdict in a request that was then refused', async () => {
    const query = `mutation { verify { receipt } other: verify(asOf: "1999-01-01") { receipt } }`;
    const { data, entry, body, status } = await ask(query);
    expect({ status, data }).toEqual({ status: 400, data: undefined });
    expect(body).not.toContain('receipt');
    expect(entry).toMatchObject({ outcome: 'REFUSED', verdict: null, receipt: null });
  });

  it('where the record cannot be made durable', async () => {
    const { body, status } = await ask('mutation { verify { receipt } }', { recordBroken: true });
    expect(status).toBe(503);
    expect(body).toContain('EVIDENCE_UNAVAILABLE');
    expect(body).not.toContain('eyJ');
  });
});
