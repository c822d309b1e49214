/**
 * Chromium for the tests in a browser. Where there is none they are skipped and say so; under CI=true that is a failure.
 */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium as driver, type Page } from 'playwright-core';

/** `MIANZHENG_TEST_CHROMIUM` names another. */
const executablePath = process.env.MIANZHENG_TEST_CHROMIUM ?? '/usr/bin/chromium';

function found(): string | null {
  if (existsSync(executablePath)) return executablePath;
  if (process.env.CI === 'true') throw new Error(`no Chromium at ${executablePath}, and CI may skip nothing`);
  console.warn(`skipped: tests in Chromium (none at ${executablePath}; set MIANZHENG_TEST_CHROMIUM)`);
  return null;
}

/** Path of the browser, or null where there is none. */
export const chromium = found();

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long a page may take for anything, ms: other tests have the processors too. */
const PATIENCE_MS = 60_000;

/** Opens a browser with a profile of its own, which goes with it. @throws where there is none */
export async function openBrowser(): Promise<Browser> {
  if (chromium === null) throw new Error('skipped without Chromium');
  return driver.launch({ executablePath: chromium, headless: true, args: ARGUMENTS, timeout: PATIENCE_MS });
}

/** A page and what went wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts and of the console, but for the statuses that a test says it expects. */
  readonly errors: readonly string[];
  /** Addresses asked that are of no origin named. */
  readonly foreign: readonly string[];
}

/** How a page is opened. */
export interface PageOptions {
  /** Origins it may ask. */
  readonly origins: readonly string[];
  /** Pixels. Default: a phone, 390 by 844. */
  readonly width?: number;
  readonly height?: number;
  /** Statuses of answers that the browser reports as errors and the test expects. Default: none. */
  readonly statuses?: readonly number[];
}

/** Opens a page in a context without any cookie. */
export async function openPage(browser: Browser, options: PageOptions): Promise<WatchedPage> {
  const { origins, width = 390, height = 844, statuses = [] } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const errors: string[] = [];
  const foreign: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    const expected = statuses.some((status) => message.text().includes(`status of ${status}`));
    if (message.type() === 'error' && !expected) errors.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith('data:') && !url.startsWith('blob:') && !origins.includes(new URL(url).origin))
      foreign.push(url);
  });
  return { page, context, errors, foreign };
}
