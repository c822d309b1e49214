/** Cases in the control plane: who sees which, what is told of one, and what stands in the record of the look. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseEvent, CaseHappening } from '../../src/store/case-events.js';
import type { CaseFile } from '../../src/store/control-store.js';
import { NOW } from '../support/memory-gateway.js';
import { CITIZEN, type Desk, openDesk } from './desk.js';

const GUARDIAN = '350702199003149014';

/** Enrolment asks five departments; the subsidy household registration and social security; the venue's licence is no matter of households. */
const CASES: readonly CaseFile[] = [
  {
    client: 'school',
    number: 'C-1',
    matter: 'school-enrolment-primary',
    filedOn: '2026-06-20',
    division: '350702',
    subjects: [
      { role: 'child', kind: 'CITIZEN', id: CITIZEN.id },
      { role: 'guardian', kind: 'CITIZEN', id: GUARDIAN },
    ],
  },
  {
    client: 'benefits',
    number: 'C-2',
    matter: 'employment-subsidy',
    filedOn: '2026-06-25',
    subjects: [{ role: 'applicant', kind: 'CITIZEN', id: GUARDIAN }],
  },
  {
    client: 'benefits',
    number: '350702199003149014',
    matter: 'employment-subsidy',
    filedOn: '2026-06-24',
    subjects: [{ role: 'applicant', kind: 'CITIZEN', id: GUARDIAN }],
  },
];

function event(minutes: number, happening: CaseHappening): CaseEvent {
  const { client, number, matter } = CASES[0] as CaseFile;
  const at = NOW - (60 - minutes) * 60_000;
  const common = { client, number, matter, at, actor: `client:${client}`, requestId: null, record: `test/${minutes}` };
  return { id: `event-${minutes}`, ...common, ...happening };
}

const JUDGED = {
  kind: 'JUDGED',
  verdict: 'NEEDS_REVIEW',
  receipt: 'r-1',
  ruleSet: 'set',
  asOf: '2026-06-20',
  reasonsZh: ['理由'],
  reasonsEn: ['reason'],
  troubled: [],
  sources: [],
} as const;

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk({ clients: ['school', 'benefits'], grants: [], cases: CASES });
  const { store } = desk.gateway;
  const task = { name: 'guardianship', proof: 'ZM-050', openedAt: NOW, dueOn: '2026-06-30', department: 'PROPERTY' };
  await store.tasks.open(
    { client: 'benefits', number: 'C-2', matter: 'employment-subsidy' },
    [task],
    null,
    async () => undefined,
  );
  const secret = '不得示人的话';
  await store.cases.note(
    [
      event(1, { kind: 'REGISTERED' }),
      event(2, JUDGED),
      event(3, { kind: 'REVIEW_ASKED', review: 'v-1', by: 'APPLICANT', reason: secret, due: '2026-07-15' }),
      event(4, { kind: 'REVIEW_DECIDED', review: 'v-1', outcome: 'UPHELD', operator: 'wang', reason: secret }),
      event(5, {
        kind: 'DECIDED',
        outcome: 'REFUSED',
        verdict: 'NEEDS_REVIEW',
        receipt: 'r-1',
        operator: 'li',
        reason: secret,
      }),
      event(6, { kind: 'RATED', rating: 'g-1', level: 'DISSATISFIED', comment: secret }),
      event(7, { kind: 'RECTIFICATION_OPENED', rating: 'g-1', due: '2026-07-10' }),
      event(8, { kind: 'LICENCE_STATUS_CHANGED', coordinate: 'Licence.status', receipt: 'r-1' }),
      event(9, { kind: 'TASK_OPENED', task: 't-1', department: 'PROPERTY', proof: 'ZM-050', due: '2026-07-20' }),
      event(10, { kind: 'TASK_ANSWERED', task: 't-1', department: 'PROPERTY', answer: 'NOT_CONFIRMED' }),
      event(11, { kind: 'TASK_OPENED', task: 't-2', department: 'PROPERTY', proof: 'ZM-051', due: '2026-07-21' }),
      event(12, { kind: 'FACT_DISPUTED', dispute: 'd-1', coordinate: 'PropertyUnit.address' }),
      event(13, {
        kind: 'DISPUTE_ANSWERED',
        dispute: 'd-1',
        coordinate: 'PropertyUnit.address',
        outcome: 'CORRECTED',
      }),
      event(14, { kind: 'COMMITTED', commitment: 'k-1', due: '2026-07-30' }),
    ],
    true,
  );
});
afterAll(() => desk.close());

const LIST =
  'query($filter: CaseFilter, $page: PageInput! = {}) { cases(filter: $filter, page: $page) { total items { number } } }';
const LONG = '350702199003149014';

interface Look {
  readonly who: string;
  readonly filter?: Readonly<Record<string, string>>;
  readonly page?: Readonly<Record<string, number>>;
  /** Numbers, or the code of the refusal. */
  readonly sees: readonly string[] | string;
  /** What of the search stands in the record; default: the filter. */
  readonly recorded?: unknown;
}

const LOOKS: readonly Look[] = [
  { who: 'platform-admin', sees: ['C-2', LONG, 'C-1'] },
  { who: 'auditor', sees: ['C-2', LONG, 'C-1'] },
  { who: 'operator', sees: ['C-2', LONG, 'C-1'] },
  // Its matter asks fields of the department.
  { who: 'vaccination-admin', sees: ['C-1'] },
  { who: 'social-security-admin', sees: ['C-2', LONG, 'C-1'] },
  // No field of real estate is asked for the subsidy, but a proof in one of its cases.
  { who: 'property-admin', sees: ['C-2', 'C-1'] },
  { who: 'vaccination-admin', filter: { client: 'benefits' }, sees: [] },
  { who: 'auditor', filter: { matter: 'employment-subsidy', filedFrom: '2026-06-25' }, sees: ['C-2'] },
  { who: 'auditor', filter: { number: 'C-' }, sees: ['C-2', 'C-1'] },
  // By state, whoever asks sees no more than without.
  { who: 'auditor', filter: { state: 'REGISTERED' }, sees: ['C-2', LONG] },
  { who: 'operator', filter: { state: 'DECIDED', matter: 'school-enrolment-primary' }, sees: ['C-1'] },
  { who: 'platform-admin', filter: { state: 'DECIDED', matter: 'employment-subsidy' }, sees: [] },
  { who: 'auditor', filter: { state: 'UNDER_REVIEW' }, sees: [] },
  { who: 'property-admin', filter: { state: 'REGISTERED' }, sees: ['C-2'] },
  { who: 'vaccination-admin', filter: { state: 'REGISTERED' }, sees: [] },
  { who: 'vaccination-admin', filter: { state: 'DECIDED' }, sees: ['C-1'] },
  // A number as long as somebody's is recorded by a pseudonym.
  { who: 'auditor', filter: { number: LONG }, sees: [LONG], recorded: { number: `pseudonym of CASE:${LONG}` } },
  { who: 'auditor', filter: { number: '%' }, sees: 'BAD_USER_INPUT', recorded: null },
  { who: 'auditor', filter: { client: LONG }, sees: 'BAD_USER_INPUT', recorded: null },
  { who: 'auditor', page: { number: 2, size: 2 }, sees: ['C-1'] },
  { who: 'auditor', page: { number: 51, size: 200 }, sees: 'BAD_USER_INPUT', recorded: null },
];

describe('cases', () => {
  it.each(LOOKS)('$who with $filter $page sees $sees', async ({ who, filter = {}, page, sees, recorded = filter }) => {
    const { data, errors, extensions } = await desk.ask(who, LIST, { filter, ...(page === undefined ? {} : { page }) });
    const code = errors?.[0]?.extensions.code;
    const { items } = (data as { cases: { items: { number: string }[] } | null } | null)?.cases ?? {};
    expect(code ?? items?.map(({ number }) => number)).toEqual(sees);
    const entry = desk.entries.find(
      (one) => one.kind === 'control' && one.requestId === extensions.mianzheng.requestId,
    );
    const note = { action: 'cases.search', subject: 'cases', before: null, after: recorded };
    expect(entry).toMatchObject({
      actor: who,
      fields: ['Query.cases'],
      subjects: [],
      changes: recorded === null ? [] : [note],
      outcome: code === undefined ? 'ANSWERED' : 'REFUSED',
    });
    expect(JSON.stringify(entry)).not.toContain(`"${LONG}"`);
  });

  const ONE = `query($client: String!, $number: String!) { case(client: $client, number: $number) {
    number matter filedOn division subjects { role kind } state verdict decision { outcome byPerson }
    deadlines { kind dueOn overdue } rating { level rectification dueOn } events { kind actor outcome department dueOn record } } }`;
  const one = (who: string, client: string, number: string) => desk.ask(who, ONE, { client, number });
  const told = (
    kind: string,
    outcome: string | null,
    dueOn: string | null,
    record: string,
    department: string | null = null,
  ) => ({ kind, actor: 'client:school', outcome, department, dueOn, record });

  it('are told with their course, without anybody’s words or number, and the look names whom it is about', async () => {
    const { data, extensions } = await one('auditor', 'school', 'C-1');
    expect(data).toEqual({
      case: {
        number: 'C-1',
        matter: 'school-enrolment-primary',
        filedOn: '2026-06-20',
        division: '350702',
        subjects: [
          { role: 'child', kind: 'CITIZEN' },
          { role: 'guardian', kind: 'CITIZEN' },
        ],
        state: 'DECIDED',
        verdict: 'NEEDS_REVIEW',
        decision: { outcome: 'REFUSED', byPerson: true },
        deadlines: [
          { kind: 'RECTIFICATION', dueOn: '2026-07-10', overdue: false },
          { kind: 'TASK', dueOn: '2026-07-21', overdue: false },
          { kind: 'COMMITMENT', dueOn: '2026-07-30', overdue: false },
        ],
        rating: { level: 2, rectification: 'OPEN', dueOn: '2026-07-10' },
        events: [
          told('REGISTERED', null, null, 'test/1'),
          told('JUDGED', 'NEEDS_REVIEW', null, 'test/2'),
          told('REVIEW_ASKED', null, '2026-07-15', 'test/3'),
          told('REVIEW_DECIDED', 'UPHELD', null, 'test/4'),
          told('DECIDED', 'REFUSED', null, 'test/5'),
          told('RATED', 'DISSATISFIED', null, 'test/6'),
          told('RECTIFICATION_OPENED', null, '2026-07-10', 'test/7'),
          told('LICENCE_STATUS_CHANGED', null, null, 'test/8'),
          told('TASK_OPENED', null, '2026-07-20', 'test/9', 'PROPERTY'),
          told('TASK_ANSWERED', 'NOT_CONFIRMED', null, 'test/10', 'PROPERTY'),
          told('TASK_OPENED', null, '2026-07-21', 'test/11', 'PROPERTY'),
          told('FACT_DISPUTED', null, null, 'test/12'),
          told('DISPUTE_ANSWERED', 'CORRECTED', null, 'test/13'),
          told('COMMITTED', null, '2026-07-30', 'test/14'),
        ],
      },
    });
    expect(JSON.stringify(data)).not.toMatch(/不得示人|wang|"li"|3507\d{14}/);
    const entry = desk.entries.find(
      (found) => found.kind === 'control' && found.requestId === extensions.mianzheng.requestId,
    );
    expect(entry).toMatchObject({
      fields: ['Query.case'],
      subjects: [`pseudonym of CITIZEN:${GUARDIAN}`, `pseudonym of CITIZEN:${CITIZEN.id}`],
      changes: [{ action: 'cases.read', subject: 'case:school/C-1', before: null, after: null }],
    });
  });

  const OFFICE = [
    told('REGISTERED', null, null, 'test/1'),
    // What it came to is of others' facts too, as in the record and in monitoring.
    told('JUDGED', null, null, 'test/2'),
    told('REVIEW_ASKED', null, '2026-07-15', 'test/3'),
    told('REVIEW_DECIDED', null, null, 'test/4'),
    told('DECIDED', null, null, 'test/5'),
    told('RATED', 'DISSATISFIED', null, 'test/6'),
    told('RECTIFICATION_OPENED', null, '2026-07-10', 'test/7'),
  ];
  const RECTIFICATION = { kind: 'RECTIFICATION', dueOn: '2026-07-10', overdue: false };

  it.each([
    ['vaccination-admin', OFFICE, [RECTIFICATION]],
    [
      'licence-admin',
      // The commitment stands in the place of a requirement of theirs.
      [
        ...OFFICE,
        told('LICENCE_STATUS_CHANGED', null, null, 'test/8'),
        told('COMMITTED', null, '2026-07-30', 'test/14'),
      ],
      [RECTIFICATION, { kind: 'COMMITMENT', dueOn: '2026-07-30', overdue: false }],
    ],
    [
      'property-admin',
      [
        ...OFFICE,
        told('TASK_OPENED', null, '2026-07-20', 'test/9', 'PROPERTY'),
        told('TASK_ANSWERED', 'NOT_CONFIRMED', null, 'test/10', 'PROPERTY'),
        told('TASK_OPENED', null, '2026-07-21', 'test/11', 'PROPERTY'),
        told('FACT_DISPUTED', null, null, 'test/12'),
        told('DISPUTE_ANSWERED', 'CORRECTED', null, 'test/13'),
      ],
      [RECTIFICATION, { kind: 'TASK', dueOn: '2026-07-21', overdue: false }],
    ],
  ])(
    'tell %s nothing of other departments’ facts, nor what can be inferred of them',
    async (who, events, deadlines) => {
      const { data } = await one(who, 'school', 'C-1');
      expect(data).toMatchObject({ case: { state: 'DECIDED', verdict: null, decision: null, deadlines, events } });
      const listed = await desk.ask(
        who,
        '{ cases(filter: {client: "school"}) { items { verdict decision { outcome } deadlines { kind } events { kind outcome } } } }',
      );
      expect(listed.data).toEqual({
        cases: {
          items: [
            {
              verdict: null,
              decision: null,
              deadlines: deadlines.map(({ kind }) => ({ kind })),
              events: events.map(({ kind, outcome }) => ({ kind, outcome })),
            },
          ],
        },
      });
    },
  );

  it('show what waits, and that it is late', async () => {
    const { data } = await one('property-admin', 'benefits', 'C-2');
    expect(data).toMatchObject({
      case: {
        state: 'REGISTERED',
        decision: null,
        rating: null,
        deadlines: [{ kind: 'TASK', dueOn: '2026-06-30', overdue: true }],
        events: [{ kind: 'TASK_OPENED', department: 'PROPERTY', dueOn: '2026-06-30', outcome: null }],
      },
    });
  });

  it.each([
    ['a department that it does not concern', 'vaccination-admin', 'benefits', 'C-2'],
    ['a number that is none', 'auditor', 'school', 'C-9'],
    ['another application’s', 'auditor', 'school', 'C-2'],
  ])('are null for %s, and the look is on the record', async (_, who, client, number) => {
    const { data, extensions } = await one(who, client, number);
    expect(data).toEqual({ case: null });
    const entry = desk.entries.find(
      (found) => found.kind === 'control' && found.requestId === extensions.mianzheng.requestId,
    );
    expect(entry).toMatchObject({ subjects: [], changes: [{ subject: `case:${client}/${number}` }] });
  });
});
