/** Every page of the console and of the citizen opens without an error and without asking anybody else. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, openBrowser, openPage } from '../support/chromium.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { signIn } from '../support/console-person.js';

describe.skipIf(chromium === null)('the console', () => {
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

  it.each(['platform-admin', 'household-admin', 'auditor', 'operator'])(
    'opens each page that %s may see',
    async (name) => {
      const { page, context, errors, foreign } = await openPage(browser, { origins: [run.url], width: 1280 });
      await signIn(page, run.url, name, '/console/');
      await page.locator('nav a, [role="menuitem"]').first().waitFor();
      const paths = await page
        .locator('nav a[href^="/console"], [role="menuitem"] a[href^="/console"]')
        .evaluateAll((links) => links.map((link) => (link as unknown as { readonly href: string }).href));
      expect(paths.length).toBeGreaterThan(0);
      for (const path of new Set(paths)) {
        await page.goto(path);
        await page.locator('h1').first().waitFor();
        await page.waitForLoadState('networkidle');
        expect({ path: new URL(path).pathname, errors, foreign }).toEqual({
          path: new URL(path).pathname,
          errors: [],
          foreign: [],
        });
      }
      await context.close();
    },
  );

  it.each(['uses', 'disputes', 'offers', 'cases'])('opens #%s of the citizen', async (tab) => {
    const { page, context, errors, foreign } = await openPage(browser, { origins: [run.url] });
    await signIn(page, run.url, '350702199003149014', '/me');
    await page.goto(`${run.url}/me#${tab}`);
    await page.locator('h1').waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.locator('[role="alert"]').count()).toBe(0);
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
    await context.close();
  });

  it('welcomes whoever is not signed in, and tells staff that the page is not theirs', async () => {
    // Who asks without a session is told so by 401.
    const { page, context, errors } = await openPage(browser, { origins: [run.url], statuses: [401] });
    await page.goto(`${run.url}/me`);
    await page.getByRole('link', { name: '登录' }).click();
    await page.locator('button[value="household-admin"]').click();
    await page.getByRole('link', { name: '去管理台' }).waitFor();
    await page.getByRole('button', { name: '退出' }).click();
    await page.getByRole('link', { name: '登录' }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });
});
