/** SIGKILL of a gateway that runs a season of the console: the next process goes on, without a lost or doubled row. */
import { once } from 'node:events';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRecord } from '../../src/audit/export.js';
import { loadConfig } from '../../src/config.js';
import { openIssuer } from '../../src/open-issuer.js';
import { recordFolder } from '../../src/places.js';
import { embeddedCityFolder } from '../support/city.js';
import { start } from '../support/gateway-process.js';
import { listOf, personAt } from '../support/season-person.js';

const ROWS = 300;
const KILLS = 2;

describe('SIGKILL under a season of the console', () => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;

  beforeAll(async () => {
    city = await embeddedCityFolder();
  });

  afterAll(() => {
    city.remove();
  });

  it(`loses and doubles no row, ${KILLS} times over`, { timeout: 240_000 }, async () => {
    const config = loadConfig({ MIANZHENG_DATA: city.folder }, city.folder);
    const { token } = await (await openIssuer(config, Date.now)).mint('operator');
    let { child, url } = await start(city.folder);
    const input = { client: 'school-enrolment', matter: 'school-enrolment-primary', file: 'list.csv', perSecond: 20 };
    const { id } = await personAt(url, token).create(input);
    await personAt(url, token).bring(id, listOf(city.folder, 'K', ROWS));
    await personAt(url, token).change('startSeason', id);
    let done = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = done;
      const now = await personAt(url, token).until(id, ({ progress }) => progress.done > before);
      done = now.progress.done;
      expect(now).toMatchObject({ state: 'RUNNING', startedBy: 'operator' });
      child.kill('SIGKILL');
      await once(child, 'exit');
      ({ child, url } = await start(city.folder));
    }
    const operator = personAt(url, token);
    expect((await operator.until(id, ({ state }) => state === 'DONE')).progress.done).toBe(ROWS);
    const text = await (await operator.fetch(id, 'result.csv')).text();
    child.kill('SIGTERM');
    await once(child, 'exit');

    const rows = parse(text, { bom: true, columns: true }) as Readonly<Record<string, string>>[];
    expect(rows.map((row) => row.行号)).toEqual(Array.from({ length: ROWS }, (_, i) => String(i + 2)));
    const recorded = new Map<string, string | null>();
    for await (const entry of exportRecord(recordFolder(config))) {
      if (entry.kind === 'request') recorded.set(`gateway-1/${entry.position.seq}`, entry.record.caseNumber);
    }
    // A case that was answered when the process died is in the record once more; in the result no row is.
    for (const row of rows) if (row.记录位置 !== '') expect(recorded.get(row.记录位置 ?? '')).toBe(row.办件编号);
    expect(rows.filter((row) => row.记录位置 === '').map((row) => row.行号)).toEqual(['21']);
  });
});
