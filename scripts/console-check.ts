/**
 * `npm run console:check`: opens every page of the console in Chromium, in both languages, light and dark, wide and on a
 * tablet, against a gateway of its own with the demonstration city, and prints what it measures.
 *   --screenshots FOLDER   writes a picture of each page and language, 1280 wide, at most 60 kB each
 *   --url URL              a gateway that runs already, with the demonstration city in MIANZHENG_DATA
 *   --chromium FILE        default /usr/bin/chromium
 *   --only TEXT            only pages whose name holds the text
 * Exit 1 where a page breaks its policy, asks another origin, shows a failure, has serious findings of axe, shifts while
 * loading or scrolls sideways on a tablet, or where the first page's scripts are 400 kB or more.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrowserContext, chromium } from 'playwright-core';
import { firstPageBytes } from './console-check/bundle.js';
import { makeTraffic } from './console-check/city.js';
import { startGateway } from './console-check/gateway.js';
import { PAGES } from './console-check/pages.js';
import { photograph, signIn, visit } from './console-check/visit.js';

const { values: options } = parseArgs({
  options: {
    screenshots: { type: 'string' },
    url: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    only: { type: 'string', default: '' },
  },
});
const folder = join(import.meta.dirname, '..');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Largest sum of the first page's scripts, gzip, bytes. */
const SCRIPTS_MOST = 400_000;

function report(what: string, faults: readonly string[]): void {
  say(`${faults.length === 0 ? 'ok   ' : 'WRONG'} ${what}`);
  for (const fault of faults) say(`      ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

const scripts = firstPageBytes(join(folder, 'dist/console'));
report(
  `scripts of the first page: ${(scripts / 1000).toFixed(0)} kB gzip, below ${SCRIPTS_MOST / 1000} kB`,
  scripts < SCRIPTS_MOST ? [] : ['too large'],
);

const gateway =
  options.url === undefined
    ? await startGateway(folder)
    : { url: options.url, data: process.env.MIANZHENG_DATA ?? '.data', stop: async () => {} };
/** Cookies of the sessions that were begun, by person. */
const sessions = new Map<string, Awaited<ReturnType<BrowserContext['cookies']>>>();
const browser = await chromium.launch({
  executablePath: options.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
try {
  for (const fault of await makeTraffic(gateway)) say(`NOTE  ${fault}`);
  if (options.screenshots !== undefined) mkdirSync(options.screenshots, { recursive: true });
  for (const language of ['zh', 'en'] as const) {
    for (const page of PAGES.filter(({ name }) => name.includes(options.only))) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: language === 'zh' ? 'zh-CN' : 'en-GB',
        // Each brightness is seen on every page, in one of the languages.
        colorScheme: language === 'zh' ? 'light' : 'dark',
        timezoneId: 'Asia/Shanghai',
      });
      await context.addCookies(sessions.get(page.who) ?? []);
      const tab = await context.newPage();
      if (!sessions.has(page.who)) {
        await signIn(tab, gateway.url, page.who);
        sessions.set(page.who, await context.cookies());
      }
      const seen = await visit(tab, gateway.url, page);
      report(`${page.name} ${language}: usable after ${seen.usableMs} ms, shift ${seen.shift.toFixed(3)}`, seen.faults);
      if (options.screenshots !== undefined) {
        // The pictures show the page by day, whatever was checked.
        await tab.emulateMedia({ colorScheme: 'light' });
        await photograph(tab, join(options.screenshots, `${page.name}-${language}.jpg`));
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await gateway.stop();
}
