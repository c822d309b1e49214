/** Access from application to revocation, by people signed in in Chromium, and what the application is then given. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, openBrowser, openPage } from '../support/chromium.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { askAs, signIn } from '../support/console-person.js';

/** A case of the demonstration city (seeds/stories-instant.yaml) and its applicant. */
const PURPOSE = { 'mianzheng-matter': 'pension-relation-transfer', 'mianzheng-case': 'NP-2026-0208' };
const QUERY = '{ resident(id: "350703199002229051") { sex ethnicity } }';

const INPUT = {
  client: 'benefits-office',
  purpose: '核对转移申请人的性别和民族',
  matters: ['pension-relation-transfer'],
  legalBasis: '《社会保险法》第十九条',
  items: [
    { coordinate: 'Query.resident', disclosure: 'FULL' },
    { coordinate: 'Resident.sex', disclosure: 'FULL' },
    { coordinate: 'Resident.ethnicity', disclosure: 'FULL' },
  ],
  validFrom: '2026-01-01',
  validTo: '2035-12-31',
};

const CREATE = 'mutation($input: ApplicationInput!) { createApplication(input: $input) { id status } }';
const SUBMIT = 'mutation($id: ID!) { submitApplication(id: $id) { id status } }';
const DECIDE = `mutation($id: ID!, $decisions: [ItemDecisionInput!]!) {
  decideApplication(id: $id, department: "HOUSEHOLD", decisions: $decisions) {
    status items { coordinate decision reason } parts { grant }
  }
}`;
const REVOKE = 'mutation($id: ID!, $reason: String!) { revokeGrant(id: $id, reason: $reason) { id status } }';
const REASON = '转移关系与民族无关，不予提供。';

describe.skipIf(chromium === null)('access', () => {
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

  /** Somebody of the administration in a browser of their own. */
  async function person(name: string) {
    const { page } = await openPage(browser, { origins: [run.url], width: 1280 });
    await signIn(page, run.url, name, '/console/');
    return {
      page,
      ask: (query: string, variables: Readonly<Record<string, unknown>> = {}) => askAs(page, run.url, query, variables),
    };
  }

  /** What the office gets: its data, and the codes of what it does not get. */
  async function given() {
    const { data, errors } = await run.ask('benefits-office', PURPOSE, QUERY);
    return { data, codes: errors?.map(({ extensions }) => extensions.code) ?? [] };
  }

  it('applied for, granted in part and revoked, is in each moment exactly what the owner has signed', async () => {
    expect(await given()).toEqual({ data: { resident: null }, codes: ['WITHHELD'] });

    const applicant = await person('operator');
    const created = await applicant.ask(CREATE, { input: INPUT });
    expect(created).toMatchObject({ code: null, data: { createApplication: { status: 'DRAFT' } } });
    const id = created.data?.createApplication?.id as string;
    expect((await applicant.ask(SUBMIT, { id })).data).toMatchObject({ submitApplication: { status: 'SUBMITTED' } });
    expect((await given()).data).toEqual({ resident: null });

    const owner = await person('household-admin');
    const decisions = [
      { coordinate: 'Query.resident', granted: 'FULL' },
      { coordinate: 'Resident.sex', granted: 'FULL' },
      { coordinate: 'Resident.ethnicity', granted: null, reason: REASON },
    ];
    // The owner of other fields has no word in it.
    const other = await person('property-admin');
    expect((await other.ask(DECIDE, { id, decisions })).code).not.toBeNull();
    const decided = await owner.ask(DECIDE, { id, decisions });
    expect(decided).toMatchObject({
      code: null,
      data: {
        decideApplication: {
          status: 'PARTLY_APPROVED',
          items: expect.arrayContaining([
            { coordinate: 'Resident.ethnicity', decision: 'REFUSED', reason: REASON },
          ]) as unknown[],
        },
      },
    });
    await expect
      .poll(given, { timeout: 10_000 })
      .toEqual({ data: { resident: { sex: 'MALE', ethnicity: null } }, codes: ['WITHHELD'] });

    const parts = (decided.data?.decideApplication?.parts ?? []) as readonly { readonly grant: string }[];
    const grant = parts[0]?.grant ?? '';
    expect((await owner.ask(REVOKE, { id: grant, reason: '用途已经结束。' })).code).toBeNull();
    await expect.poll(given, { timeout: 10_000 }).toEqual({ data: { resident: null }, codes: ['WITHHELD'] });

    for (const { page } of [applicant, owner, other]) await page.context().close();
  });

  it('is applied for once, however often the submission of a new application has to be pressed', async () => {
    const { page, ask } = await person('operator');
    let refusals = 0;
    await page.route('**/admin/graphql', async (route) => {
      if (refusals > 0 || !route.request().postData()?.includes('submitApplication')) return route.continue();
      refusals += 1;
      const errors = [{ message: 'the holidays are not known', extensions: { code: 'STATE_CONFLICT' } }];
      return route.fulfill({ json: { errors, extensions: { mianzheng: { requestId: 'r', record: null } } } });
    });
    const fields = 'client=licence-approval&matter=pension-relation-transfer&fields=Resident.phone';
    await page.goto(`${run.url}/console/applications/new?${fields}`);
    await page.locator('#purpose').fill('核对联系电话');
    await page.locator('#legalBasis').fill('《社会保险法》第十九条');
    const submit = page.locator('main button.ant-btn-primary').first();
    await submit.click();
    await page.waitForSelector('[role=alert]');
    await submit.click();
    await page.waitForURL(({ pathname }) => /^\/console\/applications\/(?!new$)/.test(pathname));
    const { data } = await ask('{ applications(filter: { client: "licence-approval" }) { total items { status } } }');
    expect({ refusals, applications: data?.applications }).toEqual({
      refusals: 1,
      applications: { total: 1, items: [{ status: 'SUBMITTED' }] },
    });
    await page.context().close();
  });

  it('is never decided by who applied for it', async () => {
    const owner = await person('household-admin');
    const created = await owner.ask(CREATE, { input: INPUT });
    const id = created.data?.createApplication?.id as string;
    expect((await owner.ask(SUBMIT, { id })).code).toBeNull();
    const decisions = INPUT.items.map(({ coordinate }) => ({ coordinate, granted: 'FULL' }));
    expect((await owner.ask(DECIDE, { id, decisions })).code).toBe('FORBIDDEN');
    expect((await given()).data).toEqual({ resident: null });
    await owner.page.context().close();
  });
});
