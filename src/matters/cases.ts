/** A matter's own cases: facts in, verdict out, in `<code>.cases.yaml` beside it. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { addMonthsToMonth, compareText, parseMonth } from '../domain/calendar.js';
import { parseClaim } from '../domain/claim-value.js';
import { NO_EARLIER_BREACH, OWN_COMMITMENT } from './commitment.js';
import { compareClaims, type StatedClaim } from './compare.js';
import type { Matter } from './compile.js';
import { date } from './definition.js';
import { type Fault, noteIssues, SourceFile } from './faults.js';
import type { Answer, JudgeInput, Verdict } from './judge.js';
import { CASES } from './load.js';
import { RuleSetError, ruleSetFor } from './rule-sets.js';
import type { UnknownFact } from './unknown-facts.js';

const verdicts = z.enum(['APPROVED', 'NOT_MET', 'NEEDS_COMMITMENT', 'NEEDS_REVIEW', 'PENDING']);
const causes = z.enum(['SOURCE_DOWN', 'WITHHELD', 'DISPUTED', 'PARTIAL']);
const subjects = z.record(z.string(), z.string());

const division = z
  .string()
  .regex(/^\d{6}$/, 'must be six digits')
  .optional();

const matterCase = z.strictObject({
  name: z.string().min(1).describe('What is special about the case.'),
  of: z.string().describe('Name of the facts it starts from.'),
  set: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Values to set in them, by dotted path; list members by index.'),
  unknown: z
    .record(z.string(), z.tuple([causes, z.string()]))
    .optional()
    .describe('Facts that could not be had, by dotted path: the cause and the department.'),
  answers: z
    .record(z.string(), z.union([z.boolean(), z.literal('UNANSWERED')]))
    .optional()
    .describe('What departments answered that verify a proof, by name; absent: awaited.'),
  commitment: z
    .strictObject({
      own: z.enum(['NONE', 'KEPT', 'BREACHED']).default('NONE').describe('What became of the commitment in this case.'),
      earlierBreach: z.boolean().default(false).describe('Whether the subject broke an earlier commitment.'),
    })
    .optional()
    .describe('What is known of commitments; absent: that there are none.'),
  filedOn: date.optional().describe('The day it was filed; default: that of the file.'),
  asOf: date.optional().describe('The day judged by; default: the day it was filed.'),
  division: division.describe('The division it was filed in; default: that of the file.'),
  subjects: subjects.optional().describe('Identifiers by role that differ from those of the file.'),
  verdict: verdicts.describe('The verdict it must get.'),
  tier: z.string().optional().describe('The tier it must reach; absent: none.'),
  elements: z
    .array(z.string())
    .default([])
    .describe('Every element whose reason the verdict must tell, and no other; absent: none.'),
  outcomes: z
    .record(z.string(), z.enum(['FALSE', 'UNKNOWN']))
    .optional()
    .describe('Every requirement that must not be TRUE, by id; absent: not looked at.'),
});

const claimsCase = z.strictObject({
  name: z.string().min(1).describe('What is special about what was stated.'),
  facts: z.unknown().describe("Answer to the query of the matter's claims."),
  unknown: matterCase.shape.unknown,
  stated: z.record(z.string(), z.string()).describe('What the citizen typed, by claim.'),
  outcomes: z
    .record(z.string(), z.enum(['MATCH', 'MISMATCH', 'ABSENT', 'UNKNOWN']))
    .describe('What each claim stated must come to.'),
});

/** Shape of a file of cases. */
export const casesFile = z.strictObject({
  filedOn: date.describe('The day the cases were filed.'),
  division: division.describe('The division they were filed in, GB/T 2260, which chooses the rule set.'),
  subjects: subjects.describe('Identifiers by role.'),
  facts: z
    .record(z.string(), z.unknown())
    .describe(
      'Answers to the facts document, by name. { $months: { from, to, kinds, without } } stands for the list of insured months.',
    ),
  cases: z.array(matterCase).min(1).describe('The cases.'),
  claims: z.array(claimsCase).optional().describe('What citizens state, and what comparing it must come to.'),
});

/** A file of cases, read. */
export type MatterCases = z.infer<typeof casesFile>;
/** One case of a matter. */
export type MatterCase = MatterCases['cases'][number];

/** What a case came to. */
export interface CaseResult {
  readonly name: string;
  /** Line of the case in its file, from 1. */
  readonly line: number;
  /** How the verdict differs from the one it must get; empty where it does not. */
  readonly differences: readonly string[];
}

const months = z.strictObject({
  $months: z.strictObject({
    from: z.string(),
    to: z.string(),
    kinds: z.array(z.string()),
    without: z.array(z.string()).default([]),
  }),
});

/** Writes out `{ $months: … }` as the list of insured months it stands for. */
function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  if (!('$months' in value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, expand(member)]));
  }
  const { from, to, kinds, without } = months.parse(value).$months;
  if (parseMonth(from) === null || parseMonth(to) === null)
    throw new RangeError('$months: from and to must be months YYYY-MM');
  const list: { month: string; kind: string }[] = [];
  for (let month = from; month <= to; month = addMonthsToMonth(month, 1)) {
    if (!without.includes(month)) list.push(...kinds.map((kind) => ({ month, kind })));
  }
  return list;
}

/** A copy of the data with a value set at a path. @throws RangeError where the path leads nowhere */
export function withValue(data: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(data)) {
    if (!(Number(key) < data.length)) throw new RangeError(`nothing at ${path.join('.')}`);
    return data.map((member, i) => (i === Number(key) ? withValue(member, rest, value) : member));
  }
  if (typeof data !== 'object' || data === null) throw new RangeError(`nothing at ${path.join('.')}`);
  return { ...data, [key]: withValue(Reflect.get(data, key), rest, value) };
}

const pathOf = (dotted: string): (string | number)[] =>
  dotted.split('.').map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));

/**
 * What a case gives to {@link Matter.judge}.
 * @throws RangeError or ZodError where the case does not fit its file; RuleSetError where no rule set is for it
 */
export function inputOf(
  matter: Matter,
  file: Omit<MatterCases, 'cases'>,
  one: Omit<MatterCase, 'elements'>,
): JudgeInput {
  if (!Object.hasOwn(file.facts, one.of)) throw new RangeError(`no facts called ${one.of}`);
  let data = expand(file.facts[one.of]);
  for (const [path, value] of Object.entries(one.set ?? {})) data = withValue(data, pathOf(path), expand(value));
  const filedOn = one.filedOn ?? file.filedOn;
  const asOf = one.asOf ?? filedOn;
  const unknowns = Object.entries(one.unknown ?? {}).map(
    ([path, [cause, department]]): UnknownFact => ({ path: pathOf(path), cause, department }),
  );
  return {
    ruleSet: ruleSetFor(matter, asOf, one.division ?? file.division),
    filedOn,
    asOf,
    subjects: { ...file.subjects, ...one.subjects },
    data,
    unknowns,
    ...(one.commitment === undefined ? {} : { commitment: one.commitment }),
    answers: Object.fromEntries(
      Object.entries(one.answers ?? {}).map(([id, answer]): [string, Answer] => [
        id,
        answer === 'UNANSWERED' ? { known: false, cause: answer } : { known: true, value: answer },
      ]),
    ),
  };
}

/** The different elements of the requirements whose reasons the verdict tells. */
export function elementsTold(verdict: Verdict): readonly (string | null)[] {
  const told = verdict.requirements.filter(({ reasonZh }) => reasonZh !== null && verdict.reasonsZh.includes(reasonZh));
  return [...new Set(told.map(({ element }) => element))];
}

/** The requirements that are not TRUE, by id. */
export function outcomesOf({ requirements }: Verdict): Readonly<Record<string, string>> {
  return Object.fromEntries(
    requirements.filter(({ outcome }) => outcome !== 'TRUE').map(({ id, outcome }) => [id, outcome]),
  );
}

function differencesOf(one: MatterCase, verdict: Verdict): string[] {
  const compared = [
    ['verdict', one.verdict, verdict.verdict],
    ['tier', one.tier ?? null, verdict.tier],
    ['elements', sorted(one.elements), sorted(elementsTold(verdict).map(String))],
    ...(one.outcomes === undefined ? [] : [['outcomes', pairs(one.outcomes), pairs(outcomesOf(verdict))] as const]),
  ] as const;
  return compared.flatMap(([what, expected, given]) => {
    const [must, is] = [JSON.stringify(expected), JSON.stringify(given)];
    return must === is ? [] : [`${what} must be ${must}, is ${is}`];
  });
}

const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort(compareText);
const pairs = (record: Readonly<Record<string, string>>): readonly string[] =>
  sorted(Object.entries(record).map((pair) => pair.join(' ')));

/** A matter's cases and the place of each. */
export interface CasesOfMatter {
  readonly file: MatterCases;
  readonly faults: readonly Fault[];
  /** Judges every case, in the file's order. */
  run(): readonly CaseResult[];
}

/**
 * Reads the cases of a matter.
 * @param folder folder of matters
 * @returns null where the matter has no file of cases; of a file with faults, the faults and no cases
 */
export async function readCases(
  folder: string,
  matter: Matter,
): Promise<CasesOfMatter | { readonly faults: readonly Fault[] } | null> {
  const path = join(folder, `${matter.code}${CASES}`);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const source = new SourceFile(basename(path), text);
  const value = source.value();
  if (source.faults.length > 0) return { faults: source.faults };
  const parsed = casesFile.safeParse(value);
  if (!parsed.success) {
    noteIssues(source, parsed.error.issues);
    return { faults: source.faults };
  }
  const file = parsed.data;
  const comparisons = (file.claims ?? []).map((one, i) => statedIn(source, matter, one, i));
  const inputs = file.cases.map((one, i) => {
    checkNames(source, matter, one, i);
    try {
      return inputOf(matter, file, one);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof z.ZodError || error instanceof RuleSetError)) throw error;
      source.fault(['cases', i], error.message);
      return null;
    }
  });
  if (source.faults.length > 0) return { faults: source.faults };
  return {
    file,
    faults: [],
    run: () => [
      ...file.cases.flatMap((one, i) => {
        const input = inputs[i];
        if (input == null) return [];
        return {
          name: one.name,
          line: source.lineOf(['cases', i]),
          differences: differencesOf(one, matter.judge(input)),
        };
      }),
      ...(file.claims ?? []).map((one, i) => ({
        name: one.name,
        line: source.lineOf(['claims', i]),
        differences: comparedDifferences(one, comparisons[i] ?? []),
      })),
    ],
  };
}

/** What a case states, read; what cannot be read is a fault of the file. */
function statedIn(
  source: SourceFile,
  matter: Matter,
  { stated, outcomes }: z.infer<typeof claimsCase>,
  i: number,
): readonly StatedClaim[] {
  for (const name of Object.keys(outcomes)) {
    if (!Object.hasOwn(stated, name)) source.fault(['claims', i, 'outcomes', name], `${name} is not stated`);
  }
  return Object.entries(stated).flatMap(([name, text]): StatedClaim[] => {
    const path = ['claims', i, 'stated', name];
    const claim = matter.claims?.all.find((one) => one.claim === name);
    if (claim === undefined) {
      source.fault(path, `the matter has no claim ${name}`);
      return [];
    }
    const parsed = parseClaim(claim.kind, text);
    if (!parsed.ok) {
      source.fault(path, `${parsed.group}: ${parsed.reason}`);
      return [];
    }
    return [{ claim, value: parsed.value }];
  });
}

function comparedDifferences(one: z.infer<typeof claimsCase>, stated: readonly StatedClaim[]): string[] {
  const unknowns = Object.entries(one.unknown ?? {}).map(
    ([path, [cause, department]]): UnknownFact => ({ path: pathOf(path), cause, department }),
  );
  const given = Object.fromEntries(
    compareClaims(stated, one.facts, unknowns).map(({ claim, outcome }) => [claim.claim, outcome]),
  );
  const [must, is] = [JSON.stringify(pairs(one.outcomes)), JSON.stringify(pairs(given))];
  return must === is ? [] : [`outcomes must be ${must}, are ${is}`];
}

/** A fault for every file of cases in the folder that no matter's file stands beside: nothing would ever judge them. */
export async function orphanedCases(folder: string): Promise<readonly Fault[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith(CASES) && !names.includes(`${name.slice(0, -CASES.length)}.yaml`))
    .map((file) => ({ file, line: 0, column: 0, message: 'there is no matter of this name' }));
}

/** A misspelt name would compare with nothing for ever. */
function checkNames(source: SourceFile, matter: Matter, one: MatterCase, i: number): void {
  const requirements = new Set([...matter.requirements, ...(matter.commitment?.conditions ?? [])].map(({ id }) => id));
  const roles = new Set(matter.roles.map(({ role }) => role));
  const answers = new Set(matter.formerProofs.flatMap(({ verification }) => verification?.id ?? []));
  for (const id of Object.keys(one.answers ?? {})) {
    if (!answers.has(id)) source.fault(['cases', i, 'answers', id], `the matter asks for no answer ${id}`);
  }
  for (const id of Object.keys(one.outcomes ?? {})) {
    if (!requirements.has(id) && id !== NO_EARLIER_BREACH && id !== OWN_COMMITMENT)
      source.fault(['cases', i, 'outcomes', id], `the matter has no requirement ${id}`);
  }
  for (const role of Object.keys(one.subjects ?? {})) {
    if (!roles.has(role)) source.fault(['cases', i, 'subjects', role], `the matter has no role ${role}`);
  }
}
