/** Licences shown and inspected (亮证, 扫码迎检). */
import { admitRegistration } from './admit-subjects.js';
import { subjectsOf } from './case-subjects.js';
import { inspect, present, type ShownField, showingsOf } from './licence-inspection.js';
import { caseOf, factsFor, judge, named, type Operations, receiptsOf } from './operation-context.js';
import { concluded } from './verify.js';

/** Root fields of licences shown, by coordinate. */
export const LICENCE_OPERATIONS: Operations = {
  'Mutation.presentLicence': async (context) => {
    const { gateway, matter, draft, today } = context;
    const file = caseOf(context);
    // In force on the day it is shown, whenever its case was registered.
    gateway.budgets.admitDay(context.client.id, file, today);
    const verdict = await concluded(file, await judge(context, file, today), draft, receiptsOf(context));
    draft.concern(subjectsOf(file));
    const { presentations } = gateway.store;
    return present({ matter: named(matter), presentations, now: gateway.now }, file, verdict);
  },
  'Mutation.withdrawPresentations': async (context) => {
    const { store, now } = context.gateway;
    const file = caseOf(context);
    await store.presentations.withdraw(file.client, file.number, now());
    return showingsOf(store.presentations, file);
  },
  'Query.licenceShowings': async (context) => {
    const file = caseOf(context);
    context.draft.concern(subjectsOf(file));
    return showingsOf(context.gateway.store.presentations, file);
  },
  'Mutation.inspectLicence': async (context, args) => {
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
        admit: (file) => admitRegistration({ gateway, client, draft, file, traffic: 'ORDINARY' }, context.quotas),
        facts: (file, use) => factsFor(context, file, null, use),
      },
      code,
      shown,
    );
  },
};
