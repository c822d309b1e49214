/** Another city's gateway as a department: what it says becomes rows, and what it does not say is never "none". */
import { afterEach, describe, expect, it } from 'vitest';
import { RowsOfPeers } from '../../connectors/contract.js';
import { connectGateway } from '../../connectors/transports/gateway.js';
import { Deadline } from '../../src/domain/deadline.js';
import { type FetchTemplate, fetchTemplate } from '../../src/domain/fetch.js';
import { SourceError } from '../../src/errors.js';
import { peerDocuments } from '../../src/peers/documents.js';
import { answerOf, type PeerReply, type PeerRequest, startFakePeer } from '../support/fake-peer.js';
import { catalogue } from '../support/memory-gateway.js';

const CHILD = '350702201803150013';
const OTHER = '11010519491231002X';
const document = peerDocuments(catalogue);

function templateOf(type: string, by: string, attributes: readonly string[], department = 'HOUSEHOLD'): FetchTemplate {
  return fetchTemplate({ department, type, by, attributes, regions: null });
}

const RESIDENT = templateOf('Resident', 'idNumber', ['name', 'status', 'householdNumber', 'guardians.relation']);
const MONTHS = templateOf('InsuredMonth', 'insuredIdNumber', ['kind', 'month'], 'SOCIAL_SECURITY');

let peer: Awaited<ReturnType<typeof startFakePeer>> | null = null;
afterEach(async () => {
  await peer?.close();
  peer = null;
});

interface Told {
  readonly rows: RowsOfPeers;
  readonly requests: readonly PeerRequest[];
}

async function fetchFrom(
  template: FetchTemplate,
  keys: readonly string[],
  reply: (request: PeerRequest, nth: number) => PeerReply,
  maxBodyBytes = 1_000_000,
  deadline = new Deadline(),
): Promise<Told> {
  let nth = 0;
  peer = await startFakePeer((request) => {
    if (request.query.startsWith('mutation')) return answerOf({ registerCase: { number: 'X' } });
    nth += 1;
    return reply(request, nth - 1);
  });
  const connector = connectGateway(
    { department: template.department, coverage: [], sources: {}, derivations: {} },
    {
      name: 'tongxiang',
      url: `${peer.url}/`,
      token: async () => 'a-secret-token',
      matter: 'some-matter',
      roles: { CITIZEN: 'applicant' },
      document,
      maxBodyBytes,
    },
  );
  const rows = await connector.fetch(template, keys, deadline);
  if (!(rows instanceof RowsOfPeers)) throw new Error('rows of no peer');
  return { rows, requests: peer.requests };
}

async function failureOf(work: Promise<unknown>): Promise<SourceError> {
  const error: unknown = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof SourceError)) throw new Error('not a SourceError', { cause: error });
  return error;
}

const at = (outcome: string, ...path: (string | number)[]) => ({ path, outcome });
const error = (code: string, ...path: (string | number)[]) => ({ message: 'm', path, extensions: { code } });

/** One person as asked for by {@link RESIDENT}. */
const PERSON = {
  __typename: 'Resident',
  name: '陈雨涵',
  status: 'NORMAL',
  household: { __typename: 'Household', number: '900000001' },
  guardians: [{ __typename: 'Guardianship', relation: 'MOTHER' }],
};
const ROW = { name: '陈雨涵', status: 'NORMAL', householdNumber: '900000001', guardians: [{ relation: 'MOTHER' }] };

describe('a call', () => {
  it('registers a case of the people asked about, and asks in it with our token and the matter', async () => {
    const { rows, requests } = await fetchFrom(RESIDENT, [CHILD], () => answerOf({ residents: [PERSON] }));
    const [register, query] = requests;
    const number = String(register?.headers['mianzheng-case']);
    expect(number).toMatch(/^X-[0-9a-f-]{36}$/);
    expect(register?.variables).toEqual({
      case: { number, matter: 'some-matter', subjects: [{ role: 'applicant', kind: 'CITIZEN', id: CHILD }] },
    });
    for (const request of [register, query]) {
      expect(request?.headers).toMatchObject({
        authorization: 'Bearer a-secret-token',
        'mianzheng-matter': 'some-matter',
        'mianzheng-case': number,
      });
    }
    expect(query?.variables.keys).toEqual([CHILD]);
    expect(rows.answers).toEqual([{ peer: 'tongxiang', state: 'UP', caseNumber: number, record: 'peer-1/7' }]);
  });

  it('asks for at most 50 people, each call in a case of its own', async () => {
    const ids = Array.from({ length: 120 }, (_, i) => `key-${i}`);
    const { rows, requests } = await fetchFrom(RESIDENT, ids, ({ variables }) =>
      answerOf({ residents: (variables.keys as readonly string[]).map(() => PERSON) }),
    );
    expect(rows.size).toBe(120);
    expect(requests).toHaveLength(6);
    expect(new Set(requests.map(({ headers }) => headers['mianzheng-case'])).size).toBe(3);
  });

  it('reads long lists page by page, and asks on only for those who have more', async () => {
    const month = { __typename: 'InsuredMonth', kind: 'MEDICAL', month: '2026-01' };
    const { rows, requests } = await fetchFrom(MONTHS, [CHILD, OTHER], (_request, nth) =>
      answerOf({
        residents: [
          { __typename: 'Resident', insuredMonths: Array.from({ length: nth === 0 ? 600 : 2 }, () => month) },
          { __typename: 'Resident', insuredMonths: [month] },
        ],
      }),
    );
    expect([rows.get(CHILD)?.length, rows.get(OTHER)?.length]).toEqual([602, 1]);
    expect(requests.slice(1).map(({ variables }) => [variables.keys, variables.offset])).toEqual([
      [[CHILD, OTHER], 0],
      [[CHILD], 600],
    ]);
  });

  it.each([
    ['DISPUTED', 'TOO_MANY_ROWS'],
    ['ABSENT', null],
  ])('is unknown where more may be masked or disputed than is listed: the last is %s', async (last, fault) => {
    const outcomes = [at('DISPUTED', 'residents', 0, 'status'), at(last, 'residents', 0, 'name')];
    const mianzheng = { requestId: 'r', record: 'peer-1/7', outcomes, unlistedOutcomes: 1, provenance: [] };
    const body = JSON.stringify({ data: { residents: [PERSON] }, extensions: { mianzheng } });
    const fetched = fetchFrom(RESIDENT, [CHILD], () => ({ body }));
    if (fault === null) expect((await fetched).rows.size).toBe(1);
    else expect((await failureOf(fetched)).fault).toBe(fault);
  });

  it('gives up a list beyond the bound of rows', async () => {
    const months = Array.from({ length: 600 }, () => ({
      __typename: 'InsuredMonth',
      kind: 'MEDICAL',
      month: '2026-01',
    }));
    const failed = fetchFrom(MONTHS, [CHILD], () =>
      answerOf({ residents: [{ __typename: 'Resident', insuredMonths: months }] }),
    );
    expect((await failureOf(failed)).fault).toBe('TOO_MANY_ROWS');
  });
});

/** What the peer says of one person, and what is then known of them. `unknown`: the fault. */
const SAID: readonly {
  readonly name: string;
  readonly data: unknown;
  readonly outcomes?: readonly unknown[];
  readonly errors?: readonly unknown[];
  readonly row?: Readonly<Record<string, unknown>>;
  readonly none?: true;
  readonly unknown?: string;
  readonly disputed?: readonly string[];
}[] = [
  { name: 'everything', data: PERSON, row: ROW },
  { name: 'nobody of that number', data: null, outcomes: [at('ABSENT', 'residents', 0)], none: true },
  { name: 'null without a word', data: null, unknown: 'GARBLED' },
  {
    name: 'its department is down',
    data: null,
    errors: [error('SOURCE_DOWN', 'residents', 0)],
    unknown: 'UNREACHABLE',
  },
  { name: 'withheld', data: null, errors: [error('WITHHELD', 'residents', 0)], unknown: 'REFUSED' },
  { name: 'outside the case', data: null, errors: [error('SUBJECT_OUTSIDE_CASE', 'residents', 0)], unknown: 'REFUSED' },
  {
    name: 'an attribute that is none',
    data: { ...PERSON, status: null },
    outcomes: [at('ABSENT', 'residents', 0, 'status')],
    row: { ...ROW, status: null },
  },
  {
    name: "another person's attribute that is none",
    data: { ...PERSON, status: null },
    outcomes: [at('ABSENT', 'residents', 1, 'status')],
    row: { ...ROW, status: undefined },
  },
  {
    name: 'an attribute withheld',
    data: { ...PERSON, status: null },
    outcomes: [at('WITHHELD', 'residents', '*', 'status')],
    row: { ...ROW, status: undefined },
  },
  {
    name: 'an attribute unknown there',
    data: { ...PERSON, status: null },
    outcomes: [at('SOURCE_DOWN', 'residents', 0, 'status')],
    row: { ...ROW, status: undefined },
  },
  {
    name: 'an attribute masked',
    data: { ...PERSON, name: '陈*涵' },
    outcomes: [at('MASKED', 'residents', '*', 'name')],
    row: { ...ROW, name: undefined },
  },
  {
    name: 'an attribute disputed',
    data: PERSON,
    outcomes: [at('DISPUTED', 'residents', 0, 'status')],
    row: ROW,
    disputed: ['status'],
  },
  {
    name: 'an attribute masked and disputed',
    data: { ...PERSON, name: '陈*涵' },
    outcomes: [at('MASKED', 'residents', 0, 'name'), at('DISPUTED', 'residents', 0, 'name')],
    row: { ...ROW, name: undefined },
    disputed: ['name'],
  },
  {
    name: 'a link disputed, which is marked by its own name',
    data: PERSON,
    outcomes: [at('DISPUTED', 'residents', 0, 'household')],
    row: ROW,
    disputed: ['household'],
  },
  {
    name: 'a link that leads to nobody known there',
    data: { ...PERSON, household: null },
    outcomes: [at('ABSENT', 'residents', 0, 'household')],
    row: { ...ROW, householdNumber: undefined },
  },
  {
    name: 'a link whose identifier is masked',
    data: PERSON,
    outcomes: [at('MASKED', 'residents', '*', 'household', 'number')],
    row: { ...ROW, householdNumber: undefined },
  },
  {
    name: 'part of a list inside withheld',
    data: { ...PERSON, guardians: [{ relation: null }] },
    outcomes: [at('WITHHELD', 'residents', '*', 'guardians', '*', 'relation')],
    row: { ...ROW, guardians: [{ relation: undefined }] },
  },
  {
    name: 'a list inside that is no list',
    data: { ...PERSON, guardians: 'many' },
    row: { ...ROW, guardians: undefined },
  },
];

describe('what is said of a person', () => {
  it.each(SAID)('$name', async ({ data, outcomes, errors, row, none, unknown, disputed }) => {
    const { rows } = await fetchFrom(RESIDENT, [CHILD], () => answerOf({ residents: [data] }, outcomes, errors));
    expect(rows.get(CHILD)).toEqual(row === undefined ? undefined : [row]);
    expect(rows.unknown.get(CHILD)?.fault).toBe(none ? undefined : unknown);
    expect([...(rows.disputed.get(rows.get(CHILD)?.[0] ?? {}) ?? [])]).toEqual(disputed ?? []);
  });
});

const LISTS: readonly {
  readonly name: string;
  readonly data: unknown;
  readonly outcomes?: readonly unknown[];
  readonly errors?: readonly unknown[];
  readonly rows?: number;
  readonly unknown?: string;
  readonly disputed?: true;
}[] = [
  { name: 'an empty list is none', data: { insuredMonths: [] } },
  { name: 'a list', data: { insuredMonths: [{ kind: 'MEDICAL', month: '2026-01' }] }, rows: 1 },
  {
    name: 'a list that may lack elements',
    data: { insuredMonths: [] },
    outcomes: [at('WITHHELD', 'residents', 0, 'insuredMonths')],
    unknown: 'REFUSED',
  },
  {
    name: 'a list withheld',
    data: { insuredMonths: null },
    errors: [error('WITHHELD', 'residents', 0, 'insuredMonths')],
    unknown: 'REFUSED',
  },
  {
    name: 'a list that is disputed',
    data: { insuredMonths: [] },
    outcomes: [at('DISPUTED', 'residents', 0, 'insuredMonths')],
    disputed: true,
  },
  {
    name: 'somebody whom its population register does not know',
    data: null,
    outcomes: [at('ABSENT', 'residents', 0)],
    unknown: 'GARBLED',
  },
];

describe('what is said of a list', () => {
  it.each(LISTS)('$name', async ({ data, outcomes, errors, rows: count, unknown, disputed }) => {
    const { rows } = await fetchFrom(MONTHS, [CHILD], () => answerOf({ residents: [data] }, outcomes, errors));
    expect(rows.get(CHILD)?.length).toBe(count);
    expect(rows.unknown.get(CHILD)?.fault).toBe(unknown);
    expect(rows.disputedKeys.has(CHILD)).toBe(disputed === true);
  });
});

describe('a call that fails', () => {
  const whole = answerOf({ residents: [PERSON] }).body;
  it.each<[name: string, reply: PeerReply, fault: string, retryAfter?: number]>([
    ['a rate passed', { status: 429, headers: { 'retry-after': '7' }, body: '{}' }, 'OVERLOADED', 7],
    ['a busy gateway', { status: 503, body: '{}' }, 'OVERLOADED'],
    ['no valid token', { status: 401, body: '{}' }, 'REFUSED'],
    ['an unknown case', { status: 403, body: '{}' }, 'REFUSED'],
    ['a fault of theirs', { status: 500, body: '{}' }, 'UNREACHABLE'],
    ['a document they do not take', { status: 400, body: '{}' }, 'GARBLED'],
    ['a redirection', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }, 'UNREACHABLE'],
    ['no JSON', { body: '<html>' }, 'GARBLED'],
    ['JSON of another form', { body: '{"rows":[]}' }, 'GARBLED'],
    ['a body beyond the bound', { body: whole.padEnd(3000) }, 'GARBLED'],
  ])('%s', async (_name, reply, fault, retryAfter) => {
    const failed = await failureOf(fetchFrom(RESIDENT, [CHILD], () => reply, 2000));
    expect([failed.department, failed.fault, failed.options.retryAfter]).toEqual(['HOUSEHOLD', fault, retryAfter]);
    expect(JSON.stringify([failed.message, String(failed.options.cause)])).not.toMatch(/secret|350702/);
  });

  it('no answer in time', async () => {
    const deadline = new Deadline();
    const failed = failureOf(fetchFrom(RESIDENT, [CHILD], () => null, 2000, deadline));
    setTimeout(() => deadline.pass(new Error('late')), 50);
    expect((await failed).fault).toBe('TIMEOUT');
  });
});

describe('what cannot be asked', () => {
  it.each([
    ['rows matched by their key', templateOf('InsuredMonth', 'insuredIdNumber', ['$row', 'kind'], 'SOCIAL_SECURITY')],
    ['what the schema shows nobody', templateOf('Resident', 'idNumber', ['formerName'])],
    [
      'what a derived field is computed from',
      templateOf('VaccinationRecord', 'childIdNumber', ['assessmentBasis'], 'VACCINATION'),
    ],
  ])('%s is refused without asking', async (_name, template) => {
    expect((await failureOf(fetchFrom(template, [CHILD], () => null))).fault).toBe('REFUSED');
    expect(peer?.requests).toEqual([]);
  });

  it('a subject for whom no role is agreed', async () => {
    const template = templateOf('PropertyUnit', 'number', ['area'], 'PROPERTY');
    expect((await failureOf(fetchFrom(template, ['350702001002GB00003F00010012'], () => null))).fault).toBe('REFUSED');
    expect(peer?.requests).toEqual([]);
  });
});
