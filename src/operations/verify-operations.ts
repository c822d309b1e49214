/** Cases are registered, judged, compared and filled in. */
import type { Verdict } from '../matters/index.js';
import { admitRegistration } from './admit-subjects.js';
import { toldBeside } from './beside-facts.js';
import { noteRegistration } from './case-events.js';
import { subjectsOf } from './case-subjects.js';
import { refuseGone } from './client-gone.js';
import { type ClaimInput, comparedClaims } from './compare-claims.js';
import { caseOf, factsFor, judge, named, type Operations, receiptsOf, standBack } from './operation-context.js';
import { prefilled } from './prefill.js';
import { type ReceiptForm, readReceiptWish } from './receipt-wish.js';
import { caseFrom, type RegisterCaseInput } from './register-case.js';
import { concluded, subjectsByRole } from './verify.js';
import { type CaseInput, verifyCases } from './verify-cases.js';

/** Root fields that judge, by coordinate. */
export const VERIFY_OPERATIONS: Operations = {
  'Mutation.registerCase': async ({ gateway, client, matter, draft, today, quotas }, args) => {
    const registered = caseFrom(args.input as RegisterCaseInput, client.id, named(matter), today);
    admitRegistration({ gateway, client, draft, file: registered, traffic: 'ORDINARY' }, quotas);
    draft.nameCase(registered.number);
    await gateway.store.registerCase(registered);
    draft.concern(subjectsOf(registered));
    noteRegistration(gateway, registered, draft);
    return { ...registered, subjectCount: registered.subjects.length };
  },
  'Mutation.verify': async (context, args) => {
    const { gateway, matter, draft } = context;
    const file = caseOf(context);
    const { asOf = null, holderKey } = args as { readonly asOf?: string; readonly holderKey?: string | null };
    const wish = readReceiptWish(args.receiptForm as ReceiptForm, holderKey);
    gateway.budgets.admitDay(context.client.id, file, asOf ?? file.filedOn);
    const result = await judge(context, file, asOf);
    const told = (verdict: Verdict) => toldBeside(verdict, result.beside, named(matter), gateway);
    const verdict = await concluded(file, result, draft, receiptsOf(context, wish));
    return { ...verdict, ...told(verdict) };
  },
  'Mutation.verifyCases': async (context, args) => {
    const { gateway, client, matter, today, draft } = context;
    standBack(gateway);
    return verifyCases(args.cases as readonly CaseInput[], {
      client: client.id,
      matter: named(matter),
      today,
      draft,
      admit: (file, ofCase) => {
        admitRegistration({ gateway, client, draft: ofCase, file, traffic: 'SEASON' }, context.quotas);
        gateway.budgets.admitDay(client.id, file, file.filedOn);
      },
      register: (files) => gateway.store.registerCases(client.id, files),
      judge: (one, ofCase) => {
        noteRegistration(gateway, one, ofCase);
        return judge({ ...context, draft: ofCase }, one, null, gateway.season);
      },
      tell: (verdict, beside) => toldBeside(verdict, beside, named(matter), gateway),
      form: args.receiptForm as ReceiptForm,
      receipt: (wish) => receiptsOf(context, wish),
      append: (entry) => gateway.record.append(entry),
      wanted: () => refuseGone(context.wait),
      onFault: (err, requestId) => gateway.log.error({ err, requestId }, 'case failed'),
    });
  },
  'Mutation.compareClaims': async (context, args) => {
    const { gateway, matter, draft } = context;
    const file = caseOf(context);
    const runFacts = factsFor(context, file, null, 'VERIFY');
    const desk = { matter: named(matter), file, attempts: gateway.claims, runFacts, draft };
    return comparedClaims(args.claims as readonly ClaimInput[], desk);
  },
  'Query.prefill': async (context) => {
    const file = caseOf(context);
    const { form } = named(context.matter);
    if (form === null) return null;
    const run = factsFor(context, file, null, 'DISCLOSE');
    const { plan, execution } = await run(form.facts, { ...subjectsByRole(file), asOf: file.filedOn }, file.filedOn);
    context.draft.executed(plan, execution);
    return prefilled(form, plan, execution);
  },
};
