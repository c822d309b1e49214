/** Notices to people and events to other systems: after the record, at least once, with one id, and nothing beyond. */
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exportRecord } from '../../src/audit/export.js';
import { loadConfig } from '../../src/config.js';
import { openSeal } from '../../src/messages/seal.js';
import { openIssuer } from '../../src/open-issuer.js';
import { recordFolder } from '../../src/places.js';
import { type Receiver, signatureHolds, startReceiver } from '../messages/receiver.js';
import { embeddedCityFolder, startGateway } from '../support/city.js';
import { start } from '../support/gateway-process.js';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const PHONE = '13812345678';
const PURPOSE = { 'mianzheng-matter': 'school-enrolment-junior-high', 'mianzheng-case': 'NP-2026-0106' };
const VERIFY = 'mutation { verify { verdict } }';
const REFUSE = `mutation { decideCase(input: { outcome: REFUSED, recipient: "${PHONE}" }) { state notices { id state } } }`;
const inAWhile = { timeout: 30_000, interval: 50 };

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let sms: Receiver;
let listener: Receiver;

beforeEach(async () => {
  city = await embeddedCityFolder();
  sms = await startReceiver();
  listener = await startReceiver();
  writeFileSync(join(city.folder, 'sms.secret'), SECRET);
});

afterEach(async () => {
  for (const receiver of [sms, listener]) await receiver.down();
  city.remove();
});

const channels = () => ({
  notices: [{ url: sms.url, secretFile: 'sms.secret', clients: ['school-enrolment'] }],
  events: [{ url: listener.url, secretFile: 'sms.secret', matters: ['school-enrolment-junior-high'] }],
});

/** Whether a text stands anywhere in the control store's files. */
function storeHolds(text: string): boolean {
  const files = readdirSync(city.folder).filter((name) => name.startsWith('control.sqlite'));
  return files.some((name) => readFileSync(join(city.folder, name)).includes(text));
}

describe('a refusal', () => {
  it('is told to the person by its channel, and to listeners as CloudEvents, once each, after the record', async () => {
    sms.manner = 'FAILS';
    const run = await startGateway(city.folder, {}, 'gateway-1', channels());
    try {
      await run.ask('school-enrolment', PURPOSE, VERIFY);
      const decided = await run.ask('school-enrolment', PURPOSE, REFUSE);
      expect(decided.errors).toBeUndefined();
      const told = decided.data?.decideCase as
        | { readonly notices: readonly { id: string; state: string }[] }
        | undefined;
      const { id, state } = told?.notices[0] ?? { id: '', state: '' };
      expect(state).toBe('QUEUED');
      await vi.waitFor(() => expect(sms.received.length).toBeGreaterThan(0), inAWhile);
      // While it waits to be sent, nobody who reads the store learns the number.
      expect(storeHolds(PHONE)).toBe(false);
      expect(storeHolds('未获通过')).toBe(true);
      sms.manner = 'TAKES';
      await vi.waitFor(async () => {
        const { data } = await run.ask('school-enrolment', PURPOSE, '{ caseFile { notices { state } } }');
        expect(data?.caseFile).toEqual({ notices: [{ state: 'DELIVERED' }] });
      }, inAWhile);
      const taken = sms.received.filter(({ manner }) => manner === 'TAKES');
      expect(taken.map((one) => one.id)).toEqual([id]);
      expect(new Set(sms.received.map((one) => one.id))).toEqual(new Set([id]));
      const [{ headers, body } = { headers: {}, body: '{}' }] = taken;
      expect(signatureHolds(headers, body, SECRET)).toBe(true);
      const { data, type } = JSON.parse(body) as {
        type: string;
        data: Record<string, unknown> & { text: { zh: string } };
      };
      expect(type).toBe('notice.decision');
      expect(data).toMatchObject({ notice: id, client: 'school-enrolment', case: 'NP-2026-0106', recipient: PHONE });
      expect(data.text.zh).toMatch(/未获通过。原因：.*连续缴满.*人工复核/);

      await vi.waitFor(() => expect(listener.received).toHaveLength(2), inAWhile);
      const events = listener.received.map(({ headers: sent, body: text }) => {
        expect(sent['content-type']).toBe('application/cloudevents+json');
        expect(signatureHolds(sent, text, SECRET)).toBe(true);
        return JSON.parse(text) as Record<string, unknown> & { data: { record: string } };
      });
      expect(new Set(events.map((event) => event.type))).toEqual(
        new Set(['cn.mianzheng.case.decided', 'cn.mianzheng.case.judged']),
      );
      const places = new Set<string>();
      for await (const { position } of exportRecord(recordFolder(run.config)))
        places.add(`${position.chain}/${position.seq}`);
      for (const event of events) {
        // What CloudEvents 1.0 demands of its attributes.
        expect(event).toMatchObject({
          specversion: '1.0',
          source: 'urn:mianzheng:gateway',
          datacontenttype: 'application/json',
        });
        expect(String(event.id)).toMatch(/^[0-9a-f-]{36}$/);
        expect(String(event.time)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(Object.keys(event).every((name) => /^[a-z0-9]{1,20}$/.test(name))).toBe(true);
        expect(places.has(event.data.record)).toBe(true);
        // No words of anybody, no fact.
        expect(JSON.stringify(event)).not.toMatch(/[\u4e00-\u9fff]|\d{17}/);
      }
    } finally {
      await run.close();
    }
  });
});

describe('SIGKILL between a decision and its notice', () => {
  it('loses nothing: whoever comes next sends it, under the one id', { timeout: 600_000 }, async () => {
    // The channel takes nothing until the first process is dead.
    sms.manner = 'FAILS';
    writeFileSync(join(city.folder, 'mianzheng.yaml'), JSON.stringify(channels()));
    const config = loadConfig({ MIANZHENG_DATA: city.folder }, city.folder);
    const { token } = await (await openIssuer(config, Date.now)).mint('school-enrolment');
    const ask = (url: string, query: string) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...PURPOSE },
        body: JSON.stringify({ query }),
      });
    const ids = new Set<string>();
    for (let kill = 0; kill < 2; kill += 1) {
      const { child, url } = await start(city.folder);
      const exited = once(child, 'exit');
      await (await ask(url, 'mutation { reopenCase(reason: "again") { state } }')).text().catch(() => '');
      await (await ask(url, VERIFY)).text();
      // Killed while it decides: before, after or in the midst of it.
      const asked = ask(url, REFUSE).then(
        (response) => response.text(),
        () => '',
      );
      await sleep(kill * 15);
      child.kill('SIGKILL');
      await exited;
      await asked.catch(() => '');
      for (const { id } of sms.received) ids.add(id);
    }
    sms.manner = 'TAKES';
    const { child, url } = await start(city.folder);
    try {
      const decided = async () => {
        const response = await ask(url, '{ caseFile { state events { kind } notices { id state } } }');
        const { data } = (await response.json()) as {
          data: { caseFile: { events: { kind: string }[]; notices: { id: string; state: string }[] } };
        };
        return data.caseFile;
      };
      // A kill may have lost the verdicts so far: then nothing was decided, and there is nothing to decide on.
      await (await ask(url, VERIFY)).text();
      await (await ask(url, REFUSE)).text();
      // Every decision that stands has its notice, every notice arrives, and none twice under two ids.
      await vi.waitFor(
        async () => {
          const { events, notices } = await decided();
          expect(notices).toHaveLength(events.filter(({ kind }) => kind === 'DECIDED').length);
          expect(notices.length).toBeGreaterThan(0);
          expect(notices.filter(({ state }) => state !== 'DELIVERED')).toEqual([]);
        },
        { timeout: 240_000, interval: 500 },
      );
      const { notices } = await decided();
      const known = new Set(notices.map(({ id }) => id));
      expect(sms.received.filter(({ id }) => !known.has(id))).toEqual([]);
      const taken = sms.received.filter(({ manner }) => manner === 'TAKES').map(({ id }) => id);
      expect(new Set(taken)).toEqual(known);
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  });
});

describe('a seal', () => {
  it('opens what it sealed, and nothing that was changed or sealed by another', () => {
    const seal = openSeal(Buffer.alloc(32, 1));
    const sealed = seal.seal(PHONE);
    expect(seal.open(sealed)).toBe(PHONE);
    expect(seal.seal(PHONE)).not.toBe(sealed);
    expect(() => openSeal(Buffer.alloc(32, 2)).open(sealed)).toThrow();
    for (let i = 'sealed1.'.length; i < sealed.length - 1; i += 1) {
      const other = sealed[i] === 'A' ? 'B' : 'A';
      expect(() => seal.open(sealed.slice(0, i) + other + sealed.slice(i + 1))).toThrow();
    }
    for (const text of ['', 'sealed1.', 'sealed1.AAAA', PHONE]) expect(() => seal.open(text)).toThrow();
  });
});
