/** Disputes of facts: test/cases/disputes.yaml, what rules make of them, what is recorded, and which receipts they reach. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { DisputeFinding } from '../../src/store/disputes.js';
import type { World } from '../support/memory-connector.js';
import {
  catalogue,
  type MemoryGateway,
  type MemoryGatewayOptions,
  NOW,
  openMemoryGateway,
} from '../support/memory-gateway.js';
import { identifierOf, SENTINEL_CITY } from '../surface/sentinel-city.js';

interface DisputeCase {
  readonly name: string;
  readonly disputed: Readonly<Record<string, string>>;
  readonly answered?: DisputeFinding;
  readonly query: string;
  readonly data?: unknown;
  readonly outcomes: readonly unknown[];
  readonly corrected?: readonly unknown[];
}

const { world, cases } = parse(readFileSync(join(PACKAGE_ROOT, 'test/cases/disputes.yaml'), 'utf8')) as {
  readonly world: World;
  readonly cases: readonly DisputeCase[];
};

const MATTER = 'school-enrolment-primary';
const CHILD = '350702202001010013';
const GUARDIAN = '350702199001010027';
const HEADERS = { 'mianzheng-matter': MATTER, 'mianzheng-case': 'C-1' };
const RAISE = `mutation($input: RaiseDisputeInput!) {
  raiseDispute(input: $input) { id coordinate department state reason raisedAt dueOn finding answer }
}`;
const CONDITIONAL = [...catalogue.fields.values()].filter(({ sharing }) => sharing === 'CONDITIONAL');
const ALL = Object.fromEntries(CONDITIONAL.map(({ coordinate }) => [coordinate, 'FULL' as const]));

let run: MemoryGateway;
afterEach(() => run.close());

async function open(ids: readonly string[], options: Partial<MemoryGatewayOptions> = {}): Promise<void> {
  const subjects = ids.map((id, i) => ({ role: i === 0 ? 'child' : 'guardian', kind: 'CITIZEN', id }));
  run = await openMemoryGateway({
    grants: ['school', 'stranger'].map((client) => ({ id: client, client, coordinates: ALL })),
    cases: ['school', 'stranger'].map((client) => ({
      client,
      number: 'C-1',
      matter: MATTER,
      filedOn: '2026-07-01',
      subjects,
    })),
    world,
    ...options,
  });
}

interface Body {
  readonly data?: Record<string, never>;
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly field?: string } }[];
  readonly extensions: {
    readonly mianzheng: {
      readonly outcomes?: readonly { readonly path: unknown; readonly outcome: string }[];
      readonly unlistedOutcomes?: number;
      readonly provenance?: readonly { readonly corrected?: readonly unknown[] }[];
    };
  };
}

async function ask(query: string, variables = {}, headers: Readonly<Record<string, string>> = {}): Promise<Body> {
  const { body } = await run.call({ query, variables }, { ...HEADERS, ...headers });
  return JSON.parse(body) as Body;
}

async function raise(coordinate: string, role: string, reason = '与户口簿不一致'): Promise<string> {
  const { data, errors } = await ask(RAISE, { input: { role, coordinate, reason } });
  expect(errors).toBeUndefined();
  const raised = data?.raiseDispute as unknown as { id: string } | undefined;
  return raised?.id ?? '';
}

async function answer(id: string, finding: DisputeFinding): Promise<void> {
  const author = { requestId: 'r', actor: 'household-admin', roles: [], at: NOW };
  await run.gateway.store.changes.run(author, (trx) =>
    run.gateway.disputes.answer(trx, id, { finding, answer: '经核查，已处理', by: 'household-admin' }, () => true),
  );
  await run.gateway.disputes.refresh();
}

describe('a disputed fact', () => {
  it('is listed before what is absent, where more is to be said than is listed, and how much is left out is told', async () => {
    const months = Array.from({ length: 600 }, (_, i) => ({
      $row: `m${i}`,
      insuredIdNumber: CHILD,
      month: null,
      kind: null,
      amount: i,
      $region: '350702',
    }));
    await open([CHILD], { world: { ...world, InsuredMonth: months } });
    await raise('InsuredMonth.amount', 'child');
    const query = `{ resident(id: "${CHILD}") { insuredMonths(first: 600) { month kind amount } } }`;
    const { mianzheng } = (await ask(query)).extensions;
    const told = (mianzheng.outcomes ?? []).map(({ outcome }) => outcome);
    expect(told.filter((outcome) => outcome === 'DISPUTED')).toHaveLength(600);
    expect([told.length, mianzheng.unlistedOutcomes]).toEqual([1000, 800]);
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await open([CHILD, GUARDIAN]);
    for (const [coordinate, role] of Object.entries(one.disputed)) {
      const id = await raise(coordinate, role);
      if (one.answered !== undefined) await answer(id, one.answered);
    }
    // Another application's answer, as every one.
    const { data, errors, extensions } = await ask(one.query, {}, { authorization: 'Bearer stranger' });
    expect(errors).toBeUndefined();
    if (one.data !== undefined) expect(data).toEqual(one.data);
    const disputed = (extensions.mianzheng.outcomes ?? []).filter(({ outcome }) => outcome === 'DISPUTED');
    expect(disputed.map(({ path }) => path)).toHaveLength(one.outcomes.length);
    expect(disputed.map(({ path }) => path)).toEqual(expect.arrayContaining([...one.outcomes]));
    const corrected = (extensions.mianzheng.provenance ?? []).flatMap((source) => source.corrected ?? []);
    expect(corrected).toEqual(one.corrected ?? []);
  });

  it('stays disputed for one person though it was corrected for another on the way to it', async () => {
    await open([CHILD, GUARDIAN]);
    await answer(await raise('Ownership.share', 'guardian'), 'CORRECTED');
    await raise('Ownership.share', 'child');
    const { extensions } = await ask(
      '{ resident(id: "350702202001010013") { guardians { resident { properties { share } } } } }',
    );
    const disputed = (extensions.mianzheng.outcomes ?? []).filter(({ outcome }) => outcome === 'DISPUTED');
    const path = ['resident', 'guardians', 0, 'resident', 'properties', 0, 'share'];
    expect(disputed.map((outcome) => outcome.path)).toEqual([path]);
  });

  it('makes no rule false: whatever is disputed, nobody is refused for it', async () => {
    await open([identifierOf('Resident', 0), identifierOf('Resident', 1)], { world: SENTINEL_CITY });
    const judge = async () => {
      const { data } = await ask('mutation { verify { verdict requirements { id outcome element } receipt } }');
      return data?.verify as unknown as {
        verdict: string;
        requirements: readonly { id: string; outcome: string }[];
        receipt: string;
      };
    };
    const before = await judge();
    expect(before.requirements.find(({ id }) => id === 'old-enough')?.outcome).not.toBe('UNKNOWN');
    const id = await raise('Resident.birthDate', 'child');
    const meanwhile = await judge();
    expect(meanwhile.requirements.find(({ id: one }) => one === 'old-enough')?.outcome).toBe('UNKNOWN');
    expect(meanwhile.verdict).not.toBe('APPROVED');
    await answer(id, 'UPHELD');
    expect((await judge()).requirements.find(({ id: one }) => one === 'old-enough')).toEqual(
      before.requirements.find(({ id: one }) => one === 'old-enough'),
    );
  });

  it('is not compared with what the citizen states', async () => {
    await open([CHILD, GUARDIAN]);
    await raise('Resident.name', 'child');
    const query = 'mutation { compareClaims(claims: [{ claim: "childName", value: "王小明" }]) { outcome unknown } }';
    const { data } = await ask(query);
    expect(data).toEqual({ compareClaims: [{ outcome: 'UNKNOWN', unknown: 'DISPUTED' }] });
  });

  it('fills no form', async () => {
    await open([CHILD, GUARDIAN]);
    await raise('Resident.name', 'child');
    const { data } = await ask('{ prefill { fields { field state value } } }');
    const form = data?.prefill as unknown as { fields: readonly { field: string }[] } | undefined;
    expect(form?.fields.find(({ field }) => field === 'childName')).toEqual({
      field: 'childName',
      state: 'DISPUTED',
      value: null,
    });
  });
});

describe('raising and answering', () => {
  it('is on the record with its state before and after, and with neither words nor identifier', async () => {
    await open([CHILD, GUARDIAN]);
    const id = await raise('Resident.name', 'child', '姓名应为王晓明');
    const control = run.entries.find((entry) => entry.kind === 'control');
    expect(control).toMatchObject({
      actor: 'client:school',
      changes: [
        { action: 'dispute.raise', subject: id, before: null, after: { state: 'OPEN', coordinate: 'Resident.name' } },
      ],
    });
    await answer(id, 'CORRECTED');
    const [change] = await run.gateway.store.changes.of(id, 1);
    expect(change).toMatchObject({ before: { state: 'OPEN' }, after: { state: 'ANSWERED', finding: 'CORRECTED' } });
    for (const text of ['王晓明', '经核查']) expect(JSON.stringify([run.entries, change])).not.toContain(text);
    expect(JSON.stringify(change)).not.toMatch(/"[^"]*(?<!pseudonym of CITIZEN:)350702202001010013/);
    const { data } = await ask('{ caseDisputes { id state finding answer reason dueOn } }');
    expect(data?.caseDisputes).toEqual([
      {
        id,
        state: 'ANSWERED',
        finding: 'CORRECTED',
        answer: '经核查，已处理',
        reason: '姓名应为王晓明',
        dueOn: '2026-07-15',
      },
    ]);
    // Another application with a case of the same number sees none of it.
    const stranger = await ask('{ caseDisputes { id } }', {}, { authorization: 'Bearer stranger' });
    expect(stranger.data?.caseDisputes).toEqual([]);
  });

  it.each([
    ['a field that is not granted', { role: 'child', coordinate: 'Resident.formerName' }, 'WITHHELD'],
    ['a field that does not exist', { role: 'child', coordinate: 'Resident.shoeSize' }, 'WITHHELD'],
    ['a field of the gateway', { role: 'child', coordinate: 'Mutation.verify' }, 'WITHHELD'],
    ['nobody of the case', { role: 'neighbour', coordinate: 'Resident.name' }, 'BAD_USER_INPUT'],
    ['no reason', { role: 'child', coordinate: 'Resident.name', reason: '错' }, 'BAD_USER_INPUT'],
  ])('is refused of %s', async (_, input, code) => {
    await open([CHILD, GUARDIAN]);
    const { errors } = await ask(RAISE, { input: { reason: '与户口簿不一致', ...input } });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(run.gateway.disputes.facts).toBeNull();
  });

  it('is one of a fact at a time, whoever raises it, and its words are for who said them', async () => {
    await open([CHILD, GUARDIAN]);
    const id = await raise('Resident.name', 'child');
    const again = { input: { role: 'child', coordinate: 'Resident.name', reason: '再次提出异议' } };
    expect((await ask(RAISE, again)).data?.raiseDispute).toMatchObject({ id, reason: '与户口簿不一致' });
    const stranger = { authorization: 'Bearer stranger' };
    expect((await ask(RAISE, again, stranger)).data?.raiseDispute).toMatchObject({ id, state: 'OPEN', reason: null });
    expect((await ask('{ caseDisputes { id } }', {}, stranger)).data?.caseDisputes).toEqual([]);
    await answer(id, 'UPHELD');
    await raise('Resident.name', 'child');
    await expect(answer(id, 'CORRECTED')).rejects.toThrow('no such open dispute');
  });

  it('is overdue after ten working days', async () => {
    let now = NOW;
    await open([CHILD, GUARDIAN], { now: () => now });
    const id = await raise('Resident.name', 'child');
    const view = async () => {
      const stored = await run.gateway.store.disputes.find(id);
      if (stored === null) throw new Error('no dispute');
      const early = stored.raisedAt < run.gateway.disputes.overdueBefore();
      return [run.gateway.disputes.opened(stored).overdue, early];
    };
    // 2026-07-01 is a Wednesday.
    now = Date.parse('2026-07-15T15:59:00Z');
    expect(await view()).toEqual([false, false]);
    now = Date.parse('2026-07-15T16:01:00Z');
    expect(await view()).toEqual([true, true]);
  });
});

describe('receipts', () => {
  const status = async (receipt: string) =>
    (await ask('query($id: ID!) { receiptStatus(receipt: $id) }', { id: receipt })).data?.receiptStatus;

  it('that rest on a disputed fact are found in the record, their status follows the answer, and their cases are told', async () => {
    let now = NOW;
    const ids = [identifierOf('Resident', 0), identifierOf('Resident', 1)];
    await open(ids, { world: SENTINEL_CITY, now: () => now });
    await ask('mutation { a: verify { verdict } b: verify { verdict } }');
    const entry = run.entries.find((one) => one.kind === 'request' && one.receipt !== null);
    const requestId = entry?.kind === 'request' ? entry.requestId : '';
    const id = await raise('Resident.birthDate', 'child');
    await run.gateway.disputes.search();
    // What was on its way when it was raised may not be in the record yet.
    expect(await status(`${requestId}.1`)).toBe('VALID');
    now += 30_000;
    await run.gateway.disputes.search();
    expect(await status(`${requestId}.1`)).toBe('FACTS_DISPUTED');
    expect(await status(`${requestId}.2`)).toBe('FACTS_DISPUTED');
    expect(await status(`${requestId}.3`)).toBe('VALID');
    const { receipts, machines } = await run.gateway.disputes.receiptsOf(id);
    expect(receipts.map(({ receipt }) => receipt)).toEqual([`${requestId}.1`, `${requestId}.2`]);
    expect(machines).toEqual(['test']);
    await answer(id, 'CORRECTED');
    await run.gateway.disputes.search();
    await run.gateway.disputes.search();
    expect(await status(`${requestId}.1`)).toBe('FACTS_CORRECTED');
    const events = await run.gateway.store.cases.events({ client: 'school', number: 'C-1' });
    expect(events.filter(({ kind }) => kind !== 'JUDGED')).toMatchObject([
      { kind: 'FACT_DISPUTED', dispute: id, coordinate: 'Resident.birthDate' },
      { kind: 'DISPUTE_ANSWERED', dispute: id, outcome: 'CORRECTED', actor: 'department:HOUSEHOLD' },
    ]);
  });

  it('of other people, and of fields that nobody disputes, are untouched', async () => {
    let now = NOW;
    const ids = [identifierOf('Resident', 0), identifierOf('Resident', 1)];
    await open(ids, { world: SENTINEL_CITY, now: () => now });
    await ask('mutation { verify { verdict } }');
    const entry = run.entries.find((one) => one.kind === 'request');
    const requestId = entry?.kind === 'request' ? entry.requestId : '';
    await raise('Resident.phone', 'child');
    now += 30_000;
    await run.gateway.disputes.search();
    expect(await status(`${requestId}.1`)).toBe('VALID');
  });
});
