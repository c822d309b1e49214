/**
 * `npx tsx bench/record-index.ts`: a record of a million entries is written, indexed and searched. What is told are entries a
 * second, sizes, and of each search its time beside that of reading the whole record for the same answer.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { openChain } from '../src/audit/chain.js';
import type { NewEntry } from '../src/audit/entries.js';
import { exportRecord } from '../src/audit/export.js';
import { fileSystem } from '../src/audit/files.js';
import { loadOrCreateSigningKey } from '../src/audit/signing-key.js';
import { createPseudonymiser } from '../src/audit/subject-pseudonym.js';
import { verifyRecord } from '../src/audit/verify.js';
import { type RecordFilter, RecordIndex } from '../src/records/record-index.js';
import { randomFrom } from './load/random.js';
import { machine } from './options.js';

const YEAR_MS = 365 * 86_400_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const pseudonym = createPseudonymiser(Buffer.alloc(32, 1));

const CLIENTS = Array.from({ length: 20 }, (_, n) => `application-${n}`);
const MATTERS = Array.from({ length: 40 }, (_, n) => `matter-${n}`);
const COORDINATES = Array.from({ length: 120 }, (_, n) => `Type${n % 12}.field${n}`);
const VERDICTS = ['APPROVED', 'APPROVED', 'NOT_MET', 'NEEDS_REVIEW', 'PENDING'];

/** What a year's entries are like: a child with two guardians, three sets of fields a matter, one in twenty refused. */
function entryOf(n: number, total: number, random: () => number): NewEntry {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const matter = Math.floor(random() * MATTERS.length);
  const family = Math.floor(random() * total * 0.6);
  const refused = random() < 0.05;
  const people = ['child', 'father', 'mother'].map((role) => pseudonym('CITIZEN', `${role} ${family}`));
  const from = (matter * 3 + Math.floor(random() * 3)) % 100;
  const given = COORDINATES.slice(from, from + 9);
  const none: readonly string[] = [];
  return {
    kind: 'request',
    time: new Date(START + Math.floor((n / total) * YEAR_MS)).toISOString(),
    requestId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    client: CLIENTS[matter % CLIENTS.length] ?? null,
    operator: `operator-${Math.floor(random() * 400)}`,
    matter: MATTERS[matter] ?? null,
    caseNumber: `NP-2026-${String(family).padStart(7, '0')}`,
    legalBases: ['《政务数据共享条例》第二十二条'],
    subjects: people,
    ...(refused ? {} : { about: [given, given.slice(0, 4), given.slice(0, 4)] }),
    ages: 'CAA',
    plan: 'kC0cHN0s4dZSyTt2gYxYbAkC0cHN0s4dZSyTt2gYxYb',
    policyVersion: 3,
    disclosed: refused ? none : given.slice(0, 6),
    masked: refused ? none : given.slice(6),
    used: none,
    withheld: refused ? given.slice(0, 1) : none,
    sources: [{ department: 'HOUSEHOLD', fetchedAt: '2026-01-01T00:00:00.000Z', state: 'UP' }],
    verdict: refused ? null : pick(VERDICTS),
    receipt: null,
    outcome: refused ? 'REFUSED' : 'ANSWERED',
    code: refused ? 'WITHHELD' : null,
    status: refused ? 403 : 200,
  };
}

async function writeRecord(folder: string, keys: string, entries: number): Promise<void> {
  const record = await openChain({
    folder,
    chain: 'gateway-1',
    signingKey: await loadOrCreateSigningKey(keys),
    now: Date.now,
    // What is measured is not the disk.
    files: fileSystem(false),
    limits: { batchMilliseconds: 600_000 },
    onFault: ({ cause }) => {
      throw cause;
    },
  });
  const random = randomFrom(7);
  for (let n = 0; n < entries; n += 5000) {
    const batch = Array.from({ length: Math.min(5000, entries - n) }, (_, i) => entryOf(n + i, entries, random));
    await Promise.all(batch.map((entry) => record.append(entry)));
  }
  await record.close();
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);
}

async function seconds(work: () => Promise<void> | void): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

const options = new Command('record-index')
  .option('--entries <n>', 'entries of the record', Number, 1_000_000)
  .option('--repeats <n>', 'times each search is made', Number, 20)
  .parse()
  .opts<{ readonly entries: number; readonly repeats: number }>();

const root = mkdtempSync(join(tmpdir(), 'mianzheng-record-index-'));
try {
  const folder = join(root, 'record');
  const file = join(root, 'index.sqlite');
  const written = await seconds(() => writeRecord(folder, join(root, 'keys'), options.entries));
  const index = new RecordIndex(file, folder, 480);
  const before = process.cpuUsage();
  const built = await seconds(async () => {
    await index.advance();
  });
  const cpu = process.cpuUsage(before);
  const read = await seconds(async () => {
    for await (const _ of exportRecord(folder));
  });
  const verified = await seconds(async () => {
    await verifyRecord(folder, [(await loadOrCreateSigningKey(join(root, 'keys'))).publicJwk]);
  });
  process.stdout.write(`${JSON.stringify(machine())}\n`);
  const rate = (s: number) => `${Math.round(options.entries / s).toLocaleString('en')} entries/s`;
  const mib = (bytes: number) => `${(bytes / 1_048_576).toFixed(0)} MiB`;
  process.stdout.write(
    [
      `${options.entries.toLocaleString('en')} entries written: ${rate(written)}, ${mib(bytesIn(folder))}`,
      `indexed: ${rate(built)}, ${built.toFixed(1)} s (${((cpu.user + cpu.system) / 1_000_000).toFixed(1)} s of CPU), ${mib(statSync(file).size)} (${(statSync(file).size / bytesIn(folder)).toFixed(2)} of the record)`,
      `read whole: ${read.toFixed(1)} s; verified: ${verified.toFixed(1)} s`,
      '',
      '| search | entries of a page | ms, median | ms, slowest | whole reading ÷ median |',
      '|---|---|---|---|---|',
      '',
    ].join('\n'),
  );
  const person = pseudonym('CITIZEN', 'child 4711');
  const family = `NP-2026-${String(4711).padStart(7, '0')}`;
  const searches: readonly (readonly [string, RecordFilter])[] = [
    ['latest', {}],
    ['a person', { subject: person }],
    ['a case', { caseNumber: family }],
    ['an application', { client: 'application-3' }],
    ['an application and a matter', { client: 'application-3', matter: 'matter-23' }],
    ['a field', { coordinates: ['Type5.field77'] }],
    ['an error code in a month', { code: 'WITHHELD', from: START + YEAR_MS / 3, to: START + (5 * YEAR_MS) / 12 }],
    ['an operator and a verdict', { who: 'operator-17', verdict: 'PENDING' }],
    ['nothing: a code that none has', { code: 'SOURCE_DOWN' }],
  ];
  const timed = async (work: () => number): Promise<readonly [number, number, number]> => {
    const times: number[] = [];
    let found = 0;
    for (let n = 0; n < options.repeats; n += 1) {
      times.push(
        1000 *
          (await seconds(() => {
            found = work();
          })),
      );
    }
    times.sort((a, b) => a - b);
    return [found, times[Math.floor(times.length / 2)] ?? 0, times.at(-1) ?? 0];
  };
  const row = (name: string, [found, median, slowest]: readonly [number, number, number]) =>
    `| ${name} | ${found} | ${median.toFixed(1)} | ${slowest.toFixed(1)} | ${Math.round((1000 * read) / median).toLocaleString('en')} |\n`;
  for (const [name, filter] of searches) {
    process.stdout.write(row(name, await timed(() => index.find(filter, 50, null).entries.length)));
  }
  const year = { from: START, to: START + YEAR_MS };
  process.stdout.write(
    row('activity of the year, by day', await timed(() => index.activity({ ...year, step: 'DAY' }).series.length)),
  );
  const [lines, took] = await timed(() => index.minors(year.from, year.to).lines.length);
  process.stdout.write(`\nminors' report of the year: ${lines} lines in ${(took / 1000).toFixed(1)} s\n`);
  index.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}
