/** A season run from the console: whose it is, what the record says of it, and that no row is lost or doubled. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import exceljs from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRecord } from '../../src/audit/export.js';
import { recordFolder, seasonFolder } from '../../src/places.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { listOf, type SeasonPerson, type SeasonSeen, seasonPerson } from '../support/season-person.js';
import { STORE_PLACES } from '../support/store-places.js';
import { Browser } from './browser.js';

const MATTER = 'school-enrolment-primary';
const CLIENT = 'school-enrolment';
const ROWS = 240;

type ResultRow = Readonly<Record<string, string>>;

describe.each(STORE_PLACES.filter(({ skip }) => !skip))('on $name', ({ create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let run: RunningGateway;
  let list: string;
  let operator: SeasonPerson;
  let time = Date.now();

  async function start(): Promise<void> {
    const given = { control: place.url };
    const ahead = time - Date.now();
    run = await startGateway(city.folder, {}, 'gateway-1', given, () => Date.now() + ahead);
    operator = await seasonPerson(run, 'operator');
  }

  beforeAll(async () => {
    place = await create();
    city = await embeddedCityFolder();
    list = listOf(city.folder, 'S', ROWS);
    await start();
  }, 120_000);

  afterAll(async () => {
    await run?.close();
    await place?.remove();
    city?.remove();
  });

  const input = (more: object = {}) => ({ client: CLIENT, matter: MATTER, file: 'list.csv', perSecond: 40, ...more });
  const noted = async (id: string) => {
    const entries: { action: string; actor: string; before: unknown; after: unknown }[] = [];
    for await (const entry of exportRecord(recordFolder(run.config))) {
      if (entry.kind === 'administration' && entry.record.subject === `season:${id}`) entries.push(entry.record);
      if (entry.kind !== 'control') continue;
      for (const change of entry.record.changes) {
        if (change.subject === `season:${id}`) entries.push({ ...change, actor: entry.record.actor ?? '' });
      }
    }
    return entries;
  };

  it('tells of a list, before anything is asked, which columns are read and which cells are wrong', async () => {
    const { id, state } = await operator.create(input());
    expect(state).toBe('NEW');
    expect(await operator.bring(id, '编号甲,受理日期\nA,2026-07-01\n')).toBe(204);
    expect(await operator.season(id)).toMatchObject({
      state: 'NEW',
      list: null,
      progress: { faults: expect.arrayContaining([{ zh: expect.stringContaining('缺少列'), en: expect.anything() }]) },
    });
    expect(await operator.change('startSeason', id)).toBe('STATE_CONFLICT');
    const wrong = '办件编号,受理日期,儿童,监护人\nA,2026-07-01,350702202003059021,350702199001010019\nB,soon,,x\n';
    expect(await operator.bring(id, wrong)).toBe(204);
    expect(await operator.season(id)).toMatchObject({
      state: 'READY',
      list: {
        rows: 2,
        faulty: 1,
        columns: [
          { name: 'case', heading: '办件编号' },
          { name: 'filedOn', heading: '受理日期' },
          { name: 'child', heading: '儿童' },
          { name: 'guardian', heading: '监护人' },
        ],
        faults: [
          { row: 3, column: '受理日期', zh: '不是日期，应形如 2026-07-01' },
          { row: 3, column: '儿童', zh: '为空' },
        ],
      },
    });
    expect(await operator.change('endSeason', id, 'the list was a wrong one')).toMatchObject({ state: 'ENDED' });
    // It never began: it goes, and its list with it.
    for (let i = 0; i < 100 && existsSync(join(seasonFolder(run.config), id)); i += 1) {
      await new Promise((later) => setTimeout(later, 50));
    }
    expect(await operator.season(id)).toBeNull();
    expect(existsSync(join(seasonFolder(run.config), id))).toBe(false);
  });

  it('reads a workbook too, by headings that are named', async () => {
    const workbook = new exceljs.Workbook();
    const sheet = workbook.addWorksheet('报名');
    sheet.addRow(['办件编号', '受理日期', '学生证件', '监护人']);
    sheet.addRow(['X-1', '2026-07-01', '350702202003059021', '350702199001010019']);
    const columns = [{ name: 'child', heading: '学生证件' }];
    const { id } = await operator.create(input({ file: '名单.XLSX', columns }));
    expect(await operator.bring(id, new Uint8Array(await workbook.xlsx.writeBuffer()))).toBe(204);
    expect(await operator.season(id)).toMatchObject({ state: 'READY', list: { rows: 1, faulty: 0 } });
    await operator.change('endSeason', id, 'it was a trial only');
  });

  it('refuses a list beyond its bound, and keeps nothing of it', async () => {
    const { id } = await operator.create(input({ file: 'list.xlsx' }));
    expect(await operator.bring(id, new Uint8Array(17 * 1024 * 1024))).toBe(413);
    expect(readdirSync(join(seasonFolder(run.config), id))).toEqual([]);
    expect(await operator.season(id)).toMatchObject({ state: 'NEW', list: null });
    await operator.change('endSeason', id, 'it was too large');
  });

  it('begins with the list that it was shown, whatever else is brought meanwhile', { timeout: 60_000 }, async () => {
    const rows = 30;
    const { id } = await operator.create(input());
    let finish: () => void = () => undefined;
    const late = new ReadableStream<Uint8Array>({
      start(to) {
        const bytes = new TextEncoder().encode(listOf(city.folder, 'V', 2));
        to.enqueue(bytes.subarray(0, 100));
        finish = () => {
          to.enqueue(bytes.subarray(100));
          to.close();
        };
      },
    });
    const brought = operator.bring(id, late);
    expect(await operator.bring(id, listOf(city.folder, 'W', rows))).toBe(204);
    await operator.change('startSeason', id);
    await operator.change('pauseSeason', id);
    await operator.until(id, ({ working }) => !working);
    finish();
    expect(await brought).toBe(409);
    expect(await operator.season(id)).toMatchObject({ state: 'PAUSED', list: { rows } });
    await operator.change('resumeSeason', id);
    const done = await operator.until(id, ({ state }) => state !== 'RUNNING');
    expect(done).toMatchObject({ state: 'DONE', progress: { done: rows, faults: [] } });
    const lists = readdirSync(join(seasonFolder(run.config), id)).filter((name) => name.startsWith('list'));
    expect(lists).toHaveLength(1);
    const started = (await noted(id)).filter(({ action }) => action === 'season.list' || action === 'season.start');
    expect(started).toMatchObject([{ after: { state: 'READY', rows } }, { after: { state: 'RUNNING', rows } }]);
  });

  it('is recorded as begun with the list that it begins with', { timeout: 60_000 }, async () => {
    const { id } = await operator.create(input());
    await operator.bring(id, listOf(city.folder, 'A', 9));
    const { seasons } = run.gateway.store;
    const find = seasons.find.bind(seasons);
    // Another is brought just after it was looked at whose season it is.
    const statuses: number[] = [];
    let looked = false;
    Object.assign(seasons, {
      async find(of: string) {
        const found = await find(of);
        if (looked) return found;
        looked = true;
        statuses.push(await operator.bring(id, listOf(city.folder, 'B', 5)));
        return found;
      },
    });
    try {
      await operator.change('startSeason', id);
    } finally {
      Object.assign(seasons, { find });
    }
    expect(statuses).toEqual([204]);
    const done = await operator.until(id, ({ state }) => state === 'DONE');
    expect(done).toMatchObject({ list: { rows: 5 }, progress: { done: 5 } });
    expect((await noted(id)).find(({ action }) => action === 'season.start')).toMatchObject({ after: { rows: 5 } });
  });

  it('counts by no column that holds numbers of people', { timeout: 60_000 }, async () => {
    const { id } = await operator.create(input({ columns: [{ name: 'school', heading: '监护人' }] }));
    await operator.bring(id, listOf(city.folder, 'Y', 9));
    await operator.change('startSeason', id);
    const done = await operator.until(id, ({ state }) => state === 'DONE');
    expect(done.progress.schools).toEqual([]);
    expect(JSON.stringify(done)).not.toMatch(/\d{15}/);
  });

  it('has every row once, in result and record, over a pause, a resume and a restart', {
    timeout: 120_000,
  }, async () => {
    const { id } = await operator.create(input());
    await operator.bring(id, list);
    expect(await operator.change('startSeason', id)).toMatchObject({ state: 'RUNNING', startedBy: 'operator' });

    const other = await operator.create(input());
    await operator.bring(other.id, list);
    expect(await operator.change('startSeason', other.id)).toBe('STATE_CONFLICT');
    await operator.change('endSeason', other.id, 'one at a time is enough');

    await operator.until(id, ({ progress }) => progress.done >= 40);
    expect(await operator.change('pauseSeason', id)).toMatchObject({ state: 'PAUSED' });
    const paused = await operator.until(id, ({ working }) => !working);
    expect(paused.progress.done).toBeLessThan(ROWS);
    expect(paused.actions).toEqual(['resumeSeason', 'endSeason']);

    // A pause outlasts a restart; what runs goes on by itself.
    await run.close();
    await start();
    expect(await operator.season(id)).toMatchObject({ state: 'PAUSED', progress: { done: paused.progress.done } });
    await operator.change('resumeSeason', id);
    await operator.until(id, ({ progress }) => progress.done > paused.progress.done);
    await run.close();
    await start();
    const done = await operator.until(id, ({ state }) => state === 'DONE');
    expect(done.progress).toMatchObject({ done: ROWS, secondsLeft: null, faults: [] });
    expect(done.progress.divisions.map(({ name }) => name)).toEqual(['邵武市', '延平区']);
    expect(done.progress.schools.map(({ name }) => name)).toEqual(['第二小学', '实验小学']);
    await expectWhole(done);

    const changes = await noted(id);
    expect(changes.map(({ action, actor }) => [action, actor])).toEqual([
      ['season.create', 'operator'],
      ['season.list', 'operator'],
      ['season.start', 'operator'],
      ['season.pause', 'operator'],
      ['season.resume', 'operator'],
      ['season.done', 'gateway-1'],
      ['season.fetch', 'operator'],
    ]);
    expect(changes[2]).toMatchObject({
      before: { state: 'READY', client: CLIENT },
      after: { state: 'RUNNING', client: CLIENT, rows: ROWS },
    });
    expect(changes[3]).toMatchObject({ before: { state: 'RUNNING' }, after: { state: 'PAUSED' } });
  });

  /** Every row once, in order, each with its own place in the record, which has it once. */
  async function expectWhole({ id }: SeasonSeen): Promise<void> {
    const fetched = await operator.fetch(id, 'result.csv');
    expect(fetched.headers.get('content-disposition')).toBe('attachment; filename="result.csv"');
    const rows = parse(await fetched.text(), { bom: true, columns: true }) as ResultRow[];
    expect(rows.map((row) => row.行号)).toEqual(Array.from({ length: ROWS }, (_, i) => String(i + 2)));
    expect(rows[9]).toMatchObject({ 结论: '未核验', 错误码: 'BAD_IDENTIFIER' });
    expect(rows[19]).toMatchObject({ 结论: '未核验', 原因: expect.stringContaining('与第 20 行重复') });
    const recorded = new Map<string, { readonly number: string; readonly operator: string | null }[]>();
    for await (const entry of exportRecord(recordFolder(run.config))) {
      if (entry.kind !== 'request' || entry.record.caseNumber?.startsWith('S-') !== true) continue;
      const { caseNumber: number, operator: by, client } = entry.record;
      expect(client).toBe(CLIENT);
      recorded.set(number, [
        ...(recorded.get(number) ?? []),
        { number: `gateway-1/${entry.position.seq}`, operator: by },
      ]);
    }
    for (const row of rows) {
      if (row.记录位置 === '') continue;
      expect(recorded.get(row.办件编号 ?? '')).toEqual([{ number: row.记录位置, operator: 'operator' }]);
    }
    // The row that repeats a number was never asked.
    expect(recorded.size).toBe(ROWS - 1);
  }

  it('shows the auditor and the platform counts, and gives its files to its operators alone', async () => {
    // The latest first: the one of the test before.
    const found = await operator.ask('{ seasons(filter: {state: DONE}) { items { id } } }');
    const id = (found.data as { seasons: { items: { id: string }[] } }).seasons.items[0]?.id ?? '';
    for (const name of ['platform-admin', 'auditor']) {
      const person = await seasonPerson(run, name);
      expect(await person.season(id)).toMatchObject({ state: 'DONE', actions: [] });
      expect((await person.fetch(id, 'result.csv')).status).toBe(403);
    }
    expect((await operator.fetch(id, 'journal')).status).toBe(404);
    expect((await operator.fetch(id, 'summary.svg')).headers.get('content-type')).toContain('image/svg+xml');
    expect((await fetch(`${run.url}/admin/seasons/${id}/result.csv`)).status).toBe(401);
  });

  it('takes a list in a session with its token alone, and records who was refused a file', async () => {
    const { id } = await operator.create(input());
    const browser = new Browser(run.url);
    await browser.signIn({ name: 'operator' });
    const bytes = { 'content-type': 'application/octet-stream' };
    const put = async (headers: Readonly<Record<string, string>>) =>
      browser.ask(`/admin/seasons/${id}/list`, { method: 'PUT', headers: { ...bytes, ...headers }, body: list });
    const forged = await put({});
    expect({ status: forged.status, text: forged.text }).toEqual({
      status: 403,
      text: expect.stringContaining('CSRF_TOKEN_REQUIRED'),
    });
    expect(await operator.season(id)).toMatchObject({ state: 'NEW' });
    expect((await put({ 'mianzheng-csrf': await browser.csrf() })).status).toBe(204);
    expect(await operator.season(id)).toMatchObject({ state: 'READY' });
    const auditor = await seasonPerson(run, 'auditor');
    expect((await auditor.fetch(id, 'result.csv')).status).toBe(403);
    expect(await auditor.bring(id, list)).toBe(403);
    await operator.change('endSeason', id, 'it was a trial only');

    const refused: unknown[] = [];
    for await (const { kind, record } of exportRecord(recordFolder(run.config))) {
      if (kind !== 'control' || record.outcome !== 'REFUSED' || record.operation === null) continue;
      refused.push([record.actor, record.by, record.fields, record.code, record.changes]);
    }
    expect(refused).toEqual(
      expect.arrayContaining([
        ['operator', 'SESSION', ['Mutation.createSeason'], 'CSRF_TOKEN_REQUIRED', []],
        ['auditor', 'TOKEN', ['Query.seasonFiles'], 'FORBIDDEN', []],
        ['auditor', 'TOKEN', ['Mutation.createSeason'], 'FORBIDDEN', []],
      ]),
    );
  });

  it('ends by a person with what is known, stops at a refusal, and goes when it was kept long enough', {
    timeout: 60_000,
  }, async () => {
    const { id } = await operator.create(input({ perSecond: 20 }));
    await operator.bring(id, list.replaceAll('\nS-', '\nT-'));
    await operator.change('startSeason', id);
    await operator.until(id, ({ progress }) => progress.done >= 20);
    expect(await operator.change('endSeason', id, 'the wrong year was filed')).toMatchObject({ state: 'ENDED' });
    const ended = await operator.until(id, ({ working, progress }) => !working && progress.schools.length > 0);
    const rows = parse(await (await operator.fetch(id, 'result.csv')).text(), {
      bom: true,
      columns: true,
    }) as unknown[];
    expect(rows.length).toBe(ended.progress.done);
    expect(await operator.change('resumeSeason', id)).toBe('STATE_CONFLICT');

    // An application that was granted nothing is told so by the data plane, not by this console.
    const refused = await operator.create(input({ client: 'no-grants', perSecond: null }));
    await operator.bring(refused.id, list);
    await operator.change('startSeason', refused.id);
    const stopped = await operator.until(refused.id, ({ state, working }) => state !== 'RUNNING' && !working);
    expect(stopped).toMatchObject({ state: 'PAUSED', progress: { done: 0 } });
    expect(stopped.progress.faults[0]?.en).toMatch(/WITHHELD|FORBIDDEN|GRANT|authori/i);

    await run.close();
    time += 31 * 86_400_000;
    await start();
    for (let i = 0; i < 100 && readdirSync(seasonFolder(run.config)).length > 0; i += 1) {
      await new Promise((later) => setTimeout(later, 100));
    }
    expect(readdirSync(seasonFolder(run.config))).toEqual([]);
    expect(await operator.season(id)).toBeNull();
    expect((await noted(id)).at(-1)).toMatchObject({ action: 'season.remove', actor: 'gateway-1', after: null });
  });

  it('is run by whom the application names alone, with the token it left, and paused by the platform too', {
    timeout: 60_000,
  }, async () => {
    const token = join(city.folder, 'school.token');
    const entrusted = async (...operators: string[]): Promise<void> => {
      await run.close();
      const seasons = [{ client: CLIENT, tokenFile: 'school.token', operators }];
      run = await startGateway(city.folder, {}, 'gateway-1', {
        control: place.url,
        console: { ...run.config.console, seasons },
      });
      operator = await seasonPerson(run, 'operator');
    };
    await entrusted('operator');
    const { id } = await operator.create(input({ perSecond: 10 }));
    expect(await operator.bring(id, list.replaceAll('\nS-', '\nU-'))).toBe(204);
    // Nobody left one.
    const told = { zh: '应用的访问令牌文件无法读取', en: "the file of the application's token cannot be read" };
    expect(await operator.season(id)).toMatchObject({ state: 'NEW', progress: { faults: [told] } });
    writeFileSync(token, (await run.gateway.developmentIssuer?.mint(CLIENT))?.token ?? '');
    await operator.bring(id, list.replaceAll('\nS-', '\nU-'));
    await operator.change('startSeason', id);
    await operator.until(id, ({ progress }) => progress.done > 0);
    const platform = await seasonPerson(run, 'platform-admin');
    expect((await platform.season(id))?.actions).toEqual(['pauseSeason']);
    expect(await platform.change('resumeSeason', id)).toBe('FORBIDDEN');
    expect(await platform.change('pauseSeason', id)).toMatchObject({ state: 'PAUSED' });

    // Whom it no longer names sees nothing of it.
    await entrusted('zhang');
    expect(await operator.season(id)).toBeNull();
    for (const field of ['startSeason', 'pauseSeason', 'resumeSeason']) {
      expect(await operator.change(field, id)).toBe('NOT_FOUND');
    }
    expect(await operator.change('endSeason', id, 'not mine any more')).toBe('NOT_FOUND');
    expect(await operator.bring(id, list)).toBe(404);
    expect((await operator.fetch(id, 'result.csv')).status).toBe(404);
    await expect(operator.create(input())).rejects.toThrow('FORBIDDEN');

    // It can be ended although the application no longer lets anybody in: what is known is written.
    await entrusted('operator');
    rmSync(token);
    // By its answer it may have stopped already.
    expect(await operator.change('resumeSeason', id)).toMatchObject({ id });
    const stopped = await operator.until(id, ({ state, working }) => state === 'PAUSED' && !working);
    expect(stopped.progress.faults).toEqual([told]);
    await operator.change('endSeason', id, 'the token is gone for good');
    const ended = await operator.until(id, ({ working }) => !working);
    const rows = parse(await (await operator.fetch(id, 'result.csv')).text(), {
      bom: true,
      columns: true,
    }) as unknown[];
    expect(rows.length).toBe(ended.progress.done);
    expect(JSON.stringify(await noted(id))).not.toContain(city.folder);
  });
});
