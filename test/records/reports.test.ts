/** The counts of a period and the yearly report are what counting every entry would give. */
import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ExportedEntry, exportRecord } from '../../src/audit/export.js';
import type { SigningKey } from '../../src/audit/signing-key.js';
import { createPseudonymiser } from '../../src/audit/subject-pseudonym.js';
import { RecordIndex } from '../../src/records/record-index.js';
import { open, request, signingKey, temporaryFolder, unsynced } from '../audit/support.js';

let key: SigningKey;
beforeAll(async () => {
  key = await signingKey();
});

const pseudonym = createPseudonymiser(Buffer.alloc(32));
const PEOPLE = Array.from({ length: 130 }, (_, n) => pseudonym('CITIZEN', `person ${n}`));
/** 22:30 in China, so that an hour's step leads into the night and over midnight. */
const START = Date.parse('2026-03-01T14:30:00.000Z');
const HOUR = 3_600_000;
const FIELDS = [['A.a'], ['A.a', 'B.b'], [], ['C.c']];

type Request = Extract<ExportedEntry, { kind: 'request' }>['record'];

const upTo = (most: number) => fc.nat({ max: most });
const sketches = fc.array(
  fc.record({
    after: fc.constantFrom(0, 1, 60_000, HOUR, 8 * HOUR),
    client: upTo(2),
    operator: upTo(2),
    matter: upTo(1),
    people: fc.uniqueArray(upTo(5), { maxLength: 3 }),
    fields: fc.array(upTo(3), { minLength: 3, maxLength: 3 }),
    ended: upTo(2),
    verdict: fc.constantFrom(null, 'APPROVED', 'PENDING'),
    basis: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);
type Sketch = typeof sketches extends fc.Arbitrary<readonly (infer S)[]> ? S : never;

function entryOf(s: Sketch, time: number) {
  const people = [...s.people].sort((a, b) => a - b);
  const outcome = (['ANSWERED', 'REFUSED', 'FAILED'] as const)[s.ended] ?? 'ANSWERED';
  const answered = outcome === 'ANSWERED';
  const about = people.map((_, i) => FIELDS[s.fields[i] ?? 0] ?? []);
  return request({
    time: new Date(time).toISOString(),
    client: `client-${s.client}`,
    operator: s.operator === 0 ? null : `operator-${s.operator}`,
    matter: `matter-${s.matter}`,
    legalBases: s.basis ? ['a law'] : [],
    subjects: people.map((n) => PEOPLE[n] ?? ''),
    ...(answered ? { about } : {}),
    ages: people.map((n) => 'CMA-EC'.charAt(n)).join(''),
    disclosed: answered ? [...new Set(about.flat())].sort() : [],
    masked: [],
    verdict: answered ? s.verdict : null,
    outcome,
    code: answered ? null : 'WITHHELD',
  });
}

/** Runs a check over an index of the entries, beside the requests as they stand in the record. */
async function indexed(
  sketched: readonly Sketch[],
  check: (index: RecordIndex, requests: readonly Request[], folder: string) => void,
): Promise<void> {
  const folder = await temporaryFolder();
  const log = await open({ folder, signingKey: key, files: unsynced });
  let time = START;
  for (const one of sketched) {
    time += one.after;
    await log.append(entryOf(one, time));
  }
  await log.close();
  const index = new RecordIndex(`${folder}.sqlite`, folder, 480);
  try {
    await index.advance();
    const requests: Request[] = [];
    for await (const entry of exportRecord(folder)) if (entry.kind === 'request') requests.push(entry.record);
    check(index, requests, folder);
  } finally {
    index.close();
    for (const suffix of ['', '-wal', '-shm']) await rm(`${folder}.sqlite${suffix}`, { force: true });
  }
}

function counted(names: readonly (string | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) if (name !== null) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const asCounts = (list: readonly { readonly name: string; readonly count: number }[]) =>
  Object.fromEntries(list.map(({ name, count }) => [name, count]));

describe('the activity of a period', () => {
  test('counts by step, outcome, verdict, code, application, matter and field', async () => {
    const from = START - HOUR / 2;
    await fc.assert(
      fc.asyncProperty(sketches, fc.constantFrom('HOUR' as const, 'DAY' as const), async (sketched, step) => {
        await indexed(sketched, (index, all) => {
          const to = from + 200 * HOUR;
          const activity = index.activity({ from, to, step });
          const requests = all.filter(({ time }) => Date.parse(time) < to);
          expect(activity.requests).toBe(requests.length);
          expect(asCounts(activity.outcomes)).toEqual(counted(requests.map(({ outcome }) => outcome)));
          expect(asCounts(activity.verdicts)).toEqual(counted(requests.map(({ verdict }) => verdict)));
          expect(asCounts(activity.codes)).toEqual(counted(requests.map(({ code }) => code)));
          expect(asCounts(activity.clients)).toEqual(counted(requests.map(({ client }) => client)));
          expect(asCounts(activity.fields)).toEqual(counted(requests.flatMap(({ disclosed }) => disclosed)));
          for (const { matter, verdicts } of activity.matterVerdicts) {
            const own = requests.filter((one) => one.matter === matter);
            expect(asCounts(verdicts)).toEqual(counted(own.map(({ verdict }) => verdict)));
          }
          const length = step === 'HOUR' ? HOUR : 24 * HOUR;
          for (const { at, answered, refused, failed } of activity.series) {
            if (step === 'DAY') expect(new Date(at + 480 * 60_000).toISOString()).toMatch(/T00:00:00.000Z$/);
            const here = requests.filter(({ time }) => Date.parse(time) >= at && Date.parse(time) < at + length);
            expect({ answered, refused, failed }).toEqual({
              answered: here.filter(({ outcome }) => outcome === 'ANSWERED').length,
              refused: here.filter(({ outcome }) => outcome === 'REFUSED').length,
              failed: here.filter(({ outcome }) => outcome === 'FAILED').length,
            });
          }
          const own = index.activity({
            from,
            to,
            step,
            filter: { coordinates: ['B.b'] },
            fields: ['B.b'],
          });
          const withB = requests.filter(({ disclosed }) => disclosed.includes('B.b'));
          expect(own.requests).toBe(withB.length);
          expect(asCounts(own.fields)).toEqual(withB.length === 0 ? {} : { 'B.b': withB.length });
        });
      }),
      { numRuns: 15 },
    );
  });

  test('is bounded', async () => {
    await indexed([], (index) => {
      const asked = { from: 0, to: START, step: 'MINUTE' as const };
      expect(() => index.activity(asked)).toThrow(RangeError);
    });
  });
});

const MINOR = /[CM]/;

describe('the yearly report on minors', () => {
  test('counts requests, minors and fields by application, operator, matter and legal basis', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, async (sketched) => {
        await indexed(sketched, (index, all) => {
          const report = index.minors(START, START + 10_000 * HOUR);
          const concerning = all.filter(({ ages = '' }) => MINOR.test(ages));
          const answered = concerning.filter(({ outcome }) => outcome === 'ANSWERED');
          expect(report.requests).toBe(answered.length);
          expect(report.refused).toBe(concerning.length - answered.length);
          const minorsOf = (requests: readonly Request[], which: RegExp) =>
            new Set(
              requests.flatMap(({ subjects, ages = '' }) => subjects.filter((_, i) => which.test(ages.charAt(i)))),
            ).size;
          expect(report.minors).toBe(minorsOf(answered, MINOR));
          expect(report.under14).toBe(minorsOf(answered, /C/));
          const unknown = all.filter(({ ages = '', outcome }) => outcome === 'ANSWERED' && ages.includes('-'));
          expect(report.ageNotKnown).toBe(unknown.length);
          expect(report.lines.reduce((sum, { requests }) => sum + requests, 0)).toBe(answered.length);
          for (const line of report.lines) {
            const own = answered.filter(
              ({ client, operator, matter, legalBases }) =>
                client === line.client &&
                operator === line.operator &&
                matter === line.matter &&
                JSON.stringify(legalBases) === JSON.stringify(line.legalBases),
            );
            expect(line.requests).toBe(own.length);
            expect(line.minors).toBe(minorsOf(own, MINOR));
            expect(line.under14).toBe(minorsOf(own, /C/));
            const night = own.filter(({ time }) => {
              const hour = new Date(Date.parse(time) + 480 * 60_000).getUTCHours();
              return hour >= 22 || hour < 6;
            });
            expect(line.atNight).toBe(night.length);
            const given = own.map(({ about = [], ages = '' }) => [
              ...new Set(about.filter((_, i) => MINOR.test(ages.charAt(i))).flat()),
            ]);
            expect(Object.fromEntries(line.fields.map(({ coordinate, requests }) => [coordinate, requests]))).toEqual(
              counted(given.flat()),
            );
          }
        });
      }),
      { numRuns: 25 },
    );
  });

  test('points to what an auditor should look at', async () => {
    const folder = await temporaryFolder();
    const log = await open({ folder, signingKey: key, files: unsynced });
    const time = '2026-03-02T02:00:00.000Z';
    for (const [n, subject] of PEOPLE.entries()) {
      const about = [['A.a']];
      await log.append(
        request({
          time,
          client: 'school',
          operator: 'eve',
          subjects: [subject],
          ages: 'C',
          about,
          disclosed: ['A.a'],
          masked: [],
        }),
      );
      if (n > 2) continue;
      const night = '2026-03-02T15:00:00.000Z';
      await log.append(
        request({
          time: night,
          client: 'school',
          operator: null,
          legalBases: [],
          subjects: [subject],
          ages: 'M',
          about,
        }),
      );
    }
    await log.append({
      kind: 'alarm',
      time,
      id: 'a-1',
      alarm: 'SUBJECT_BUDGET',
      client: 'school',
      held: false,
      from: time,
      to: time,
      counts: {},
    });
    await log.append(request({ time, client: 'adults-only', operator: null, subjects: [PEOPLE[0] ?? ''], ages: 'A' }));
    await log.close();
    const index = new RecordIndex(`${folder}.sqlite`, folder, 480);
    try {
      await index.advance();
      const { anomalies } = index.minors(Date.parse('2026-01-01'), Date.parse('2027-01-01'));
      expect(anomalies).toEqual([
        { kind: 'NO_OPERATOR', client: 'school', requests: 3 },
        { kind: 'NO_BASIS', client: 'school', requests: 3 },
        { kind: 'AT_NIGHT', client: 'school', operator: null, requests: 3 },
        { kind: 'MANY_MINORS', client: 'school', operator: 'eve', day: '2026-03-02', minors: 130 },
        { kind: 'ALARM', client: 'school', alarm: 'SUBJECT_BUDGET', count: 1 },
      ]);
    } finally {
      index.close();
      for (const suffix of ['', '-wal', '-shm']) await rm(`${folder}.sqlite${suffix}`, { force: true });
    }
  });
});
