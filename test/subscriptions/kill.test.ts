/** SIGKILL of the gateway while it tells: who comes back with the last event received is told the rest, each once. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { openIssuer } from '../../src/open-issuer.js';
import { embeddedCityFolder } from '../support/city.js';
import { start } from '../support/gateway-process.js';
import { listenAt } from './sse-client.js';

const PURPOSE = {
  'mianzheng-matter': 'public-venue-hygiene-cancellation',
  'mianzheng-case': 'NP-2026-0201',
  'mianzheng-operator': 'li',
};
const inAWhile = { timeout: 30_000, interval: 50 };

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;

beforeAll(async () => {
  city = await embeddedCityFolder();
});

afterAll(() => city.remove());

it('loses nothing and tells nothing twice', { timeout: 300_000 }, async () => {
  const config = loadConfig({ MIANZHENG_DATA: city.folder }, city.folder);
  const { token } = await (await openIssuer(config, Date.now)).mint('licence-approval');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...PURPOSE };
  const ask = async (url: string, query: string): Promise<string> => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return response.text();
  };
  const decide = async (url: string): Promise<void> => {
    for (const field of [
      'verify { verdict }',
      'decideCase(input: { outcome: GRANTED }) { state }',
      'reopenCase(reason: "again") { state }',
    ])
      await ask(url, `mutation { ${field} }`);
  };
  const query = 'subscription { caseEvents(kinds: [DECIDED, REOPENED]) { kind } }';
  const seen: (string | undefined)[] = [];
  for (let kill = 0; kill < 3; kill += 1) {
    const { child, url } = await start(city.folder);
    const exited = once(child, 'exit');
    const last = seen.at(-1);
    const client = await listenAt(
      url,
      token,
      { ...PURPOSE, ...(last === undefined ? {} : { 'last-event-id': last }) },
      query,
    );
    await decide(url);
    await vi.waitFor(() => expect(client.told.length).toBeGreaterThan(0), inAWhile);
    // Killed in the midst of the next: before, after or while it is told.
    const deciding = decide(url).catch(() => undefined);
    await sleep(30 + kill * 60);
    child.kill('SIGKILL');
    await exited;
    await deciding;
    await client.over;
    seen.push(...client.told.map(({ id }) => id));
  }
  const { child, url } = await start(city.folder);
  try {
    const client = await listenAt(url, token, { ...PURPOSE, 'last-event-id': seen.at(-1) ?? '' }, query);
    await decide(url);
    const standing = async (): Promise<readonly string[]> => {
      const { data } = JSON.parse(await ask(url, '{ caseFile { events { id kind record } } }')) as {
        readonly data: {
          readonly caseFile: { readonly events: readonly { id: string; kind: string; record: string | null }[] };
        };
      };
      const { events } = data.caseFile;
      return events.filter(({ kind }) => kind === 'DECIDED' || kind === 'REOPENED').map(({ id }) => id);
    };
    await vi.waitFor(async () => {
      const told = [...seen, ...client.told.map(({ id }) => id)];
      expect(told.map((id) => id ?? '').sort(byText)).toEqual([...(await standing())].sort(byText));
    }, inAWhile);
    client.leave();
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
