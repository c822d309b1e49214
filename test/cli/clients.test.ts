/** Hold and release at the command line, while a gateway runs on the same control store. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { exportRecord } from '../../src/audit/export.js';
import { recordFolder } from '../../src/places.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { mianzheng } from './mianzheng.js';

const CLIENT = 'school-enrolment';

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let run: RunningGateway;

beforeAll(async () => {
  city = await embeddedCityFolder();
  run = await startGateway(city.folder);
});

afterAll(async () => {
  await run.close();
  city.remove();
});

const client = (...args: string[]) => mianzheng(['client', ...args, '--json'], { MIANZHENG_DATA: city.folder });
const status = async () => (await run.ask(CLIENT, {}, '{ divisions { code } }')).status;
const inAWhile = { timeout: 3000, interval: 50 };

it('binds on a running gateway, whose record names who did it and why', async () => {
  expect(await status()).toBe(200);
  expect(await client('hold', CLIENT, '--reason', 'a key was lost', '--by', 'inspector')).toMatchObject({ code: 0 });
  await vi.waitFor(async () => expect(await status()).toBe(403), inAWhile);
  const { out } = await client('list', '--held');
  expect(JSON.parse(out)).toMatchObject([{ id: CLIENT, held: true, latest: { kind: 'HOLD', actor: 'inspector' } }]);
  expect(await client('hold', CLIENT, '--reason', 'again')).toMatchObject({ code: 1 });
  expect(await client('release', CLIENT, '--reason', 'a new key', '--by', 'inspector')).toMatchObject({ code: 0 });
  await vi.waitFor(async () => expect(await status()).toBe(200), inAWhile);
  await vi.waitFor(async () => {
    const acts: unknown[] = [];
    for await (const entry of exportRecord(recordFolder(run.config))) {
      const ours = entry.kind === 'administration' && entry.record.action.startsWith('client.');
      if (ours) acts.push(entry.record);
    }
    const act = { actor: 'inspector', subject: CLIENT };
    expect(acts).toMatchObject([
      { ...act, action: 'client.hold', after: { held: true, reason: 'a key was lost' } },
      { ...act, action: 'client.release', after: { held: false, reason: 'a new key' } },
    ]);
  }, inAWhile);
});

it('ends with 2 for an application that is not registered, and for a reason that names a person', async () => {
  expect(await client('hold', 'nobody', '--reason', 'x')).toMatchObject({ code: 2 });
  const told = await client('hold', CLIENT, '--reason', 'asked for 350702202003059021');
  expect(told).toMatchObject({ code: 2 });
  expect(told.err).not.toContain('350702202003059021');
  expect(await client('hold', CLIENT)).toMatchObject({ code: 2 });
});
