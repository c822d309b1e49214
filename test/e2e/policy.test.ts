/** A policy that finds people (免申即享), over HTTP and on real databases: SQLite and MariaDB. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readAllStories } from '../../seeds/stories.js';
import type { NewEntry } from '../../src/audit/entries.js';
import type { Config } from '../../src/config.js';
import { parseCitizenId } from '../../src/domain/identifiers.js';
import { SourceError } from '../../src/errors.js';
import type { OfferRecipient } from '../../src/operations/policy-answers.js';
import type { PolicyOffer } from '../../src/store/policy-offers.js';
import { cityOn, embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { mariadb } from '../support/services.js';
import { swapped } from '../support/swapped.js';

const MATTER = 'employment-subsidy';
const OFFICE = 'benefits-office';
const PURPOSE = { 'mianzheng-matter': MATTER };
const RUN = '{ phase pages scanned notMet kept found offers { state count } }';

const personOf = (id: string): string => {
  const story = readAllStories().find((one) => one.id === id);
  const [subject] = story?.subjects ?? [];
  if (subject === undefined) throw new Error(`no story ${id}`);
  return subject.id;
};

interface ToldRun {
  readonly phase: string;
  readonly pages: number;
  readonly scanned: number | null;
  readonly notMet: number | null;
  readonly kept: number | null;
  readonly found: number | null;
  readonly offers: readonly { readonly state: string; readonly count: number | null }[];
}

type Connector = RunningGateway['gateway']['sources']['connectors'][number];

const SETTINGS = [
  { name: 'SQLite', skip: false, open: async () => ({ departments: {}, remove: async () => undefined }) },
  {
    name: 'MariaDB',
    skip: mariadb === null,
    open: () => {
      if (mariadb === null) throw new Error('skipped without MariaDB');
      return cityOn(mariadb);
    },
  },
];

/** What a channel is given of a notice. */
interface NoticeMessage {
  readonly type: string;
  readonly data: { readonly case: string; readonly recipient: string; readonly text: { readonly zh: string } };
}

describe.each(SETTINGS)('on $name', ({ name, skip, open }) => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let opened: { readonly departments: Config['departments']; readonly remove: () => Promise<void> };
  let office: RunningGateway;
  let clock = Date.parse('2026-07-01T04:00:00Z');
  const entries: NewEntry[] = [];
  let scans = 0;
  /** File of the channel. */
  let notices = '';

  beforeAll(async () => {
    if (skip) return;
    city = await embeddedCityFolder();
    opened = await open();
    notices = join(city.folder, `notices-${name}.jsonl`);
    const channel = { file: notices };
    office = await startGateway(city.folder, opened.departments, 'gateway-1', { notices: [channel] }, () => clock);
    // A busy machine must not have a run stand back here.
    Object.defineProperty(office.gateway.load, 'takesSeason', { value: true });
    const append = office.gateway.record.append.bind(office.gateway.record);
    Object.assign(office.gateway.record, {
      append: (entry: NewEntry) => {
        entries.push(entry);
        return append(entry);
      },
    });
    const driving = connectorOf('SOCIAL_SECURITY');
    const scan = driving.scan?.bind(driving);
    Object.assign(driving, {
      scan: (...args: Parameters<NonNullable<typeof scan>>) => {
        scans += 1;
        return scan?.(...args);
      },
    });
  });

  afterAll(async () => {
    if (skip) return;
    await office.close();
    await opened.remove();
    city.remove();
  });

  /** Entries of requests; what follows from them in the background stands beside. */
  const requestsSince = (before: number) => entries.slice(before).filter(({ kind }) => kind === 'request');

  function connectorOf(department: string): Connector {
    return office.gateway.sources.connector(department);
  }

  /** Lets a department refuse while the work is done. */
  async function whileDown<T>(department: string, work: () => Promise<T>): Promise<T> {
    const connector = connectorOf(department);
    const down = () => Promise.reject(new SourceError(department, 'UNREACHABLE'));
    const up = swapped(connector, { fetch: down, ...(connector.scan === undefined ? {} : { scan: down }) });
    try {
      return await work();
    } finally {
      up();
    }
  }

  /** Asks as often as a busy gateway says that single requests go first. */
  async function ask(client: string, query: string, variables: unknown) {
    for (let times = 1; ; times += 1) {
      const answer = await office.ask(client, PURPOSE, query, variables);
      if (answer.errors?.[0]?.extensions.code !== 'OVERLOADED' || times === 100) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function say(field: string, run: string, client = OFFICE) {
    const kind = field === 'policyRun' ? 'query' : 'mutation';
    const answer = await ask(client, `${kind}($run: String!) { ${field}(run: $run) ${RUN} }`, { run });
    return {
      told: (answer.data?.[field] ?? null) as ToldRun | null,
      code: answer.errors?.[0]?.extensions.code ?? null,
    };
  }

  async function runToEnd(run: string): Promise<ToldRun> {
    for (let pages = 0; pages < 20; pages += 1) {
      const { told, code } = await say('runPolicy', run);
      if (told === null) throw new Error(`the run failed: ${code}`);
      if (told.phase === 'DONE') return told;
    }
    throw new Error('the run does not end');
  }

  const offersOf = (run: string): Promise<readonly PolicyOffer[]> =>
    office.gateway.store.policies.offers({ client: OFFICE, run, after: '', most: 10_000 });

  async function keptFor(run: string): Promise<readonly string[]> {
    const { policies } = office.gateway.store;
    const found = await policies.findRun(OFFICE, run);
    if (found === null) throw new Error('no such run');
    // As a later run would read them.
    return policies.kept({ ...found, id: 'a later run' }, '', 10_000);
  }

  async function answer(offer: string, token: string, confirm: boolean, client = OFFICE) {
    const { data, errors } = await office.ask(
      client,
      PURPOSE,
      'mutation($offer: String!, $token: String!, $confirm: Boolean!) { answerOffer(offer: $offer, token: $token, confirm: $confirm) { number state caseNumber verdict { verdict receipt } } }',
      { offer, token, confirm },
    );
    return { answered: data?.answerOffer ?? null, code: errors?.[0]?.extensions.code ?? null };
  }

  /** Offers and tokens, as the channel of their notices is told them. */
  async function told(): Promise<ReadonlyMap<string, OfferRecipient>> {
    const due = (await offersOf('R-1')).filter(({ answerBy }) => answerBy !== null).length;
    const offers = new Map<string, OfferRecipient>();
    await vi.waitFor(
      () => {
        for (const line of readFileSync(notices, 'utf8').trim().split('\n')) {
          const { type, data } = JSON.parse(line).message as NoticeMessage;
          if (type !== 'notice.offer') continue;
          expect(data.text.zh).toContain(data.case);
          offers.set(data.case, JSON.parse(data.recipient) as OfferRecipient);
        }
        expect(offers.size).toBe(due);
      },
      { timeout: 60_000, interval: 100 },
    );
    return offers;
  }

  it.skipIf(skip)('is refused without the right to scan, and no department is asked', async () => {
    await office.gateway.store.setGrantStatus('benefits-office-scan', 'SUSPENDED');
    await office.gateway.policy.refresh();
    const before = entries.length;
    expect(await say('runPolicy', 'R-0')).toEqual({ told: null, code: 'WITHHELD' });
    expect(scans).toBe(0);
    expect(requestsSince(before)).toMatchObject([{ outcome: 'REFUSED', code: 'WITHHELD', subjects: [], used: [] }]);
    await office.gateway.store.setGrantStatus('benefits-office-scan', 'APPROVED');
    await office.gateway.policy.refresh();
  });

  it.skipIf(skip)('stays where it is while the department that is listed does not answer', async () => {
    expect(await whileDown('SOCIAL_SECURITY', () => say('runPolicy', 'R-1'))).toEqual({
      told: null,
      code: 'SOURCE_DOWN',
    });
    const run = await office.gateway.store.policies.findRun(OFFICE, 'R-1');
    expect(run).toMatchObject({ phase: 'SCAN', cursor: '', pages: 0, scanned: 0 });
  });

  it.skipIf(skip)('enters nothing where the record is not durable, and nothing twice after a crash', async () => {
    const { record, store } = office.gateway;
    const mended = swapped(record, { append: () => Promise.reject(new Error('disk full')) });
    expect((await say('runPolicy', 'R-1')).code).toBe('EVIDENCE_UNAVAILABLE');
    mended();
    expect(await store.policies.findRun(OFFICE, 'R-1')).toMatchObject({ pages: 0 });
    const alive = swapped(store.policies, { enterPage: () => Promise.reject(new Error('killed')) });
    expect((await say('runPolicy', 'R-1')).code).toBe('INTERNAL');
    alive();
    expect(await store.policies.findRun(OFFICE, 'R-1')).toMatchObject({ pages: 0 });
    expect(await offersOf('R-1')).toEqual([]);
  });

  it.skipIf(skip)('lists a page in one statement and fetches its facts in one each', async () => {
    scans = 0;
    office.fetches();
    const { told: page } = await say('runPolicy', 'R-1');
    expect(page).toMatchObject({ phase: 'KEPT', pages: 1 });
    expect(scans).toBe(1);
    expect(office.fetches().length).toBe(3);
    const [ofPage, ofRequest] = requestsSince(0).slice(-2);
    if (ofPage?.kind !== 'request' || ofRequest?.kind !== 'request') throw new Error('not recorded');
    expect(ofPage.subjects.length).toBe(page?.scanned);
    expect(ofPage).toMatchObject({
      matter: MATTER,
      caseNumber: null,
      outcome: 'ANSWERED',
      disclosed: ['Mutation.runPolicy'],
    });
    expect(ofPage.used).toContain('Scan.insuranceEnrolments');
    expect(ofPage.used).toContain('InsuredMonth.month');
    expect(ofRequest).toMatchObject({ subjects: [], used: [], disclosed: ['Mutation.runPolicy'] });
  });

  it.skipIf(skip)('finds exactly those whom the same rule approves, and keeps whom it cannot judge', async () => {
    const run = await runToEnd('R-1');
    const found = new Set((await offersOf('R-1')).map(({ subject }) => subject));
    expect(run.found).toBe(found.size);
    expect(found.has(personOf('subsidy-met'))).toBe(true);
    expect(found.has(personOf('subsidy-almost'))).toBe(false);
    expect(found.has(personOf('subsidy-unknown'))).toBe(false);
    expect(await keptFor('R-1')).toContain(personOf('subsidy-unknown'));

    const everybody = await residents();
    const approved = new Set<string>();
    for (let from = 0; from < everybody.length; from += 100) {
      const cases = everybody.slice(from, from + 100).map((id, i) => ({
        number: `T-${from + i}`,
        subjects: [{ role: 'applicant', kind: 'CITIZEN', id }],
      }));
      const { data } = await ask(
        OFFICE,
        'mutation($cases: [CaseInput!]!) { verifyCases(cases: $cases) { number verdict { verdict } } }',
        { cases },
      );
      const verdicts = data?.verifyCases as unknown as { verdict: { verdict: string } | null }[];
      verdicts.forEach(({ verdict }, i) => {
        const id = cases[i]?.subjects[0]?.id;
        if (verdict?.verdict === 'APPROVED' && id !== undefined) approved.add(id);
      });
    }
    expect(approved.size).toBeGreaterThan(10);
    expect([...found].sort()).toEqual([...approved].sort());
  });

  /** Every citizen ID of the city, by whoever is insured or not: what the household register has. */
  async function residents(): Promise<readonly string[]> {
    const { sources } = office.gateway;
    const ids = new Set<string>();
    let after = '';
    for (;;) {
      // Without a condition: everybody who was ever enrolled in anything.
      const template = { department: 'SOCIAL_SECURITY', type: 'InsuranceEnrolment', where: {}, regions: null };
      const { keys, next } = await sources.scan(template, after, 7);
      for (const key of keys) ids.add(key);
      if (next === null) break;
      after = next;
    }
    for (const id of ids) expect(parseCitizenId(id).ok).toBe(true);
    return [...ids];
  }

  it.skipIf(skip)('stays as it is when it is run again, and offers nobody the same twice', async () => {
    const before = await offersOf('R-1');
    expect(await runToEnd('R-1')).toMatchObject({ phase: 'DONE' });
    expect(await offersOf('R-1')).toEqual(before);
    await runToEnd('R-2');
    expect(await offersOf('R-2')).toEqual([]);
  });

  it.skipIf(skip)(
    'holds a department that is down against nobody: a later run judges those who were kept',
    async () => {
      const found = (await offersOf('R-1')).map(({ subject }) => subject);
      await whileDown('HOUSEHOLD', () => runToEnd('R-3'));
      const kept = new Set(await keptFor('R-3'));
      for (const subject of found) expect(kept.has(subject)).toBe(true);
      await runToEnd('R-4');
      const after = await keptFor('R-4');
      for (const subject of found) expect(after).not.toContain(subject);
      expect(after).toContain(personOf('subsidy-unknown'));
    },
  );

  it.skipIf(skip)('tells the office numbers and no person', async () => {
    const { data } = await office.ask(OFFICE, PURPOSE, '{ policyOffers(run: "R-1") { number confirmed answerBy } }');
    const offers = data?.policyOffers as unknown as { number: string }[];
    expect(offers.length).toBe((await offersOf('R-1')).length);
    const text = JSON.stringify(data) + JSON.stringify(await say('policyRun', 'R-1'));
    for (const { subject } of await offersOf('R-1')) expect(text).not.toContain(subject);
  });

  it.skipIf(skip)('tells each person once, with a token that is nowhere in clear', async () => {
    await say('notifyOffers', 'R-1');
    await say('notifyOffers', 'R-1');
    const offers = await offersOf('R-1');
    const tokens = await told();
    expect(tokens.size).toBe(offers.length);
    for (const { number, subject } of offers) expect(tokens.get(number)?.citizen).toBe(subject);
    const stored = JSON.stringify([offers, entries]);
    for (const { token } of tokens.values()) expect(stored).not.toContain(token);
    for (const { citizen } of tokens.values()) expect(JSON.stringify(entries)).not.toContain(citizen);
    expect(offers.every(({ state, answerBy }) => state === 'NOTIFIED' && answerBy === '2026-07-31')).toBe(true);
  });

  it.skipIf(skip)('takes an answer from whoever holds the token, once', async () => {
    const [declined, confirmed] = [...(await told())];
    if (declined === undefined || confirmed === undefined) throw new Error('too few offers');
    const [number, { token }] = declined;
    expect(await answer(number, 'another token', false)).toEqual({ answered: null, code: 'BAD_USER_INPUT' });
    expect(await answer(confirmed[0], token, true)).toEqual({ answered: null, code: 'BAD_USER_INPUT' });
    expect(await answer(number, token, false, 'licence-approval')).toMatchObject({ answered: null, code: 'WITHHELD' });
    expect((await answer(number, token, false)).answered).toMatchObject({
      state: 'DECLINED',
      caseNumber: null,
      verdict: null,
    });
    expect((await answer(number, token, false)).answered).toMatchObject({ state: 'DECLINED' });
    expect((await answer(number, token, true)).code).toBe('BAD_USER_INPUT');
    expect(await office.gateway.store.findCase(OFFICE, number)).toBe(null);

    const before = entries.length;
    const taken = await answer(confirmed[0], confirmed[1].token, true);
    expect(taken.answered).toMatchObject({
      state: 'CONFIRMED',
      caseNumber: confirmed[0],
      verdict: { verdict: 'APPROVED' },
    });
    expect(requestsSince(before)).toMatchObject([
      { caseNumber: confirmed[0], verdict: 'APPROVED', outcome: 'ANSWERED' },
    ]);
    expect(await office.gateway.store.findCase(OFFICE, confirmed[0])).toMatchObject({
      subjects: [{ id: confirmed[1].citizen }],
    });
    const [first] = await office.gateway.store.cases.events({ client: OFFICE, number: confirmed[0] });
    expect(first).toMatchObject({ kind: 'OFFER_CONFIRMED', actor: `client:${OFFICE}`, offer: confirmed[0] });
    expect((await answer(confirmed[0], confirmed[1].token, true)).answered).toMatchObject({ state: 'CONFIRMED' });
  });

  it.skipIf(skip)('judges a confirmed case by the facts of that moment', async () => {
    const [, , changed, unreachable] = [...(await told())];
    if (changed === undefined || unreachable === undefined) throw new Error('too few offers');
    const restored = swapped(connectorOf('SOCIAL_SECURITY'), { fetch: async () => new Map() });
    const left = await answer(changed[0], changed[1].token, true);
    restored();
    expect(left.answered).toMatchObject({ state: 'CONFIRMED', verdict: { verdict: 'NOT_MET' } });
    const open = await whileDown('SOCIAL_SECURITY', () => answer(unreachable[0], unreachable[1].token, true));
    expect(open.answered).toMatchObject({ state: 'CONFIRMED', verdict: { verdict: 'PENDING' } });
    expect((await answer(unreachable[0], unreachable[1].token, true)).answered).toMatchObject({
      verdict: { verdict: 'APPROVED' },
    });
  });

  it.skipIf(skip)('takes back what nobody answered, and no answer after the last day', async () => {
    const [, , , , late] = [...(await told())];
    if (late === undefined) throw new Error('too few offers');
    clock = Date.parse('2026-08-01T04:00:00Z');
    // A month later the office has another token.
    const fresh = (await office.gateway.developmentIssuer?.mint(OFFICE))?.token ?? '';
    const query = `mutation { answerOffer(offer: "${late[0]}", token: "${late[1].token}", confirm: true) { state } }`;
    const headers = { ...PURPOSE, authorization: `Bearer ${fresh}`, 'content-type': 'application/json' };
    const post = async (text: string): Promise<string> =>
      (await fetch(`${office.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: text }) })).text();
    expect(await post(query)).toContain('BAD_USER_INPUT');
    expect(await post('{ policyRun(run: "R-1") { phase } }')).toContain('DONE');
    expect((await offersOf('R-1')).find(({ number }) => number === late[0])?.state).toBe('EXPIRED');
    clock = Date.parse('2026-07-01T04:00:00Z');
    await say('withdrawOffers', 'R-1');
    const states = new Set((await offersOf('R-1')).map(({ state }) => state));
    expect(states).toEqual(new Set(['CONFIRMED', 'DECLINED', 'EXPIRED']));
  });
});
