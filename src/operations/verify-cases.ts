/**
 * `Mutation.verifyCases`: registers and judges the cases of a request together, each under its own
 * subjects. They run at once, so that their equal fetches travel in one statement.
 */
import type { NewEntry, Position } from '../audit/entries.js';
import { MianzhengError } from '../errors.js';
import type { Verdict } from '../matters/index.js';
import type { PendingReceipt } from '../receipts/pending.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseFile } from '../store/control-store.js';
import type { Beside } from './beside-facts.js';
import { type ReceiptForm, type ReceiptWish, readReceiptWish } from './receipt-wish.js';
import { CASE_NUMBER, type CaseRoles, caseFrom, type RegisterCaseInput } from './register-case.js';
import { concluded, type IssueReceipt, type VerifiedCase } from './verify.js';

/** The schema's `CaseInput`, coerced. */
export type CaseInput = Omit<RegisterCaseInput, 'matter'> & { readonly holderKey?: string | null };

/** The schema's `CaseVerdict`. */
export interface CaseVerdict {
  readonly number: string;
  readonly verdict: (Verdict & { readonly receipt: PendingReceipt }) | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly field: string | null;
  /** Place in the record, `chain/seq`. */
  readonly record: string;
}

/** What the cases of one request are registered, judged and recorded with. */
export interface CaseDesk {
  /** The application's identifier. */
  readonly client: string;
  readonly matter: CaseRoles;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** The request's draft; makes those of its cases. */
  readonly draft: RecordDraft;
  /** Counts the subjects of a case that is about to be registered. `draft`: of its entry. @throws MianzhengError where a budget is used up */
  readonly admit: (file: CaseFile, draft: RecordDraft) => void;
  /** As {@link ControlStore.registerCases}. */
  readonly register: (files: readonly CaseFile[]) => Promise<readonly boolean[]>;
  /** Judges a registered case under its own subjects. Starts its fetches before it first waits. */
  readonly judge: (file: CaseFile, draft: RecordDraft) => Promise<VerifiedCase>;
  /** Form of the receipts. */
  readonly form: ReceiptForm;
  /** Signs a verdict as its case wishes. */
  readonly receipt: (wish: ReceiptWish) => IssueReceipt;
  /** What a verdict tells beside its reasons. */
  readonly tell: (verdict: Verdict, beside: Beside) => object;
  /** Resolves when the entry is durable. @throws MianzhengError EVIDENCE_UNAVAILABLE */
  readonly append: (entry: NewEntry) => Promise<Position>;
  /** Called before the first entry is made. @throws MianzhengError CLIENT_GONE where nobody waits for the answer */
  readonly wanted: () => void;
  /** Told of a fault that is none of the case's, for the log. */
  readonly onFault: (error: unknown, requestId: string) => void;
}

/** Most cases one request may bring, under however many aliases. */
const MAX_CASES = 500;

const COORDINATE = 'Mutation.verifyCases';

/**
 * Registers and judges. Resolves only when every case's entry is durable.
 * @throws MianzhengError OVERLOADED, EVIDENCE_UNAVAILABLE, CLIENT_GONE: nothing of any case may leave then;
 *   BAD_USER_INPUT for more than 500 cases. What is wrong with one case stands in its own answer.
 */
export async function verifyCases(cases: readonly CaseInput[], desk: CaseDesk): Promise<readonly CaseVerdict[]> {
  if (desk.draft.cases + cases.length > MAX_CASES) {
    const why = `cases: one request takes at most ${MAX_CASES}`;
    throw new MianzhengError('BAD_USER_INPUT', why, { field: 'cases' });
  }
  const askedCases = cases.map((input): AskedCase => {
    // A text that is no case number has no place in the record.
    const number = CASE_NUMBER.test(input.number) ? input.number : null;
    return { input, draft: desk.draft.ofCase(number, COORDINATE) };
  });
  const files = await registered(askedCases, desk);
  const judging = askedCases.map(({ draft }, i) => judged(files[i] as CaseFile | RefusedCase, draft, desk));
  const outcomes = await Promise.all(judging);
  desk.wanted();
  return Promise.all(
    askedCases.map(({ input, draft }, i) => {
      const outcome = outcomes[i] as Outcome;
      draft.concern((outcome.file?.subjects ?? []).map(({ kind, id }) => `${kind}:${id}`));
      return outcome.is === 'JUDGED'
        ? disclosed(outcome, readReceiptWish(desk.form, input.holderKey), draft, desk)
        : refusedCase(input.number, i, outcome.error, draft, desk);
    }),
  );
}

/** A case of the request, and its entry in the making. */
interface AskedCase {
  readonly input: CaseInput;
  readonly draft: RecordDraft;
}

/** `file`: null where nobody is concerned: it is malformed, or its number another case's. */
interface RefusedCase {
  readonly is: 'REFUSED';
  readonly file: CaseFile | null;
  readonly error: Error;
}

type Outcome = { readonly is: 'JUDGED'; readonly file: CaseFile; readonly result: VerifiedCase } | RefusedCase;

/** Judges a case. A fault of the case is its outcome; one that asks to come again is the whole request's. */
async function judged(file: CaseFile | RefusedCase, draft: RecordDraft, { judge }: CaseDesk): Promise<Outcome> {
  if ('is' in file) return file;
  try {
    return { is: 'JUDGED', file, result: await judge(file, draft) };
  } catch (error) {
    if (error instanceof MianzhengError && error.status === 503) throw error;
    return { is: 'REFUSED', file, error: error instanceof Error ? error : new TypeError(String(error)) };
  }
}

async function disclosed(
  { file, result }: Extract<Outcome, { is: 'JUDGED' }>,
  wish: ReceiptWish,
  draft: RecordDraft,
  desk: CaseDesk,
): Promise<CaseVerdict> {
  const judgedNow = await concluded(file, result, draft, desk.receipt(wish));
  const verdict = { ...judgedNow, ...desk.tell(judgedNow, result.beside) };
  const position = await desk.append(draft.entry({ outcome: 'ANSWERED', code: null, status: 200 }));
  draft.durable(position);
  const record = `${position.chain}/${position.seq}`;
  return {
    number: file.number,
    verdict,
    code: null,
    message: null,
    field: null,
    record,
  };
}

/** The case of each input, registered, or why it is not. */
async function registered(cases: readonly AskedCase[], desk: CaseDesk): Promise<readonly (CaseFile | RefusedCase)[]> {
  const { register } = desk;
  const checked = cases.map((one, i) => admitted(one, i, desk));
  const admissible = checked.filter((file): file is CaseFile => !('is' in file));
  const outcomes = await register(admissible);
  const stands = new Map(admissible.map((file, i) => [file, outcomes[i] === true]));
  return checked.map((file, i) => {
    if ('is' in file || stands.get(file) === true) return file;
    const why = 'a case with this number is registered with other content';
    const error = new MianzhengError('CASE_CONFLICT', why, { field: `cases.${i}.number` });
    return { is: 'REFUSED', file: null, error };
  });
}

/** The case of an input, its subjects counted; or why it is refused. */
function admitted(asked: AskedCase, i: number, desk: CaseDesk): CaseFile | RefusedCase {
  const { client, matter, today, form, admit } = desk;
  let file: CaseFile | null = null;
  try {
    readReceiptWish(form, asked.input.holderKey, `cases.${i}.holderKey`);
    file = caseFrom({ ...asked.input, matter: matter.code }, client, matter, today, `cases.${i}`);
    admit(file, asked.draft);
    return file;
  } catch (error) {
    if (error instanceof MianzhengError) return { is: 'REFUSED', file, error };
    throw error;
  }
}

async function refusedCase(
  number: string,
  index: number,
  error: Error,
  draft: RecordDraft,
  desk: CaseDesk,
): Promise<CaseVerdict> {
  const known = error instanceof MianzhengError ? error : new MianzhengError('INTERNAL', 'the gateway failed');
  const { code, status, message, detail } = known;
  if (known !== error) desk.onFault(error, draft.requestId);
  const outcome = status >= 500 ? 'FAILED' : 'REFUSED';
  const { chain, seq } = await desk.append(draft.entry({ outcome, code, status }));
  // Cases are judged by their day of filing: there is no other day that could be wrong.
  const field = detail.field === 'asOf' ? `cases.${index}.filedOn` : (detail.field ?? null);
  return { number, verdict: null, code, message, field, record: `${chain}/${seq}` };
}
