/** A start with something missing: what can be done without goes on, what cannot is named, with exit 2. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { GatewayChild, StartFailed } from './gateway-child.js';
import { DEPARTMENTS } from './town.js';
import { Volume } from './volume.js';

const TIMEOUT_MS = 120_000;
/** Nothing listens there. */
const NOWHERE = 'mysql://root@127.0.0.1:1/nothing';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

function folderWith(more: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'mianzheng-start-'));
  ending.push(() => rmSync(folder, { recursive: true, force: true }));
  const departments = Object.fromEntries(DEPARTMENTS.map((name) => [name, { transport: 'sql', url: NOWHERE }]));
  writeFileSync(join(folder, 'mianzheng.yaml'), stringify({ departments, ...more }));
  return folder;
}

async function refusalOf(folder: string): Promise<StartFailed> {
  const started = await GatewayChild.start(folder, 0, 'SOURCE').catch((error: unknown) => error);
  if (started instanceof GatewayChild) await started.end('SIGKILL');
  if (!(started instanceof StartFailed)) throw new Error('the gateway started', { cause: started });
  return started;
}

describe('a gateway', { timeout: TIMEOUT_MS }, () => {
  it('starts with every department down, is ready, and says which are', async () => {
    const gateway = await GatewayChild.start(folderWith({}), 0, 'SOURCE');
    ending.push(() => gateway.end('SIGKILL'));
    const ready = await fetch(`${gateway.url}/readyz`);
    expect(ready.status).toBe(200);
    const { departments } = (await ready.json()) as { readonly departments: readonly { readonly state: string }[] };
    expect(departments.map(({ state }) => state)).toEqual(DEPARTMENTS.map(() => 'DOWN'));
    expect(await gateway.end('SIGTERM')).toBe(0);
  });

  it('does not start without its control store', async () => {
    const refused = await refusalOf(folderWith({ control: NOWHERE }));
    expect(refused.code).toBe(2);
    expect(refused.said.join('\n')).toContain('the control store cannot be opened: connect ECONNREFUSED');
  });

  it.for([
    ['full', (volume: Volume) => volume.fill(), 'ENOSPC'],
    ['read-only', (volume: Volume) => volume.makeReadOnly(), 'EROFS'],
  ] as const)('does not start where the record is %s', async ([, spoil, reason], { skip }) => {
    const folder = folderWith({});
    const volume = Volume.mount(join(folder, 'record'));
    ending.push(() => volume.unmount());
    if (volume.refused !== null) skip(volume.refused);
    spoil(volume);
    const refused = await refusalOf(folder);
    expect(refused.code).toBe(2);
    expect(refused.said.join('\n')).toMatch(new RegExp(`the record in .* cannot be opened: .*${reason}`));
  });

  it('that is told to stop is not ready first, answers meanwhile, and ends at once when told again', async () => {
    const gateway = await GatewayChild.start(folderWith({ limits: { drainMs: 60_000 } }), 0, 'SOURCE');
    ending.push(() => gateway.end('SIGKILL'));
    process.kill(gateway.pid, 'SIGTERM');
    let status = 200;
    while (status === 200) status = (await fetch(`${gateway.url}/readyz`)).status;
    expect(status).toBe(503);
    const answer = await fetch(`${gateway.url}/graphql`, { method: 'POST', body: '{}' });
    expect([answer.status, answer.headers.get('connection')]).toEqual([401, 'close']);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const from = performance.now();
    expect(await gateway.end('SIGTERM')).toBe(1);
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});
