/** Policies that find people (免申即享). */
import { MianzhengError, SourceError } from '../errors.js';
import { scanField } from '../matters/index.js';
import { type admitLookups, admitRegistration } from './admit-subjects.js';
import { subjectsOf } from './case-subjects.js';
import { judge, named, type OperationContext, type Operations, receiptsOf, standBack } from './operation-context.js';
import { answerOffer, type NotifyDesk, notify, writeOfferNotice } from './policy-answers.js';
import { findingMatter, type PolicyDesk, runName, takeOn, tellOffers, tellRun } from './policy-run.js';
import { concluded, ruleSetOn } from './verify.js';

/** Root fields of policies, by coordinate. */
export const POLICY_OPERATIONS: Operations = {
  'Query.policyRun': async (context, { run }) => tellRun(policyDesk(context), runName(String(run))),
  'Query.policyOffers': async (context, args) => {
    const { run, first, after = null } = args as { run: string; first: number; after?: string | null };
    return tellOffers(policyDesk(context), runName(run), after ?? '', first);
  },
  'Mutation.runPolicy': async (context, { run }) => {
    standBack(context.gateway);
    return takeOn(policyDesk(context), runName(String(run)));
  },
  'Mutation.notifyOffers': async (context, args) => {
    const desk = policyDesk(context);
    const run = runName(String(args.run));
    await notify(desk, run);
    return tellRun(desk, run);
  },
  'Mutation.withdrawOffers': async (context, args) => {
    const desk = policyDesk(context);
    const run = runName(String(args.run));
    await desk.policies.withdraw(desk.client, run, context.gateway.now());
    return tellRun(desk, run);
  },
  'Mutation.answerOffer': async (context, args) => {
    const { gateway, client, draft, today } = context;
    const matter = findingMatter(named(context.matter));
    const { offer: number, token, confirm } = args as { offer: string; token: string; confirm: boolean };
    return answerOffer(
      {
        today,
        now: gateway.now,
        actor: `client:${client.id}`,
        requestId: draft.requestId,
        policies: gateway.store.policies,
        settle: (...answer) => gateway.store.policies.settle(...answer),
        record: (event) => gateway.cases.settle(event),
        matterOf: (offer) => (offer.client === client.id && offer.matter === matter.code ? matter : null),
        admit: (file) => admitRegistration({ gateway, client, draft, file, traffic: 'ORDINARY' }, context.quotas),
        judge: async (offer) => {
          draft.nameCase(offer.number);
          const file = await gateway.store.findCase(offer.client, offer.number);
          if (file === null) throw new TypeError('a confirmed offer has no case');
          return concluded(file, await judge(context, file, null), draft, receiptsOf(context));
        },
        refusal: () =>
          new MianzhengError('BAD_USER_INPUT', 'no open offer has this number and token', { field: 'token' }),
      },
      { number, proof: { token }, confirm },
    );
  },
};

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
    admit: (subjects, quotas) =>
      gateway.budgets.admit('SEASON', client.id, null, subjects, [...quotas, ...context.quotas]),
    judge: (file) => judge(context, file, null, gateway.season, listed(context)),
    append: (entry) => gateway.record.append(entry),
    policies: gateway.store.policies,
    write: (db, notice) => writeOfferNotice(db, notice, gateway.seal),
  };
}

/** Lookups of people whom a department listed: identifiers that nobody guessed, so they say nothing of a walk. */
function listed({ gateway, client }: OperationContext): typeof admitLookups {
  return ({ file }, { quotas }) => {
    // The page counted them for what lists them; what their facts rest on has quotas of its own.
    if (quotas.length > 0) gateway.budgets.admit('SEASON', client.id, null, subjectsOf(file), quotas);
    return {
      settle: ({ subjects }) => {
        if (subjects.size > 0) gateway.budgets.admit('SEASON', client.id, null, subjects, quotas);
      },
    };
  };
}
