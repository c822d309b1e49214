/** Department verification and commitments through the whole gateway: verdict, what is told, and what stands in the record. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../src/audit/entries.js';
import { noticeDigest } from '../../src/matters/index.js';
import { catalogue, type MemoryGateway, matters, openMemoryGateway } from '../support/memory-gateway.js';

const ENTERPRISE = '91350702MB2A10019D';
const BARRED = '91350703MB2A100517';
const BUSINESS = { typeCode: '113507000040000165903', status: 'VALID', $region: '350702' };
const WORLD = {
  Enterprise: [ENTERPRISE, BARRED].map((creditCode) => ({ creditCode, $region: '350702' })),
  Licence: [ENTERPRISE, BARRED].map((holderNumber) => ({ ...BUSINESS, holderNumber })),
  DishonestyListing: [{ listedCode: BARRED, listedDate: '2026-01-01', removedDate: null, $region: '350702' }],
};
const MATTER = 'labour-dispatch-licence';
const DIGEST = noticeDigest(matters.get(MATTER)?.commitment?.notice ?? { zh: '' });
const EVERYTHING = Object.fromEntries(
  [...catalogue.fields.values()]
    .filter(({ sharing }) => sharing === 'CONDITIONAL')
    .map(({ coordinate }) => [coordinate, 'FULL' as const]),
);

const caseOf = (number: string, id: string) => ({
  client: 'school',
  number,
  matter: MATTER,
  filedOn: '2026-07-01',
  subjects: [{ role: 'enterprise', kind: 'ENTERPRISE', id }],
});
const CHILD = '350702202003059021';
const UNCLE = '350702199003149014';
const enrolment = (number: string) => ({
  client: 'school',
  number,
  matter: 'school-enrolment-primary',
  filedOn: '2026-07-01',
  subjects: [
    { role: 'child', kind: 'CITIZEN', id: CHILD },
    { role: 'guardian', kind: 'CITIZEN', id: UNCLE },
  ],
});

interface Told {
  readonly verdict: string;
  readonly verifications: readonly Readonly<Record<string, unknown>>[];
  readonly commitment: { readonly state: string } | null;
  readonly offer: { readonly textDigest: string } | null;
}

function administration(entries: readonly NewEntry[]) {
  return entries.flatMap((entry) => (entry.kind === 'administration' ? [entry] : []));
}

async function mutate(run: MemoryGateway, number: string, matter: string, fields: string, operator?: string) {
  const headers = {
    'mianzheng-matter': matter,
    'mianzheng-case': number,
    ...(operator === undefined ? {} : { 'mianzheng-operator': operator }),
  };
  const { body } = await run.call({ query: `mutation { ${fields} }` }, headers);
  return JSON.parse(body) as { readonly data?: Record<string, Record<string, unknown>>; readonly errors?: unknown };
}

const VERIFY =
  'verify { verdict verifications { proof state dueOn answer department } commitment { state } offer { textDigest } }';

async function verify(run: MemoryGateway, number: string, matter: string): Promise<Told> {
  return (await mutate(run, number, matter, VERIFY)).data?.verify as unknown as Told;
}

describe('a department that verifies a proof', () => {
  const guardian = { relation: 'FATHER', idNumber: '350702198807159031', guardian: null };
  const world = (guardians: readonly unknown[]) => ({
    Resident: [
      {
        idNumber: CHILD,
        status: 'NORMAL',
        birthDate: '2020-03-05',
        registration: 'REGISTERED',
        registeredDivision: '350702',
        movedInDate: '2020-03-20',
        'address.text': '延平区',
        address: { text: '延平区' },
        guardians,
        $region: '350702',
      },
    ],
  });
  const open = (down: readonly string[] = []) =>
    openMemoryGateway({
      world: world([guardian]),
      down,
      grants: [{ matters: ['school-enrolment-primary'], coordinates: EVERYTHING, maxHops: 5 }],
      cases: [enrolment('C-1')],
    });

  it('is asked once, in working days, and the case goes on with its answer, which is on record', async () => {
    const run = await open();
    try {
      const first = await verify(run, 'C-1', 'school-enrolment-primary');
      const again = await verify(run, 'C-1', 'school-enrolment-primary');
      // Five working days of the catalogue's entry from Wednesday 2026-07-01.
      const asked = { proof: 'ZM-050', state: 'OPEN', dueOn: '2026-07-08', answer: null, department: 'HOUSEHOLD' };
      expect([first.verdict, first.verifications]).toEqual(['PENDING', [asked]]);
      expect([again.verdict, again.verifications]).toEqual(['PENDING', [asked]]);
      expect(administration(run.entries).map(({ action, actor, before }) => [action, actor, before])).toEqual([
        ['task.open', 'client:school', null],
      ]);

      const [task] = await run.gateway.store.tasks.ofCase({ client: 'school', number: 'C-1' });
      await run.gateway.store.tasks.answer(
        task?.id ?? '',
        { finding: 'CONFIRMED', reason: null, by: 'household-admin', at: run.gateway.now() },
        async () => undefined,
      );
      const answered = await verify(run, 'C-1', 'school-enrolment-primary');
      expect(answered.verdict).not.toBe('PENDING');
      expect(answered.verifications).toMatchObject([{ state: 'ANSWERED', answer: 'CONFIRMED' }]);
      const last = run.entries.at(-1);
      expect(last?.kind === 'request' && last.used).toContain('Verification.answer');
    } finally {
      await run.close();
    }
  });

  it('is not troubled while another department is down', async () => {
    const run = await open(['VACCINATION', 'HOUSEHOLD']);
    try {
      const told = await verify(run, 'C-1', 'school-enrolment-primary');
      expect([told.verdict, told.verifications]).toEqual(['PENDING', []]);
      expect(administration(run.entries)).toEqual([]);
    } finally {
      await run.close();
    }
  });

  it('is asked by nobody whose request is not on record', async () => {
    const run = await openMemoryGateway({
      world: world([guardian]),
      recordBroken: true,
      grants: [{ matters: ['school-enrolment-primary'], coordinates: EVERYTHING, maxHops: 5 }],
      cases: [enrolment('C-1')],
    });
    try {
      await mutate(run, 'C-1', 'school-enrolment-primary', VERIFY);
      expect(await run.gateway.store.tasks.ofCase({ client: 'school', number: 'C-1' })).toEqual([]);
    } finally {
      await run.close();
    }
  });
});

describe('a commitment', () => {
  let run: MemoryGateway;
  beforeAll(async () => {
    run = await openMemoryGateway({
      world: WORLD,
      grants: [{ matters: [MATTER], coordinates: EVERYTHING, maxHops: 5 }],
      cases: [caseOf('C-1', ENTERPRISE), caseOf('C-2', ENTERPRISE), caseOf('C-3', BARRED), caseOf('C-4', ENTERPRISE)],
    });
  });
  afterAll(() => run.close());

  const commit = (number: string, digest = DIGEST, signedAt = '2026-07-01T01:00:00Z') =>
    mutate(
      run,
      number,
      MATTER,
      `commitCase(input: { textDigest: "${digest}", signedAt: "${signedAt}", signatory: "legal representative" })
        { refusal commitment { state dueOn textDigest documents { document received } } }`,
    );

  it('is refused with other words, before it was signed, and to whom has a bad record', async () => {
    expect((await commit('C-1', 'f'.repeat(64))).data?.commitCase).toMatchObject({ refusal: 'OTHER_TEXT' });
    expect((await commit('C-1', DIGEST, '2026-07-02T00:00:00Z')).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', field: 'input.signedAt' } },
    ]);
    expect((await commit('C-3')).data?.commitCase).toMatchObject({ refusal: 'BARRED', commitment: null });
    expect((await verify(run, 'C-3', MATTER)).verdict).toBe('NEEDS_REVIEW');
    expect(administration(run.entries)).toEqual([]);
  });

  it('is offered, signed once, issued first, completed by its documents, and each step is on record', async () => {
    expect(await verify(run, 'C-1', MATTER)).toMatchObject({
      verdict: 'NEEDS_COMMITMENT',
      offer: { textDigest: DIGEST },
    });
    const signed = (await commit('C-1')).data?.commitCase;
    expect(signed).toMatchObject({ refusal: null, commitment: { state: 'AWAITING_DOCUMENTS', dueOn: '2026-07-31' } });
    expect((await commit('C-1')).data?.commitCase).toEqual(signed);
    expect(await verify(run, 'C-1', MATTER)).toMatchObject({ verdict: 'APPROVED', offer: null });
    for (const [document, state] of [
      ['premises', 'AWAITING_DOCUMENTS'],
      ['rules', 'AWAITING_DOCUMENTS'],
      ['capital', 'COMPLETED'],
    ]) {
      const fields = `receiveDocument(document: "${document}") { refusal commitment { state } }`;
      expect((await mutate(run, 'C-1', MATTER, fields)).data?.receiveDocument).toEqual({
        refusal: null,
        commitment: { state },
      });
    }
    const acts = administration(run.entries);
    expect(acts.map(({ action }) => action)).toEqual([
      'commitment.signed',
      'commitment.document-received',
      'commitment.document-received',
      'commitment.completed',
    ]);
    expect(acts.map(({ before }) => before && (before as { state: string }).state)).toEqual([
      null,
      'AWAITING_DOCUMENTS',
      'AWAITING_DOCUMENTS',
      'AWAITING_DOCUMENTS',
    ]);
    expect(JSON.stringify(acts)).not.toContain(ENTERPRISE);
  });

  it('is found breached by a named person only, and then bars the next of its subject', async () => {
    expect((await commit('C-2')).data?.commitCase).toMatchObject({ refusal: null });
    const breach =
      'concludeCommitment(outcome: BREACHED, reason: "no premises there") { refusal commitment { state } }';
    expect((await mutate(run, 'C-2', MATTER, breach)).data?.concludeCommitment).toMatchObject({
      refusal: 'OPERATOR_NEEDED',
    });
    expect((await mutate(run, 'C-2', MATTER, breach, 'clerk-7')).data?.concludeCommitment).toEqual({
      refusal: null,
      commitment: { state: 'BREACHED' },
    });
    expect(administration(run.entries).at(-1)).toMatchObject({
      action: 'commitment.breached',
      actor: 'client:school/clerk-7',
      before: { state: 'AWAITING_DOCUMENTS' },
      after: { state: 'BREACHED', reason: 'no premises there' },
    });
    expect((await verify(run, 'C-2', MATTER)).verdict).toBe('NEEDS_REVIEW');
    expect((await verify(run, 'C-4', MATTER)).verdict).toBe('NEEDS_REVIEW');
    expect((await commit('C-4')).data?.commitCase).toMatchObject({ refusal: 'BARRED', commitment: null });
    // What was committed to before, and kept, stands.
    expect((await verify(run, 'C-1', MATTER)).verdict).toBe('APPROVED');
  });

  it('is open to nobody while it is not known who is barred, and refuses nobody then', async () => {
    const down = await openMemoryGateway({
      world: WORLD,
      down: ['SOCIAL_SECURITY'],
      grants: [{ matters: [MATTER], coordinates: EVERYTHING, maxHops: 5 }],
      cases: [caseOf('C-9', ENTERPRISE)],
    });
    try {
      expect((await verify(down, 'C-9', MATTER)).verdict).toBe('PENDING');
      const fields = `commitCase(input: { textDigest: "${DIGEST}", signedAt: "2026-07-01T01:00:00Z", signatory: "x" }) { refusal }`;
      expect((await mutate(down, 'C-9', MATTER, fields)).data?.commitCase).toEqual({ refusal: 'OTHER_VERDICT' });
    } finally {
      await down.close();
    }
  });
});
