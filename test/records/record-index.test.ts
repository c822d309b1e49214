/** What the index finds is what reading every entry of the record would find. */
import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { NewEntry } from '../../src/audit/entries.js';
import { type ExportedEntry, exportRecord } from '../../src/audit/export.js';
import { findDue, prune } from '../../src/audit/prune.js';
import type { SigningKey } from '../../src/audit/signing-key.js';
import { createPseudonymiser } from '../../src/audit/subject-pseudonym.js';
import { type RecordFilter, RecordIndex, type SearchCursor } from '../../src/records/record-index.js';
import { CHAIN, open, request, signingKey, temporaryFolder, unsynced } from '../audit/support.js';

let key: SigningKey;
beforeAll(async () => {
  key = await signingKey();
});

const pseudonym = createPseudonymiser(Buffer.alloc(32));
const PEOPLE = [0, 1, 2, 3].map((n) => pseudonym('CITIZEN', `person ${n}`));
const START = Date.parse('2026-03-01T00:00:00.000Z');

interface Sketch {
  readonly after: number;
  readonly client: number;
  readonly matter: number;
  readonly number: number;
  readonly operator: number;
  readonly people: readonly number[];
  readonly fields: number;
  readonly ended: number;
  readonly kind: number;
}

const FIELDS = [['A.a'], ['A.a', 'B.b'], ['C.c'], []];
const ENDED = [
  { outcome: 'ANSWERED', code: null, status: 200, verdict: 'APPROVED' },
  { outcome: 'ANSWERED', code: null, status: 200, verdict: null },
  { outcome: 'REFUSED', code: 'WITHHELD', status: 403, verdict: null },
  { outcome: 'FAILED', code: 'INTERNAL', status: 500, verdict: null },
] as const;

function entryOf(sketch: Sketch, time: number): NewEntry {
  const at = new Date(time).toISOString();
  if (sketch.kind === 1) {
    const actor = `admin-${sketch.operator}`;
    return { kind: 'administration', time: at, actor, action: 'grant.revoke', subject: 'g', before: null, after: null };
  }
  if (sketch.kind === 2) {
    const client = `client-${sketch.client}`;
    return {
      kind: 'alarm',
      time: at,
      id: `a-${time}`,
      alarm: 'UNKNOWN_IDENTIFIERS',
      client,
      held: false,
      from: at,
      to: at,
      counts: {},
    };
  }
  const given = FIELDS[sketch.fields] ?? [];
  const people = [...new Set(sketch.people)].sort((a, b) => a - b);
  return request({
    time: at,
    client: `client-${sketch.client}`,
    matter: sketch.matter === 0 ? null : `matter-${sketch.matter}`,
    caseNumber: sketch.number === 0 ? null : `case-${sketch.number}`,
    operator: sketch.operator === 0 ? null : `operator-${sketch.operator}`,
    subjects: people.map((n) => PEOPLE[n] ?? ''),
    about: people.map(() => given),
    ages: people.map((n) => 'CMA-'.charAt(n)).join(''),
    disclosed: given,
    masked: [],
    withheld: sketch.fields === 0 ? ['D.d'] : [],
    ...(ENDED[sketch.ended] ?? ENDED[0]),
  });
}

const upTo = (most: number) => fc.nat({ max: most });
const sketches = fc.array(
  fc.record({
    after: fc.constantFrom(0, 1, 60_000, 3_600_000),
    client: upTo(2),
    matter: upTo(2),
    number: upTo(3),
    operator: upTo(2),
    people: fc.array(upTo(3), { maxLength: 3 }),
    fields: upTo(3),
    ended: upTo(3),
    kind: fc.constantFrom(0, 0, 0, 0, 1, 2),
  }),
  { minLength: 1, maxLength: 40 },
);

const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const filters: fc.Arbitrary<RecordFilter> = fc
  .record({
    from: maybe([START, START + 3_600_000]),
    to: maybe([START + 1, START + 7_200_000]),
    kinds: maybe([['request' as const], ['administration' as const, 'alarm' as const]]),
    client: maybe(['client-0', 'client-1', 'nobody']),
    matter: maybe(['matter-1']),
    caseNumber: maybe(['case-1', 'case-2']),
    who: maybe(['operator-1', 'admin-1']),
    subject: maybe(PEOPLE),
    coordinates: maybe([['A.a'], ['C.c', 'D.d'], ['X.x']]),
    outcome: maybe(['ANSWERED', 'REFUSED']),
    code: maybe(['WITHHELD']),
    verdict: maybe(['APPROVED']),
  })
  .map((filter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)));

/** The same question, asked of every entry. */
function passes({ kind, record }: ExportedEntry, filter: RecordFilter): boolean {
  const time = Date.parse(record.time);
  const of = record as unknown as Record<string, unknown>;
  const is = (wanted: unknown, found: unknown) => wanted === undefined || wanted === (found ?? null);
  const named = ['disclosed', 'masked', 'used', 'withheld'].flatMap((list) => (of[list] as string[] | undefined) ?? []);
  return (
    time >= (filter.from ?? 0) &&
    time < (filter.to ?? Number.POSITIVE_INFINITY) &&
    (filter.kinds === undefined || filter.kinds.includes(kind)) &&
    is(filter.client, of.client) &&
    is(filter.matter, of.matter) &&
    is(filter.caseNumber, of.caseNumber) &&
    is(filter.who, kind === 'request' ? of.operator : of.actor) &&
    is(filter.outcome, of.outcome) &&
    is(filter.code, of.code) &&
    is(filter.verdict, of.verdict) &&
    (filter.subject === undefined || ((of.subjects as string[] | undefined) ?? []).includes(filter.subject)) &&
    (filter.coordinates === undefined || filter.coordinates.some((coordinate) => named.includes(coordinate)))
  );
}

async function everything(folder: string): Promise<ExportedEntry[]> {
  const entries: ExportedEntry[] = [];
  for await (const entry of exportRecord(folder)) entries.push(entry);
  return entries;
}

const placeOf = ({ position }: ExportedEntry) => `${position.chain}/${position.seq}`;

/** Pages of a search until there are no more. */
function allPages(index: RecordIndex, filter: RecordFilter, size: number): ExportedEntry[] {
  const found: ExportedEntry[] = [];
  let after: SearchCursor | null = null;
  do {
    const page = index.find(filter, size, after);
    expect(page.entries.length).toBeLessThanOrEqual(size);
    expect(page.unsound).toEqual([]);
    found.push(...page.entries);
    after = page.next;
  } while (after !== null);
  return found;
}

async function indexOf(folder: string): Promise<RecordIndex> {
  const index = new RecordIndex(join(folder, '..', `${folder.split('/').at(-1)}.sqlite`), folder, 480);
  onTestFinished(async () => {
    index.close();
    for (const suffix of ['', '-wal', '-shm']) await rm(`${folder}.sqlite${suffix}`, { force: true });
  });
  return index;
}

async function write(
  folder: string,
  chain: string,
  given: readonly Sketch[],
  segmentBytes = 67_108_864,
): Promise<void> {
  const log = await open({ folder, signingKey: key, chain, files: unsynced, limits: { segmentBytes } });
  let time = START;
  for (const sketch of given) {
    time += sketch.after;
    await log.append(entryOf(sketch, time));
  }
  await log.close();
}

function sketch(part: Partial<Sketch> = {}): Sketch {
  return {
    after: 1000,
    client: 0,
    matter: 1,
    number: 1,
    operator: 1,
    people: [0],
    fields: 1,
    ended: 0,
    kind: 0,
    ...part,
  };
}

describe('a search', () => {
  test('finds what every entry of the record, asked one by one, says of itself; of several chains and segments', async () => {
    await fc.assert(
      fc.asyncProperty(
        sketches,
        sketches,
        fc.array(filters, { minLength: 1, maxLength: 12 }),
        upTo(6),
        async (a, b, asked, size) => {
          const folder = await temporaryFolder();
          await write(folder, 'gw-1', a, 3000);
          await write(folder, 'gw-2', b);
          const index = await indexOf(folder);
          await index.advance();
          const all = await everything(folder);
          for (const filter of asked) {
            const found = allPages(index, filter, size + 1);
            const wanted = all.filter((entry) => passes(entry, filter));
            expect(found.map(placeOf).sort()).toEqual(wanted.map(placeOf).sort());
            expect(found.map(({ record }) => record.time)).toEqual(
              found
                .map(({ record }) => record.time)
                .sort()
                .reverse(),
            );
          }
          expect(allPages(index, {}, 1000)).toEqual(expect.arrayContaining(all));
        },
      ),
      { numRuns: 25 },
    );
  });

  test('follows a chain that goes on, and takes nothing twice', async () => {
    const folder = await temporaryFolder();
    const log = await open({ folder, signingKey: key });
    const index = await indexOf(folder);
    for (let n = 1; n <= 3; n += 1) {
      await log.append(entryOf(sketch({ number: n }), START + n));
      await index.advance();
      expect(allPages(index, {}, 2)).toHaveLength(n);
      expect(await index.advance()).toEqual({ lines: 0, upToDate: true });
    }
    expect(index.size()).toEqual({ request: 3 });
  });

  test('may be followed by two at once', async () => {
    const folder = await temporaryFolder();
    await write(
      folder,
      CHAIN,
      Array.from({ length: 300 }, (_, n) => sketch({ client: n % 3 })),
      20_000,
    );
    const one = await indexOf(folder);
    const other = new RecordIndex(`${folder}.sqlite`, folder, 480);
    try {
      await Promise.all([one.advance(), other.advance()]);
      expect(one.size()).toEqual({ request: 300 });
      expect(allPages(other, { client: 'client-1' }, 7)).toHaveLength(100);
    } finally {
      other.close();
    }
  });

  test('forgets what was pruned, in its counts too', async () => {
    const folder = await temporaryFolder();
    await write(
      folder,
      CHAIN,
      Array.from({ length: 40 }, () => sketch()),
      3000,
    );
    const index = await indexOf(folder);
    await index.advance();
    const before = START + 20_500;
    const chainFolder = join(folder, CHAIN);
    const due = await findDue({ chainFolder, chain: CHAIN, before, publicKeys: [key.publicJwk] });
    if (due === null) throw new Error('nothing is due');
    await prune({ chainFolder, chain: CHAIN, due, by: 'a test', now: START, signingKey: key });
    await index.advance();
    const left = await everything(folder);
    expect(left.length).toBeLessThan(40);
    expect(allPages(index, {}, 9).map(placeOf).sort()).toEqual(left.map(placeOf).sort());
    expect(allPages(index, { subject: PEOPLE[0] ?? '' }, 9)).toHaveLength(left.length);
    expect(index.size()).toEqual({ request: left.length });
    // And one that is begun only now.
    const anew = new RecordIndex(`${folder}-anew.sqlite`, folder, 480);
    onTestFinished(async () => {
      anew.close();
      for (const suffix of ['', '-wal', '-shm']) await rm(`${folder}-anew.sqlite${suffix}`, { force: true });
    });
    await anew.advance();
    expect(allPages(anew, {}, 9)).toHaveLength(left.length);
    expect(anew.chains()).toMatchObject([{ faults: 0 }]);
  });

  test('goes on behind what was pruned before it was read', async () => {
    const folder = await temporaryFolder();
    const many = Array.from({ length: 20 }, () => sketch());
    await write(folder, CHAIN, many, 3000);
    const index = await indexOf(folder);
    await index.advance(() => true);
    await write(folder, CHAIN, many, 3000);
    const chainFolder = join(folder, CHAIN);
    const due = await findDue({ chainFolder, chain: CHAIN, before: START + 20_500, publicKeys: [key.publicJwk] });
    if (due === null) throw new Error('nothing is due');
    expect(due.segment).toBeGreaterThan(1);
    await prune({ chainFolder, chain: CHAIN, due, by: 'a test', now: START, signingKey: key });
    let batches = 0;
    await index.advance(() => {
      batches += 1;
      return batches > 100;
    });
    const left = await everything(folder);
    expect(allPages(index, {}, 9).map(placeOf).sort()).toEqual(left.map(placeOf).sort());
    expect(index.size()).toEqual({ request: left.length });
    expect(index.chains()).toMatchObject([{ faults: 0 }]);
  });

  test('reads a chain that another has taken the place of from its first file', async () => {
    const folder = await temporaryFolder();
    await write(
      folder,
      CHAIN,
      Array.from({ length: 20 }, () => sketch()),
      3000,
    );
    const index = await indexOf(folder);
    await index.advance();
    for (const length of [40, 3]) {
      await rm(join(folder, CHAIN), { recursive: true });
      await write(
        folder,
        CHAIN,
        Array.from({ length }, () => sketch({ client: 1 })),
        3000,
      );
      await index.advance();
      const now = await everything(folder);
      expect(allPages(index, {}, 9).map(placeOf).sort()).toEqual(now.map(placeOf).sort());
      expect(index.size()).toEqual({ request: length });
      expect(index.chains()).toMatchObject([{ faults: 0 }]);
    }
  });

  test('forgets what was cut off before it was acknowledged, and takes what was written in its place', async () => {
    const folder = await temporaryFolder();
    await write(folder, CHAIN, [sketch(), sketch({ client: 1 })]);
    const path = join(folder, CHAIN, '00000001.jsonl');
    const whole = await readFile(path, 'utf8');
    const index = await indexOf(folder);
    await index.advance();
    expect(allPages(index, { client: 'client-1' }, 9)).toHaveLength(1);
    const lines = whole.trimEnd().split('\n');
    await truncate(
      path,
      Buffer.byteLength(
        lines
          .slice(0, -1)
          .map((line) => `${line}\n`)
          .join(''),
      ),
    );
    await rm(join(folder, CHAIN, 'checkpoints.jsonl'));
    await write(folder, CHAIN, [sketch({ client: 2 })]);
    await index.advance();
    expect(allPages(index, { client: 'client-1' }, 9)).toEqual([]);
    expect(allPages(index, { client: 'client-2' }, 9)).toHaveLength(1);
    expect(index.size()).toEqual({ request: 2 });
    expect(index.chains()).toMatchObject([{ faults: 0 }]);
  });

  test('leaves an unfinished last line until it is finished', async () => {
    const folder = await temporaryFolder();
    await write(folder, CHAIN, [sketch(), sketch({ client: 1 })]);
    const path = join(folder, CHAIN, '00000001.jsonl');
    const whole = await readFile(path);
    await truncate(path, whole.length - 30);
    const index = await indexOf(folder);
    await index.advance();
    expect(allPages(index, {}, 9)).toHaveLength(1);
    await appendFile(path, whole.subarray(whole.length - 30));
    await index.advance();
    expect(allPages(index, {}, 9)).toHaveLength(2);
  });

  test('says which hit is not what was indexed, and counts lines that are no entry', async () => {
    const folder = await temporaryFolder();
    await write(folder, CHAIN, [sketch(), sketch({ client: 1 }), sketch({ client: 2 })]);
    const path = join(folder, CHAIN, '00000001.jsonl');
    const index = await indexOf(folder);
    await index.advance();
    const whole = await readFile(path, 'utf8');
    const second = allPages(index, { client: 'client-1' }, 9)[0];
    if (second === undefined) throw new Error('not found');
    await writeFile(path, whole.replace('"client":"client-1"', '"client":"client-9"'));
    expect(index.find({}, 9, null)).toMatchObject({ unsound: [placeOf(second)], entries: [{}, {}] });
    expect(index.entryAt(CHAIN, second.position.seq)).toBe('UNSOUND');
    expect(index.entryAt(CHAIN, 1_000_000)).toBeNull();
    expect(index.entryAt('other', 1)).toBeNull();
    const anew = new RecordIndex(`${folder}-anew.sqlite`, folder, 480);
    try {
      await anew.advance();
      expect(anew.chains()).toMatchObject([{ chain: CHAIN, faults: 2 }]);
      expect(allPages(anew, {}, 9)).toHaveLength(2);
    } finally {
      anew.close();
      for (const suffix of ['', '-wal', '-shm']) await rm(`${folder}-anew.sqlite${suffix}`, { force: true });
    }
  });

  test('is built anew where its file is no index', async () => {
    const folder = await temporaryFolder();
    await write(folder, CHAIN, [sketch()]);
    await writeFile(`${folder}.sqlite`, 'this is no database, and never was one');
    const index = await indexOf(folder);
    await index.advance();
    expect(allPages(index, {}, 9)).toHaveLength(1);
  });

  test('forgets a chain whose folder is gone', async () => {
    const folder = await temporaryFolder();
    await write(folder, 'gw-1', [sketch()]);
    await write(folder, 'gw-2', [sketch(), sketch()]);
    const index = await indexOf(folder);
    await index.advance();
    await rm(join(folder, 'gw-2'), { recursive: true });
    await index.advance();
    expect(index.chains().map(({ chain }) => chain)).toEqual(['gw-1']);
    expect(index.size()).toEqual({ request: 1 });
  });
});
