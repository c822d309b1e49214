/** A licence that is suspended in the department's own database: webhook and stream both tell the application, once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Receiver, startReceiver } from '../messages/receiver.js';
import { type Client, listen } from '../subscriptions/sse-client.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';

const CLIENT = 'licence-approval';
const PURPOSE = { 'mianzheng-matter': 'public-venue-hygiene-cancellation', 'mianzheng-case': 'NP-2026-0201' };
const LICENCE = '1.2.156.3005.2.113507000040000165902.11350782004000032K.0900000003.001.V';
const soon = { timeout: 20_000, interval: 50 };

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let receiver: Receiver;
let run: RunningGateway;
let stream: Client;
let ahead = 0;

beforeAll(async () => {
  city = await embeddedCityFolder();
  receiver = await startReceiver();
  writeFileSync(join(city.folder, 'bus.secret'), `whsec_${Buffer.alloc(32, 5).toString('base64')}`);
  const given = {
    events: [{ url: receiver.url, secretFile: 'bus.secret', kinds: ['LICENCE_STATUS_CHANGED' as const] }],
    licenceWatch: { lookMinutes: 5, days: 30 },
  };
  run = await startGateway(city.folder, {}, 'gateway-1', given, () => Date.now() + ahead);
});

afterAll(async () => {
  stream.leave();
  await run.close();
  await receiver.down();
  city.remove();
});

it('tells by both ways, with the receipt that rests on it', async () => {
  await run.ask(CLIENT, PURPOSE, 'mutation { verify { verdict } }');
  const query =
    'subscription { caseEvents(kinds: [LICENCE_STATUS_CHANGED]) { id type caseNumber coordinate receipt } }';
  stream = await listen(run, CLIENT, PURPOSE, query);
  await run.gateway.licenceWatch.turn();
  expect(stream.told).toEqual([]);
  const library = new Database(join(city.folder, 'departments', 'licences.sqlite'));
  expect(library.prepare("UPDATE DZZZ_ZZXX SET zzzt = '02' WHERE zzbs = ?").run(LICENCE).changes).toBe(1);
  library.close();
  ahead += 4 * 60_000;
  await run.gateway.licenceWatch.turn();
  expect(stream.told).toEqual([]);
  ahead += 60_000;
  await run.gateway.licenceWatch.turn();
  await vi.waitFor(() => expect(stream.told).toHaveLength(1), soon);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), soon);
  const event = JSON.parse(receiver.received[0]?.body ?? '') as { readonly data: Readonly<Record<string, unknown>> };
  expect(event).toMatchObject({
    id: stream.told[0]?.id,
    type: 'cn.mianzheng.case.licence-status-changed',
    subject: 'licence-approval/NP-2026-0201',
    data: { coordinate: 'Licence.status' },
  });
  expect(stream.told[0]?.data?.caseEvents).toEqual({
    id: stream.told[0]?.id,
    type: 'cn.mianzheng.case.licence-status-changed',
    caseNumber: 'NP-2026-0201',
    coordinate: 'Licence.status',
    receipt: event.data.receipt,
  });
  const { data } = await run.ask(CLIENT, PURPOSE, '{ caseFile { events { kind receipt } } }');
  const progress: unknown = data?.caseFile;
  const { events } = progress as {
    readonly events: readonly { readonly kind: string; readonly receipt: string | null }[];
  };
  expect(events.filter(({ receipt }) => receipt === event.data.receipt).map(({ kind }) => kind)).toEqual([
    'JUDGED',
    'LICENCE_STATUS_CHANGED',
  ]);
  expect(JSON.stringify([event, stream.told])).not.toMatch(/SUSPENDED|1\.2\.156|[\u4e00-\u9fff]/);
});
