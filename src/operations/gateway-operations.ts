/** The root fields that the gateway computes itself, by coordinate. */
import { explainPlan } from '../authorize/explain.js';
import type { Use } from '../authorize/plan.js';
import { DIVISIONS } from '../domain/divisions.js';
import type { Wait } from '../domain/wait.js';
import { MianzhengError } from '../errors.js';
import { execute, type Operation } from '../execute/executor.js';
import type { Gateway } from '../gateway.js';
import type { Matter } from '../matters/index.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseFile, Client } from '../store/control-store.js';
import { admitLookups, admitRegistration } from './admit-subjects.js';
import { subjectsOf } from './case-subjects.js';
import { refuseGone } from './client-gone.js';
import { type ClaimInput, comparedClaims } from './compare-claims.js';
import { disputesOfCase, type RaiseDisputeInput, raisedDispute, statusOfReceipt } from './disputes.js';
import { prefilled } from './prefill.js';
import { caseFrom, type RegisterCaseInput } from './register-case.js';
import type { SeasonLimits } from './season-limits.js';
import { concluded, type IssueReceipt, judgedCase, type RunFacts, subjectsByRole, verifyCase } from './verify.js';
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
  [
    'Mutation.registerCase',
    async ({ gateway, client, matter, draft, today }, args) => {
      const registered = caseFrom(args.input as RegisterCaseInput, client.id, named(matter), today);
      admitRegistration({ gateway, client, draft, file: registered, traffic: 'ORDINARY' });
      await gateway.store.registerCase(registered);
      draft.caseNumber = registered.number;
      draft.concern(subjectsOf(registered));
      return { ...registered, subjectCount: registered.subjects.length };
    },
  ],
  [
    'Mutation.verify',
    async (context, args) => {
      const { matter, file, draft } = context;
      if (file === null) throw new TypeError('verify was planned without a case');
      const { asOf = null } = args as { readonly asOf?: string };
      context.gateway.budgets.admitDay(context.client.id, file, asOf ?? file.filedOn);
      const result = await verifyCase(named(matter), file, asOf, factsFor(context, file, null, 'VERIFY'));
      return concluded(file, result, draft, receiptsOf(context));
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
      if (!gateway.load.takesSeason) {
        const why = 'the gateway is busy, and single requests go before a season';
        throw new MianzhengError('OVERLOADED', why, { retryAfter: SEASON_RETRY_S });
      }
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
        judge: (one, ofCase) =>
          verifyCase(named(matter), one, null, factsFor({ ...context, draft: ofCase }, one, gateway.season, 'VERIFY')),
        receipt: receiptsOf(context),
        append: (entry) => gateway.record.append(entry),
        wanted: () => refuseGone(context.wait),
        onFault: (err, requestId) => gateway.log.error({ err, requestId }, 'case failed'),
      });
    },
  ],
]);

/** The operation at a coordinate, ready to run; null where the gateway computes no such field. */
export function gatewayOperation(context: OperationContext, coordinate: string): Operation | null {
  const operation = OPERATIONS.get(coordinate);
  return operation === undefined ? null : (args) => operation(context, args);
}

function receiptsOf({ gateway }: OperationContext): IssueReceipt {
  return (file, judged, id) => gateway.receipts.issue(judgedCase(file, judged, id, gateway.now()));
}

/**
 * Runs a document of a case's matter under the application's rights and the case's subjects.
 * @param use VERIFY for facts that stay here, DISCLOSE for values that leave
 */
function factsFor(context: OperationContext, file: CaseFile, season: SeasonLimits | null, use: Use): RunFacts {
  const { gateway, client, draft, today } = context;
  // A season's fetches wait for their turn as agreed with the departments, however long that is.
  const wait = season === null ? context.wait : context.wait.unhurried;
  return async (document, given, day) => {
    const rights = gateway.policy.rights(client.id, file.matter, today);
    const { plan, variables } = gateway.authorizer.authorize(document, null, given, rights, use);
    season?.admit(plan.templates);
    const traffic = season === null ? 'ORDINARY' : 'SEASON';
    const asked = admitLookups({ gateway, client, draft, file, traffic }, plan, variables);
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

function describeMatter({ code, name, roles, formerProofs, instant, claims }: Matter) {
  return {
    code,
    nameZh: name.zh,
    nameEn: name.en,
    roles,
    instant,
    claims: (claims?.all ?? []).map(({ claim, name: called, kind, department }) => ({
      claim,
      nameZh: called.zh,
      nameEn: called.en,
      kind,
      department,
    })),
    formerProofs: formerProofs.map((proof) => ({ nameZh: proof.name.zh, nameEn: proof.name.en, mode: proof.mode })),
  };
}
