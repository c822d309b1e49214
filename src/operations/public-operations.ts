/** What is told of the gateway and its matters, and of access, without a case. */
import { explainPlan } from '../authorize/explain.js';
import { DIVISIONS } from '../domain/divisions.js';
import type { Matter } from '../matters/index.js';
import type { Operations } from './operation-context.js';
import { type ProofsArguments, proofPage } from './proofs.js';

/** Root fields that need no case, by coordinate. */
export const PUBLIC_OPERATIONS: Operations = {
  'Query.divisions': async () => DIVISIONS,
  'Query.matters': async ({ gateway }) => [...gateway.matters.values()].map(describeMatter),
  'Query.proofs': async ({ gateway }, args) => proofPage(gateway.proofs, args as unknown as ProofsArguments),
  'Query.explainAccess': async ({ gateway, client, matter, today }, args) => {
    const rights = gateway.policy.rights(client.id, matter?.code ?? null, today);
    const { query, operationName = null } = args as { readonly query: string; readonly operationName?: string };
    const introspects = gateway.admission.introspects(client.id);
    const plan = gateway.authorizer.plan(query, operationName, rights, 'DISCLOSE', introspects);
    return explainPlan(plan, rights, matter?.code ?? null);
  },
};

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
