/**
 * Showing a licence (手机亮证) and looking it up (扫码迎检). What is shown is a random code, never an identifier; who looks
 * it up sees the face fields that are granted to them, for a matter of their own, and the holder is named in the record.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { MianzhengError } from '../errors.js';
import type { Form, Matter, Verdict } from '../matters/index.js';
import type { PendingReceipt } from '../receipts/pending.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseFile } from '../store/control-store.js';
import type { LicencePresentations, Presentation } from '../store/licence-presentations.js';
import { type PrefilledField, prefilled } from './prefill.js';
import type { RunFacts } from './verify.js';
import { subjectsByRole } from './verify.js';

/** What every code begins with: the same for all, so that a scanner knows whose it is. */
export const CODE_PREFIX = 'mianzheng:';
const CODE = /^mianzheng:([A-Za-z0-9_-]{22})$/;

const MINUTE_MS = 60_000;

/** How long a holder sees who looked a showing up, ms: 400 days. The record keeps it longer. */
const SHOWN_MS = 400 * 86_400_000;
/** Showings older than that which a new one removes. */
const REMOVED_AT_ONCE = 20;

/** The schema's `PresentedLicence`. */
export interface PresentedLicence {
  readonly verdict: Verdict & { readonly receipt: PendingReceipt };
  /** What the QR code holds; null where the licence is not to be shown. */
  readonly code: string | null;
  /** RFC 3339. */
  readonly expiresAt: string | null;
}

/**
 * Makes a code for the licence of a case that was judged.
 * @param verdict of the case now; anything but APPROVED gives no code
 * @throws MianzhengError BAD_USER_INPUT where the matter shows no licence
 */
export async function present(
  desk: { readonly matter: Matter; readonly presentations: LicencePresentations; readonly now: () => number },
  file: CaseFile,
  verdict: PresentedLicence['verdict'],
): Promise<PresentedLicence> {
  const { presentation } = desk.matter;
  if (presentation === undefined) throw without('the matter shows no licence');
  const subjects = subjectsByRole(file);
  const kind = file.subjects.find(({ role }) => role === presentation.holder)?.kind;
  const [licence, holder] = [subjects[presentation.role], subjects[presentation.holder]];
  if (verdict.verdict !== 'APPROVED' || licence === undefined || holder === undefined) {
    return { verdict, code: null, expiresAt: null };
  }
  const at = desk.now();
  const expiresAt = at + presentation.minutes * MINUTE_MS;
  const token = randomBytes(16).toString('base64url');
  const { client, number: caseNumber } = file;
  await desk.presentations.prune(at - SHOWN_MS, REMOVED_AT_ONCE);
  await desk.presentations.add(
    {
      id: randomUUID(),
      client,
      caseNumber,
      licence,
      holder: `${kind}:${holder}`,
      at,
      expiresAt,
      usesLeft: presentation.uses,
    },
    token,
  );
  return { verdict, code: `${CODE_PREFIX}${token}`, expiresAt: new Date(expiresAt).toISOString() };
}

/** Whether what was shown is what is on record. */
export type Comparison = 'MATCH' | 'MISMATCH' | 'UNKNOWN';

/** A field of the face as it was shown to the inspector's eyes. */
export interface ShownField {
  readonly field: string;
  readonly value: string;
}

/** The schema's `Inspection`. */
export interface Inspection {
  readonly caseNumber: string;
  /** RFC 3339. */
  readonly presentedAt: string;
  /** The application through which it was shown. */
  readonly presentedBy: string;
  readonly face: readonly PrefilledField[];
  readonly compared: readonly { readonly field: string; readonly comparison: Comparison }[];
}

/** What an inspection is made with. */
export interface InspectionDesk {
  /** The inspecting application. */
  readonly client: string;
  readonly matter: Matter;
  readonly today: string;
  readonly now: () => number;
  readonly draft: RecordDraft;
  readonly presentations: LicencePresentations;
  /** Counts the licence's case as asked about. @throws MianzhengError SUBJECT_BUDGET_EXCEEDED */
  readonly admit: (file: CaseFile) => void;
  /** Runs a document of the inspection's case: `DISCLOSE` for what leaves, `VERIFY` for what is compared. */
  readonly facts: (file: CaseFile, use: 'DISCLOSE' | 'VERIFY') => RunFacts;
}

/**
 * Looks up what is shown, once. Its case is registered with the licence, so that every further question is bound to it.
 * @param shown at most the form's fields, each once; compared and never answered with the value on record
 * @throws MianzhengError BAD_USER_INPUT where the matter inspects nothing, a field is none of its form, or the code is not
 *   good: it is not told whether it never was one, has ended or was used
 */
export async function inspect(desk: InspectionDesk, code: string, shown: readonly ShownField[]): Promise<Inspection> {
  const { client, matter, today, draft, presentations } = desk;
  const { form, inspection } = matter;
  if (inspection === undefined || form === null) throw without('the matter inspects nothing');
  checkShown(form, shown);
  const token = CODE.exec(code)?.[1];
  const caseNumber = `INS-${randomBytes(10).toString('hex').toUpperCase()}`;
  const fileOf = ({ licence }: Pick<Presentation, 'licence'>): CaseFile => ({
    client,
    number: caseNumber,
    matter: matter.code,
    filedOn: today,
    subjects: [{ role: inspection.role, kind: 'LICENCE', id: licence }],
  });
  const use = { client, matter: matter.code, caseNumber, at: desk.now() };
  const found = token === undefined ? null : await presentations.take(token, use, fileOf);
  if (found === null)
    throw new MianzhengError('BAD_USER_INPUT', 'code: it is not good, or not any more', { field: 'code' });
  const file = fileOf(found);
  draft.nameCase(caseNumber);
  // The holder is in no field that was asked for, and sees the use of their licence by this.
  draft.concern([found.holder, `LICENCE:${found.licence}`]);
  desk.admit(file);
  const variables = { ...subjectsByRole(file), asOf: today };
  const { plan, execution } = await desk.facts(file, 'DISCLOSE')(form.facts, variables, today);
  draft.executed(plan, execution);
  return {
    caseNumber,
    presentedAt: new Date(found.at).toISOString(),
    presentedBy: found.client,
    face: prefilled(form, plan, execution).fields.filter(({ state }) => state !== 'TYPED'),
    compared: shown.length === 0 ? [] : await compared(desk, form, file, shown),
  };
}

/** Compares by the facts that a rule may use, granted FULL or PREDICATE. */
async function compared(desk: InspectionDesk, form: Form, file: CaseFile, shown: readonly ShownField[]) {
  const variables = { ...subjectsByRole(file), asOf: desk.today };
  const { plan, execution } = await desk.facts(file, 'VERIFY')(form.facts, variables, desk.today);
  desk.draft.executed(plan, execution);
  const fields = new Map(prefilled(form, plan, execution).fields.map((field) => [field.field, field]));
  return shown.map(({ field, value }) => {
    const known = fields.get(field);
    if (known?.state === 'ABSENT') return { field, comparison: 'MISMATCH' as const };
    if (known === undefined || known.value === null) return { field, comparison: 'UNKNOWN' as const };
    return { field, comparison: plain(known.value) === plain(value) ? ('MATCH' as const) : ('MISMATCH' as const) };
  });
}

/** Full-width characters, blanks and letter case are the reader's, not the licence's. */
const plain = (text: string): string => text.normalize('NFKC').replace(/\s/gu, '').toUpperCase();

function checkShown(form: Form, shown: readonly ShownField[]): void {
  const known = new Set(form.fields.filter(({ from }) => from !== null).map(({ field }) => field));
  shown.forEach(({ field, value }, i) => {
    const at = `shown.${i}`;
    const wrong = (part: string, why: string) =>
      new MianzhengError('BAD_USER_INPUT', `${at}.${part}: ${why}`, { field: `${at}.${part}` });
    if (!known.has(field)) throw wrong('field', `takes one of ${[...known].join(', ')}`);
    if (shown.findIndex((other) => other.field === field) < i) throw wrong('field', 'stands twice');
    if (value.length < 1 || value.length > 200) throw wrong('value', 'takes 1 to 200 characters');
  });
}

function without(why: string): MianzhengError {
  return new MianzhengError('BAD_USER_INPUT', why, { field: 'Mianzheng-Matter' });
}

/** The schema's `LicenceShowing`: what the holder sees of a showing. */
export interface LicenceShowing {
  readonly shownAt: string;
  readonly expiresAt: string;
  readonly uses: readonly {
    readonly at: string;
    readonly client: string;
    readonly matter: string;
    readonly caseNumber: string;
  }[];
}

/** The showings of a case, for its holder. */
export async function showingsOf(
  presentations: LicencePresentations,
  file: CaseFile,
): Promise<readonly LicenceShowing[]> {
  const showings = await presentations.of(file.client, file.number);
  return showings.map(({ at, expiresAt, uses }) => ({
    shownAt: new Date(at).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    uses: uses.map(({ at: usedAt, client, matter, caseNumber }) => ({
      at: new Date(usedAt).toISOString(),
      client,
      matter,
      caseNumber,
    })),
  }));
}
