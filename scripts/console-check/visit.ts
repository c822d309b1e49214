/** Opens a page of the console and looks at it as a browser, a keyboard and a screen reader do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import type { CheckedPage } from './pages.js';

/** What was seen. */
export interface Visit {
  /** From the beginning of the navigation until the content stands, ms. */
  readonly usableMs: number;
  /** Cumulative layout shift while loading. */
  readonly shift: number;
  readonly faults: readonly string[];
}

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

declare global {
  interface Window {
    axe?: { run(context: Document): Promise<{ readonly violations: readonly Finding[] }> };
    shift?: number;
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Longest wait for a page, ms. */
const WAIT_MS = 60_000;

/** What stands while something is still loading. */
const LOADING = '.ant-skeleton, .ant-spin-spinning, .mz-list-waits[role=status], .mz-waits';

/** A shift beyond this is one that somebody sees. */
const SHIFT_MOST = 0.02;

/** A tablet held upright. */
const TABLET = { width: 820, height: 1180 };

/** Pictures are not larger, bytes. */
const PICTURE_MOST = 60_000;

/** Signs in as a person of the development issuer. */
export async function signIn(tab: Page, url: string, who: string): Promise<void> {
  await tab.goto(`${url}/console/login`);
  await tab.click(`button[value="${who}"]`);
  await tab.waitForURL(`${url}/console/**`, { timeout: WAIT_MS });
  await settled(tab);
}

async function settled(tab: Page): Promise<void> {
  await tab.waitForSelector('h1, .ant-result', { timeout: WAIT_MS });
  await tab.waitForFunction((selector) => document.querySelector(selector) === null, LOADING, { timeout: WAIT_MS });
}

async function accessible(tab: Page): Promise<readonly string[]> {
  await tab.evaluate(AXE);
  const findings = await tab.evaluate(async () => (await window.axe?.run(document))?.violations ?? []);
  return findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `axe ${id}, ${nodes.length} times: ${JSON.stringify(nodes[0]?.target)} ${nodes[0]?.failureSummary?.replace(/\s+/g, ' ') ?? ''}`,
    );
}

async function overflows(tab: Page): Promise<readonly string[]> {
  const before = tab.viewportSize();
  await tab.setViewportSize(TABLET);
  await tab.waitForTimeout(300);
  const beyond = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (before !== null) await tab.setViewportSize(before);
  return beyond > 0 ? [`scrolls sideways on a tablet, by ${beyond} px`] : [];
}

async function keyboard(tab: Page): Promise<readonly string[]> {
  // A drawer that is open keeps the keyboard inside it, as it should.
  if ((await tab.locator('.ant-drawer-open').count()) > 0) return [];
  await tab.keyboard.press('Tab');
  const first = await tab.evaluate(() => document.activeElement?.getAttribute('href') ?? null);
  return first === '#content'
    ? []
    : [`the first Tab does not lead to the link past the navigation, but to ${first ?? 'nothing'}`];
}

/** Opens a page in a tab that is signed in. */
export async function visit(tab: Page, url: string, page: CheckedPage): Promise<Visit> {
  const faults: string[] = [];
  tab.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text().slice(0, 300)}`);
  });
  tab.on('pageerror', (error) => faults.push(`script: ${error.message.slice(0, 300)}`));
  tab.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(`${url}/`) && !address.startsWith('data:') && !address.startsWith('blob:')) {
      faults.push(`asks another origin: ${address}`);
    }
  });
  await tab.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) window.shift = (window.shift ?? 0) + entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await tab.goto(`${url}/console${page.path}`);
  await settled(tab);
  const usableMs = Math.round(await tab.evaluate(() => performance.now()));
  await tab.waitForTimeout(500);
  const shift = (await tab.evaluate(() => window.shift)) ?? 0;
  if (shift > SHIFT_MOST) faults.push(`the page shifts while loading: ${shift.toFixed(3)}`);
  faults.push(...(await keyboard(tab)));
  await tab.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  if (page.press !== undefined) {
    await tab.click(page.press, { timeout: WAIT_MS });
    await tab.waitForTimeout(300);
    await settled(tab);
  }
  const alerts = await tab.locator('[role=alert].ant-alert-error, .ant-result').allInnerTexts();
  faults.push(...alerts.map((text) => `shows a failure: ${text.replace(/\s+/g, ' ')}`));
  faults.push(...(await accessible(tab)));
  faults.push(...(await overflows(tab)));
  return { usableMs, shift, faults };
}

/** Takes a picture, as good as its size allows. */
export async function photograph(tab: Page, file: string): Promise<void> {
  for (let quality = 75; quality >= 25; quality -= 10) {
    const picture = await tab.screenshot({ type: 'jpeg', quality, animations: 'disabled' });
    if (picture.length <= PICTURE_MOST || quality === 25) {
      writeFileSync(file, picture);
      return;
    }
  }
}
