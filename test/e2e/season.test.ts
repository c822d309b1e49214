/** A season with real processes: killed and gone on with, a department down and back, no row lost or doubled. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import exceljs from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRecord } from '../../src/audit/export.js';
import { loadConfig } from '../../src/config.js';
import { parseCitizenId } from '../../src/domain/identifiers.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { recordFolder } from '../../src/places.js';
import { RESULT_HEADINGS } from '../../src/season/result-file.js';
import { embeddedCityFolder } from '../support/city.js';

const MATTER = 'school-enrolment-primary';
const MAIN = join(PACKAGE_ROOT, 'src/cli/main.ts');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function mianzheng(
  args: readonly string[],
  folder: string,
  port: number,
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN, ...args], {
    cwd: folder,
    env: { ...process.env, MIANZHENG_DATA: folder, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    err += bytes.toString();
  });
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, out, err })) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function serve(folder: string, port: number): Promise<ChildProcess> {
  const { child } = mianzheng(['serve', '--json', '--log-level', 'error'], folder, port);
  if (child.stdout === null) throw new Error('no output');
  for await (const _line of createInterface({ input: child.stdout })) return child;
  throw new Error('the gateway did not start');
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

type ResultRow = Readonly<Record<(typeof RESULT_HEADINGS)[number], string>>;

function resultOf(file: string): readonly ResultRow[] {
  return parse(readFileSync(file), { bom: true, columns: true }) as ResultRow[];
}

/** Lines of a journal that a season has by now. */
function linesOf(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

/** Waits until a journal has so many lines. */
async function grownTo(file: string, lines: number): Promise<void> {
  for (let i = 0; linesOf(file) < lines; i += 1) {
    if (i > 3000) throw new Error(`${file} does not grow`);
    await sleep(10);
  }
}

describe('a season', () => {
  const ROWS = 600;
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let port: number;
  let gateway: ChildProcess;
  let list: string;
  /** Results of a run that nothing disturbed. */
  let undisturbed: readonly ResultRow[];

  const batch = (out: string, ...more: string[]) =>
    mianzheng(['batch', list, '--matter', MATTER, '--out', out, ...more], city.folder, port);

  beforeAll(async () => {
    city = await embeddedCityFolder();
    port = await freePort();
    const household = new Database(join(city.folder, 'departments', 'household.sqlite'), { readonly: true });
    const people = household.prepare('SELECT gmsfhm FROM HJXX_CZRKJBXXB').pluck().all() as string[];
    household.close();
    const ids = people.filter((id) => parseCitizenId(id).ok);
    const rows = Array.from({ length: ROWS }, (_, i) => {
      const child = i === 9 ? '350702202003059022' : ids[i % ids.length];
      const number = i === 19 ? 'S-18' : i === 29 ? '=HYPERLINK("x")' : `S-${i}`;
      return `${number},2026-07-01,${child},${ids[(i * 7 + 1) % ids.length]}`;
    });
    list = join(city.folder, 'list.csv');
    writeFileSync(list, `办件编号,受理日期,儿童,监护人\n${rows.join('\n')}\n`);
    gateway = await serve(city.folder, port);
  }, 60_000);

  afterAll(async () => {
    await stop(gateway, 'SIGTERM');
    city.remove();
  });

  /** Every row once, in order, as in a run that nothing disturbed. */
  function expectWhole(rows: readonly ResultRow[]): void {
    const lasting = ({ 记录位置: _record, 回执: _receipt, ...rest }: ResultRow) => rest;
    expect(rows.map(lasting)).toEqual(undisturbed.map(lasting));
  }

  it('has a result for every row, in order, the faulty ones with their reason', { timeout: 120_000 }, async () => {
    const out = join(city.folder, 'plain.csv');
    const { code, out: printed, err } = await batch(out, '--json').ended;
    expect(err).toContain(`${ROWS} of ${ROWS}`);
    expect(code).toBe(1);
    const summary = JSON.parse(printed) as { readonly rows: number; readonly verdicts: Record<string, number> };
    expect(summary).toMatchObject({ end: 'DONE', rows: ROWS, of: ROWS, out, verdicts: { REFUSED: 3 } });
    undisturbed = resultOf(out);
    expect(undisturbed.map((row) => row.行号)).toEqual(Array.from({ length: ROWS }, (_, i) => String(i + 2)));
    expect(undisturbed[9]).toMatchObject({
      结论: '未核验',
      错误码: 'BAD_IDENTIFIER',
      原因: expect.stringContaining('第 11 行「儿童」列'),
    });
    expect(undisturbed[19]).toMatchObject({ 结论: '未核验', 原因: expect.stringContaining('与第 20 行重复') });
    // What a spreadsheet would run is made text.
    expect(undisturbed[29]?.办件编号.startsWith('=')).toBe(false);
    for (const row of undisturbed) {
      if (row.结论 === '未核验') continue;
      expect(row.记录位置).toMatch(/^gateway-1\/\d+$/);
      expect(row.回执.split('.')).toHaveLength(3);
    }
    expect(readFileSync(`${out}.svg`, 'utf8')).toContain('<svg');
    expect(existsSync(`${out}.journal.lock`)).toBe(false);
  });

  it('writes the same as XLSX, and reads one', { timeout: 120_000 }, async () => {
    const workbook = new exceljs.Workbook();
    const sheet = workbook.addWorksheet('报名');
    const [head = '', ...rows] = readFileSync(list, 'utf8').trim().split('\n');
    sheet.addRow(head.split(','));
    for (const row of rows.slice(0, 20)) sheet.addRow(row.split(','));
    const input = join(city.folder, 'list.xlsx');
    await workbook.xlsx.writeFile(input);
    const out = join(city.folder, 'result.xlsx');
    const { code } = await mianzheng(['batch', input, '--matter', MATTER, '--out', out], city.folder, port).ended;
    expect(code).toBe(1);
    const result = new exceljs.Workbook();
    await result.xlsx.readFile(out);
    const written = result.worksheets[0]?.getSheetValues() as unknown as (readonly unknown[])[];
    expect(written[1]?.slice(1)).toEqual([...RESULT_HEADINGS]);
    expect(written.slice(2).map((row) => [row[1], row[2], row[3]])).toEqual(
      undisturbed.slice(0, 20).map((row) => [Number(row.行号), row.办件编号, row.结论]),
    );
  });

  it('goes on after a kill of its own process without a lost or doubled row', { timeout: 180_000 }, async () => {
    const out = join(city.folder, 'killed.csv');
    for (let kill = 0; kill < 3; kill += 1) {
      const before = linesOf(`${out}.journal`);
      const { child, ended } = batch(out, '--chunk', '10', '--rate', '150');
      await grownTo(`${out}.journal`, before + 30);
      child.kill('SIGKILL');
      await ended;
      expect(existsSync(out)).toBe(false);
    }
    // Half a line, as a power cut leaves it.
    writeFileSync(`${out}.journal`, '{"row":2,"num', { flag: 'a' });
    const { code, err } = await batch(out).ended;
    expect(code).toBe(1);
    expect(err).toContain('going on: ');
    expectWhole(resultOf(out));
  });

  it('pauses at Ctrl-C, and refuses to go on with another list or matter', { timeout: 120_000 }, async () => {
    const out = join(city.folder, 'paused.csv');
    const { child, ended } = batch(out, '--chunk', '10', '--rate', '100', '--json');
    await grownTo(`${out}.journal`, 30);
    child.kill('SIGINT');
    const { code, out: printed } = await ended;
    expect(code).toBe(1);
    expect(JSON.parse(printed)).toMatchObject({ end: 'PAUSED', out: null });
    expect(existsSync(out)).toBe(false);

    const other = join(city.folder, 'other.csv');
    writeFileSync(other, readFileSync(list, 'utf8').replace('S-0,', 'S-00,'));
    const refused = await mianzheng(['batch', other, '--matter', MATTER, '--out', out], city.folder, port).ended;
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('another list') });

    await batch(out).ended;
    expectWhole(resultOf(out));
  });

  it('outlives a kill of the gateway, and every verdict received is in the record', { timeout: 180_000 }, async () => {
    const out = join(city.folder, 'gateway-killed.csv');
    const { ended } = batch(out, '--chunk', '10', '--rate', '200', '--tries', '30');
    for (let kill = 0; kill < 2; kill += 1) {
      const before = linesOf(`${out}.journal`);
      await grownTo(`${out}.journal`, before + 50);
      await stop(gateway, 'SIGKILL');
      gateway = await serve(city.folder, port);
    }
    const { code, err } = await ended;
    expect(code).toBe(1);
    expect(err).toContain('no answer from');
    const rows = resultOf(out);
    expectWhole(rows);
    // Only now are all entries sealed and readable by another process.
    await stop(gateway, 'SIGTERM');
    const recorded = new Map<string, string>();
    for await (const entry of exportRecord(recordFolder(loadConfig({ MIANZHENG_DATA: city.folder }, city.folder)))) {
      if (entry.kind === 'request') recorded.set(`gateway-1/${entry.position.seq}`, entry.record.caseNumber ?? '');
    }
    for (const row of rows) if (row.记录位置 !== '') expect(recorded.get(row.记录位置)).toBe(row.办件编号);
    gateway = await serve(city.folder, port);
  });

  it('leaves rows PENDING while a department is down, and settles them once it is back', {
    timeout: 180_000,
  }, async () => {
    const out = join(city.folder, 'down.csv');
    await stop(gateway, 'SIGTERM');
    const config = join(city.folder, 'mianzheng.yaml');
    writeFileSync(config, 'departments:\n  household: { transport: sql, url: "mysql://nobody@127.0.0.1:1/none" }\n');
    gateway = await serve(city.folder, port);
    const { code, out: printed } = await batch(out, '--rounds', '0', '--json').ended;
    expect(code).toBe(1);
    expect((JSON.parse(printed) as { verdicts: object }).verdicts).toEqual({ PENDING: ROWS - 3, REFUSED: 3 });
    expect(resultOf(out).some((row) => row.结论 === '不符合条件')).toBe(false);

    const waiting = batch(out, '--rounds', '50', '--round-wait', '1');
    await sleep(1500);
    await stop(gateway, 'SIGTERM');
    rmSync(config);
    gateway = await serve(city.folder, port);
    await waiting.ended;
    expectWhole(resultOf(out));
  });

  it('lets one process write a journal', { timeout: 60_000 }, async () => {
    const out = join(city.folder, 'twice.csv');
    const first = batch(out, '--chunk', '10', '--rate', '20');
    await grownTo(`${out}.journal`, 2);
    const second = await batch(out).ended;
    expect(second).toMatchObject({ code: 2, err: expect.stringContaining('is being written by process') });
    first.child.kill('SIGKILL');
    await first.ended;
  });

  it('keeps a result that stands where a new one cannot be written', { timeout: 60_000 }, async () => {
    const place = join(city.folder, 'place');
    mkdirSync(place);
    const out = join(place, 'plain.csv');
    for (const name of ['plain.csv', 'plain.csv.journal']) renameSync(join(city.folder, name), join(place, name));
    rmSync(out);
    mkdirSync(out);
    const { code, err } = await batch(out).ended;
    expect(code).toBe(2);
    expect(err).toContain('cannot be written');
  });
});
