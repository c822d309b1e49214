/** A season from the list to its result, as an operator runs it in the console. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, openBrowser, openPage } from '../support/chromium.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { signIn } from '../support/console-person.js';
import { listOf } from '../support/season-person.js';

const ROWS = 150;

describe.skipIf(chromium === null)('a season in the console', () => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let run: RunningGateway;
  let browser: Browser;
  let list: string;

  beforeAll(async () => {
    city = await embeddedCityFolder();
    run = await startGateway(city.folder);
    browser = await openBrowser();
    list = join(city.folder, '报名名单.csv');
    writeFileSync(list, listOf(city.folder, 'B', ROWS).replace('B-4,2026-07-01', 'B-4,七月一日'));
  });

  afterAll(async () => {
    await browser?.close();
    await run?.close();
    city?.remove();
  });

  it('is uploaded, checked, started, paused, resumed and fetched', { timeout: 240_000 }, async () => {
    const { page, context, errors, foreign } = await openPage(browser, {
      origins: [run.url],
      width: 1280,
      height: 900,
    });
    const headers: string[] = [];
    page.on('response', (response) => headers.push(JSON.stringify(response.headers())));
    await signIn(page, run.url, 'operator', '/console/seasons');
    await page.getByRole('button', { name: '新建批次' }).click();
    await page.getByLabel('应用', { exact: true }).click();
    await page.locator('.ant-select-item-option', { hasText: '入学' }).first().click();
    await page.getByLabel('事项', { exact: true }).fill('小学入学');
    await page.keyboard.press('Enter');
    await page.getByLabel('每秒件数上限').fill('30');
    await page.locator('input[type=file]').setInputFiles(list);
    await page.getByRole('button', { name: '上传并检查' }).click();

    await page.getByText('待开始').waitFor();
    await page.getByText('不是日期，应形如 2026-07-01').waitFor();
    await page.getByRole('cell', { name: '报名学校' }).waitFor();
    await page.getByRole('button', { name: '开始核验' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '开始核验' }).click();

    await page.getByText('核验中').waitFor();
    const done = page.locator('[data-season="done"]');
    const doneNow = async (): Promise<number> => Number((await done.textContent())?.split(' / ')[0] ?? 0);
    await expect.poll(doneNow, { timeout: 60_000 }).toBeGreaterThan(0);
    await page.getByRole('button', { name: /^暂\s?停$/ }).click();
    await page.getByText('已暂停', { exact: true }).waitFor();
    const paused = await doneNow();
    expect(paused).toBeLessThan(ROWS);
    await page.getByRole('button', { name: /^继\s?续$/ }).click();
    await page.locator('.mz-title-status', { hasText: '已完成' }).waitFor();
    expect(await doneNow()).toBe(ROWS);
    await page.getByRole('img', { name: /按学校/ }).waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /结果（CSV）/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('result.csv');
    const rows = parse(readFileSync(await download.path(), 'utf8'), { bom: true, columns: true }) as Readonly<
      Record<string, string>
    >[];
    expect(rows.map((row) => row.行号)).toEqual(Array.from({ length: ROWS }, (_, i) => String(i + 2)));
    expect(rows[4]).toMatchObject({ 结论: '未核验', 原因: expect.stringContaining('「受理日期」列') });
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });

    // What the application asks with has not come to the browser.
    const token = (await run.gateway.developmentIssuer?.mint('school-enrolment'))?.token ?? '';
    const [head = 'none'] = token.split('.');
    const seen = JSON.stringify([headers, await context.storageState(), await page.content()]);
    expect(seen).not.toContain(head);
    await context.close();
  });
});
