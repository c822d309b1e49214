/** What a citizen does in own matters: the answer, what it leaves behind, and what stands in the record. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../src/audit/entries.js';
import { MianzhengError } from '../../src/errors.js';
import type { CaseFile } from '../../src/store/control-store.js';
import { catalogue, NOW } from '../support/memory-gateway.js';
import { CITIZEN, type Desk, openDesk } from './desk.js';

const CHILD = '350702202009019012';
const STRANGER = '350703199208279062';
const MATTER = 'employment-subsidy';

const EVERYTHING = Object.fromEntries(
  [...catalogue.fields.values()]
    .filter(({ sharing }) => sharing === 'CONDITIONAL')
    .map(({ coordinate }) => [coordinate, 'PREDICATE' as const]),
);

const WORLD = {
  Resident: [{ idNumber: CITIZEN.id, status: 'NORMAL', $region: '350702' }],
  InsuranceEnrolment: [{ insuredIdNumber: CITIZEN.id, kind: 'EMPLOYEE_PENSION', state: 'PAYING', $region: '350702' }],
  InsuredMonth: Array.from({ length: 6 }, (_, i) => ({
    insuredIdNumber: CITIZEN.id,
    month: `2026-0${i + 1}`,
    kind: 'EMPLOYEE_PENSION',
    $region: '350702',
  })),
};

const caseOf = (number: string, ...subjects: (readonly [role: string, id: string])[]): CaseFile => ({
  client: 'school',
  number,
  matter: 'school-enrolment-primary',
  filedOn: '2026-06-20',
  subjects: subjects.map(([role, id]) => ({ role, kind: 'CITIZEN', id })),
});

const CASES = [
  // Of a child, to whom the citizen is guardian.
  caseOf('JUDGED', ['child', CHILD], ['guardian', CITIZEN.id]),
  caseOf('FRESH', ['child', CITIZEN.id], ['guardian', STRANGER]),
  caseOf('OTHERS', ['child', CHILD], ['guardian', STRANGER]),
];

let desk: Desk;
let down = false;
let broken = false;

/** An offer that the citizen was told of, and that may be answered until a day. */
async function offer(number: string, subject: string = CITIZEN.id, answerBy = '2026-07-31'): Promise<void> {
  const { policies } = desk.gateway.store;
  const run = await policies.beginRun({
    client: 'school',
    id: number,
    matter: MATTER,
    ruleSet: number,
    asOf: '2026-07-01',
  });
  const met = [{ subject, number }];
  await policies.enterPage(
    run,
    { phase: 'DONE', cursor: '', listed: 1, unreadable: 0, met, notMet: [], unknown: [] },
    NOW,
  );
  await policies.notify([{ number, token: `token ${number}`, answerBy }], NOW, async () => undefined);
}

beforeAll(async () => {
  desk = await openDesk({
    clients: ['school'],
    grants: [{ matters: [MATTER, 'school-enrolment-primary'], coordinates: EVERYTHING, maxHops: 5 }],
    cases: CASES,
    world: WORLD,
  });
  const { record, sources, store } = desk.gateway;
  const append = record.append.bind(record);
  Object.assign(record, {
    append: (entry: NewEntry) =>
      broken ? Promise.reject(new MianzhengError('EVIDENCE_UNAVAILABLE', 'the disk is full')) : append(entry),
  });
  const connector = sources.connector('SOCIAL_SECURITY');
  const fetch = connector.fetch.bind(connector);
  const { SourceError } = await import('../../src/errors.js');
  Object.assign(connector, {
    fetch: (...args: Parameters<typeof fetch>) =>
      down ? Promise.reject(new SourceError('SOCIAL_SECURITY', 'UNREACHABLE')) : fetch(...args),
  });
  const common = { client: 'school', matter: 'school-enrolment-primary', requestId: null, record: 'test/1' };
  const judged = {
    kind: 'JUDGED',
    receipt: 'r',
    ruleSet: 'set',
    asOf: '2026-06-20',
    troubled: [],
    sources: [],
  } as const;
  const verdict = { verdict: 'APPROVED', reasonsZh: [], reasonsEn: [] } as const;
  await store.cases.note(
    ['JUDGED', 'OTHERS'].map((number) => ({
      id: `judged-${number}`,
      number,
      at: NOW - 1000,
      actor: 'client:school',
      ...common,
      ...judged,
      ...verdict,
    })),
    true,
  );
  await offer('OF-YES');
  await offer('OF-NO');
  await offer('OF-LATE', CITIZEN.id, '2026-06-30');
  await offer('OF-OTHER', STRANGER);
  await offer('OF-DOWN');
  await offer('OF-BROKEN');
});
afterAll(() => desk.close());
beforeEach(() => {
  down = false;
  broken = false;
});

interface Made {
  readonly action: string;
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
}

async function ask(person: string, query: string, variables: Readonly<Record<string, unknown>>) {
  const from = desk.entries.length;
  const { data, errors, status } = await desk.ask(person, query, variables);
  const entries = desk.entries.slice(from);
  const control = entries.find((entry) => entry.kind === 'control');
  const changes: readonly Made[] = control?.kind === 'control' ? control.changes : [];
  return {
    status,
    data,
    code: errors?.[0]?.extensions.code ?? null,
    field: errors?.[0]?.extensions.field ?? null,
    message: errors?.[0]?.message ?? null,
    control,
    changes: changes.map(({ action, subject, before, after }) => ({ action, subject, before, after })),
    requests: entries.flatMap((entry) => (entry.kind === 'request' ? [entry] : [])),
  };
}

const RATE = `mutation($id: ID!, $level: Int!, $comment: String) {
  rateCase(id: $id, level: $level, comment: $comment) { id role rating rectification rectifyBy mayRate } }`;

const rate = (id: string, level: number, comment: string | null = null) =>
  ask(CITIZEN.name, RATE, { id, level, comment });

describe('own cases', () => {
  it('are those in which the citizen plays any role, with their course and without who did it', async () => {
    const query = `{ mine { cases { total items { id number matterZh role state rating mayRate explanation { zh }
      events { kind outcome } } } } }`;
    const { data, control } = await ask(CITIZEN.name, query, {});
    const items = [
      { number: 'FRESH', role: 'child', state: 'REGISTERED', mayRate: false, explanation: null, events: [] },
      {
        number: 'JUDGED',
        role: 'guardian',
        state: 'JUDGED',
        mayRate: true,
        explanation: { zh: expect.stringContaining('核验通过') as string },
        events: [{ kind: 'JUDGED', outcome: 'APPROVED' }],
      },
    ];
    expect(data).toEqual({
      mine: {
        cases: {
          total: 2,
          items: items.map((one) => ({
            id: `school/${one.number}`,
            matterZh: '小学入学一件事',
            rating: null,
            ...one,
          })),
        },
      },
    });
    expect(control).toMatchObject({
      fields: ['Query.mine'],
      subjects: [`pseudonym of CITIZEN:${CITIZEN.id}`],
      changes: [],
      outcome: 'ANSWERED',
    });
  });

  it.each([
    ['another’s', 'school/OTHERS', 1, null, 'NOT_FOUND', 'id'],
    ['one that is none', 'school/NOBODY', 1, null, 'NOT_FOUND', 'id'],
    ['what is no identifier', 'OTHERS', 1, null, 'NOT_FOUND', 'id'],
    ['one that was not judged', 'school/FRESH', 1, null, 'CASE_STATE', 'Mianzheng-Case'],
    ['with a level of 0', 'school/JUDGED', 0, null, 'BAD_USER_INPUT', 'level'],
    ['with a level of 6', 'school/JUDGED', 6, null, 'BAD_USER_INPUT', 'level'],
    ['with too many words', 'school/JUDGED', 5, '长'.repeat(501), 'BAD_USER_INPUT', 'comment'],
  ])('are not rated: %s', async (_, id, level, comment, code, field) => {
    const refused = await rate(id, level, comment);
    expect(refused).toMatchObject({ code, field, changes: [], control: { outcome: 'REFUSED', code } });
    expect(await desk.gateway.store.cases.ratings({}, '2026-07-01')).toMatchObject({ levels: {}, open: 0 });
  });

  it('of another and none at all are refused in the same words', async () => {
    expect((await rate('school/OTHERS', 1)).message).toBe((await rate('school/NOBODY', 1)).message);
  });

  it('are rated once; a bad rating opens a rectification, on the record before and after and without the words', async () => {
    const comment = '等了三个月没有人答复';
    const { data, changes, control } = await rate('school/JUDGED', 1, comment);
    expect(data).toEqual({
      rateCase: {
        id: 'school/JUDGED',
        role: 'guardian',
        rating: 1,
        rectification: 'OPEN',
        // Seven working days after Wednesday 2026-07-01.
        rectifyBy: '2026-07-10',
        mayRate: false,
      },
    });
    const after = { rating: 'VERY_DISSATISFIED', rectification: 'OPEN', due: '2026-07-10' };
    expect(changes).toEqual([{ action: 'case.rate', subject: 'case:school/JUDGED', before: { rating: null }, after }]);
    expect(control).toMatchObject({ subjects: [`pseudonym of CITIZEN:${CITIZEN.id}`], outcome: 'ANSWERED' });

    const administration = desk.entries.flatMap((entry) => (entry.kind === 'administration' ? [entry] : []));
    expect(administration).toMatchObject([
      { actor: 'citizen', action: 'case.rated', subject: 'school/JUDGED', before: { state: 'JUDGED' } },
      { actor: 'citizen', action: 'case.rectification_opened', after: { due: '2026-07-10' } },
    ]);
    expect(JSON.stringify(desk.entries)).not.toContain(comment);
    // The office has the words, by the data plane.
    const events = await desk.gateway.store.cases.events({ client: 'school', number: 'JUDGED' });
    expect(events.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['JUDGED', 'client:school'],
      ['RATED', 'citizen'],
      ['RECTIFICATION_OPENED', 'citizen'],
    ]);
    expect(events[1]).toMatchObject({ comment });

    expect(await rate('school/JUDGED', 5)).toMatchObject({ code: 'CASE_STATE', changes: [] });
    expect(await desk.gateway.store.cases.ratings({}, '2026-07-01')).toMatchObject({
      levels: { VERY_DISSATISFIED: 1 },
      open: 1,
    });
  });
});

const ANSWER =
  'mutation($id: ID!, $confirm: Boolean!) { answerOffer(id: $id, confirm: $confirm) { id state caseNumber } }';

const answer = (id: string, confirm: boolean) => ask(CITIZEN.name, ANSWER, { id, confirm });

const confirmed = (number: string) => ({
  action: 'offer.confirm',
  subject: `offer:${number}`,
  before: { state: 'NOTIFIED' },
  after: { state: 'CONFIRMED', case: `school/${number}` },
});

describe('own offers', () => {
  it('are those the citizen was told of', async () => {
    const { data } = await ask(CITIZEN.name, '{ mine { offers { id matterZh state answerBy caseNumber } } }', {});
    const { offers } = (data as { mine: { offers: readonly { id: string }[] } }).mine;
    expect([...offers].sort((a, b) => (a.id < b.id ? -1 : 1))).toMatchObject([
      { id: 'OF-BROKEN', state: 'OFFERED' },
      { id: 'OF-DOWN', state: 'OFFERED' },
      { id: 'OF-LATE', state: 'LAPSED', answerBy: '2026-06-30' },
      { id: 'OF-NO', state: 'OFFERED' },
      { id: 'OF-YES', matterZh: '就业补贴申领', state: 'OFFERED', answerBy: '2026-07-31', caseNumber: null },
    ]);
  });

  it.each([
    ['another’s', 'OF-OTHER', 'NOT_FOUND'],
    ['one that is none', 'OF-NOBODY', 'NOT_FOUND'],
    ['one that has lapsed', 'OF-LATE', 'STATE_CONFLICT'],
  ])('are not answered: %s', async (_, id, code) => {
    for (const confirm of [true, false]) {
      const refused = await answer(id, confirm);
      expect(refused).toMatchObject({ code, field: 'id', changes: [], requests: [], control: { outcome: 'REFUSED' } });
    }
    expect(await desk.gateway.store.findCase('school', id)).toBeNull();
  });

  it('of another and none at all are refused in the same words', async () => {
    expect((await answer('OF-OTHER', true)).message).toBe((await answer('OF-NOBODY', true)).message);
  });

  it('are declined: no case, and no department is asked', async () => {
    const declined = await answer('OF-NO', false);
    expect(declined.data).toEqual({ answerOffer: { id: 'OF-NO', state: 'DECLINED', caseNumber: null } });
    expect(declined.changes).toEqual([
      { action: 'offer.decline', subject: 'offer:OF-NO', before: { state: 'NOTIFIED' }, after: { state: 'DECLINED' } },
    ]);
    expect(declined.requests).toEqual([]);
    expect(await desk.gateway.store.findCase('school', 'OF-NO')).toBeNull();
    // The same once more changes nothing; the other answer is too late.
    expect(await answer('OF-NO', false)).toMatchObject({ code: null, changes: [] });
    expect(await answer('OF-NO', true)).toMatchObject({ code: 'STATE_CONFLICT', changes: [] });
  });

  it('are confirmed as an application would: a case, judged by the facts of now, with an entry of its own', async () => {
    const { data, changes, requests, control } = await answer('OF-YES', true);
    expect(data).toEqual({ answerOffer: { id: 'OF-YES', state: 'CONFIRMED', caseNumber: 'OF-YES' } });
    expect(changes).toEqual([confirmed('OF-YES')]);
    expect(requests).toMatchObject([
      {
        requestId: `${control?.kind === 'control' ? control.requestId : ''}.0`,
        client: 'school',
        matter: MATTER,
        caseNumber: 'OF-YES',
        legalBases: ['test basis'],
        subjects: [`pseudonym of CITIZEN:${CITIZEN.id}`],
        disclosed: ['Mutation.answerOffer'],
        verdict: 'APPROVED',
        outcome: 'ANSWERED',
      },
    ]);
    expect(requests[0]?.used).toContain('InsuredMonth.month');
    expect(requests[0]?.receipt).not.toBeNull();
    const { store } = desk.gateway;
    expect(await store.findCase('school', 'OF-YES')).toMatchObject({
      matter: MATTER,
      filedOn: '2026-07-01',
      subjects: [{ role: 'applicant', kind: 'CITIZEN', id: CITIZEN.id }],
    });
    await desk.settle();
    expect(
      (await store.cases.events({ client: 'school', number: 'OF-YES' })).map(({ kind, actor }) => [kind, actor]),
    ).toEqual([
      ['OFFER_CONFIRMED', 'citizen'],
      ['JUDGED', 'client:school'],
    ]);
    const own = await ask(CITIZEN.name, '{ mine { cases { items { number state } } } }', {});
    expect(own.data).toMatchObject({ mine: { cases: { items: [{ number: 'OF-YES', state: 'JUDGED' }, {}, {}] } } });
  });

  it('are confirmed two in one request: each case has its own judging, entry and receipt', async () => {
    await offer('OF-TWO-A');
    await offer('OF-TWO-B');
    const both = `mutation { a: answerOffer(id: "OF-TWO-A", confirm: true) { state }
      b: answerOffer(id: "OF-TWO-B", confirm: true) { state } }`;
    const { data, control, requests } = await ask(CITIZEN.name, both, {});
    expect(data).toEqual({ a: { state: 'CONFIRMED' }, b: { state: 'CONFIRMED' } });
    const id = control?.kind === 'control' ? control.requestId : '';
    expect(requests.map(({ requestId, caseNumber }) => [requestId, caseNumber])).toEqual([
      [`${id}.0`, 'OF-TWO-A'],
      [`${id}.1`, 'OF-TWO-B'],
    ]);
    await desk.settle();
    for (const number of ['OF-TWO-A', 'OF-TWO-B']) {
      const events = await desk.gateway.store.cases.events({ client: 'school', number });
      expect(events.map(({ kind }) => kind)).toEqual(['OFFER_CONFIRMED', 'JUDGED']);
    }
  });

  it('are confirmed while a department is down: the verdict is PENDING, and judged again by the same answer', async () => {
    down = true;
    const first = await answer('OF-DOWN', true);
    expect(first).toMatchObject({ code: null, changes: [confirmed('OF-DOWN')], requests: [{ verdict: 'PENDING' }] });
  });

  it('that cannot be recorded stand, are not told, and are recorded as soon as that works again', async () => {
    broken = true;
    expect(await answer('OF-BROKEN', true)).toMatchObject({ status: 503, code: 'EVIDENCE_UNAVAILABLE', requests: [] });
    broken = false;
    const number = 'OF-BROKEN';
    expect(await desk.gateway.store.policies.find(number, { subject: CITIZEN.id })).toMatchObject({
      state: 'CONFIRMED',
    });
    // The same answer judges the case that is there.
    expect(await answer(number, true)).toMatchObject({ code: null, changes: [], requests: [{ verdict: 'APPROVED' }] });
  });

  it('are refused while the application that offers is on hold', async () => {
    await offer('OF-HELD');
    const event = { id: 'hold', client: 'school', at: NOW, actor: 'person:x', reason: 'a reason', alarm: null };
    await desk.gateway.store.events.setHold({ ...event, kind: 'HOLD' });
    await desk.gateway.policy.refresh();
    expect(await answer('OF-HELD', true)).toMatchObject({ code: 'CLIENT_HELD', changes: [], requests: [] });
    expect(await desk.gateway.store.findCase('school', 'OF-HELD')).toBeNull();
  });
});
