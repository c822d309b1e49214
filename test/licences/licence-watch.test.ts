/** Licences that verdicts rest on: who is told when one has another status, who is not, and what the record has of it. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Grant } from '../../src/authorize/rights.js';
import { SourceError } from '../../src/errors.js';
import type { CaseFile } from '../../src/store/control-store.js';
import { requests, subscribe } from '../subscriptions/watcher.js';
import type { WholeRow } from '../support/memory-connector.js';
import { type MemoryGateway, type MemoryGatewayOptions, NOW, openMemoryGateway } from '../support/memory-gateway.js';
import { swapped } from '../support/swapped.js';

const MATTER = 'labour-dispatch-licence';
const ENTERPRISE = '91350702MA2Y0A1B53';
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

const FACTS: Partial<Grant> = {
  id: 'facts',
  matters: [MATTER],
  coordinates: {
    'Query.enterprise': 'PREDICATE',
    'Enterprise.dishonestyListings': 'PREDICATE',
    'DishonestyListing.listedDate': 'PREDICATE',
    'DishonestyListing.removedDate': 'PREDICATE',
    'Enterprise.licences': 'PREDICATE',
    'Licence.typeCode': 'PREDICATE',
    'Licence.status': 'PREDICATE',
  },
};
const VERIFY: Partial<Grant> = {
  id: 'verify',
  department: 'PLATFORM',
  matters: [MATTER],
  coordinates: { 'Mutation.verify': 'FULL', 'Query.caseFile': 'FULL' },
};
const EVENTS: Partial<Grant> = {
  id: 'events',
  department: 'PLATFORM',
  matters: [MATTER],
  coordinates: { 'Subscription.caseEvents': 'FULL' },
};
const SUBSCRIPTION =
  'subscription { caseEvents(kinds: [LICENCE_STATUS_CHANGED]) { id kind caseNumber coordinate receipt actor record } }';

function file(number: string): CaseFile {
  return {
    client: 'school',
    number,
    matter: MATTER,
    filedOn: '2026-07-01',
    division: '350702',
    subjects: [{ role: 'enterprise', kind: 'ENTERPRISE', id: ENTERPRISE }],
  };
}

let run: MemoryGateway;
let now = NOW;
let licences: WholeRow[] = [];

const licence = (status: string, typeCode = '113507000040000165903', id = 'business'): WholeRow => ({
  id,
  holderNumber: ENTERPRISE,
  typeCode,
  status,
  $region: '350702',
});

async function open(options: Partial<MemoryGatewayOptions> = {}): Promise<void> {
  now = NOW;
  licences = [licence('VALID'), licence('VALID', 'another', 'other')];
  run = await openMemoryGateway({
    grants: [FACTS, VERIFY, EVENTS],
    cases: [file('L-1')],
    now: () => now,
    world: { Enterprise: [{ creditCode: ENTERPRISE, $region: '350702' }], Licence: licences },
    verifier: {
      verify: async () => ({
        kind: 'CLIENT',
        clientId: 'school',
        issuer: 'test',
        tokenHash: 'x',
        expiresAt: NOW + 1e12,
        binding: { kind: 'NONE' },
      }),
      remembered: () => 0,
    },
    ...options,
  });
}

afterEach(() => run.close());

/** Judges a case, and has what is noted of it written down. @returns its receipt's identifier, as its event has it */
async function judge(number = 'L-1'): Promise<string> {
  const headers = { 'mianzheng-matter': MATTER, 'mianzheng-case': number };
  const { body } = await run.call({ query: 'mutation { verify { verdict } }' }, headers);
  expect(JSON.parse(body)).not.toHaveProperty('errors');
  await run.settle();
  await run.gateway.licenceWatch.turn();
  const events = await run.gateway.store.cases.events({ client: 'school', number });
  const judged = events.findLast(({ kind }) => kind === 'JUDGED');
  return judged?.kind === 'JUDGED' ? judged.receipt : '';
}

async function later(ms: number): Promise<void> {
  now += ms;
  await run.gateway.licenceWatch.turn();
  await run.gateway.subscriptions.turn();
}

const changes = async (number = 'L-1') =>
  (await run.gateway.store.cases.events({ client: 'school', number })).filter(
    ({ kind }) => kind === 'LICENCE_STATUS_CHANGED',
  );
const looks = () => requests(run.entries).filter(({ requestId }) => requestId.startsWith('licence-watch.'));
const set = (...rows: readonly WholeRow[]) => licences.splice(0, licences.length, ...rows);

describe('a licence with another status', () => {
  it('is told as an event, after a look and the event stand in the record; what changed is not', async () => {
    await open();
    const receipt = await judge();
    const reader = await subscribe(run, SUBSCRIPTION, { 'mianzheng-matter': MATTER });
    set(licence('REVOKED'), licence('VALID', 'another', 'other'));
    await later(DAY - 1);
    expect(looks()).toEqual([]);
    await later(1);
    const [changed] = await changes();
    expect(changed).toMatchObject({ actor: 'gateway', coordinate: 'Licence.status', receipt, matter: MATTER });
    expect(reader.told).toHaveLength(1);
    expect(reader.told[0]?.data?.caseEvents).toMatchObject({
      id: changed?.id,
      kind: 'LICENCE_STATUS_CHANGED',
      caseNumber: 'L-1',
      coordinate: 'Licence.status',
      receipt,
      record: changed?.record,
    });
    expect(JSON.stringify(reader.told)).not.toMatch(/REVOKED|VALID|11350|91350702/);
    expect(looks()).toMatchObject([
      {
        client: 'school',
        operator: null,
        matter: MATTER,
        caseNumber: 'L-1',
        subjects: [`pseudonym of ENTERPRISE:${ENTERPRISE}`],
        disclosed: [],
        masked: [],
        // The matter's facts about licences and no others.
        used: ['Enterprise.licences', 'Licence.status', 'Licence.typeCode', 'Query.enterprise'],
        legalBases: ['test basis'],
        verdict: null,
        outcome: 'ANSWERED',
      },
    ]);
    const told = run.entries.find(
      (entry) => entry.kind === 'administration' && entry.action === 'case.licence_status_changed',
    );
    expect(told).toMatchObject({
      actor: 'gateway',
      subject: 'school/L-1',
      before: { state: 'JUDGED' },
      after: { state: 'JUDGED' },
    });
    // Once.
    await later(DAY);
    expect(await changes()).toHaveLength(1);
    expect(looks()).toHaveLength(2);
    // And again when it is another again.
    set(licence('VALID'), licence('VALID', 'another', 'other'));
    await later(DAY);
    expect(await changes()).toHaveLength(2);
    expect(reader.ids).toHaveLength(2);
  });

  it('is looked for only as far as the daily quota of a grant allows, and told when it does', async () => {
    const other = { role: 'enterprise', kind: 'ENTERPRISE', id: '113507000040000165' };
    await open({
      grants: [{ ...FACTS, subjectsPerDay: 1 }, VERIFY, EVENTS],
      cases: [file('L-1'), { ...file('L-2'), subjects: [other] }],
    });
    await judge('L-1');
    set(licence('REVOKED'), licence('VALID', 'another', 'other'));
    now += DAY;
    await judge('L-2');
    expect([looks(), await changes()]).toEqual([[], []]);
    await later(DAY);
    expect(looks()).toHaveLength(1);
    expect(await changes()).toHaveLength(1);
  });

  interface Case {
    readonly name: string;
    readonly does: () => unknown;
    readonly told: number;
    readonly looked: number;
  }
  const CASES: readonly Case[] = [
    { name: 'nothing has changed', does: () => undefined, told: 0, looked: 1 },
    {
      name: 'another licence was issued',
      does: () => licences.push(licence('VALID', 'third', 'third')),
      told: 0,
      looked: 1,
    },
    { name: 'a licence is gone', does: () => set(licence('VALID')), told: 1, looked: 1 },
    { name: 'all are gone', does: () => set(), told: 1, looked: 1 },
    {
      name: 'a licence has no status any more',
      does: () => set(licence('VALID'), { ...licence('', 'another'), status: null }),
      told: 1,
      looked: 1,
    },
    {
      name: 'the application is granted the status no more',
      does: () => [set(), run.gateway.store.setGrantStatus('facts-LICENCES', 'REVOKED')][1],
      told: 0,
      looked: 0,
    },
    {
      name: 'the application is granted the way to it no more',
      does: () => [set(), run.gateway.store.setGrantStatus('facts-SOCIAL_SECURITY', 'SUSPENDED')][1],
      told: 0,
      looked: 0,
    },
    {
      name: 'the application may subscribe no more, and nobody listens',
      does: () => [set(), run.gateway.store.setGrantStatus('events', 'REVOKED')][1],
      told: 0,
      looked: 0,
    },
    {
      name: 'the application is on hold',
      does: () =>
        [
          set(),
          run.gateway.store.events.setHold({
            id: 'h',
            kind: 'HOLD',
            client: 'school',
            at: NOW,
            actor: 'a',
            reason: 'r',
            alarm: null,
          }),
        ][1],
      told: 0,
      looked: 0,
    },
    {
      name: 'the case is no longer kept',
      does: () => [set(), run.gateway.store.removeCasesFiledBefore('2026-07-02', 10)][1],
      told: 0,
      looked: 0,
    },
  ];

  it.each(CASES)('where $name: told $told times, looked at $looked times', async ({ does, told, looked }) => {
    await open();
    await judge();
    await does();
    await run.gateway.policy.refresh();
    const asked = run.asked().LICENCES?.length ?? 0;
    await later(DAY);
    expect(await changes()).toHaveLength(told);
    expect(looks()).toHaveLength(looked);
    expect((run.asked().LICENCES?.length ?? 0) - asked).toBe(looked);
  });

  it('is told of once the department is back, and looked at sooner until then', async () => {
    await open();
    await judge();
    set(licence('REVOKED'));
    const back = swapped(run.gateway.sources.connector('LICENCES'), {
      fetch: () => Promise.reject(new SourceError('LICENCES', 'UNREACHABLE')),
    });
    await later(DAY);
    expect(await changes()).toEqual([]);
    expect(looks()[0]?.sources).toContainEqual(expect.objectContaining({ department: 'LICENCES', state: 'DOWN' }));
    back();
    await later(10 * MINUTE - 1);
    expect(looks()).toHaveLength(1);
    await later(1);
    expect(looks()).toHaveLength(2);
    expect(await changes()).toHaveLength(1);
  });

  it('that a later verdict has seen is not told', async () => {
    await open();
    await judge();
    set(licence('REVOKED'), licence('VALID', 'another', 'other'));
    now += DAY - MINUTE;
    await judge();
    await later(MINUTE);
    await later(DAY);
    expect(looks()).toHaveLength(1);
    expect(await changes()).toEqual([]);
  });

  it('is not looked for when so many days have passed', async () => {
    await open({ licenceWatch: { days: 2 } });
    await judge();
    await later(DAY);
    expect(looks()).toHaveLength(1);
    set();
    await later(DAY);
    await later(DAY);
    expect(looks()).toHaveLength(1);
  });
});

describe('a verdict leaves no watch', () => {
  const claimed = async () => {
    await judge();
    set();
    await later(DAY);
    return { looks: looks(), left: await run.gateway.store.licenceWatches.claim(now + 1e12, now, 10) };
  };
  const NONE = { looks: [], left: [] };

  it('where nobody may be told', async () => {
    await open({ grants: [FACTS, VERIFY] });
    expect(await claimed()).toEqual(NONE);
  });

  it('where it is switched off', async () => {
    await open({ licenceWatch: { lookMinutes: 0 } });
    expect(await claimed()).toEqual(NONE);
  });

  it('where the department did not answer', async () => {
    await open({ down: ['LICENCES'] });
    expect(await claimed()).toEqual(NONE);
  });

  it('where the application is not granted the status', async () => {
    const { 'Licence.status': _, ...coordinates } = FACTS.coordinates ?? {};
    await open({ grants: [{ ...FACTS, coordinates }, VERIFY, EVENTS] });
    expect(await claimed()).toEqual(NONE);
  });
});

describe('many cases', () => {
  it('are looked at in one statement, each with its own entry', async () => {
    const numbers = Array.from({ length: 30 }, (_, i) => `L-${i + 1}`);
    await open({ cases: numbers.map(file) });
    for (const number of numbers) await judge(number);
    const asked = run.asked().LICENCES?.length ?? 0;
    set(licence('REVOKED'));
    await later(DAY);
    expect((run.asked().LICENCES?.length ?? 0) - asked).toBe(1);
    expect(new Set(looks().map(({ caseNumber }) => caseNumber))).toEqual(new Set(numbers));
    for (const number of numbers) expect(await changes(number)).toHaveLength(1);
  });
});

describe('what is kept of licences', () => {
  it('tells neither a licence nor its status, and not that two cases rest on one', async () => {
    await open({ cases: [file('L-1'), file('L-2')] });
    await judge('L-1');
    await judge('L-2');
    const kept = await run.gateway.store.licenceWatches.claim(now + DAY, now + DAY, 10);
    expect(kept).toHaveLength(2);
    const digests = kept.flatMap(({ seen }) => seen);
    expect(digests).toHaveLength(4);
    expect(new Set(digests).size).toBe(4);
    for (const digest of digests) expect(digest).toMatch(/^[\w-]{22}$/);
  });
});
