/** What every operation of the gateway itself is computed with. */
import type { Authorized } from '../authorize/authorizer.js';
import type { Use } from '../authorize/plan.js';
import type { Wait } from '../domain/wait.js';
import { MianzhengError } from '../errors.js';
import { execute } from '../execute/executor.js';
import type { Gateway } from '../gateway.js';
import type { Matter } from '../matters/index.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseFile, Client } from '../store/control-store.js';
import { admitLookups } from './admit-subjects.js';
import { besideFacts } from './beside-facts.js';
import { noteVerdict } from './case-events.js';
import { subjectsOf } from './case-subjects.js';
import type { ReceiptWish } from './receipt-wish.js';
import type { SeasonLimits } from './season-limits.js';
import { type IssueReceipt, judgedCase, type RunFacts, type VerifiedCase, verifyCase } from './verify.js';

/** For whom an operation is computed: an authorized request. */
export interface OperationContext {
  readonly gateway: Gateway;
  readonly client: Client;
  /** The matter the request names; operations on personal data are planned only where it does. */
  readonly matter: Matter | null;
  /** The case it names, where the plan needs one. */
  readonly file: CaseFile | null;
  readonly draft: RecordDraft;
  /** `YYYY-MM-DD` where the gateway stands. */
  readonly today: string;
  /** How long the answer is of use. */
  readonly wait: Wait;
  /** Quotas that whom the operation is about counts towards. */
  readonly quotas: Authorized['quotas'];
}

/** Computes a root field of the gateway itself. */
export type GatewayOperation = (context: OperationContext, args: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** Operations by coordinate. */
export type Operations = Readonly<Record<string, GatewayOperation>>;

/** Seconds after which a season that had to stand back may come again. */
const SEASON_RETRY_S = 5;

/** Non-public operations are planned only where a matter is named. */
export function named(matter: Matter | null): Matter {
  if (matter === null) throw new TypeError('a matter was needed and none was named');
  return matter;
}

/** The request's case: what needs one is planned only with one. */
export function caseOf({ file }: OperationContext): CaseFile {
  if (file === null) throw new TypeError('an operation on a case was planned without one');
  return file;
}

/** Single requests go before a season. @throws MianzhengError OVERLOADED while the gateway is busy */
export function standBack({ load }: Gateway): void {
  if (load.takesSeason) return;
  const why = 'the gateway is busy, and single requests go before a season';
  throw new MianzhengError('OVERLOADED', why, { retryAfter: SEASON_RETRY_S });
}

/** Signs verdicts, and notes them with their cases. @param wish default: a JWS */
export function receiptsOf({ gateway }: OperationContext, wish: ReceiptWish = { form: 'JWS' }): IssueReceipt {
  return (file, judged, id, draft) => {
    noteVerdict(gateway, file, judged, id, draft);
    const stated = judgedCase(file, judged, id, gateway.now());
    return wish.form === 'JWS' ? gateway.receipts.issue(stated) : gateway.receipts.issueSelective(stated, wish.holder);
  };
}

/**
 * Runs a document of a case's matter under the application's rights and the case's subjects.
 * @param use VERIFY for facts that stay here, DISCLOSE for values that leave
 * @param admit counts whom the document looks up
 */
export function factsFor(
  context: OperationContext,
  file: CaseFile,
  season: SeasonLimits | null,
  use: Use,
  admit: typeof admitLookups = admitLookups,
): RunFacts {
  const { gateway, client, draft, today } = context;
  // A season's fetches wait for their turn as agreed with the departments, however long that is.
  const wait = season === null ? context.wait : context.wait.unhurried;
  return async (document, given, day) => {
    const rights = gateway.policy.rights(client.id, file.matter, today);
    const authorized = gateway.authorizer.authorize(document, null, given, rights, use);
    const { plan, variables } = authorized;
    season?.admit(plan.templates);
    const traffic = season === null ? 'ORDINARY' : 'SEASON';
    const asked = admit({ gateway, client, draft, file, traffic }, authorized);
    const execution = await execute({
      plan,
      variables,
      caseSubjects: subjectsOf(file),
      today: day,
      sources: (season ?? gateway).sources,
      matter: file.matter,
      operation: () => null,
      masks: gateway.masks,
      disputed: gateway.disputes.facts,
      introspect: () => ({}),
      now: gateway.now,
      wait,
    });
    asked.settle(execution);
    return { plan, execution };
  };
}

/**
 * Judges a case of the request's matter under the application's rights.
 * @param asOf judge by the rules and facts of this day; null: the day it was filed
 * @param season,admit as {@link factsFor} takes them
 */
export function judge(
  context: OperationContext,
  file: CaseFile,
  asOf: string | null,
  season: SeasonLimits | null = null,
  admit?: typeof admitLookups,
): Promise<VerifiedCase> {
  const { gateway, draft, today } = context;
  const matter = named(context.matter);
  const facts = factsFor(context, file, season, 'VERIFY', admit);
  return verifyCase(matter, file, asOf, facts, besideFacts({ gateway, matter, file, draft, today }));
}
