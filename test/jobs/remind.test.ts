/** Reminders of deadlines: test/cases/reminders.yaml, for each kind of duty; once each, recorded, and brought to the department's channel. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openChain } from '../../src/audit/chain.js';
import { exportRecord } from '../../src/audit/export.js';
import { loadOrCreateSigningKey } from '../../src/audit/signing-key.js';
import { loadOrCreateKey } from '../../src/audit/subject-pseudonym.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { type Commitment, type CommitmentAct, decideAct } from '../../src/commitments/commitment.js';
import { type Config, loadConfig } from '../../src/config.js';
import { runReminders } from '../../src/jobs/remind.js';
import type { Matter } from '../../src/matters/index.js';
import { openMetrics } from '../../src/metrics.js';
import { runCases } from '../../src/open-cases.js';
import { openStore } from '../../src/open-store.js';
import { keyFolder, pseudonymKeyFile, recordFolder } from '../../src/places.js';
import { type AccessApplication, putApplication } from '../../src/store/access-applications.js';
import type { ControlStore } from '../../src/store/control-store.js';
import type { StoredDispute } from '../../src/store/disputes.js';
import { temporaryFolder } from '../audit/support.js';
import { STORE_PLACES } from '../support/store-places.js';

interface Case {
  readonly name: string;
  readonly days?: number;
  readonly due: string;
  readonly today: string;
  readonly reminded: readonly ('NEAR' | 'PASSED')[];
}

const CASES = parse(readFileSync(new URL('../cases/reminders.yaml', import.meta.url), 'utf8')) as Case[];

/** Nine in the morning where the gateway stands. */
const morningOf = (day: string): number => Date.parse(`${day}T09:00:00+08:00`);

const fault = ({ cause }: { readonly cause: unknown }): never => {
  throw cause;
};

async function addApplication(store: ControlStore, dueOn: string, over: Partial<AccessApplication> = {}) {
  const id = randomUUID();
  const part = { workingDays: 10, dueOn, decidedBy: null, decidedAt: null, grant: null, dataDueOn: null };
  const application: AccessApplication = {
    id,
    client: 'school',
    status: 'SUBMITTED',
    purpose: 'a purpose',
    matters: [],
    legalBasis: 'a basis',
    items: [],
    regions: [],
    subjects: 'CASE_SUBJECTS',
    maxHops: 0,
    validFrom: '2026-01-01',
    validTo: '2026-12-31',
    createdBy: 'operator',
    createdAt: 1,
    submittedBy: 'operator',
    submittedAt: 1,
    parts: [
      { ...part, department: 'HOUSEHOLD' },
      { ...part, department: 'PROPERTY', decidedBy: 'property-admin', decidedAt: 2 },
    ],
    ...over,
  };
  await store.changes.run({ requestId: randomUUID(), actor: 'test', roles: [], at: 0 }, async (trx) => {
    await putApplication(trx, application);
    return { result: null, changes: [] };
  });
  return id;
}

async function addTask(store: ControlStore, dueOn: string | null) {
  const of = { client: 'school', number: `C-${randomUUID().slice(0, 8)}`, matter: 'enrolment' };
  await store.registerCase({ ...of, filedOn: '2026-01-01', subjects: [] });
  const task = { name: 'guardianship', proof: 'ZM-050', department: 'HOUSEHOLD', openedAt: 1, dueOn };
  const [opened] = await store.tasks.open(of, [task], null, async () => undefined);
  return opened?.id ?? '';
}

/** A matter whose commitments two departments look after, and what is known of it. */
const MATTERS = new Map([
  [
    'licence',
    {
      requirements: [
        { department: 'PROPERTY', effect: 'REQUIRED', whenFalse: 'NEEDS_COMMITMENT' },
        { department: 'HOUSEHOLD', effect: 'REQUIRED', whenFalse: 'NEEDS_COMMITMENT' },
        { department: 'VACCINATION', effect: 'REQUIRED', whenFalse: 'NOT_MET' },
      ],
    },
  ],
]) as unknown as ReadonlyMap<string, Matter>;

const COMMITMENT_OWNERS = ['HOUSEHOLD', 'PROPERTY'] as const;

async function addCommitment(store: ControlStore, dueOn: string, matter = 'licence') {
  const of = { client: 'office', number: `L-${randomUUID().slice(0, 8)}`, matter };
  const subject = { kind: 'ENTERPRISE', id: '91350702MB2A10019D' };
  await store.registerCase({ ...of, filedOn: '2026-01-01', subjects: [{ role: 'enterprise', ...subject }] });
  const signed: Commitment = {
    ...of,
    id: randomUUID(),
    subject,
    documents: ['premises'],
    textDigest: '0'.repeat(64),
    signatory: 'office holder',
    signedAt: 1,
    dueOn,
    events: [{ kind: 'SIGNED', at: 1, by: 'client:office' }],
  };
  await store.commitments.sign(signed, null, async () => 'gateway-1/1');
  return signed.id;
}

/** Does something about a commitment. */
async function actOn(store: ControlStore, id: string, act: CommitmentAct) {
  const stored = await store.commitments.find(id);
  if (stored === null) throw new Error('there is no such commitment');
  const result = decideAct(stored.commitment, act, 2, 'person:somebody');
  if (!result.ok) throw new Error(result.refusal);
  await store.commitments.add(stored, result.events, null, async () => 'gateway-1/2');
}

async function addDispute(store: ControlStore, raisedOn: string) {
  const id = randomUUID();
  const dispute: StoredDispute = {
    id,
    coordinate: 'Resident.name',
    department: 'HOUSEHOLD',
    kind: 'CITIZEN',
    subject: `pseudonym ${id}`,
    sealedId: 'sealed',
    sealedReason: 'sealed',
    raisedBy: 'CITIZEN',
    caseNumber: null,
    raisedAt: morningOf(raisedOn),
    state: 'OPEN',
    finding: null,
    sealedAnswer: null,
    closedBy: null,
    closedAt: null,
  };
  await store.changes.run({ requestId: randomUUID(), actor: 'test', roles: [], at: 0 }, async (trx) => {
    await store.disputes.raise(trx, dispute);
    return { result: null, changes: [] };
  });
  return id;
}

describe.each(STORE_PLACES.filter(({ skip }) => !skip))('on $name', ({ create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let config: Config;
  let store: ControlStore;

  beforeEach(async () => {
    place = await create();
    config = await instance('gateway-1');
    store = await openStore(config);
  });
  afterEach(async () => {
    await store.close();
    await place.remove();
  });

  /** An installation of its own on the same control store. */
  async function instance(name: string): Promise<Config> {
    const folder = await temporaryFolder();
    return { ...loadConfig({ MIANZHENG_DATA: folder }, folder), control: place.url, instance: name };
  }

  const run = (today: string, of = config, shared?: ControlStore) =>
    runReminders({
      config: of,
      now: () => morningOf(today),
      store: shared,
      matters: async () => MATTERS,
      onFault: fault,
    });

  async function entries(of = config) {
    const found: unknown[] = [];
    if (!existsSync(recordFolder(of))) return found;
    for await (const { kind, record } of exportRecord(recordFolder(of))) found.push({ kind, ...record });
    return found;
  }

  it.each(CASES)('$name', async ({ days = 1, due, today, reminded }) => {
    config = { ...config, reminders: { workingDaysBefore: days, channels: [] } };
    const duties = [
      ['APPLICATION', await addApplication(store, due), ['HOUSEHOLD']],
      ['TASK', await addTask(store, due), ['HOUSEHOLD']],
      ['COMMITMENT', await addCommitment(store, due), COMMITMENT_OWNERS],
    ] as const;
    const count = 4 * reminded.length;
    expect(await run(today)).toEqual({ written: count, withoutChannel: count });
    // Once each, however often it runs.
    expect(await run(today)).toEqual({ written: 0, withoutChannel: 0 });
    const recorded: unknown[] = [];
    for (const [of, subject, departments] of duties) {
      const own = await store.reminders.of(of, [subject]);
      const told = reminded.flatMap((stage) => departments.map((department) => ({ stage, department })));
      const common = { of, subject, dueOn: due, at: morningOf(today), state: 'NO_CHANNEL' };
      const idOf = (department: string) => own.find((one) => one.department === department)?.id;
      expect(own.toSorted((x, y) => x.department.localeCompare(y.department))).toEqual(
        told.map((one) => ({ ...common, ...one, id: idOf(one.department) })),
      );
      recorded.push(
        ...told.map(({ stage, department }) => ({
          kind: 'administration',
          time: new Date(morningOf(today)).toISOString(),
          actor: 'gateway',
          action: `reminder.${stage.toLowerCase()}`,
          subject: `${of.toLowerCase()}:${subject}`,
          before: null,
          after: { reminder: idOf(department), department, due, channel: false },
        })),
      );
    }
    expect(await entries()).toEqual(recorded);
  });

  it('reminds of a dispute by its ten working days, near and passed, once each', async () => {
    // Over Mid-Autumn and National Day: ten working days after Friday 25 September end on 15 October.
    const dispute = await addDispute(store, '2026-09-25');
    const written: number[] = [];
    for (const day of ['2026-10-13', '2026-10-14', '2026-10-15', '2026-10-16', '2026-10-19']) {
      written.push((await run(day)).written);
    }
    expect(written).toEqual([0, 1, 0, 1, 0]);
    const told = await store.reminders.of('DISPUTE', [dispute]);
    expect(told.map(({ stage, dueOn }) => [stage, dueOn])).toEqual([
      ['NEAR', '2026-10-15'],
      ['PASSED', '2026-10-15'],
    ]);
  });

  it('reminds of nothing that is answered, withdrawn, not submitted or without a last day', async () => {
    await addApplication(store, '2026-07-15', { status: 'DRAFT' });
    await addApplication(store, '2026-07-15', { status: 'WITHDRAWN' });
    await addTask(store, null);
    const answered = await addTask(store, '2026-07-15');
    const given = { finding: 'CONFIRMED' as const, reason: null, by: 'household-admin', at: 1 };
    await store.tasks.answer(answered, given, async () => undefined);
    const dispute = await addDispute(store, '2026-07-01');
    await store.changes.run({ requestId: randomUUID(), actor: 'test', roles: [], at: 0 }, async (trx) => {
      const closed = { state: 'ANSWERED', finding: 'UPHELD', sealedAnswer: null, closedBy: 'x', closedAt: 2 } as const;
      await store.disputes.close(trx, dispute, closed);
      return { result: null, changes: [] };
    });
    await actOn(store, await addCommitment(store, '2026-07-15'), { act: 'RECEIVE', document: 'premises' });
    const breached = { act: 'BREACH', reason: 'not what was promised' } as const;
    await actOn(store, await addCommitment(store, '2026-07-15'), breached);
    // A matter that is no longer there: nobody looks after its commitments.
    await addCommitment(store, '2026-07-15', 'a-matter-of-before');
    expect((await run('2026-07-31')).written).toBe(0);
    expect(await entries()).toEqual([]);
  });

  it('reminds of a commitment that has passed also while it is followed up', async () => {
    const commitment = await addCommitment(store, '2026-07-15');
    await actOn(store, commitment, { act: 'OPEN_FOLLOW_UP', today: '2026-07-16' });
    expect((await run('2026-07-16')).written).toBe(2);
    const told = await store.reminders.of('COMMITMENT', [commitment]);
    expect(told.map(({ stage }) => stage)).toEqual(['PASSED', 'PASSED']);
  });

  it('goes to who looks after the commitments of a matter, as the installation has it', async () => {
    const commitment = await addCommitment(store, '2026-07-15', 'labour-dispatch-licence');
    await runReminders({ config, now: () => morningOf('2026-07-15'), onFault: fault });
    const told = await store.reminders.of('COMMITMENT', [commitment]);
    expect(told.map(({ department, stage }) => [department, stage])).toEqual([['SOCIAL_SECURITY', 'NEAR']]);
  });

  it('is written once by two processes that run together', async () => {
    const other = await instance('gateway-2');
    const tasks: string[] = [];
    for (let i = 0; i < 5; i += 1) tasks.push(await addTask(store, '2026-07-15'));
    // Two connections of one process to a SQLite file would wait for each other.
    const shared = place.url.startsWith('mysql:') ? undefined : store;
    const reports = await Promise.all([run('2026-07-15', config, shared), run('2026-07-15', other, shared)]);
    expect(reports.reduce((sum, { written }) => sum + written, 0)).toBe(5);
    expect(await store.reminders.of('TASK', tasks)).toHaveLength(5);
    expect([...(await entries()), ...(await entries(other))]).toHaveLength(5);
  });

  it('is not kept where it cannot be recorded, and goes with its case', async () => {
    const task = await addTask(store, '2026-07-15');
    const reminder = { id: randomUUID(), of: 'TASK', subject: task, department: 'HOUSEHOLD', stage: 'NEAR' } as const;
    const broken = store.reminders.write({ ...reminder, dueOn: '2026-07-15', at: 1 }, async () => {
      throw new Error('the disk is full');
    });
    await expect(broken).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(await store.reminders.of('TASK', [task])).toEqual([]);
    await run('2026-07-15');
    expect(await store.reminders.of('TASK', [task])).toHaveLength(1);
    const commitment = await addCommitment(store, '2026-07-15');
    await run('2026-07-15');
    expect(await store.reminders.of('COMMITMENT', [commitment])).toHaveLength(2);
    await store.removeCasesFiledBefore('2026-01-02', 10);
    expect(await store.reminders.of('TASK', [task])).toEqual([]);
    expect(await store.reminders.of('COMMITMENT', [commitment])).toEqual([]);
  });

  it('reaches the channel of its department, with an idempotency key and no person, and shows that it did', async () => {
    config = {
      ...config,
      reminders: {
        workingDaysBefore: 1,
        channels: [
          { file: 'property.jsonl', departments: ['PROPERTY'] },
          { file: 'household.jsonl', departments: ['HOUSEHOLD'] },
        ],
      },
    };
    const task = await addTask(store, '2026-07-15');
    const commitment = await addCommitment(store, '2026-07-15');
    expect(await run('2026-07-15')).toEqual({ written: 3, withoutChannel: 0 });
    const [queued] = await store.reminders.of('TASK', [task]);
    expect(queued?.state).toBe('QUEUED');
    const signingKey = await loadOrCreateSigningKey(keyFolder(config));
    const now = () => morningOf('2026-07-15') + 1000;
    const record = await openChain({
      folder: recordFolder(config),
      chain: 'gateway-1',
      signingKey,
      now,
      onFault: fault,
    });
    const secret = await loadOrCreateKey(pseudonymKeyFile(config));
    const log = pino({ level: 'silent' });
    const cases = await runCases({ config, store, record, secret, metrics: openMetrics(), log, now });
    await cases.turn();
    await cases.close();
    await record.close();
    const lines = readFileSync(join(config.data, 'household.jsonl'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(2);
    const messages = lines.map((line) => JSON.parse(line) as { readonly id: string; readonly message: unknown });
    const [promised] = (await store.reminders.of('COMMITMENT', [commitment])).filter(
      ({ department }) => department === 'HOUSEHOLD',
    );
    expect(messages.find(({ id }) => id === promised?.id)?.message).toMatchObject({
      data: {
        of: 'COMMITMENT',
        id: commitment,
        department: 'HOUSEHOLD',
        client: 'office',
        matter: 'licence',
        text: {
          zh: '告知承诺须于 2026-07-15 前（含当日）补齐材料。',
          en: 'The documents of the commitment are to be complete by 2026-07-15.',
        },
      },
    });
    expect(lines.join()).not.toContain('91350702MB2A10019D');
    expect(messages.find(({ id }) => id === queued?.id)).toMatchObject({
      message: {
        type: 'reminder.near',
        timestamp: '2026-07-15T01:00:00.000Z',
        data: {
          reminder: queued?.id,
          of: 'TASK',
          id: task,
          department: 'HOUSEHOLD',
          dueOn: '2026-07-15',
          client: 'school',
          matter: 'enrolment',
          proof: 'ZM-050',
          record: expect.stringMatching(/^gateway-1\.jobs\/\d+$/),
          text: {
            zh: '部门核验任务须于 2026-07-15 前（含当日）答复。',
            en: 'The verification task is to be answered by 2026-07-15.',
          },
        },
      },
    });
    expect(readFileSync(join(config.data, 'property.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1);
    expect((await store.reminders.of('TASK', [task])).map(({ state }) => state)).toEqual(['DELIVERED']);
    expect(await verifyRecord(recordFolder(config), [signingKey.publicJwk])).toMatchObject({ state: 'INTACT' });
  });
});
