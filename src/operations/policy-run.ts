/**
 * A policy that finds people (免申即享): lists candidates at one department page by page, judges each by the matter's whole
 * rule under the application's grants, and keeps what came of it. The application sees numbers only. An entry that names
 * everybody listed is durable before a page counts.
 */
import { randomBytes } from 'node:crypto';
import type { NewEntry, Position } from '../audit/entries.js';
import type { GrantedScan } from '../authorize/scan.js';
import type { ScanPage, ScanTemplate } from '../domain/scan.js';
import { MianzhengError } from '../errors.js';
import type { Matter, PolicyDefinition } from '../matters/index.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseFile } from '../store/control-store.js';
import type { OfferState, PolicyOffers, PolicyRun, RunPage, RunPhase } from '../store/policy-offers.js';
import { leastCounts } from './least-counts.js';
import { CASE_NUMBER } from './register-case.js';
import type { VerifiedCase } from './verify.js';

/** People of one page: their facts travel in one statement each. */
export const PAGE = 500;

/** A matter that finds people. */
export type FindingMatter = Matter & { readonly policy: PolicyDefinition };

/** What a run is taken on with. */
export interface PolicyDesk {
  /** The application's identifier. */
  readonly client: string;
  readonly matter: FindingMatter;
  /** Rule set in force today. */
  readonly ruleSet: string;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** The request's draft; makes those of pages. */
  readonly draft: RecordDraft;
  /** The scan granted; null where none is. */
  readonly scan: GrantedScan | null;
  /** Reads a page of candidates. @throws SourceError */
  readonly list: (template: ScanTemplate, after: string, most: number) => Promise<ScanPage>;
  /** Counts people as asked about. @throws MianzhengError SUBJECT_BUDGET_EXCEEDED */
  readonly admit: (subjects: readonly string[], quotas: GrantedScan['quotas']) => void;
  /** Judges a person as the only subject of a case that is not registered. Starts its fetches before it first waits. */
  readonly judge: (file: CaseFile) => Promise<VerifiedCase>;
  /** Resolves when the entry is durable. @throws MianzhengError EVIDENCE_UNAVAILABLE */
  readonly append: (entry: NewEntry) => Promise<Position>;
  readonly policies: PolicyOffers;
}

/** The schema's `PolicyRun`. */
export interface ToldRun {
  readonly run: string;
  readonly matter: string;
  readonly asOf: string;
  readonly phase: RunPhase;
  readonly pages: number;
  readonly scanned: number | null;
  readonly unreadable: number | null;
  readonly notMet: number | null;
  readonly kept: number | null;
  readonly found: number | null;
  readonly offers: readonly { readonly state: OfferState; readonly count: number | null }[];
}

const STATES: readonly OfferState[] = ['FOUND', 'NOTIFIED', 'CONFIRMED', 'DECLINED', 'EXPIRED', 'WITHDRAWN'];

/** A number that nobody can guess another from, and that says nothing of the person or the order. */
export function newOfferNumber(): string {
  return `OF-${randomBytes(10).toString('hex').toUpperCase()}`;
}

/** @throws MianzhengError BAD_USER_INPUT */
export function runName(run: string): string {
  if (CASE_NUMBER.test(run)) return run;
  throw new MianzhengError('BAD_USER_INPUT', 'run: 1 to 64 letters, digits, hyphens or dots', { field: 'run' });
}

/** The matter, where it finds people. @throws MianzhengError BAD_USER_INPUT */
export function findingMatter(matter: Matter): FindingMatter {
  const { policy } = matter;
  if (policy !== undefined) return { ...matter, policy };
  const why = 'the matter finds nobody: it has no policy';
  throw new MianzhengError('BAD_USER_INPUT', why, { field: 'Mianzheng-Matter' });
}

/** A run as it stands, in numbers; null where there is none. */
export async function tellRun(
  desk: Pick<PolicyDesk, 'client' | 'matter' | 'policies' | 'today' | 'now'>,
  id: string,
): Promise<ToldRun | null> {
  const { client, matter, policies } = desk;
  await policies.expire(desk.today, desk.now());
  const run = await policies.findRun(client, id);
  if (run === null || run.matter !== matter.code) return null;
  const counts = await policies.counts(client, id);
  const { leastCount } = matter.policy;
  const whole = (count: number) => (count > 0 && count < leastCount ? null : count);
  const total = STATES.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
  const [found = null, notMet = null, kept = null] = leastCounts([total, run.notMet, run.kept], leastCount);
  const byState = leastCounts(
    STATES.map((state) => counts.get(state) ?? 0),
    leastCount,
  );
  return {
    run: id,
    matter: run.matter,
    asOf: run.asOf,
    phase: run.phase,
    pages: run.pages,
    scanned: whole(run.scanned),
    unreadable: whole(run.unreadable),
    notMet,
    kept,
    found,
    offers: STATES.map((state, i) => ({ state, count: found === null ? null : (byState[i] ?? null) })),
  };
}

/** An offer without the person, as the schema's type. */
export interface ToldOffer {
  readonly number: string;
  readonly confirmed: boolean;
  readonly answerBy: string | null;
}

/** A page of a run's offers; empty where the run found so few that their number would tell who. */
export async function tellOffers(
  desk: Pick<PolicyDesk, 'client' | 'matter' | 'policies' | 'today' | 'now'>,
  run: string,
  after: string,
  most: number,
): Promise<readonly ToldOffer[]> {
  const told = await tellRun(desk, run);
  if (told === null || told.found === null) return [];
  const offers = await desk.policies.offers({ client: desk.client, run, after, most });
  return offers.map(({ number, state, answerBy }) => ({ number, confirmed: state === 'CONFIRMED', answerBy }));
}

/**
 * Takes a run on by one page.
 * @throws MianzhengError CASE_CONFLICT where the name is taken by another matter's run; WITHHELD without the right to scan; SUBJECT_BUDGET_EXCEEDED; EVIDENCE_UNAVAILABLE; OVERLOADED.
 *   SOURCE_DOWN where the department that is listed does not answer. The run then stands where it stood.
 */
export async function takeOn(desk: PolicyDesk, id: string): Promise<ToldRun> {
  const { client, matter, ruleSet, today, policies, scan } = desk;
  let run = await policies.findRun(client, id);
  if (run?.phase !== 'DONE') {
    if (scan === null) {
      const { scan: coordinate } = matter.policy;
      throw new MianzhengError('WITHHELD', `${coordinate} is beyond the grants`, { field: coordinate });
    }
    run ??= await policies.beginRun({ client, id, matter: matter.code, ruleSet, asOf: today });
    if (run.matter === matter.code) await takePage(desk, scan, run);
  }
  const told = await tellRun(desk, id);
  if (told !== null) return told;
  throw new MianzhengError('CASE_CONFLICT', 'a run of this name is another matter’s', { field: 'run' });
}

interface Candidates extends Pick<RunPage, 'phase' | 'cursor' | 'listed' | 'unreadable'> {
  readonly subjects: readonly string[];
}

/** The people of the next page, and where the run goes on behind them. */
async function candidates(desk: PolicyDesk, scan: GrantedScan, run: PolicyRun): Promise<Candidates> {
  if (run.phase === 'SCAN') {
    const { keys, unreadable, next } = await desk.list(scan.template, run.cursor, PAGE);
    const goesOn = next === null ? ({ phase: 'KEPT', cursor: '' } as const) : { phase: run.phase, cursor: next };
    return { ...goesOn, subjects: keys, listed: keys.length, unreadable };
  }
  const kept = await desk.policies.kept(run, run.cursor, PAGE);
  const last = kept.at(-1);
  const goesOn =
    last === undefined || kept.length < PAGE
      ? ({ phase: 'DONE', cursor: '' } as const)
      : { phase: run.phase, cursor: last };
  return { ...goesOn, subjects: kept, listed: kept.length, unreadable: 0 };
}

async function takePage(desk: PolicyDesk, scan: GrantedScan, run: PolicyRun): Promise<void> {
  const { matter, draft, policies } = desk;
  const page = await candidates(desk, scan, run);
  const people = page.subjects.map((subject) => `CITIZEN:${subject}`);
  const ofPage = draft.ofCase(null, 'Mutation.runPolicy');
  ofPage.used([matter.policy.scan], [scan.legalBasis]);
  ofPage.concern(people);
  if (people.length > 0) desk.admit(people, scan.quotas);
  const judged = await Promise.all(
    page.subjects.map((subject) => desk.judge(caseOf(desk, run, newOfferNumber(), subject))),
  );
  for (const { plan, execution } of judged) ofPage.executed(plan, execution);
  await desk.append(ofPage.entry({ outcome: 'ANSWERED', code: null, status: 200 }));
  const found: { subject: string; number: string }[] = [];
  const notMet: string[] = [];
  const unknown: { subject: string; verdict: string }[] = [];
  judged.forEach(({ verdict: { verdict } }, i) => {
    const subject = page.subjects[i] ?? '';
    if (verdict === 'APPROVED') found.push({ subject, number: newOfferNumber() });
    else if (verdict === 'NOT_MET') notMet.push(subject);
    else unknown.push({ subject, verdict });
  });
  const { phase, cursor, listed, unreadable } = page;
  await policies.enterPage(run, { phase, cursor, listed, unreadable, met: found, notMet, unknown }, desk.now());
}

/** The case a person would have; that of a run is never registered. */
export function caseOf(
  { client, matter }: Pick<PolicyDesk, 'client' | 'matter'>,
  { asOf }: Pick<PolicyRun, 'asOf'>,
  number: string,
  subject: string,
): CaseFile {
  const { role } = matter.policy;
  return { client, number, matter: matter.code, filedOn: asOf, subjects: [{ role, kind: 'CITIZEN', id: subject }] };
}
