/**
 * Who walks through identity numbers is stopped within the budget, on every gateway, with evidence; who does honest
 * work beside is never refused.
 */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ExportedEntry, exportRecord } from '../../src/audit/export.js';
import { verifyRecord } from '../../src/audit/verify.js';
import type { Config } from '../../src/config.js';
import { recordFolder } from '../../src/places.js';
import { citizenId } from '../budgets/people.js';
import { type Receiver, signatureHolds, startReceiver } from '../messages/receiver.js';
import { type Answer, embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { grantOf } from '../support/memory-gateway.js';
import { STORE_PLACES } from '../support/store-places.js';

/** An application that the development issuer knows and the demonstration gives nothing. */
const WALKER = 'no-grants';
const MATTER = 'school-enrolment-primary';
const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const SUBJECTS = 40;
const UNKNOWN = 15;
const RESIDENT = 'query($id: CitizenId!) { resident(id: $id) { birthDate } }';
const REGISTER = 'mutation($input: RegisterCaseInput!) { registerCase(input: $input) { number } }';
const VERIFY = 'mutation { verify { verdict } }';
const inAWhile = { timeout: 10_000, interval: 50 };

describe.each(STORE_PLACES)('with the control store on $name', ({ skip, create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let receiver: Receiver;
  let gateways: RunningGateway[];
  let residents: readonly string[];
  let honest: Answer[];

  beforeEach(async () => {
    if (skip) return;
    place = await create();
    city = await embeddedCityFolder();
    receiver = await startReceiver();
    honest = [];
    writeFileSync(join(city.folder, 'webhook.secret'), SECRET);
    const household = new Database(join(city.folder, 'departments', 'household.sqlite'), { readonly: true });
    residents = household
      .prepare(
        "SELECT DISTINCT gmsfhm FROM HJXX_CZRKJBXXB WHERE length(gmsfhm) = 18 AND cxbz = '0' ORDER BY gmsfhm DESC",
      )
      .pluck()
      .all() as string[];
    household.close();
    const budgets: Config['budgets'] = {
      hold: true,
      default: {
        subjectsPerCase: 1000,
        subjectsPerHour: SUBJECTS,
        seasonSubjectsPerHour: SUBJECTS,
        unknownPerHour: UNKNOWN,
        verificationsPerCasePerHour: 12,
      },
      clients: {},
      evidence: { unknownShare: 1, unknownMinimum: 1000, runLength: 10 },
    };
    const webhooks: Config['webhooks'] = [{ url: receiver.url, secretFile: 'webhook.secret', events: ['ALARM'] }];
    const given = { control: place.url, budgets, webhooks };
    gateways = [];
    // No full hour of the clock comes while a test runs.
    const ahead = 3_600_000 - (Date.now() % 3_600_000);
    const now = () => Date.now() + ahead;
    for (const name of ['gateway-1', 'gateway-2']) gateways.push(await startGateway(city.folder, {}, name, given, now));
    const [{ gateway }] = gateways as [RunningGateway, RunningGateway];
    await gateway.store.putPolicy(
      [],
      [
        grantOf({
          id: 'walker-household',
          client: WALKER,
          coordinates: { 'Query.resident': 'FULL', 'Resident.birthDate': 'FULL' },
        }),
        grantOf({
          id: 'walker-platform',
          client: WALKER,
          department: 'PLATFORM',
          coordinates: { 'Mutation.registerCase': 'FULL' },
        }),
      ],
    );
    const subjects = [{ role: 'child', kind: 'CITIZEN', id: residents[0] ?? '' }];
    await gateway.store.registerCase({
      client: WALKER,
      number: 'W-1',
      matter: MATTER,
      filedOn: '2026-07-01',
      subjects,
    });
    for (const each of gateways) await each.gateway.policy.refresh();
  });

  afterEach(async () => {
    if (skip) return;
    for (const each of gateways) await each.close();
    await receiver.down();
    city.remove();
    await place.remove();
  });

  const purpose = { 'mianzheng-matter': MATTER, 'mianzheng-case': 'W-1' };

  /** Looks one number up at a gateway; beside, the honest application goes on with its one case. */
  async function look(id: string, at: number): Promise<string> {
    const run = gateways[at % gateways.length] as RunningGateway;
    const answer = await run.ask(WALKER, purpose, RESIDENT, { id });
    const own = { 'mianzheng-matter': MATTER, 'mianzheng-case': 'NP-2026-0001' };
    honest.push(await run.ask('school-enrolment', own, VERIFY));
    return answer.errors?.[0]?.extensions.code ?? 'OK';
  }

  /** Alarms, and what is done to an application for them; what the demonstration's cases went through is not. */
  const isOurs = (entry: ExportedEntry): boolean =>
    entry.kind === 'alarm' || (entry.kind === 'administration' && entry.record.action.startsWith('client.'));

  async function recorded() {
    const entries = [];
    const [{ config }] = gateways as [RunningGateway];
    for await (const entry of exportRecord(recordFolder(config))) if (isOurs(entry)) entries.push(entry);
    return entries;
  }

  function expectHonestServed(): void {
    expect(honest.length).toBeGreaterThan(0);
    expect(honest.map(({ status, errors }) => [status, errors])).toEqual(honest.map(() => [200, undefined]));
  }

  it.skipIf(skip)('who has a list of real people gets exactly the budget from one gateway', async () => {
    const codes: string[] = [];
    for (const id of residents.slice(0, SUBJECTS + 10)) codes.push(await look(id, 0));
    expect(codes).toEqual([...Array(SUBJECTS).fill('OK'), ...Array(10).fill('SUBJECT_BUDGET_EXCEEDED')]);
    expectHonestServed();
    await vi.waitFor(async () => {
      expect((await recorded()).map(({ record }) => record)).toMatchObject([
        { alarm: 'SUBJECT_BUDGET', client: WALKER, held: false, counts: { subjects: SUBJECTS } },
      ]);
    }, inAWhile);
  });

  it.skipIf(skip)(
    'who asks two gateways in turn gets the budget, and what one admits between two exchanges',
    async () => {
      const codes: string[] = [];
      for (const [i, id] of residents.slice(0, 70).entries()) {
        codes.push(await look(id, i));
        // Both tell each other every 250 ms; here after every tenth request.
        if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 600));
      }
      const answered = codes.filter((code) => code === 'OK').length;
      expect(answered).toBeGreaterThanOrEqual(SUBJECTS);
      expect(answered).toBeLessThanOrEqual(SUBJECTS + 5);
      expect(codes.slice(-20)).toEqual(Array(20).fill('SUBJECT_BUDGET_EXCEEDED'));
      expectHonestServed();
    },
  );

  it.skipIf(skip)('who tries numbers in order is held on both gateways, with alarm, webhook and release', async () => {
    const codes: string[] = [];
    for (let sequence = 0; sequence < SUBJECTS; sequence += 1) {
      codes.push(await look(citizenId('18000101', sequence), 0));
    }
    const held = codes.indexOf('CLIENT_HELD');
    expect(held).toBe(10);
    expect(codes.slice(held)).toEqual(Array(SUBJECTS - held).fill('CLIENT_HELD'));
    await vi.waitFor(async () => expect(await look(residents[0] ?? '', 1)).toBe('CLIENT_HELD'), {
      timeout: 1000,
      interval: 20,
    });

    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), inAWhile);
    const [{ headers, body, id } = { headers: {}, body: '{}', id: '' }] = receiver.received;
    expect(signatureHolds(headers, body, SECRET)).toBe(true);
    const alarm = { alarm: 'SEQUENTIAL_IDENTIFIERS', client: WALKER, held: true };
    const message = JSON.parse(body) as { readonly data: { readonly record: string } };
    expect(message).toMatchObject({ type: 'client.alarm', data: { ...alarm, counts: { longestRun: 10 } } });
    expect(body).not.toMatch(/\d{15}/);
    const [entry, ...others] = await recorded();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ kind: 'alarm', record: { ...alarm, id } });
    expect(`${entry?.position.chain}/${entry?.position.seq}`).toBe(message.data.record);

    const [{ gateway, config }] = gateways as [RunningGateway];
    const word = { actor: 'inspector', reason: 'it was a test', alarm: null };
    const release = { id: randomUUID(), kind: 'RELEASE', client: WALKER, at: Date.now(), ...word } as const;
    await gateway.store.events.setHold(release);
    for (const at of [0, 1]) {
      await vi.waitFor(async () => expect(await look(residents[0] ?? '', at)).toBe('OK'), inAWhile);
    }
    await vi.waitFor(async () => {
      expect((await recorded()).map(({ kind }) => kind).sort()).toEqual(['administration', 'alarm']);
    }, inAWhile);
    const verified = await verifyRecord(recordFolder(config), gateway.publicKeys());
    expect(verified.state).toBe('INTACT');
    expectHonestServed();
  });

  it.skipIf(skip)('who invents cases to walk through them is stopped at the registration', async () => {
    const [run] = gateways as [RunningGateway];
    const codes: string[] = [];
    for (let n = 0; n < 30; n += 1) {
      const subjects = [
        { role: 'child', kind: 'CITIZEN', id: residents[2 * n] },
        { role: 'guardian', kind: 'CITIZEN', id: residents[2 * n + 1] },
      ];
      const input = { number: `I-${n}`, matter: MATTER, filedOn: '2026-07-01', subjects };
      const answer = await run.ask(WALKER, { 'mianzheng-matter': MATTER }, REGISTER, { input });
      codes.push(answer.errors?.[0]?.extensions.code ?? 'OK');
    }
    expect(codes).toEqual([...Array(SUBJECTS / 2).fill('OK'), ...Array(10).fill('SUBJECT_BUDGET_EXCEEDED')]);
    expect(await run.gateway.store.findCase(WALKER, `I-${SUBJECTS / 2}`)).toBeNull();
    await vi.waitFor(async () => {
      expect((await recorded()).map(({ record }) => record)).toMatchObject([{ alarm: 'SUBJECT_BUDGET' }]);
    }, inAWhile);
  });
});
