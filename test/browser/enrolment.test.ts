/** A parent's whole way through the example's page, on a phone, by keyboard; and the clerk's look at it. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, openBrowser, openPage, type WatchedPage } from '../support/chromium.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { CLERK_CODE, departmentOf, type RunningEnrolment, startEnrolment } from '../support/enrolment.js';

/** As seeds/stories.yaml has them; the household number as the generator gives it. */
const CHILDREN = {
  approved: ['陈雨涵', '350702202003059021', '900000001', '350702199003149014'],
  tooYoung: ['郑宇航', '350702202009019012', '900000008', '350702199310119034'],
} as const;

describe.skipIf(chromium === null)('the enrolment page', () => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let run: RunningGateway;
  let example: RunningEnrolment;
  let browser: Browser;
  let property: { down: boolean };
  let later = 0;

  beforeAll(async () => {
    city = await embeddedCityFolder();
    run = await startGateway(city.folder);
    property = departmentOf(run, 'PROPERTY');
    example = await startEnrolment(run, () => Date.now() + later);
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await example?.close();
    await run?.close();
    city?.remove();
  });

  async function open(statuses: readonly number[] = [], width = 390): Promise<WatchedPage> {
    const opened = await openPage(browser, { origins: [example.url], statuses, width });
    await opened.page.goto(example.url);
    return opened;
  }

  async function heading({ page }: WatchedPage): Promise<string> {
    return page.locator('h1').innerText();
  }

  /** Types the answers, each ended by Enter, beginning at the question shown. */
  async function type({ page }: WatchedPage, answers: readonly string[]): Promise<void> {
    for (const answer of answers) {
      const before = await page.locator('h1').innerText();
      await page.locator('#answer:focus').waitFor();
      await page.keyboard.press('Control+A');
      await page.keyboard.type(answer);
      await page.keyboard.press('Enter');
      await page.locator(`h1:not(:text-is("${before}"))`).waitFor();
    }
  }

  it('leads to an approval and a form with two fields left, by keyboard alone', async () => {
    const opened = await open();
    const { page, errors, foreign } = opened;
    await page.getByRole('button', { name: '开始报名' }).focus();
    await page.keyboard.press('Enter');
    await type(opened, CHILDREN.approved);
    await page.waitForSelector('.mark.approved');
    expect(await heading(opened)).toBe('核验通过');
    expect(await page.locator('main').innerText()).toContain('户房一致');
    expect(await page.locator('.filled li').count()).toBe(7);

    await page.getByRole('button', { name: '填完最后几项' }).click();
    await page.getByRole('button', { name: '提交报名' }).click();
    await page.waitForSelector('#school[aria-invalid="true"]');
    await page.getByLabel('报名学校').fill('实验小学');
    await page.getByLabel('监护人手机').fill('13800000000');
    await page.getByRole('button', { name: '提交报名' }).click();
    await page.getByRole('heading', { level: 1, name: '报名已提交' }).waitFor();

    // Whoever comes back on this phone finds it again, in the other language too.
    await page.reload();
    await page.getByRole('heading', { level: 1, name: '报名已提交' }).waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    expect(await heading(opened)).toBe('Application submitted');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(errors.filter((error) => !error.includes('422'))).toEqual([]);
    expect(foreign).toEqual([]);
    await opened.context.close();
  });

  it('tells a child who is not old enough what failed and who decides, and nothing else as failed', async () => {
    const opened = await open();
    const { page, errors } = opened;
    await page.getByRole('button', { name: '开始报名' }).click();
    await type(opened, CHILDREN.tooYoung);
    await page.waitForSelector('.mark.not_met');
    expect(await page.locator('.reasons p').allInnerTexts()).toEqual([
      '学生须在2020-08-31（含）以前出生，才满6周岁入学年龄。',
    ]);
    expect(await page.locator('main').innerText()).toContain('人工复核');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('.reasons p').allInnerTexts()).toEqual([
      'The child must be born by 2020-08-31 to be 6 years old in time.',
    ]);
    expect(errors).toEqual([]);
    await opened.context.close();
  });

  it('waits for a department that is down, never says no, and has the verdict when it is back', async () => {
    property.down = true;
    const opened = await open();
    const { page, errors } = opened;
    await page.getByRole('button', { name: '开始报名' }).click();
    await type(opened, CHILDREN.approved);
    await page.waitForSelector('.mark.wait');
    expect(await heading(opened)).toBe('还在等部门答复');
    expect(await page.locator('.lead').innerText()).toBe('不动产登记暂时没有答复。这不是“不通过”，您的申请已经收到。');
    expect(await page.locator('main').innerText()).not.toContain('没有通过');
    property.down = false;
    // The example's pause is over; the gateway's breaker tries again by itself.
    later += 3_600_000;
    await page.waitForSelector('.mark.approved');
    expect(await heading(opened)).toBe('核验通过');
    expect(errors).toEqual([]);
    await opened.context.close();
  });

  it('tells bad input at its field: at once what can be seen, after the check what the register does not hold', async () => {
    const opened = await open([422]);
    const { page, errors } = opened;
    const [name, id, household, guardian] = CHILDREN.approved;
    await page.getByRole('button', { name: '开始报名' }).click();
    await type(opened, [name]);
    await page.keyboard.type(`${id.slice(0, 17)}9`);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#answer[aria-invalid="true"]');
    expect(await page.locator('#fault').innerText()).toContain('最后一位与前面对不上');
    expect(await page.locator('#answer').getAttribute('aria-describedby')).toContain('fault');
    await type(opened, [id, '900000002', guardian]);
    await page.getByRole('heading', { level: 1, name: '孩子的户号？' }).waitFor();
    expect(await page.locator('#fault').innerText()).toBe('与户籍登记不一致，请对照户口簿修改。');
    await type(opened, [household, guardian]);
    await page.waitForSelector('.mark.approved');
    expect(errors).toEqual([]);
    await opened.context.close();
  });

  it('shows the clerk outcome and source of every fact, and a receipt that holds', async () => {
    const opened = await open([422]);
    await opened.page.getByRole('button', { name: '开始报名' }).click();
    await type(opened, CHILDREN.approved);
    await opened.page.waitForSelector('.mark.approved');

    const desk = await openPage(browser, { origins: [example.url], statuses: [422], width: 1280 });
    const { page, errors, foreign } = desk;
    await page.goto(`${example.url}/clerk`);
    await page.getByLabel('经办人代号').fill('teacher.li');
    await page.getByLabel('登录口令').fill('a wrong code');
    await page.getByRole('button', { name: '登录' }).click();
    await page.waitForSelector('.fault');
    await page.getByLabel('经办人代号').fill('teacher.li');
    await page.getByLabel('登录口令').fill(CLERK_CODE);
    await page.getByRole('button', { name: '登录' }).click();
    await page.locator('.cases button[aria-current]').first().click();
    await page.waitForSelector('table');
    const shown = await page.locator('main').innerText();
    for (const text of ['陈雨涵', '350702**********21', '已脱敏', '不动产登记', '有效：由网关签发'])
      expect(shown).toContain(text);
    expect(shown).not.toContain('350702199003149014');
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
    await desk.context.close();
    await opened.context.close();
  });
});
