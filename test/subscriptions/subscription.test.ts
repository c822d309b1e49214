/** What a subscription tells, what it does not, how it ends, and what the record has of each. */
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_RATE } from '../../src/admit/rates.js';
import type { Grant } from '../../src/authorize/rights.js';
import { MianzhengError } from '../../src/errors.js';
import type { CaseEvent, CaseHappening } from '../../src/store/case-events.js';
import type { CaseFile } from '../../src/store/control-store.js';
import {
  grantOf,
  type MemoryGateway,
  type MemoryGatewayOptions,
  NOW,
  openMemoryGateway,
} from '../support/memory-gateway.js';
import { swapped } from '../support/swapped.js';
import { ask, event, MATTER, type Reader, requests, SUBSCRIPTION, subscribe } from './watcher.js';

const EVERYTHING = {
  'Subscription.caseEvents': 'FULL',
  'CaseEventMessage.verdict': 'FULL',
  'CaseEventMessage.outcome': 'FULL',
  'CaseEventMessage.requirements': 'FULL',
} as const;
const EVENTS: Partial<Grant> = { id: 'events', department: 'PLATFORM', coordinates: EVERYTHING };
const NUMBER = '110105201912310020';

function file(number: string, others: Partial<CaseFile> = {}): CaseFile {
  const subjects = [{ role: 'child', kind: 'CITIZEN', id: NUMBER }];
  return { client: 'school', number, matter: MATTER, filedOn: '2026-07-01', subjects, ...others };
}

const CASES = [
  file('C-1'),
  file('C-2', { division: '350702' }),
  file('C-3', { matter: 'school-enrolment-junior-high' }),
  file('S-1', { client: 'stranger' }),
];

let run: MemoryGateway;
let now = NOW;

async function open(options: Partial<MemoryGatewayOptions> = {}): Promise<void> {
  now = NOW;
  run = await openMemoryGateway({ grants: [EVENTS], cases: CASES, now: () => now, ...options });
}

afterEach(() => run.close());

/** Has events told, as far as they are. */
async function happen(...events: readonly CaseEvent[]): Promise<void> {
  await run.gateway.store.cases.note(events, true);
  await run.gateway.subscriptions.turn();
}

const JUDGED: CaseHappening = {
  kind: 'JUDGED',
  verdict: 'NOT_MET',
  receipt: 'r.1',
  ruleSet: 'rules 1',
  asOf: '2026-07-01',
  reasonsZh: ['监护人没有房屋'],
  reasonsEn: ['no dwelling'],
  troubled: [
    {
      id: 'home',
      outcome: 'FALSE',
      element: 'x',
      department: 'PROPERTY',
      reasonZh: '没有房屋',
      reasonEn: 'no dwelling',
    },
  ],
  sources: [{ department: 'PROPERTY', fetchedAt: '2026-07-01T02:00:00.000Z', state: 'UP' }],
};

const DISPUTED: CaseHappening = { kind: 'FACT_DISPUTED', dispute: 'd', coordinate: 'Resident.birthDate' };

describe('an event', () => {
  it('is told as its CloudEvent says it, with an entry of its own in the record before it leaves', async () => {
    await open();
    const everything = `subscription { caseEvents { id type kind time actor matter caseNumber record verdict outcome
      requirements { id outcome } receipt ruleSet asOf sources { department fetchedAt state } due coordinate department
      proof level resolved reference } }`;
    const reader = await subscribe(run, everything, { 'mianzheng-operator': 'li' });
    const opening = requests(run.entries).at(-1);
    expect(opening).toMatchObject({ client: 'school', matter: MATTER, caseNumber: null, subjects: [], disclosed: [] });
    expect(opening).toMatchObject({
      outcome: 'ANSWERED',
      code: null,
      status: 200,
      policyVersion: run.gateway.policy.version,
    });
    const told = event(JUDGED);
    await happen(told);
    expect(reader.told).toHaveLength(1);
    expect(reader.told[0]).toMatchObject({
      id: told.id,
      data: {
        caseEvents: {
          id: told.id,
          type: 'cn.mianzheng.case.judged',
          kind: 'JUDGED',
          time: '2026-07-01T02:00:00.000Z',
          actor: 'client:school',
          matter: MATTER,
          caseNumber: 'C-1',
          record: 'test/1',
          verdict: 'NOT_MET',
          outcome: null,
          requirements: [{ id: 'home', outcome: 'FALSE' }],
          receipt: 'r.1',
          ruleSet: 'rules 1',
          asOf: '2026-07-01',
          sources: [{ department: 'PROPERTY', fetchedAt: '2026-07-01T02:00:00.000Z', state: 'UP' }],
          due: null,
          reference: null,
        },
      },
    });
    // No words of anybody, no identifier.
    expect(JSON.stringify(reader.told)).not.toMatch(/[\u4e00-\u9fff]|dwelling|\d{17}/);
    const entry = requests(run.entries).at(-1);
    expect(entry).toMatchObject({
      requestId: `${opening?.requestId}.${told.id}`,
      client: 'school',
      operator: 'li',
      matter: MATTER,
      caseNumber: 'C-1',
      legalBases: ['test basis'],
      subjects: [`pseudonym of CITIZEN:${NUMBER}`],
      ages: 'C',
      plan: opening?.plan,
      disclosed: [
        'CaseEventMessage.outcome',
        'CaseEventMessage.requirements',
        'CaseEventMessage.verdict',
        'Subscription.caseEvents',
      ],
      masked: [],
      used: [],
      withheld: [],
      outcome: 'ANSWERED',
      code: null,
      status: 200,
    });
    expect(reader.told[0]?.extensions.mianzheng).toMatchObject({
      requestId: entry?.requestId,
      record: `test/${run.entries.length}`,
    });
  });

  const TOLD: readonly {
    readonly name: string;
    readonly event: CaseEvent;
    readonly told: boolean;
    readonly query?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly grants?: readonly Partial<Grant>[];
  }[] = [
    { name: 'of a case of its own', event: event(), told: true },
    {
      name: 'of another application’s case',
      event: event(undefined, { client: 'stranger', number: 'S-1' }),
      told: false,
    },
    {
      name: 'of a case of another matter',
      event: event(undefined, { number: 'C-3', matter: 'school-enrolment-junior-high' }),
      told: false,
    },
    { name: 'of a case that is no longer kept', event: event(undefined, { number: 'gone' }), told: false },
    {
      name: 'of a kind asked for',
      query: 'subscription { caseEvents(kinds: [WITHDRAWN]) { id } }',
      event: event(),
      told: true,
    },
    {
      name: 'of a kind not asked for',
      query: 'subscription { caseEvents(kinds: [JUDGED, DECIDED]) { id } }',
      event: event(),
      told: false,
    },
    { name: 'of the case named', headers: { 'mianzheng-case': 'C-1' }, event: event(), told: true },
    { name: 'of another than the case named', headers: { 'mianzheng-case': 'C-2' }, event: event(), told: false },
    { name: 'about a fact that is not granted', event: event(DISPUTED), told: false },
    {
      name: 'about a fact that is granted, if only inside a rule',
      grants: [EVENTS, { coordinates: { 'Resident.birthDate': 'PREDICATE' } }],
      event: event(DISPUTED),
      told: true,
    },
    {
      name: 'about a fact that another department than its owner has granted',
      grants: [EVENTS, { department: 'PROPERTY', coordinates: { 'Resident.birthDate': 'FULL' } }],
      event: event(DISPUTED),
      told: false,
    },
    {
      name: 'of a case filed in the grant’s regions',
      grants: [{ ...EVENTS, regions: ['3507'] }],
      event: event(undefined, { number: 'C-2' }),
      told: true,
    },
    {
      name: 'of a case filed elsewhere',
      grants: [{ ...EVENTS, regions: ['3501'] }],
      event: event(undefined, { number: 'C-2' }),
      told: false,
    },
    {
      name: 'of a case filed nobody says where, under regions',
      grants: [{ ...EVENTS, regions: ['3507'] }],
      event: event(),
      told: false,
    },
  ];

  it.each(TOLD)('$name: told $told', async ({ event: happened, told, query, headers, grants }) => {
    await open(grants === undefined ? {} : { grants });
    const reader = await subscribe(run, query ?? SUBSCRIPTION, headers);
    const before = run.entries.length;
    await happen(happened);
    expect(reader.state).toBe('OPEN');
    expect(reader.ids).toEqual(told ? [happened.id] : []);
    // One entry for what is told, none for what is not.
    expect(requests(run.entries.slice(before)).map(({ caseNumber }) => caseNumber)).toEqual(
      told ? [happened.number] : [],
    );
  });

  it('lacks what is withheld, and the record says so', async () => {
    await open({ grants: [{ ...EVENTS, coordinates: { 'Subscription.caseEvents': 'FULL' } }] });
    const reader = await subscribe(run);
    await happen(event(JUDGED));
    expect(reader.told[0]?.data?.caseEvents).toMatchObject({ kind: 'JUDGED', verdict: null, outcome: null });
    const codes = reader.told[0]?.errors?.map(({ extensions }) => extensions.code);
    expect(codes).toEqual(['WITHHELD', 'WITHHELD']);
    expect(requests(run.entries).at(-1)).toMatchObject({
      disclosed: ['Subscription.caseEvents'],
      withheld: ['CaseEventMessage.outcome', 'CaseEventMessage.verdict'],
    });
  });

  it.each([
    ['350702', 'NOT_MET', undefined],
    ['350703', null, ['WITHHELD']],
  ])('of a case in %s tells the verdict only where its own grant reaches: %s', async (division, verdict, codes) => {
    const own = { 'CaseEventMessage.verdict': 'FULL' } as const;
    await open({
      grants: [
        { ...EVENTS, coordinates: { 'Subscription.caseEvents': 'FULL' } },
        { id: 'verdicts', department: 'PLATFORM', coordinates: own, regions: ['350702'] },
      ],
      cases: [file('C-9', { division })],
    });
    const reader = await subscribe(run, 'subscription { caseEvents { kind verdict } }');
    await happen(event(JUDGED, { number: 'C-9' }));
    expect(reader.told[0]?.data?.caseEvents).toEqual({ kind: 'JUDGED', verdict });
    expect(reader.told[0]?.errors?.map(({ extensions }) => extensions.code)).toEqual(codes);
    const given = verdict === null ? [] : ['CaseEventMessage.verdict'];
    expect(requests(run.entries).at(-1)).toMatchObject({ disclosed: [...given, 'Subscription.caseEvents'] });
  });

  it('does not leave where the record cannot be made durable: the stream ends', async () => {
    await open();
    const reader = await subscribe(run);
    swapped(run.gateway.record, {
      append: () => Promise.reject(new MianzhengError('EVIDENCE_UNAVAILABLE', 'the disk is full')),
    });
    await happen(event());
    expect(reader.ids).toEqual([]);
    expect([reader.state, reader.code]).toEqual(['ENDED', 'EVIDENCE_UNAVAILABLE']);
  });
});

interface Ending {
  readonly name: string;
  readonly does: (reader: Reader) => unknown;
  /** Null: the stream goes on. */
  readonly code: string | null;
  readonly field?: string;
  readonly outcome?: 'REFUSED' | 'FAILED';
}

const put = (...grants: readonly Partial<Grant>[]) =>
  run.gateway.store.putPolicy(
    [],
    grants.map((grant, i) => grantOf(grant, i + 10)),
  );
const client = (active: boolean) => ({ id: 'school', nameZh: 'school', nameEn: 'school', active });

const ENDINGS: readonly Ending[] = [
  { name: 'its token expires', does: () => (now = NOW + 1000), code: 'UNAUTHENTICATED' },
  {
    name: 'the application is made inactive',
    does: () => run.gateway.store.putPolicy([client(false)], []),
    code: 'UNAUTHENTICATED',
  },
  {
    name: 'the application is put on hold',
    does: () =>
      run.gateway.store.events.setHold({
        id: 'h',
        kind: 'HOLD',
        client: 'school',
        at: NOW,
        actor: 'a',
        reason: 'r',
        alarm: null,
      }),
    code: 'CLIENT_HELD',
  },
  {
    name: 'the grant is revoked',
    does: () => run.gateway.store.setGrantStatus('events', 'REVOKED'),
    code: 'WITHHELD',
    field: 'Subscription.caseEvents',
  },
  {
    name: 'the grant is suspended',
    does: () => run.gateway.store.setGrantStatus('events', 'SUSPENDED'),
    code: 'WITHHELD',
    field: 'Subscription.caseEvents',
  },
  {
    name: 'the grant is narrowed by a field that is asked for',
    does: () =>
      put({ ...EVENTS, coordinates: { 'Subscription.caseEvents': 'FULL', 'CaseEventMessage.outcome': 'FULL' } }),
    code: 'WITHHELD',
    field: 'CaseEventMessage.verdict',
  },
  {
    name: 'the grant is narrowed to a region',
    does: () => put({ ...EVENTS, regions: ['3507'] }),
    code: 'WITHHELD',
    field: 'Subscription.caseEvents',
  },
  {
    name: 'a field of it is narrowed to a region',
    does: () =>
      put(
        { ...EVENTS, coordinates: { 'Subscription.caseEvents': 'FULL', 'CaseEventMessage.outcome': 'FULL' } },
        { department: 'PLATFORM', coordinates: { 'CaseEventMessage.verdict': 'FULL' }, regions: ['3507'] },
      ),
    code: 'WITHHELD',
    field: 'CaseEventMessage.verdict',
  },
  {
    name: 'the grant is narrowed to another matter',
    does: () => put({ ...EVENTS, matters: ['dwelling-transfer'] }),
    code: 'WITHHELD',
    field: 'Subscription.caseEvents',
  },
  {
    name: 'the matter is gone',
    does: () => swapped(run.gateway, { matters: new Map() }),
    code: 'MATTER_UNKNOWN',
    field: 'Mianzheng-Matter',
  },
  {
    name: 'the server is about to stop',
    does: (reader) => (reader.stopping = true),
    code: 'OVERLOADED',
    outcome: 'FAILED',
  },
  { name: 'the gateway closes', does: () => run.gateway.subscriptions.close(), code: 'OVERLOADED', outcome: 'FAILED' },
  {
    name: 'the grant is narrowed by what is not asked for',
    does: () => put({ ...EVENTS, coordinates: { ...EVERYTHING, 'CaseEventMessage.requirements': 'PREDICATE' } }),
    code: null,
  },
  {
    name: 'the grant is widened',
    does: () => put({ ...EVENTS, coordinates: { ...EVERYTHING, 'Query.caseFile': 'FULL' } }),
    code: null,
  },
  {
    name: 'another application’s grant is revoked',
    does: () => put({ ...EVENTS, id: 'other', client: 'stranger', status: 'REVOKED' }),
    code: null,
  },
  { name: 'the day is another', does: () => (now = NOW + 999), code: null },
];

describe('a stream', () => {
  it.each(ENDINGS)('when $name: $code', async ({ does, code, field, outcome = 'REFUSED' }) => {
    await open();
    const reader = await subscribe(run);
    const before = run.entries.length;
    await does(reader);
    await run.gateway.policy.refresh();
    await run.gateway.subscriptions.turn();
    await run.gateway.store.cases.note([event()], true);
    await run.gateway.subscriptions.turn();
    if (code === null) {
      expect(reader.state).toBe('OPEN');
      expect(reader.ids).toHaveLength(1);
      return;
    }
    expect(reader.state).toBe('ENDED');
    expect(reader.ids).toEqual([]);
    expect(reader.told).toHaveLength(1);
    expect(reader.told[0]?.data).toBeUndefined();
    const extensions = reader.told[0]?.errors?.[0]?.extensions;
    expect([extensions?.code, extensions?.field]).toEqual([code, field]);
    expect(requests(run.entries.slice(before))).toMatchObject([
      { client: 'school', matter: MATTER, subjects: [], disclosed: [], outcome, code },
    ]);
  });

  it('ends at midnight of the city’s day where the grant’s last day is over', async () => {
    await open({ grants: [{ ...EVENTS, validTo: '2026-07-01' }], verifier: patient() });
    const reader = await subscribe(run);
    now = Date.parse('2026-07-01T15:59:59.999Z');
    await run.gateway.subscriptions.turn();
    expect(reader.state).toBe('OPEN');
    now += 1;
    await run.gateway.subscriptions.turn();
    expect([reader.state, reader.code]).toEqual(['ENDED', 'WITHHELD']);
  });

  it('does not tell what was made ready while the right ended', async () => {
    await open();
    const reader = await subscribe(run);
    const { record } = run.gateway;
    const append = record.append.bind(record);
    swapped(record, {
      append: (entry) => {
        now = NOW + 1000;
        return append(entry);
      },
    });
    await happen(event());
    expect([reader.ids, reader.code]).toEqual([[], 'UNAUTHENTICATED']);
  });

  it('is released when its client leaves, and nothing more is made for it', async () => {
    await open();
    const { stream } = await ask(run);
    expect(run.gateway.subscriptions.streams).toBe(1);
    stream?.left();
    expect(run.gateway.subscriptions.streams).toBe(0);
    const before = run.entries.length;
    await happen(event());
    expect(run.entries).toHaveLength(before);
  });
});

/** Believes everybody, for long. */
function patient(): NonNullable<MemoryGatewayOptions['verifier']> {
  return {
    verify: async () => ({
      kind: 'CLIENT',
      clientId: 'school',
      issuer: 'test',
      tokenHash: 'school',
      expiresAt: NOW + 86_400_000,
      binding: { kind: 'NONE' },
    }),
    remembered: () => 0,
  };
}

describe('an opening', () => {
  interface Refusal {
    readonly name: string;
    readonly query?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly method?: string;
    readonly options?: Partial<MemoryGatewayOptions>;
    readonly code: string;
    readonly status: number;
    readonly field?: string;
    /** Told as the protocol demands, in a stream. */
    readonly streamed?: boolean;
  }
  const REFUSALS: readonly Refusal[] = [
    {
      name: 'without a grant',
      options: { grants: [] },
      code: 'WITHHELD',
      status: 403,
      field: 'Subscription.caseEvents',
    },
    {
      name: 'with a grant for rules only',
      options: { grants: [{ ...EVENTS, coordinates: { 'Subscription.caseEvents': 'PREDICATE' } }] },
      code: 'WITHHELD',
      status: 403,
      field: 'Subscription.caseEvents',
    },
    {
      name: 'without a matter',
      headers: { 'mianzheng-matter': '' },
      code: 'MATTER_UNKNOWN',
      status: 400,
      field: 'Mianzheng-Matter',
    },
    {
      name: 'for a matter that the grant is not for',
      headers: { 'mianzheng-matter': 'dwelling-transfer' },
      code: 'WITHHELD',
      status: 403,
      field: 'Subscription.caseEvents',
    },
    {
      name: 'by a client that takes JSON only',
      headers: { accept: 'application/json' },
      code: 'NOT_ACCEPTABLE',
      status: 406,
      field: 'Accept',
    },
    {
      name: 'by a client that takes anything',
      headers: { accept: '*/*' },
      code: 'NOT_ACCEPTABLE',
      status: 406,
      field: 'Accept',
    },
    {
      name: 'by an application that is not registered',
      headers: { authorization: 'Bearer nobody' },
      code: 'UNAUTHENTICATED',
      status: 401,
    },
    {
      name: 'after an event that nobody was told of',
      headers: { 'last-event-id': 'x' },
      code: 'BAD_USER_INPUT',
      status: 200,
      field: 'Last-Event-ID',
      streamed: true,
    },
    {
      name: 'after something that is no identifier',
      query: 'subscription { caseEvents(after: "a b") { id } }',
      code: 'BAD_USER_INPUT',
      status: 200,
      field: 'after',
      streamed: true,
    },
    {
      name: 'with no kinds',
      query: 'subscription { caseEvents(kinds: []) { id } }',
      code: 'BAD_USER_INPUT',
      status: 200,
      field: 'kinds',
      streamed: true,
    },
    {
      name: 'of a field that there is not',
      query: 'subscription { events { id } }',
      code: 'GRAPHQL_VALIDATION_FAILED',
      status: 200,
      streamed: true,
    },
    {
      name: 'of two fields',
      query: 'subscription { a: caseEvents { id } b: caseEvents { id } }',
      code: 'GRAPHQL_VALIDATION_FAILED',
      status: 200,
      streamed: true,
    },
    {
      name: 'of a field that is left out',
      query: 'subscription { caseEvents @skip(if: true) { id } }',
      code: 'GRAPHQL_VALIDATION_FAILED',
      status: 200,
      streamed: true,
    },
    { name: 'that does not parse', query: 'subscription {', code: 'GRAPHQL_PARSE_FAILED', status: 200, streamed: true },
    {
      name: 'that does not parse, by a client that takes JSON too',
      query: 'subscription {',
      headers: { accept: 'application/graphql-response+json, text/event-stream' },
      code: 'GRAPHQL_PARSE_FAILED',
      status: 400,
    },
    { name: 'of a query', query: '{ divisions { code } }', code: 'NOT_ACCEPTABLE', status: 406, field: 'Accept' },
    {
      name: 'one too many of its application',
      options: { subscriptions: { streamsPerClient: 0 } },
      code: 'RATE_LIMITED',
      status: 429,
    },
    { name: 'one too many of all', options: { subscriptions: { streams: 0 } }, code: 'OVERLOADED', status: 503 },
    {
      name: 'with a document that is not registered, where it must be',
      options: { admission: { documents: { mode: 'enforce', clients: new Map(), folder: '/nonexistent' } } },
      code: 'DOCUMENT_NOT_TRUSTED',
      status: 403,
    },
    {
      name: 'that costs more than one may',
      options: {
        admission: { rates: { default: { ...DEFAULT_RATE, documentCost: 1 }, clients: new Map(), now: () => NOW } },
      },
      code: 'QUERY_TOO_COMPLEX',
      status: 400,
    },
    {
      name: 'with everything or nothing, of which something is withheld',
      headers: { 'mianzheng-strict': 'true' },
      options: { grants: [{ ...EVENTS, coordinates: { 'Subscription.caseEvents': 'FULL' } }] },
      code: 'WITHHELD',
      status: 403,
      field: 'CaseEventMessage.outcome',
    },
  ];

  it.each(REFUSALS)(
    'is refused $name: $code',
    async ({ query, headers, options, code, status, field, streamed = false }) => {
      await open(options);
      const reply = await ask(run, query, headers);
      expect(reply.stream).toBeUndefined();
      expect(reply.status).toBe(status);
      expect(reply.mediaType.startsWith('text/event-stream')).toBe(streamed);
      if (streamed) expect(reply.body).toMatch(/^event: next\ndata: .*\n\nevent: complete\ndata:\n\n$/);
      const [, body = reply.body] = /^data: (.+)$/m.exec(reply.body) ?? [];
      const { extensions } = (JSON.parse(body) as Pick<Reader['told'][number], 'errors'>).errors?.[0] ?? {};
      expect([extensions?.code, extensions?.field]).toEqual([code, field]);
      expect(requests(run.entries).at(-1)).toMatchObject({ code, disclosed: [], subjects: [] });
      expect(run.gateway.subscriptions.streams).toBe(0);
    },
  );

  it('counts as a request of its application', async () => {
    const rates = { default: { ...DEFAULT_RATE, requestsPerSecond: 1, burst: 1 }, clients: new Map(), now: () => NOW };
    await open({ admission: { rates } });
    expect([(await ask(run)).status, (await ask(run)).status]).toEqual([200, 429]);
  });

  it('gives its place back where the record of it cannot be made durable', async () => {
    await open({ recordBroken: true });
    const reply = await ask(run);
    expect(reply.status).toBe(503);
    expect(run.gateway.subscriptions.streams).toBe(0);
  });

  it('tells first what came after the event named, each once and in order', async () => {
    await open();
    const missed = [event(), event(), event(), event(undefined, { client: 'stranger', number: 'S-1' }), event()];
    await run.gateway.store.cases.note(missed, true);
    const [first, second, third, , fifth] = missed.map(({ id }) => id);
    const byHeader = await subscribe(run, SUBSCRIPTION, { 'last-event-id': second ?? '' });
    const variables = { after: first };
    const named = 'subscription($after: ID) { caseEvents(after: $after) { id } }';
    const byArgument = await subscribe(run, named, {}, variables);
    const byBoth = await subscribe(run, named, { 'last-event-id': third ?? '' }, variables);
    const fromNow = await subscribe(run);
    const later = event();
    await run.gateway.subscriptions.turn();
    await happen(later);
    await run.gateway.subscriptions.turn();
    expect(byHeader.ids).toEqual([third, fifth, later.id]);
    expect(byArgument.ids).toEqual([second, third, fifth, later.id]);
    expect(byBoth.ids).toEqual([fifth, later.id]);
    expect(fromNow.ids).toEqual([later.id]);
  });
});
