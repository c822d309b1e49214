/** The root fields that the gateway computes itself, by coordinate. */
import { explainPlan } from '../authorize/explain.js';
import type { Use } from '../authorize/plan.js';
import { DIVISIONS } from '../domain/divisions.js';
import type { Wait } from '../domain/wait.js';
import { MianzhengError, SourceError } from '../errors.js';
import { execute, type Operation } from '../execute/executor.js';
import type { Gateway } from '../gateway.js';
import { departmentNames, type Matter, scanField, type Verdict } from '../matters/index.js';
import { HOLDER_KEY, type HolderKey } from '../receipts/sd-jwt.js';
import type { RecordDraft } from '../record-draft.js';
import type { RatingLevel } from '../store/case-events.js';
import type { CaseFile, Client } from '../store/control-store.js';
import { admitLookups, admitRegistration } from './admit-subjects.js';
import { besideFacts, toldBeside } from './beside-facts.js';
import {
  type CaseAsking,
  type CaseNow,
  closeRectification,
  type DecideCaseInput,
  type DecideReviewInput,
  decideCase,
  decideReview,
  noteRegistration,
  noteVerdict,
  type RequestReviewInput,
  rateCase,
  readCase,
  rectifyRating,
  reopenCase,
  requestReview,
  withdrawCase,
  wordsOf,
} from './case-events.js';
import { caseProgress, ratingCounts } from './case-progress.js';
import { subjectsOf } from './case-subjects.js';
import { refuseGone } from './client-gone.js';
import {
  type CommitCaseInput,
  type CommitmentContext,
  commitCase,
  concludeCommitment,
  receiveDocument,
} from './commit-case.js';
import { type ClaimInput, comparedClaims } from './compare-claims.js';
import { disputesOfCase, type RaiseDisputeInput, raisedDispute, statusOfReceipt } from './disputes.js';
import { inspect, present, type ShownField, showingsOf } from './licence-inspection.js';
import { answerOffer, type NotifyDesk, notify, writeOfferNotice } from './policy-answers.js';
import { findingMatter, type PolicyDesk, runName, takeOn, tellOffers, tellRun } from './policy-run.js';
import { prefilled } from './prefill.js';
import { type ProofsArguments, proofPage } from './proofs.js';
import { caseFrom, type RegisterCaseInput } from './register-case.js';
import type { SeasonLimits } from './season-limits.js';
import {
  concluded,
  concludedLater,
  type IssueReceipt,
  judgedCase,
  type RunFacts,
  ruleSetOn,
  subjectsByRole,
  verifyCase,
} from './verify.js';
import { type CaseInput, verifyCases } from './verify-cases.js';

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
}

/** Seconds after which a season that had to stand back may come again. */
const SEASON_RETRY_S = 5;

type GatewayOperation = (context: OperationContext, args: Readonly<Record<string, unknown>>) => Promise<unknown>;

const OPERATIONS: ReadonlyMap<string, GatewayOperation> = new Map<string, GatewayOperation>([
  ['Query.divisions', async () => DIVISIONS],
  ['Query.matters', async ({ gateway }) => [...gateway.matters.values()].map(describeMatter)],
  ['Query.proofs', async ({ gateway }, args) => proofPage(gateway.proofs, args as unknown as ProofsArguments)],
  [
    'Query.explainAccess',
    async ({ gateway, client, matter, today }, args) => {
      const rights = gateway.policy.rights(client.id, matter?.code ?? null, today);
      const { query, operationName = null } = args as { readonly query: string; readonly operationName?: string };
      const introspects = gateway.admission.introspects(client.id);
      const plan = gateway.authorizer.plan(query, operationName, rights, 'DISCLOSE', introspects);
      return explainPlan(plan, matter?.code ?? null);
    },
  ],
  [
    'Query.prefill',
    async (context) => {
      const { matter, file, draft } = context;
      if (file === null) throw new TypeError('prefill was planned without a case');
      const { form } = named(matter);
      if (form === null) return null;
      const run = factsFor(context, file, null, 'DISCLOSE');
      const { plan, execution } = await run(form.facts, { ...subjectsByRole(file), asOf: file.filedOn }, file.filedOn);
      draft.executed(plan, execution);
      return prefilled(form, plan, execution);
    },
  ],
  ['Query.caseFile', onCase((asking) => readCase(asking))],
  [
    'Query.ratings',
    async ({ gateway, client, matter, today }) =>
      ratingCounts(await gateway.store.cases.ratings({ client: client.id, matter: named(matter).code }, today)),
  ],
  ['Mutation.decideCase', onCase((asking, args) => decideCase(asking, args.input as DecideCaseInput))],
  ['Mutation.withdrawCase', onCase((asking, args) => withdrawCase(asking, (args.reason ?? null) as string | null))],
  ['Mutation.reopenCase', onCase((asking, args) => reopenCase(asking, args.reason as string))],
  ['Mutation.requestReview', onCase((asking, args) => requestReview(asking, args.input as RequestReviewInput))],
  ['Mutation.decideReview', onCase((asking, args) => decideReview(asking, args.input as DecideReviewInput))],
  [
    'Mutation.rateCase',
    onCase((asking, { level, comment = null }) => rateCase(asking, level as RatingLevel, comment as string | null)),
  ],
  ['Mutation.rectifyRating', onCase((asking, args) => rectifyRating(asking, args.answer as string))],
  ['Mutation.closeRectification', onCase((asking, args) => closeRectification(asking, args.resolved as boolean))],
  [
    'Mutation.registerCase',
    async ({ gateway, client, matter, draft, today }, args) => {
      const registered = caseFrom(args.input as RegisterCaseInput, client.id, named(matter), today);
      admitRegistration({ gateway, client, draft, file: registered, traffic: 'ORDINARY' });
      await gateway.store.registerCase(registered);
      draft.caseNumber = registered.number;
      draft.concern(subjectsOf(registered));
      noteRegistration(gateway, registered, draft);
      return { ...registered, subjectCount: registered.subjects.length };
    },
  ],
  [
    'Mutation.verify',
    async (context, args) => {
      const { matter, file, draft } = context;
      if (file === null) throw new TypeError('verify was planned without a case');
      const { asOf = null } = args as { readonly asOf?: string };
      const { receiptForm, holderKey = null } = args as unknown as ReceiptWish;
      const holder = holderOf(receiptForm, holderKey);
      context.gateway.budgets.admitDay(context.client.id, file, asOf ?? file.filedOn);
      const facts = factsFor(context, file, null, 'VERIFY');
      const result = await verifyCase(named(matter), file, asOf, facts, besideFor(context, file));
      const told = (verdict: Verdict) => toldBeside(verdict, result.beside, named(matter), context.gateway);
      if (receiptForm === 'JWS') {
        const verdict = concluded(file, result, draft, receiptsOf(context));
        return { ...verdict, ...told(verdict) };
      }
      const { receipts, now } = context.gateway;
      const verdict = await concludedLater(file, result, draft, (of, judged, id, noted) => {
        noteVerdict(context.gateway, of, judged, id, noted);
        return receipts.issueSelective(judgedCase(of, judged, id, now()), holder);
      });
      return { ...verdict, ...told(verdict) };
    },
  ],
  ['Query.receiptStatus', async ({ gateway }, args) => statusOfReceipt(String(args.receipt), gateway)],
  [
    'Query.caseDisputes',
    async ({ gateway, client, file }) => {
      if (file === null) throw new TypeError('caseDisputes was planned without a case');
      return disputesOfCase({ gateway, client, file });
    },
  ],
  [
    'Mutation.raiseDispute',
    async ({ gateway, client, file, draft, today }, args) => {
      if (file === null) throw new TypeError('raiseDispute was planned without a case');
      return raisedDispute(args.input as RaiseDisputeInput, { gateway, client, file, draft, today });
    },
  ],
  [
    'Mutation.compareClaims',
    async (context, args) => {
      const { gateway, matter, file, draft } = context;
      if (file === null) throw new TypeError('compareClaims was planned without a case');
      const runFacts = factsFor(context, file, null, 'VERIFY');
      const desk = { matter: named(matter), file, attempts: gateway.claims, runFacts, draft };
      return comparedClaims(args.claims as readonly ClaimInput[], desk);
    },
  ],
  [
    'Mutation.verifyCases',
    async (context, args) => {
      const { gateway, client, matter, today, draft } = context;
      standBack(gateway);
      return verifyCases(args.cases as readonly CaseInput[], {
        client: client.id,
        matter: named(matter),
        today,
        draft,
        admit: (file, ofCase) => {
          admitRegistration({ gateway, client, draft: ofCase, file, traffic: 'SEASON' });
          gateway.budgets.admitDay(client.id, file, file.filedOn);
        },
        register: (files) => gateway.store.registerCases(client.id, files),
        judge: (one, ofCase) => {
          const own = { ...context, draft: ofCase };
          noteRegistration(gateway, one, ofCase);
          const facts = factsFor(own, one, gateway.season, 'VERIFY');
          return verifyCase(named(matter), one, null, facts, besideFor(own, one));
        },
        tell: (verdict, beside) => toldBeside(verdict, beside, named(matter), gateway),
        receipt: receiptsOf(context),
        append: (entry) => gateway.record.append(entry),
        wanted: () => refuseGone(context.wait),
        onFault: (err, requestId) => gateway.log.error({ err, requestId }, 'case failed'),
      });
    },
  ],
  ['Query.policyRun', async (context, { run }) => tellRun(policyDesk(context), runName(String(run)))],
  [
    'Query.policyOffers',
    async (context, args) => {
      const { run, first, after = null } = args as { run: string; first: number; after?: string | null };
      return tellOffers(policyDesk(context), runName(run), after ?? '', first);
    },
  ],
  [
    'Mutation.runPolicy',
    async (context, { run }) => {
      standBack(context.gateway);
      return takeOn(policyDesk(context), runName(String(run)));
    },
  ],
  [
    'Mutation.notifyOffers',
    async (context, args) => {
      const desk = policyDesk(context);
      const run = runName(String(args.run));
      await notify(desk, run);
      return tellRun(desk, run);
    },
  ],
  [
    'Mutation.withdrawOffers',
    async (context, args) => {
      const desk = policyDesk(context);
      const run = runName(String(args.run));
      await desk.policies.withdraw(desk.client, run, context.gateway.now());
      return tellRun(desk, run);
    },
  ],
  [
    'Mutation.answerOffer',
    async (context, args) => {
      const { gateway, client, draft, today } = context;
      const matter = findingMatter(named(context.matter));
      const { offer: number, token, confirm } = args as { offer: string; token: string; confirm: boolean };
      const answered = await answerOffer(
        {
          today,
          now: gateway.now,
          policies: gateway.store.policies,
          matterOf: (offer) => (offer.client === client.id && offer.matter === matter.code ? matter : null),
          admit: (file) => admitRegistration({ gateway, client, draft, file, traffic: 'ORDINARY' }),
          judge: async (offer) => {
            const file = await gateway.store.findCase(offer.client, offer.number);
            if (file === null) throw new TypeError('a confirmed offer has no case');
            const facts = factsFor(context, file, null, 'VERIFY');
            const result = await verifyCase(matter, file, null, facts, besideFor(context, file));
            return concluded(file, result, draft, receiptsOf(context));
          },
        },
        { number, proof: { token }, confirm },
      );
      draft.caseNumber = answered.caseNumber;
      return answered;
    },
  ],
  [
    'Mutation.presentLicence',
    async (context) => {
      const { gateway, matter, file, draft, today } = context;
      if (file === null) throw new TypeError('a licence is shown in a case, and none was planned');
      // In force on the day it is shown, whenever its case was registered.
      gateway.budgets.admitDay(context.client.id, file, today);
      const facts = factsFor(context, file, null, 'VERIFY');
      const result = await verifyCase(named(matter), file, today, facts, besideFor(context, file));
      const verdict = concluded(file, result, draft, receiptsOf(context));
      draft.concern(subjectsOf(file));
      const { presentations } = gateway.store;
      return present({ matter: named(matter), presentations, now: gateway.now }, file, verdict);
    },
  ],
  [
    'Mutation.withdrawPresentations',
    async ({ gateway, file }) => {
      if (file === null) throw new TypeError('a licence is shown in a case, and none was planned');
      await gateway.store.presentations.withdraw(file.client, file.number, gateway.now());
      return showingsOf(gateway.store.presentations, file);
    },
  ],
  [
    'Query.licenceShowings',
    async ({ gateway, file, draft }) => {
      if (file === null) throw new TypeError('a licence is shown in a case, and none was planned');
      draft.concern(subjectsOf(file));
      return showingsOf(gateway.store.presentations, file);
    },
  ],
  [
    'Mutation.inspectLicence',
    async (context, args) => {
      const { gateway, client, matter, draft, today } = context;
      const { code, shown } = args as { readonly code: string; readonly shown: readonly ShownField[] };
      return inspect(
        {
          client: client.id,
          matter: named(matter),
          today,
          now: gateway.now,
          draft,
          presentations: gateway.store.presentations,
          admit: (file) => admitRegistration({ gateway, client, draft, file, traffic: 'ORDINARY' }),
          facts: (file, use) => factsFor(context, file, null, use),
        },
        code,
        shown,
      );
    },
  ],
]);

/** The acts on a case's commitment. */
const COMMITMENT_OPERATIONS: typeof OPERATIONS = new Map<string, GatewayOperation>([
  [
    'Mutation.commitCase',
    (context, args) =>
      commitCase(actingOn(context), args.input as CommitCaseInput, async () => {
        const { file, draft, gateway, client, matter } = context;
        if (file === null) throw new TypeError('commitCase was planned without a case');
        gateway.budgets.admitDay(client.id, file, file.filedOn);
        const facts = factsFor(context, file, null, 'VERIFY');
        const result = await verifyCase(named(matter), file, null, facts, besideFor(context, file));
        draft.executed(result.plan, result.execution);
        draft.verdict = result.verdict.verdict;
        return result.verdict;
      }),
  ],
  ['Mutation.receiveDocument', (context, args) => receiveDocument(actingOn(context), String(args.document))],
  [
    'Mutation.concludeCommitment',
    (context, args) => {
      const { outcome, reason } = args as { readonly outcome: 'COMPLETED' | 'BREACHED'; readonly reason: string };
      return concludeCommitment(actingOn(context), outcome, reason);
    },
  ],
]);

function actingOn({ gateway, matter, file, draft, today }: OperationContext): CommitmentContext {
  if (file === null) throw new TypeError('an act on a commitment was planned without a case');
  draft.concern(subjectsOf(file));
  return { gateway, matter: named(matter), file, draft, today };
}

function besideFor({ gateway, matter, draft, today }: OperationContext, file: CaseFile) {
  return besideFacts({ gateway, matter: named(matter), file, draft, today });
}

/** Single requests go before a season. @throws MianzhengError OVERLOADED while the gateway is busy */
function standBack({ load }: Gateway): void {
  if (load.takesSeason) return;
  const why = 'the gateway is busy, and single requests go before a season';
  throw new MianzhengError('OVERLOADED', why, { retryAfter: SEASON_RETRY_S });
}

/** What runs of the request's matter are taken on and told with. */
function policyDesk(context: OperationContext): PolicyDesk & NotifyDesk {
  const { gateway, client, draft, today } = context;
  const matter = findingMatter(named(context.matter));
  const { scan: coordinate, where } = matter.policy;
  const rights = gateway.policy.rights(client.id, matter.code, today);
  const scan = scanField(gateway.schema, coordinate);
  return {
    client: client.id,
    matter,
    ruleSet: ruleSetOn(matter, today).id,
    today,
    now: gateway.now,
    draft,
    scan: scan && gateway.authorizer.scan(scan, rights, where),
    async list(template, after, most) {
      gateway.season.admit([template]);
      try {
        return await gateway.season.sources.scan(template, after, most, context.wait.unhurried);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        const why = `${error.department} does not answer`;
        throw new MianzhengError('SOURCE_DOWN', why, { retryAfter: error.options.retryAfter ?? 1, cause: error });
      }
    },
    admit: (subjects) => gateway.budgets.admit('SEASON', client.id, null, subjects),
    judge: (file) => {
      const facts = factsFor(context, file, gateway.season, 'VERIFY', listed(context));
      return verifyCase(matter, file, null, facts, besideFor(context, file));
    },
    append: (entry) => gateway.record.append(entry),
    policies: gateway.store.policies,
    write: (db, notice) => writeOfferNotice(db, notice, gateway.seal),
  };
}

/** Lookups of people whom a department listed: identifiers that nobody guessed, so they say nothing of a walk. */
function listed({ gateway, client }: OperationContext): typeof admitLookups {
  return () => ({
    settle: ({ subjects }) => {
      if (subjects.size > 0) gateway.budgets.admit('SEASON', client.id, null, subjects);
    },
  });
}

/** The operation at a coordinate, ready to run; null where the gateway computes no such field. */
export function gatewayOperation(context: OperationContext, coordinate: string): Operation | null {
  const operation = OPERATIONS.get(coordinate) ?? COMMITMENT_OPERATIONS.get(coordinate);
  return operation === undefined ? null : (args) => operation(context, args);
}

/** How `Mutation.verify` is asked for a receipt. */
interface ReceiptWish {
  readonly receiptForm: 'JWS' | 'SD_JWT';
  readonly holderKey?: string | null;
}

/** The holder's key, read. @throws MianzhengError BAD_USER_INPUT where it is no public JWK of a kind taken */
function holderOf(form: ReceiptWish['receiptForm'], given: string | null): HolderKey | null {
  if (given === null) return null;
  const bad = (why: string) => new MianzhengError('BAD_USER_INPUT', `holderKey: ${why}`, { field: 'holderKey' });
  if (form !== 'SD_JWT') throw bad('a receipt of this form is bound to nobody');
  if (given.length > 1000) throw bad('takes at most 1000 characters');
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch {
    throw bad('no JSON');
  }
  const parsed = HOLDER_KEY.safeParse(value);
  if (!parsed.success) throw bad('takes a public JWK with kty, crv, x (and y): Ed25519 or P-256, and nothing else');
  return parsed.data;
}

function receiptsOf({ gateway }: OperationContext): IssueReceipt {
  return (file, judged, id, draft) => {
    noteVerdict(gateway, file, judged, id, draft);
    return gateway.receipts.issue(judgedCase(file, judged, id, gateway.now()));
  };
}

/** An operation on the request's case, which shows where the case stands then. */
function onCase(
  run: (asking: CaseAsking, args: Readonly<Record<string, unknown>>) => Promise<CaseNow>,
): GatewayOperation {
  return async ({ gateway, client, matter, file, draft, today }, args) => {
    if (file === null) throw new TypeError('an operation on a case was planned without one');
    const known = named(matter);
    const { events } = await run({ gateway, client, matter: known, file, draft, today }, args);
    const notices = await gateway.store.cases.notices(file);
    return caseProgress(file, events, notices, wordsOf(known), departmentNames(gateway.schema));
  };
}

/**
 * Runs a document of a case's matter under the application's rights and the case's subjects.
 * @param use VERIFY for facts that stay here, DISCLOSE for values that leave
 * @param admit counts whom the document looks up
 */
function factsFor(
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
    const { plan, variables } = gateway.authorizer.authorize(document, null, given, rights, use);
    season?.admit(plan.templates);
    const traffic = season === null ? 'ORDINARY' : 'SEASON';
    const asked = admit({ gateway, client, draft, file, traffic }, plan, variables);
    const execution = await execute({
      plan,
      variables,
      caseSubjects: subjectsOf(file),
      today: day,
      sources: (season ?? gateway).sources,
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

/** Non-public operations are planned only where a matter is named. */
function named(matter: Matter | null): Matter {
  if (matter === null) throw new TypeError('a matter was needed and none was named');
  return matter;
}

function describeMatter({ code, name, roles, formerProofs, instant, steps, claims }: Matter) {
  return {
    code,
    nameZh: name.zh,
    nameEn: name.en,
    roles,
    instant,
    formerProofs: formerProofs.map(({ name: called, mode, proof }) => ({
      nameZh: called.zh,
      nameEn: called.en,
      mode,
      code: proof ?? null,
    })),
    claims: (claims?.all ?? []).map(({ claim, name: called, kind, department }) => ({
      claim,
      nameZh: called.zh,
      nameEn: called.en,
      kind,
      department,
    })),
    steps: steps.map(({ id, name: step, by, actor, inPerson, basis, checks }) => ({
      id,
      nameZh: step.zh,
      nameEn: step.en,
      by,
      actorZh: actor?.zh ?? null,
      actorEn: actor?.en ?? null,
      inPerson,
      basisZh: basis?.zh ?? null,
      basisEn: basis?.en ?? null,
      checks,
    })),
  };
}
