/** Facts that another city's gateway holds (跨省通办): two real gateways, over HTTP, and what stands in the record of both. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readPeerStories, seedPeerCity } from '../../seeds/peer-city.js';
import { readAllStories } from '../../seeds/stories.js';
import type { NewEntry, RequestRecord } from '../../src/audit/entries.js';
import type { Grant } from '../../src/authorize/rights.js';
import { VERIFY, type Verdict } from '../../src/cli/client.js';
import { licencesAcross } from '../../src/cli/peer-city.js';
import { verifyReceipt } from '../../src/receipts/verify.js';
import { readGrant } from '../../src/store/policy.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { answerOf, startFakePeer } from '../support/fake-peer.js';

const OFFICE = 'licence-approval';
const ASKING = 'another-city';
const stories = readPeerStories();

function storyOf(id: string) {
  const story = [...stories, ...readAllStories()].find((one) => one.id === id);
  if (story === undefined) throw new Error(`no story ${id}`);
  return { ...story, purpose: { 'mianzheng-matter': story.matter, 'mianzheng-case': story.caseNumber } };
}

const found = storyOf('licence-found-elsewhere');

/** Entries of requests that a gateway records from now on. */
function watched(run: RunningGateway): RequestRecord[] {
  const entries: RequestRecord[] = [];
  const append = run.gateway.record.append.bind(run.gateway.record);
  Object.assign(run.gateway.record, {
    append: (entry: NewEntry) => {
      if (entry.kind === 'request') entries.push(entry);
      return append(entry);
    },
  });
  return entries;
}

/** Puts grants in the place of those of their ids. */
async function changeGrants(run: RunningGateway, change: (grant: Grant) => Grant): Promise<() => Promise<void>> {
  const { grants } = await run.gateway.store.readPolicy();
  const before = grants.map(readGrant);
  const put = async (all: readonly Grant[]) => {
    await run.gateway.store.putPolicy([], all);
    await run.gateway.policy.refresh();
  };
  await put(before.map(change));
  return () => put(before);
}

describe('two cities', () => {
  const peerFolder = mkdtempSync(join(tmpdir(), 'mianzheng-peer-'));
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let there: RunningGateway;
  let here: RunningGateway;
  let asked: RequestRecord[];
  let answered: RequestRecord[];

  beforeAll(async () => {
    city = await embeddedCityFolder();
    await seedPeerCity(join(peerFolder, 'departments'));
    there = await startGateway(peerFolder, {}, 'tongxiang-1');
    const token = (await there.gateway.developmentIssuer?.mint(ASKING))?.token ?? '';
    writeFileSync(join(city.folder, 'peer.token'), token, { mode: 0o600 });
    here = await startGateway(city.folder, licencesAcross(there.url, 'peer.token'));
    asked = watched(here);
    answered = watched(there);
  });

  beforeEach(() => {
    asked.length = 0;
    answered.length = 0;
  });

  afterAll(async () => {
    await here.close();
    await there.close();
    city.remove();
    rmSync(peerFolder, { recursive: true, force: true });
  });

  async function verdictOf(
    purpose: Readonly<Record<string, string>>,
    client = OFFICE,
    run: RunningGateway = here,
  ): Promise<Verdict> {
    const { data, errors } = await run.ask(client, purpose, VERIFY);
    if (!data?.verify) throw new Error(`no verdict: ${JSON.stringify(errors)}`);
    return data.verify;
  }

  const peersOf = ({ sources }: RequestRecord) => sources.flatMap(({ peers = [] }) => peers);

  it.each(stories.map(({ id, why }) => [id, why.en]))('%s: %s', async (id) => {
    const story = storyOf(id);
    const { verdict, requirements } = await verdictOf(story.purpose);
    expect(verdict).toBe(story.expected.verdict);
    if (story.expected.element !== null)
      expect(requirements.map(({ element }) => element)).toContain(story.expected.element);
  });

  it('stands in both records: ours and the receipt name the case and the entry there, theirs us, the purpose and what was given', async () => {
    const { receipt } = await verdictOf(found.purpose);
    const [peer] = asked.flatMap(peersOf);
    const verified = verifyReceipt(receipt, here.gateway.publicKeys());
    if (!verified.ok) throw new Error(verified.reason);
    expect(verified.claims.sources).toMatchObject([{ department: 'LICENCES', state: 'UP', peers: [peer] }]);
    expect(asked.flatMap(peersOf)).toEqual([
      { peer: 'tongxiang', state: 'UP', caseNumber: expect.stringMatching(/^X-[0-9a-f-]{36}$/), record: peer?.record },
    ]);
    expect(peer?.record).toMatch(/^tongxiang-1\/\d+$/);
    expect(
      answered.map(({ client, matter, caseNumber, outcome, disclosed }) => ({
        client,
        matter,
        caseNumber,
        outcome,
        disclosed,
      })),
    ).toEqual([
      {
        client: ASKING,
        matter: 'licence-recognition',
        caseNumber: peer?.caseNumber,
        outcome: 'ANSWERED',
        disclosed: ['Mutation.registerCase'],
      },
      {
        client: ASKING,
        matter: 'licence-recognition',
        caseNumber: peer?.caseNumber,
        outcome: 'ANSWERED',
        disclosed: ['Licence.number', 'Licence.status', 'Licence.typeCode', 'Licence.validTo', 'Query.licence'],
      },
    ]);
  });

  it('asks nobody for what this city holds itself', async () => {
    const own = storyOf('licence-of-this-city');
    expect((await verdictOf(own.purpose)).verdict).toBe('APPROVED');
    expect(answered).toEqual([]);
    expect(asked.flatMap(peersOf)).toEqual([]);
  });

  it('asks nobody in a matter that was not agreed', async () => {
    const [licence] = found.subjects;
    const number = 'X-OTHER-MATTER';
    const purpose = { 'mianzheng-matter': 'licence-presentation', 'mianzheng-case': number };
    const subjects = [licence, { role: 'enterprise', kind: 'ENTERPRISE', id: '91330483MB2A20017H' }];
    const register = 'mutation($case: RegisterCaseInput!) { registerCase(input: $case) { number } }';
    const input = { number, matter: 'licence-presentation', subjects };
    await here.ask('licence-wallet', purpose, register, { case: input });
    expect((await verdictOf(purpose, 'licence-wallet')).verdict).toBe('NOT_MET');
    expect(answered).toEqual([]);
  });

  it('asks for the cases of one request together, in one case there', async () => {
    const cases = stories.map(({ caseNumber, filedOn, subjects }) => ({ number: caseNumber, filedOn, subjects }));
    const query = 'mutation($cases: [CaseInput!]!) { verifyCases(cases: $cases) { verdict { verdict } } }';
    const { data } = await here.ask(OFFICE, { 'mianzheng-matter': found.matter }, query, { cases });
    const together = (data?.verifyCases ?? []) as readonly { readonly verdict: Verdict }[];
    expect(together.map(({ verdict }) => verdict.verdict)).toEqual(stories.map(({ expected }) => expected.verdict));
    expect(new Set(answered.map(({ caseNumber }) => caseNumber)).size).toBe(1);
    expect(answered).toHaveLength(2);
  });

  it('does not ask beyond the regions granted here, and takes that for no answer', async () => {
    const back = await changeGrants(here, (grant) =>
      grant.id === 'licence-approval-recognition' ? { ...grant, regions: ['3507'] } : grant,
    );
    try {
      const { verdict } = await verdictOf(found.purpose);
      expect(verdict).toBe('NEEDS_REVIEW');
      expect(answered).toEqual([]);
      expect(asked.map(({ withheld }) => withheld)).toEqual([['Query.licence']]);
    } finally {
      await back();
    }
  });

  it('is unknown where their grant is suspended, and their record has the refusal', async () => {
    const back = await changeGrants(there, (grant) =>
      grant.id === 'another-city-licences' ? { ...grant, status: 'SUSPENDED' } : grant,
    );
    try {
      expect((await verdictOf(found.purpose)).verdict).toBe('PENDING');
      expect(answered.at(-1)).toMatchObject({
        client: ASKING,
        outcome: 'ANSWERED',
        disclosed: [],
        withheld: ['Query.licence'],
      });
    } finally {
      await back();
    }
  });

  it('is unknown where one attribute is withheld there: the rest is judged', async () => {
    const back = await changeGrants(there, (grant) => {
      if (grant.id !== 'another-city-licences') return grant;
      const { 'Licence.status': _status, ...coordinates } = grant.coordinates;
      return { ...grant, coordinates };
    });
    try {
      const { verdict, requirements } = await verdictOf(found.purpose);
      expect(verdict).toBe('PENDING');
      expect(requirements.filter(({ outcome }) => outcome !== 'TRUE').map(({ id, outcome }) => [id, outcome])).toEqual([
        ['in-force', 'UNKNOWN'],
      ]);
    } finally {
      await back();
    }
  });

  it('answers for a department that this city keeps no data of, in the matters agreed', async () => {
    const { licences } = licencesAcross(there.url, 'peer.token');
    const departments = { licences: { transport: 'gateway' as const, peers: licences?.peers ?? [] } };
    const other = await startGateway(city.folder, departments, 'gateway-3');
    try {
      const verdicts: Record<string, string> = {};
      for (const id of ['licence-found-elsewhere', 'licence-of-this-city', 'hygiene-licence-cancelled']) {
        const { client, purpose } = storyOf(id);
        verdicts[id] = (await verdictOf(purpose, client, other)).verdict;
      }
      expect(verdicts).toEqual({
        'licence-found-elsewhere': 'APPROVED',
        'licence-of-this-city': 'NEEDS_REVIEW',
        'hygiene-licence-cancelled': 'PENDING',
      });
    } finally {
      await other.close();
    }
  });

  it('is disputed here where it is disputed there', async () => {
    const status = {
      path: ['k0', 'status'],
      outcome: 'DISPUTED',
      coordinate: 'Licence.status',
      department: 'LICENCES',
    };
    const ended = { path: ['k0', 'validTo'], outcome: 'ABSENT', coordinate: 'Licence.validTo', department: 'LICENCES' };
    const number = found.subjects.find(({ role }) => role === 'enterprise')?.id;
    const licence = { typeCode: '113507000040000165903', number, status: 'VALID', validTo: null };
    const peer = await startFakePeer(({ query }) =>
      query.startsWith('mutation')
        ? answerOf({ registerCase: { number: 'X' } })
        : answerOf({ k0: licence }, [status, ended]),
    );
    const other = await startGateway(city.folder, licencesAcross(peer.url, 'peer.token'), 'gateway-2');
    try {
      const { verdict, requirements } = await verdictOf(found.purpose, OFFICE, other);
      expect(verdict).toBe('NEEDS_REVIEW');
      expect(requirements.find(({ id: of }) => of === 'in-force')).toMatchObject({
        outcome: 'UNKNOWN',
        element: 'licence.status',
      });
    } finally {
      await other.close();
      await peer.close();
    }
  });

  it('is PENDING while the other city is down, whatever it would have said, and our record says which', async () => {
    await there.server.close();
    for (const story of stories) expect((await verdictOf(storyOf(story.id).purpose)).verdict).toBe('PENDING');
    expect(asked.flatMap(peersOf)).toEqual(
      stories.map(() => ({ peer: 'tongxiang', state: 'DOWN', caseNumber: null, record: null })),
    );
    expect((await verdictOf(storyOf('licence-of-this-city').purpose)).verdict).toBe('APPROVED');
  });
});
