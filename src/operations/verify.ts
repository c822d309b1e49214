/**
 * `Mutation.verify`: fetches the facts of a matter under the application's own rights and judges
 * the case by them. The facts stay here; the verdict, its reasons and the record leave.
 */
import type { AccessPlan } from '../authorize/plan.js';
import { MianzhengError } from '../errors.js';
import type { Execution } from '../execute/executor.js';
import { type Matter, RuleSetError, ruleSetFor, type UnknownFact, type Verdict } from '../matters/index.js';
import type { Judged } from '../receipts/issue.js';
import type { PendingReceipt } from '../receipts/pending.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseFile } from '../store/control-store.js';
import type { Beside, BesideFacts } from './beside-facts.js';

/** Plans and runs a matter's facts document for the calling application. */
export type RunFacts = (
  document: string,
  variables: Readonly<Record<string, unknown>>,
  today: string,
) => Promise<{ readonly plan: AccessPlan; readonly execution: Execution }>;

/** What could not be had: denied by the plan, or not answered when run. */
export function unknownFacts(plan: AccessPlan, execution: Execution): UnknownFact[] {
  const unknowns: UnknownFact[] = [];
  for (const { path, department, decision, reachable } of plan.decisions) {
    if (decision === 'WITHHELD' && reachable) unknowns.push({ path, department, cause: 'WITHHELD' });
  }
  for (const outcome of execution.outcomes) {
    const { path, department } = outcome;
    if (outcome.outcome === 'SOURCE_DOWN') {
      const retry = outcome.retryAfter === null ? {} : { retryAfter: outcome.retryAfter };
      unknowns.push({ path, department, cause: 'SOURCE_DOWN', ...retry });
    } else if (outcome.outcome === 'DISPUTED') {
      unknowns.push({ path, department, cause: 'DISPUTED' });
    } else if (outcome.outcome === 'WITHHELD') {
      unknowns.push({ path, department, cause: outcome.reason === 'REGION_SCOPE' ? 'PARTIAL' : 'WITHHELD' });
    }
  }
  for (const { path, department } of execution.cut) unknowns.push({ path, department, cause: 'PARTIAL' });
  return unknowns;
}

/** The subject of each role; a matter's facts take one subject per role. */
export function subjectsByRole(file: CaseFile): Record<string, string> {
  const subjects: Record<string, string> = {};
  for (const { role, id } of file.subjects) subjects[role] ??= id;
  return subjects;
}

/** A case as judged, and the run that brought its facts. */
export interface VerifiedCase {
  readonly verdict: Verdict;
  readonly plan: AccessPlan;
  readonly execution: Execution;
  /** What is known beside the facts, the tasks that were opened for this verdict among it. */
  readonly beside: Beside;
}

/**
 * Judges a case, and opens the verifications (部门核验) that its verdict waits for.
 * @param asOf day to judge by, `YYYY-MM-DD`; null: the day of filing
 * @throws MianzhengError BAD_USER_INPUT where the matter has no rules for that day
 */
export async function verifyCase(
  matter: Matter,
  file: CaseFile,
  asOf: string | null,
  runFacts: RunFacts,
  besideIt: BesideFacts,
): Promise<VerifiedCase> {
  const day = asOf ?? file.filedOn;
  const subjects = subjectsByRole(file);
  const ruleSet = ruleSetOn(matter, day, file.division);
  // Its fetches are begun before it first waits, so that equal ones of other cases travel with them.
  const [{ plan, execution }, known] = await Promise.all([
    runFacts(matter.facts, { ...subjects, asOf: day }, day),
    besideIt.read(),
  ]);
  const verdict = matter.judge({
    ruleSet,
    filedOn: file.filedOn,
    asOf: day,
    subjects,
    data: execution.data,
    unknowns: unknownFacts(plan, execution),
    answers: known.answers,
    commitment: known.standing,
  });
  return { verdict, plan, execution, beside: await besideIt.settle(verdict, known) };
}

/**
 * What the receipt of a judged case states.
 * @param id names this verdict and no other
 * @param at ms since the epoch
 */
export function judgedCase(
  file: CaseFile,
  { verdict, execution, beside }: VerifiedCase,
  id: string,
  at: number,
): Judged {
  const answered = beside.tasks.flatMap(({ name, department, answer }) =>
    answer === null ? [] : [{ name, department, answer }],
  );
  return {
    id,
    at,
    client: file.client,
    matter: file.matter,
    caseNumber: file.number,
    verdict,
    sources: [
      ...execution.sources,
      ...answered.map(({ department, answer }) => ({
        department,
        fetchedAt: new Date(answer.at).toISOString(),
        state: 'UP' as const,
      })),
    ],
    subjects: execution.subjects,
    facts:
      answered.length === 0
        ? execution.data
        : { facts: execution.data, answers: answered.map(({ name, answer }) => [name, answer.finding]) },
  };
}

/** The receipt of a judged case; `id` names it, `draft` becomes the entry that holds its digest. One that may be shown in parts takes time to make. */
export type IssueReceipt = (
  file: CaseFile,
  judged: VerifiedCase,
  id: string,
  draft: RecordDraft,
) => PendingReceipt | Promise<PendingReceipt>;

/** Enters a judged case in the draft of its record, and adds its receipt to the verdict. */
export async function concluded(
  file: CaseFile,
  judged: VerifiedCase,
  draft: RecordDraft,
  issue: IssueReceipt,
): Promise<Verdict & { readonly receipt: PendingReceipt }> {
  const receipt = await issue(file, judged, draft.receiptId, draft);
  draft.executed(judged.plan, judged.execution);
  if (judged.beside.tasks.some(({ answer }) => answer !== null)) draft.used(['Verification.answer']);
  draft.verdict = judged.verdict.verdict;
  draft.issued(receipt);
  return { ...judged.verdict, receipt };
}

/** The rule set of a day. @throws MianzhengError BAD_USER_INPUT where there is none, or no single one */
export function ruleSetOn(matter: Matter, day: string, division?: string) {
  try {
    return ruleSetFor(matter, day, division);
  } catch (error) {
    if (!(error instanceof RuleSetError)) throw error;
    const why = 'the matter has no rule set, or no single one, for the day judged by and the division of the case';
    throw new MianzhengError('BAD_USER_INPUT', `asOf: ${why}`, { field: 'asOf', cause: error });
  }
}
