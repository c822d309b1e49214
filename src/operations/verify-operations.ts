/** Cases are registered, judged, compared and filled in. */
import { MianzhengError } from '../errors.js';
import type { Verdict } from '../matters/index.js';
import { HOLDER_KEY, type HolderKey } from '../receipts/sd-jwt.js';
import { admitRegistration } from './admit-subjects.js';
import { toldBeside } from './beside-facts.js';
import { noteRegistration, noteVerdict } from './case-events.js';
import { subjectsOf } from './case-subjects.js';
import { refuseGone } from './client-gone.js';
import { type ClaimInput, comparedClaims } from './compare-claims.js';
import { caseOf, factsFor, judge, named, type Operations, receiptsOf, standBack } from './operation-context.js';
import { prefilled } from './prefill.js';
import { caseFrom, type RegisterCaseInput } from './register-case.js';
import { concluded, concludedLater, judgedCase, subjectsByRole } from './verify.js';
import { type CaseInput, verifyCases } from './verify-cases.js';

/** How `Mutation.verify` is asked for a receipt. */
interface ReceiptWish {
  readonly receiptForm: 'JWS' | 'SD_JWT';
  readonly holderKey?: string | null;
}

/** Root fields that judge, by coordinate. */
export const VERIFY_OPERATIONS: Operations = {
  'Mutation.registerCase': async ({ gateway, client, matter, draft, today, quotas }, args) => {
    const registered = caseFrom(args.input as RegisterCaseInput, client.id, named(matter), today);
    admitRegistration({ gateway, client, draft, file: registered, traffic: 'ORDINARY' }, quotas);
    await gateway.store.registerCase(registered);
    draft.caseNumber = registered.number;
    draft.concern(subjectsOf(registered));
    noteRegistration(gateway, registered, draft);
    return { ...registered, subjectCount: registered.subjects.length };
  },
  'Mutation.verify': async (context, args) => {
    const { gateway, matter, draft } = context;
    const file = caseOf(context);
    const { asOf = null } = args as { readonly asOf?: string };
    const { receiptForm, holderKey = null } = args as unknown as ReceiptWish;
    const holder = holderOf(receiptForm, holderKey);
    gateway.budgets.admitDay(context.client.id, file, asOf ?? file.filedOn);
    const result = await judge(context, file, asOf);
    const told = (verdict: Verdict) => toldBeside(verdict, result.beside, named(matter), gateway);
    if (receiptForm === 'JWS') {
      const verdict = concluded(file, result, draft, receiptsOf(context));
      return { ...verdict, ...told(verdict) };
    }
    const verdict = await concludedLater(file, result, draft, (of, judged, id, noted) => {
      noteVerdict(gateway, of, judged, id, noted);
      return gateway.receipts.issueSelective(judgedCase(of, judged, id, gateway.now()), holder);
    });
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
      receipt: receiptsOf(context),
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
