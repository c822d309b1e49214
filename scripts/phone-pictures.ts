/**
 * `npm run pictures:phone -- [URL]`: pictures of the pages for citizens, on a phone, in both languages, into docs/console/.
 * It wants a gateway in development mode with the demonstration city (default http://127.0.0.1:4000), and Chromium.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const url = process.argv[2] ?? 'http://127.0.0.1:4000';
const folder = join(import.meta.dirname, '..', 'docs', 'console');
const CITIZEN = '350702199003149014';
const LANGUAGES = ['zh', 'en'] as const;
/** Largest picture, bytes. */
const LARGEST = 60_000;

type Answers = readonly [string, string, string | null, string];
const APPROVED: Answers = ['陈雨涵', '350702202003059021', '900000001', '350702199003149014'];
const TOO_YOUNG: Answers = ['郑宇航', '350702202009019012', '900000008', '350702199310119034'];
const MIGRANT: Answers = ['马语桐', '34122120200430902X', null, '341221199008179010'];

async function phone(browser: Browser, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme, locale: 'zh-CN' });
  return context.newPage();
}

async function picture(page: Page, name: string, fullPage = true): Promise<void> {
  const path = join(folder, `${name}.jpg`);
  for (const quality of [80, 60, 40, 25]) {
    await page.screenshot({ path, type: 'jpeg', quality, fullPage });
    if (statSync(path).size <= LARGEST) break;
  }
  process.stdout.write(`${name}.jpg ${statSync(path).size} bytes\n`);
}

async function answer(page: Page, answers: Answers): Promise<void> {
  for (const [i, text] of answers.entries()) {
    await page.getByText(new RegExp(`第 ${i + 1} 步|Step ${i + 1} of`)).waitFor();
    if (text === null) await page.check('#none');
    else await page.fill('#answer', text);
    await page.click('button[type="submit"]');
  }
}

async function enrolment(browser: Browser, language: (typeof LANGUAGES)[number]): Promise<void> {
  const begin = async (page: Page) => {
    await page.goto(`${url}/demo/enrolment?lang=${language}`);
    await page.click('.primary');
  };
  const page = await phone(browser);
  await page.goto(`${url}/demo/enrolment?lang=${language}`);
  await page.waitForSelector('.primary');
  await picture(page, `enrolment-start-${language}`);
  await begin(page);
  await page.fill('#answer', APPROVED[0]);
  await page.click('button[type="submit"]');
  await page.fill('#answer', '350702202003059022');
  await page.click('button[type="submit"]');
  await page.waitForSelector('.fault');
  await picture(page, `enrolment-fault-${language}`, false);
  for (const [name, answers] of [
    ['approved', APPROVED],
    ['not-met', TOO_YOUNG],
    ['commitment', MIGRANT],
  ] as const) {
    const fresh = await phone(browser);
    await begin(fresh);
    await answer(fresh, answers);
    await fresh.waitForSelector('.mark');
    await picture(fresh, `enrolment-${name}-${language}`);
    await fresh.context().close();
  }
  await page.context().close();

  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'zh-CN' });
  const desk = await context.newPage();
  await desk.goto(`${url}/demo/enrolment/clerk?lang=${language}`);
  await desk.fill('#name', 'teacher.li');
  await desk.fill('#code', 'nanping-demonstration');
  await desk.click('.primary');
  await desk.locator('.cases button[aria-current]').last().click();
  await desk.waitForSelector('table');
  await picture(desk, `enrolment-clerk-${language}`, false);
  await context.close();
}

async function mine(browser: Browser, language: (typeof LANGUAGES)[number]): Promise<void> {
  const page = await phone(browser);
  await page.goto(`${url}/me?lang=${language}`);
  await page.waitForSelector('a.primary');
  await picture(page, `me-welcome-${language}`, false);
  await page.click('a.primary');
  await page.fill('#citizen', CITIZEN);
  await page.locator('form').last().locator('button').click();
  await page.waitForURL(`${url}/me*`);
  for (const tab of ['uses', 'disputes', 'offers', 'cases']) {
    await page.goto(`${url}/me?lang=${language}#${tab}`);
    await page.waitForSelector('.cards, .lead');
    await page.waitForLoadState('networkidle');
    if (tab === 'uses' && (await page.locator('details').count()) > 0) {
      await page.locator('summary').first().click();
    }
    await picture(page, `me-${tab}-${language}`, false);
  }
  const wrong = page.getByText(/^(这项不对|This is wrong)$/).first();
  await page.goto(`${url}/me?lang=${language}#uses`);
  await page.waitForLoadState('networkidle');
  if ((await page.locator('details').count()) > 0) await page.locator('summary').first().click();
  if ((await wrong.count()) > 0) {
    await wrong.click();
    await page.waitForSelector('dialog');
    await picture(page, `me-dispute-${language}`, false);
  }
  await page.context().close();
}

const executablePath = process.env.MIANZHENG_TEST_CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
for (const language of LANGUAGES) {
  await enrolment(browser, language);
  await mine(browser, language);
}
await browser.close();
