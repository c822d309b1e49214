/** From what the gateway says of a case, and from a faulty row, to the result that is written down. */
import type { Columns } from './columns.js';
import type { CaseAnswer } from './gateway.js';
import type { RowResult } from './journal.js';
import type { SeasonRow } from './rows.js';

type Application = Extract<SeasonRow, { is: 'APPLICATION' }>;
type Faulty = Extract<SeasonRow, { is: 'FAULTY' }>;

const NO_VERDICT = { verdict: null, tierZh: null, elements: [], receipt: null } as const;

/** A row that cannot be asked about: each fault with its column. */
export function faultyResult({ row, number, faults }: Faulty): RowResult {
  const reasonsZh = faults.map(({ column, zh }) => `第 ${row} 行「${column}」列：${zh}`);
  return { row, number, ...NO_VERDICT, reasonsZh, code: 'BAD_USER_INPUT', record: null };
}

/** Why the gateway refuses a case, in Chinese, by code; another code's message stands as it is. */
const REFUSALS: Readonly<Record<string, string>> = {
  BAD_IDENTIFIER: '号码格式或校验码不正确，请核对',
  SUBJECT_BUDGET_EXCEEDED: '本小时可核验的人数已用完，请稍后用同一命令继续',
  RATE_LIMITED: '本小时可核验的次数已用完，请稍后用同一命令继续',
  CASE_CONFLICT: '该办件编号此前已以不同内容登记，更正请使用新的编号',
};

/** The column that a field such as `cases.3.subjects.1.id` came from. */
function headingOf(field: string | null, { subjects }: Application, columns: Columns): string | null {
  const [, , part, index] = field?.split('.') ?? [];
  if (part === 'number') return columns.number.heading;
  if (part === 'filedOn') return columns.filedOn.heading;
  if (part === 'division') return columns.division?.heading ?? null;
  const role = subjects[Number(index)]?.role;
  return columns.roles.find((known) => known.role === role)?.column?.heading ?? null;
}

/** Whether nothing is missing but what a department was asked to verify. */
function isAwaited({ verdict, verifications, requirements }: NonNullable<CaseAnswer['verdict']>): boolean {
  if (verdict !== 'PENDING' || !(verifications ?? []).some(({ state }) => state !== 'ANSWERED')) return false;
  return requirements.every(
    ({ outcome, effect, element }) =>
      outcome !== 'UNKNOWN' || effect === 'ADVISORY' || element?.startsWith('answers.') === true,
  );
}

/** What the gateway says of an application. */
export function answeredResult(application: Application, answer: CaseAnswer, columns: Columns): RowResult {
  const { row, number } = application;
  const { verdict, code, message, field, record } = answer;
  if (verdict === null) {
    const heading = headingOf(field, application, columns);
    const where = heading === null ? `第 ${row} 行` : `第 ${row} 行「${heading}」列`;
    const why = REFUSALS[code ?? ''] ?? message ?? '';
    return { row, number, ...NO_VERDICT, reasonsZh: [`${where}：${why}`], code: code ?? 'INTERNAL', record };
  }
  const told = new Set(verdict.reasonsZh);
  const elements = verdict.requirements.flatMap(({ element, reasonZh }) =>
    element !== null && reasonZh !== null && told.has(reasonZh) ? [element] : [],
  );
  return {
    row,
    number,
    verdict: verdict.verdict,
    ...(isAwaited(verdict) ? { awaited: true } : {}),
    tierZh: verdict.tierZh,
    elements: [...new Set(elements)],
    reasonsZh: verdict.reasonsZh,
    code: null,
    record,
    receipt: verdict.receipt,
  };
}
