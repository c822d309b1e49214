/** `/demo/enrolment`: the example application at the gateway's port, in development and never in production. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../../src/http/server.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';

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

/** A second port of the gateway, with the example where its mode lets it be. */
async function port(gateway: RunningGateway['gateway']) {
  const demonstration = { file: join(city.folder, 'demonstration', 'enrolment.sqlite') };
  const server = buildServer(gateway, { bodyBytes: 65_536, demonstration });
  return { server, url: await server.listen({ host: '127.0.0.1', port: 0 }) };
}

describe('/demo/enrolment', () => {
  it('takes an invented child to its verdict through the port that serves it', async () => {
    const { server, url } = await port(run.gateway);
    const page = await fetch(`${url}/demo/enrolment`);
    expect(await page.text()).toContain('<base href="/demo/enrolment/" />');
    const children = (await (
      await fetch(`${url}/demo/enrolment/assets/demonstration.json`)
    ).json()) as readonly object[];
    const states: string[] = [];
    for (const child of children) {
      const reply = await fetch(`${url}/demo/enrolment/api/applications`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(child),
      });
      states.push(((await reply.json()) as { readonly state: string }).state);
    }
    expect(states).toEqual(['APPROVED', 'NOT_MET', 'NEEDS_COMMITMENT', 'PENDING']);
    await server.close();
  });

  it('is not there without the development issuer, which production does not have', async () => {
    const { server, url } = await port({ ...run.gateway, developmentIssuer: null });
    for (const path of ['', '/', '/clerk', '/assets/parent.js', '/api/application']) {
      expect((await fetch(`${url}/demo/enrolment${path}`)).status).toBe(404);
    }
    await server.close();
  });
});
