/** A citizen's own cases and benefits, on a phone; and what the office's administrators see of it. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMONSTRATION_CITIZEN, storeDemonstrationCitizen } from '../../src/demonstration-citizen.js';
import { todayIn } from '../../src/domain/calendar.js';
import { chromium, openBrowser, openPage } from '../support/chromium.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { signIn } from '../support/console-person.js';

describe.skipIf(chromium === null)('own cases and benefits', () => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let run: RunningGateway;
  let browser: Browser;

  beforeAll(async () => {
    city = await embeddedCityFolder();
    run = await startGateway(city.folder);
    await storeDemonstrationCitizen(run.gateway.store, todayIn(run.config.utcOffsetMinutes, Date.now()));
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await run?.close();
    city?.remove();
  });

  /** The page of a case, as an administrator sees it. */
  async function seenBy(name: string, client: string, number: string): Promise<string> {
    const { page, context, errors } = await openPage(browser, { origins: [run.url], width: 1280 });
    await signIn(page, run.url, name, `/console/cases/${client}/${number}`);
    await page.locator('tbody tr.ant-table-row').first().waitFor();
    const text = await page.locator('.mz-page').innerText();
    expect(errors).toEqual([]);
    await context.close();
    return text;
  }

  it('a case rated very bad is put right by a day, which its departments see without the words', async () => {
    const { page, context, errors, foreign } = await openPage(browser, { origins: [run.url] });
    await signIn(page, run.url, DEMONSTRATION_CITIZEN, '/me');
    await page.goto(`${run.url}/me#cases`);
    const card = page.locator('.card', { hasText: 'NP-2026-0001' });
    await card.getByText('办理过程').click();
    expect(await card.locator('.course li').count()).toBe(3);
    await card.getByRole('button', { name: '办得怎么样？' }).click();
    await page.getByRole('radio', { name: '非常不满意' }).check();
    await page.getByRole('textbox').fill('等了很久，没有人告诉我进度。');
    await page.getByRole('button', { name: '提交评价' }).click();
    await card.getByText('您的评价：非常不满意').waitFor();
    expect(await card.innerText()).toContain('差评整改：待整改');
    // Once.
    expect(await card.getByRole('button', { name: '办得怎么样？' }).count()).toBe(0);

    const seen = await seenBy('household-admin', 'school-enrolment', 'NP-2026-0001');
    for (const text of ['非常不满意', '待整改', '差评整改', '已办结']) expect(seen).toContain(text);
    // What it came to is of other departments' facts too.
    for (const text of ['准予', '核验结论']) expect(seen).not.toContain(text);
    expect(await seenBy('auditor', 'school-enrolment', 'NP-2026-0001')).toContain('已办结 · 准予');
    expect(seen).not.toContain('等了很久');
    expect(seen).not.toContain(DEMONSTRATION_CITIZEN);
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
    await context.close();
  });

  it('a benefit is taken after the page has said what that does, and is a case at once', async () => {
    const { page, context, errors, foreign } = await openPage(browser, { origins: [run.url] });
    await signIn(page, run.url, DEMONSTRATION_CITIZEN, '/me');
    await page.goto(`${run.url}/me#offers`);
    await page.getByRole('button', { name: '确认办理' }).click();
    const sheet = page.getByRole('dialog');
    expect(await sheet.innerText()).toContain('马上用部门数据核验');
    await sheet.getByRole('button', { name: '再想想' }).click();
    await page.getByRole('button', { name: '确认办理' }).click();
    await sheet.getByRole('button', { name: '确认', exact: true }).click();
    await page.locator('.state.confirmed').waitFor();

    const [offer] = await run.gateway.store.policies.offersTo(DEMONSTRATION_CITIZEN);
    await page.getByRole('link', { name: offer?.number ?? '' }).click();
    const card = page.locator('.card', { hasText: offer?.number ?? '' });
    // Its explanation, which comes with the verdict a moment later, says the name too.
    await card.getByRole('heading', { name: '就业补贴申领' }).waitFor();
    const seen = await seenBy('social-security-admin', 'benefits-office', offer?.number ?? '');
    expect(seen).toContain('确认领取');
    // Real estate is asked nothing for it.
    const { page: other, context: elsewhere } = await openPage(browser, { origins: [run.url], width: 1280 });
    await signIn(other, run.url, 'property-admin', `/console/cases/benefits-office/${offer?.number ?? ''}`);
    await other.getByText('没有这个办件').waitFor();
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
    await elsewhere.close();
    await context.close();
  });
});
