/** A dispute from the citizen's page to the owner's answer to the changed provenance, clicked in Chromium. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, openBrowser, openPage } from '../support/chromium.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { signIn } from '../support/console-person.js';

/** A case of the demonstration city (seeds/stories.yaml) and the father in it. */
const PURPOSE = { 'mianzheng-matter': 'school-enrolment-primary', 'mianzheng-case': 'NP-2026-0001' };
const CITIZEN = '350702199003149014';
const QUERY = `{ resident(id: "${CITIZEN}") { name sex } }`;
const WRONG = '我的姓名应为陈健明，以身份证为准。';
const ANSWER = '已核对户口登记底册，姓名已更正。';

describe.skipIf(chromium === null)('a dispute', () => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let run: RunningGateway;
  let browser: Browser;

  beforeAll(async () => {
    city = await embeddedCityFolder();
    run = await startGateway(city.folder);
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await run?.close();
    city?.remove();
  });

  /** What the school is told of the father's name: the value, whether it is disputed, and since when it is corrected. */
  async function told() {
    const { data, extensions } = await run.ask('school-enrolment', PURPOSE, QUERY);
    const { outcomes = [], provenance = [] } = extensions.mianzheng as typeof extensions.mianzheng & {
      readonly outcomes?: readonly { readonly outcome: string; readonly path: readonly string[] }[];
      readonly provenance?: readonly { readonly corrected?: readonly { readonly coordinate: string }[] }[];
    };
    return {
      name: (data?.resident as { readonly name?: string } | undefined)?.name,
      disputed: outcomes.filter(({ outcome }) => outcome === 'DISPUTED').map(({ path }) => path.join('.')),
      corrected: provenance.flatMap(({ corrected = [] }) => corrected.map(({ coordinate }) => coordinate)),
    };
  }

  it('raised by the citizen, answered by the owner, changes what every later answer says of the fact', async () => {
    const name = '陈建明';
    expect(await told()).toEqual({ name, disputed: [], corrected: [] });

    const citizen = await openPage(browser, { origins: [run.url] });
    await signIn(citizen.page, run.url, CITIZEN, '/me');
    await citizen.page.locator('summary').first().click();
    await citizen.page.getByRole('button', { name: '这项不对: 人口·姓名' }).first().click();
    await citizen.page.locator('textarea#reason').fill(WRONG);
    await citizen.page.getByRole('button', { name: '提请核查' }).click();
    await citizen.page.getByRole('status').filter({ hasText: '已提请核查' }).waitFor();

    // It holds on every instance within a second; the value is given as before.
    await expect.poll(told, { timeout: 5000 }).toEqual({ name, disputed: ['resident.name'], corrected: [] });

    // The administration of other fields does not see it.
    const other = await openPage(browser, { origins: [run.url], width: 1280 });
    await signIn(other.page, run.url, 'property-admin', '/console/disputes');
    await other.page.locator('h1').waitFor();
    await other.page.waitForLoadState('networkidle');
    expect(await other.page.getByText(WRONG).count()).toBe(0);
    await other.context.close();

    const owner = await openPage(browser, { origins: [run.url], width: 1280 });
    await signIn(owner.page, run.url, 'household-admin', '/console/disputes');
    const line = owner.page.locator('tr', { hasText: WRONG });
    await line.getByRole('button', { name: '答复' }).click();
    await owner.page.locator('textarea#reason').fill(ANSWER);
    await owner.page.getByRole('button', { name: '确认' }).click();
    await line.getByText('数据有误，已更正').waitFor();
    await line.getByText(ANSWER).waitFor();

    await citizen.page.goto(`${run.url}/me#disputes`);
    await citizen.page.reload();
    const card = citizen.page.locator('li.card', { hasText: WRONG });
    await card.getByText('数据有误，已更正').waitFor();
    await card.getByText(`部门答复：${ANSWER}`).waitFor();

    await expect.poll(told, { timeout: 5000 }).toEqual({ name, disputed: [], corrected: ['Resident.name'] });
    for (const { context, errors, foreign } of [citizen, owner]) {
      expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
      await context.close();
    }
  });
});
