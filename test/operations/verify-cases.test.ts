/** Many cases in one request: each judged, refused and recorded as if it had come alone. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStories, type Story } from '../../seeds/stories.js';
import type { NewEntry } from '../../src/audit/entries.js';
import { VERIFY } from '../../src/cli/client.js';
import { parseDayWindow } from '../../src/domain/day-window.js';
import { citizenIdCheckCharacter, parseCitizenId } from '../../src/domain/identifiers.js';
import { type CaseVerdict, verifyCases } from '../../src/operations/verify-cases.js';
import { DISCLOSABLE, presentReceipt, verifySdReceipt } from '../../src/receipts/sd-jwt.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { catalogue, type MemoryGatewayOptions, NOW, openMemoryGateway } from '../support/memory-gateway.js';
import { identifierOf, SENTINEL_CITY } from '../surface/sentinel-city.js';

const MATTER = 'school-enrolment-primary';
const VERDICT = VERIFY.slice(VERIFY.indexOf(') {') + 3, -1).trim();
const VERIFY_CASES = `mutation($cases: [CaseInput!]!) { verifyCases(cases: $cases) {
  number code message field record verdict { ${VERDICT.slice(VERDICT.indexOf('{') + 1, -1)} } } }`;

const CHILD = '350702202003059021';
const GUARDIAN = `35070219900101001${citizenIdCheckCharacter('35070219900101001')}`;

/** A verdict without its receipt, which names the one entry it belongs to. */
function lasting(verdict: unknown): unknown {
  const { receipt, ...rest } = verdict as Readonly<Record<string, unknown>>;
  expect(String(receipt).split('.')).toHaveLength(3);
  return rest;
}

interface CaseGiven {
  readonly number: string;
  readonly filedOn?: string;
  readonly subjects: readonly { readonly role: string; readonly kind: string; readonly id: string }[];
}

function caseOf(number: string, child = CHILD, guardian = GUARDIAN): CaseGiven {
  return {
    number,
    filedOn: '2026-07-01',
    subjects: [
      { role: 'child', kind: 'CITIZEN', id: child },
      { role: 'guardian', kind: 'CITIZEN', id: guardian },
    ],
  };
}

describe('over the demonstration city', () => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let run: RunningGateway;

  beforeAll(async () => {
    city = await embeddedCityFolder();
    run = await startGateway(city.folder);
  });

  afterAll(async () => {
    await run.close();
    city.remove();
  });

  const judge = async (cases: readonly CaseGiven[]) => {
    const { data, errors } = await run.ask('school-enrolment', { 'mianzheng-matter': MATTER }, VERIFY_CASES, { cases });
    expect(errors).toBeUndefined();
    return data?.verifyCases as unknown as (CaseVerdict & { readonly verdict: { readonly receipt: string } })[];
  };

  it('judges every story as registerCase and then verify do', async () => {
    const stories: readonly Story[] = readStories().stories.filter(({ matter }) => matter === MATTER);
    const cases = stories.map(({ caseNumber, filedOn, subjects }) => ({ number: caseNumber, filedOn, subjects }));
    const together = await judge(cases);
    expect(together.map(({ number }) => number)).toEqual(cases.map(({ number }) => number));
    for (const [i, { caseNumber }] of stories.entries()) {
      const purpose = { 'mianzheng-matter': MATTER, 'mianzheng-case': caseNumber };
      const alone = await run.ask('school-enrolment', purpose, VERIFY);
      expect(lasting(together[i]?.verdict)).toEqual(lasting(alone.data?.verify));
    }
  });

  it('makes a handful of statements for 150 cases, as for one', async () => {
    const household = new Database(join(city.folder, 'departments', 'household.sqlite'), { readonly: true });
    const people = household.prepare('SELECT gmsfhm FROM HJXX_CZRKJBXXB').pluck().all() as string[];
    household.close();
    const ids = people.filter((id) => parseCitizenId(id).ok);
    const cases = ids.map((id, i) => caseOf(`MANY-${i}`, id, ids[(i + 1) % ids.length]));
    expect(cases.length).toBeGreaterThan(100);
    run.fetches();
    const [first = caseOf('none')] = cases;
    await judge([first]);
    const one = run.fetches().length;
    const verdicts = await judge(cases);
    const all = run.fetches();
    expect(verdicts.every(({ code, verdict }) => code === null && verdict !== null)).toBe(true);
    // Six fetches of different kinds are all there are; each is made once however many cases need it.
    expect(all).toHaveLength(new Set(all).size);
    expect(all.length).toBeLessThanOrEqual(8);
    expect(one).toBeLessThanOrEqual(all.length);
  });
});

describe('receipts that may be shown in parts', () => {
  const SELECTIVE = VERIFY_CASES.replace('cases: $cases)', 'cases: $cases, receiptForm: SD_JWT)');
  const { publicKey } = generateKeyPairSync('ed25519');
  const holderKey = JSON.stringify(publicKey.export({ format: 'jwk' }));

  it('are had for every case, bound to its own holder or to nobody, and prove their entries', async () => {
    const run = await openMemoryGateway({ world: SENTINEL_CITY, grants: [GRANTED] });
    try {
      const cases = [caseOf('A-1'), { ...caseOf('A-2'), holderKey }];
      const { body } = await run.call({ query: SELECTIVE, variables: { cases } }, { 'mianzheng-matter': MATTER });
      const given = (JSON.parse(body) as Body).data?.verifyCases ?? [];
      const entries = run.entries.filter((entry): entry is Request => entry.kind === 'request');
      expect(given.map(({ number, code }) => [number, code])).toEqual([
        ['A-1', null],
        ['A-2', null],
      ]);
      for (const [i, { verdict, number, record }] of given.entries()) {
        const receipt = verdict?.receipt as unknown as string;
        const keys = run.gateway.publicKeys();
        const verified = await verifySdReceipt(receipt, keys);
        if (!verified.ok) throw new Error(verified.reason);
        expect(verified.claims).toMatchObject({ case: number, matter: MATTER, verdict: verdict?.verdict });
        expect(`${verified.record.chain}/${verified.record.seq}`).toBe(record);
        expect(verified.digest).toBe(entries.find(({ caseNumber }) => caseNumber === number)?.receipt);
        expect(verified.bound).toBe(i === 1);
        const shown = await verifySdReceipt(await presentReceipt(receipt, ['asOf']), keys);
        expect(shown).toMatchObject({ ok: true, withheld: DISCLOSABLE.filter((name) => name !== 'asOf') });
      }
    } finally {
      await run.close();
    }
  });

  it.each([
    ['no JSON', SELECTIVE, 'key'],
    ['a private key', SELECTIVE, '{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}'],
    ['a key that is too long', SELECTIVE, JSON.stringify('x'.repeat(1000))],
    ['a form that is bound to nobody', VERIFY_CASES, holderKey],
  ])('%s for a key refuses that case and no other, before it is registered', async (_name, query, key) => {
    const cases = [{ ...caseOf('A-1'), holderKey: key }, caseOf('A-2')];
    const { body, entries } = await withGateway({}, cases, query);
    expect(body.data?.verifyCases?.map(({ code, field, verdict }) => [code, field, verdict !== null])).toEqual([
      ['BAD_USER_INPUT', 'cases.0.holderKey', false],
      [null, null, true],
    ]);
    expect(entries.find(({ caseNumber }) => caseNumber === 'A-1')).toMatchObject({
      outcome: 'REFUSED',
      code: 'BAD_USER_INPUT',
      receipt: null,
      subjects: [],
    });
  });
});

const GRANTED = {
  coordinates: Object.fromEntries(
    [...catalogue.fields.values()]
      .filter((field) => field.sharing === 'CONDITIONAL')
      .map(({ coordinate }) => [coordinate, 'FULL' as const]),
  ),
  subjects: 'RELATED' as const,
};

interface Body {
  readonly data?: { readonly verifyCases: readonly CaseVerdict[] | null };
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly field?: string } }[];
  readonly extensions: { readonly mianzheng: { readonly requestId: string; readonly record?: string } };
}

async function withGateway(
  options: Partial<MemoryGatewayOptions>,
  cases: readonly CaseGiven[],
  query = VERIFY_CASES,
): Promise<{
  readonly body: Body;
  readonly status: number;
  readonly retryAfter: number | null;
  readonly entries: Request[];
}> {
  const run = await openMemoryGateway({ world: SENTINEL_CITY, grants: [GRANTED], ...options });
  try {
    const reply = await run.call({ query, variables: { cases } }, { 'mianzheng-matter': MATTER });
    const entries = run.entries.filter((entry): entry is Request => entry.kind === 'request');
    return { ...reply, body: JSON.parse(reply.body) as Body, entries };
  } finally {
    await run.close();
  }
}

type Request = Extract<NewEntry, { kind: 'request' }>;

describe('one faulty case', () => {
  const cases = [
    caseOf('A-1'),
    caseOf('A-2', '350702202003059022'),
    { number: 'A-3', subjects: [] },
    { ...caseOf('A-4'), subjects: [{ role: 'child', kind: 'CITIZEN', id: CHILD }] },
    caseOf('not a number'),
    caseOf('A-1'),
    { ...caseOf('A-1'), filedOn: '2026-06-30' },
    { ...caseOf('A-5'), filedOn: '1990-01-01' },
    caseOf('A-6'),
  ];

  it('spoils no other, and is told with its code and field', async () => {
    const { body } = await withGateway({}, cases);
    const told = body.data?.verifyCases?.map(({ number, code, field, verdict }) => [
      number,
      code,
      field,
      verdict !== null,
    ]);
    expect(told).toEqual([
      ['A-1', null, null, true],
      ['A-2', 'BAD_IDENTIFIER', 'cases.1.subjects.0.id', false],
      ['A-3', 'BAD_USER_INPUT', 'cases.2.subjects', false],
      ['A-4', 'BAD_USER_INPUT', 'cases.3.subjects', false],
      ['not a number', 'BAD_USER_INPUT', 'cases.4.number', false],
      ['A-1', null, null, true],
      ['A-1', 'CASE_CONFLICT', 'cases.6.number', false],
      ['A-5', 'BAD_USER_INPUT', 'cases.7.filedOn', false],
      ['A-6', null, null, true],
    ]);
  });

  it('has its own entry in the record, as every case has, before that of the request', async () => {
    const { body, entries } = await withGateway({}, cases);
    const { requestId } = body.extensions.mianzheng;
    expect(entries.map((entry) => entry.requestId).sort()).toEqual(
      [...cases.map((_, i) => `${requestId}.${i}`), requestId].sort(),
    );
    expect(entries.at(-1)).toMatchObject({
      requestId,
      caseNumber: null,
      subjects: [],
      verdict: null,
      outcome: 'ANSWERED',
    });
    const of = (i: number) => entries.find((entry) => entry.requestId === `${requestId}.${i}`);
    expect(of(0)).toMatchObject({
      client: 'school',
      matter: MATTER,
      caseNumber: 'A-1',
      disclosed: expect.arrayContaining(['Mutation.verifyCases']),
      used: ['Query.resident'],
      subjects: expect.arrayContaining([`pseudonym of CITIZEN:${CHILD}`, `pseudonym of CITIZEN:${GUARDIAN}`]),
      receipt: expect.any(String),
      outcome: 'ANSWERED',
      status: 200,
    });
    expect(of(0)?.verdict).toBe(body.data?.verifyCases?.[0]?.verdict?.verdict);
    expect(of(1)).toMatchObject({
      caseNumber: 'A-2',
      outcome: 'REFUSED',
      code: 'BAD_IDENTIFIER',
      verdict: null,
      disclosed: [],
    });
    expect(of(4)).toMatchObject({ caseNumber: null, outcome: 'REFUSED' });
    expect(of(6)).toMatchObject({ caseNumber: 'A-1', outcome: 'REFUSED', code: 'CASE_CONFLICT', status: 409 });
    // The place told with each verdict is that of its entry.
    for (const [i, verdict] of (body.data?.verifyCases ?? []).entries()) {
      const [, seq] = verdict.record.split('/');
      expect(entries[Number(seq) - 1]?.requestId).toBe(`${requestId}.${i}`);
    }
  });
});

describe('each case stands under its own subjects', () => {
  // The first child's guardian is a subject of the second case, and of the third, but not of the first.
  const [first, second] = [identifierOf('Resident', 0), identifierOf('Resident', 1)];
  const cases = [caseOf('O-1', first), caseOf('O-2', second), caseOf('O-3', first, second)];

  it.each(['CASE_SUBJECTS', 'RELATED', 'ANY'] as const)('as if it had come alone, under %s', async (subjects) => {
    const grants = [{ ...GRANTED, subjects }];
    const evidence = (entry: Request | undefined) => {
      const { used, withheld, subjects: concerned, verdict, sources, legalBases } = entry ?? {};
      return { used, withheld, concerned, verdict, sources, legalBases };
    };
    const together = await withGateway({ grants }, cases);
    const alone = await openMemoryGateway({ world: SENTINEL_CITY, grants });
    try {
      for (const [i, one] of cases.entries()) {
        const purpose = { 'mianzheng-matter': MATTER, 'mianzheng-case': one.number };
        const register = 'mutation($input: RegisterCaseInput!) { registerCase(input: $input) { number } }';
        await alone.call({ query: register, variables: { input: { ...one, matter: MATTER } } }, purpose);
        const reply = await alone.call({ query: VERIFY }, purpose);
        const { data } = JSON.parse(reply.body) as { readonly data: { readonly verify: unknown } };
        expect(lasting(together.body.data?.verifyCases?.[i]?.verdict)).toEqual(lasting(data.verify));
        const { concerned, ...rest } = evidence(together.entries.find(({ caseNumber }) => caseNumber === one.number));
        const single = evidence(alone.entries.at(-1) as Request);
        const { concerned: ofSingle = [], ...expected } = single;
        expect(rest).toEqual(expected);
        // Registering is recorded with it, so all subjects of the case are concerned.
        expect(concerned).toEqual(expect.arrayContaining([...ofSingle]));
      }
      const withheld = together.entries.find(({ caseNumber }) => caseNumber === 'O-1')?.withheld ?? [];
      expect(withheld.length > 0).toBe(subjects === 'CASE_SUBJECTS');
    } finally {
      await alone.close();
    }
  });
});

describe('the whole request is refused', () => {
  it('with EVIDENCE_UNAVAILABLE and no verdict where an entry cannot be made durable', async () => {
    const { body, status } = await withGateway({ recordBroken: true }, [caseOf('A-1')]);
    expect(status).toBe(503);
    expect(body.data).toBeUndefined();
    expect(body.errors?.[0]?.extensions.code).toBe('EVIDENCE_UNAVAILABLE');
  });

  it('where it brings more than 500 cases, by one list or by several', async () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => caseOf(`A-${i}`));
    for (const [cases, query] of [
      [many(501), VERIFY_CASES],
      [
        many(251),
        'mutation($cases: [CaseInput!]!) { a: verifyCases(cases: $cases) { code } b: verifyCases(cases: $cases) { code } }',
      ],
      [[], VERIFY_CASES],
    ] as const) {
      const { body } = await withGateway({}, cases, query);
      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'cases' });
      expect(body.data).toBeUndefined();
    }
  });

  it('with OVERLOADED and the seconds to wait outside a department’s hours', async () => {
    // It is ten in the morning.
    const between = parseDayWindow('19:00-07:00');
    const season = new Map([['PROPERTY', { keysPerSecond: null, between }]]);
    const closed = await withGateway({ season }, [caseOf('A-1')]);
    expect(new Date(NOW).toISOString()).toBe('2026-07-01T02:00:00.000Z');
    expect(closed).toMatchObject({ status: 503, retryAfter: 9 * 3600 });
    expect(closed.body.errors?.[0]?.extensions.code).toBe('OVERLOADED');
    const open = new Map([['PROPERTY', { keysPerSecond: null, between: parseDayWindow('09:00-11:00') }]]);
    expect((await withGateway({ season: open }, [caseOf('A-1')])).status).toBe(200);
  });
});

it('takes a department that is down as PENDING, never as NOT_MET', async () => {
  const { body } = await withGateway({ down: ['HOUSEHOLD'] }, [caseOf('A-1'), caseOf('A-2')]);
  expect(body.data?.verifyCases?.map(({ verdict }) => verdict?.verdict)).toEqual(['PENDING', 'PENDING']);
});

it('throws nothing away: a fault of the gateway in one case is INTERNAL for that case alone', async () => {
  const faults: unknown[] = [];
  const run = await openMemoryGateway({ grants: [GRANTED] });
  const { RecordDraft } = await import('../../src/record-draft.js');
  try {
    const draft = new RecordDraft('request', NOW, run.gateway.pseudonym);
    const [one] = await verifyCases([caseOf('A-1')], {
      client: 'school',
      matter: { code: MATTER, roles: run.gateway.matters.get(MATTER)?.roles ?? [], ruleSets: [] },
      today: '2026-07-01',
      draft,
      admit: () => undefined,
      register: async (files) => files.map(() => true),
      judge: async () => {
        throw new TypeError('a bug');
      },
      form: 'JWS',
      receipt: () => {
        throw new TypeError('no verdict, no receipt');
      },
      tell: () => ({}),
      append: (entry) => run.gateway.record.append(entry),
      wanted: () => undefined,
      onFault: (error) => faults.push(error),
    });
    expect(one).toMatchObject({ number: 'A-1', verdict: null, code: 'INTERNAL', message: 'the gateway failed' });
    expect(faults).toHaveLength(1);
    expect(run.entries).toMatchObject([{ caseNumber: 'A-1', outcome: 'FAILED', code: 'INTERNAL' }]);
  } finally {
    await run.close();
  }
});
