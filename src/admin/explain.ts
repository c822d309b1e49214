/** What an application system would be answered, planned and not run, with a grant that is only a draft where asked. */
import { type AccessExplanation, explainPlan } from '../authorize/explain.js';
import { type Disclosure, type Grant, rightsOf, type SubjectScope } from '../authorize/rights.js';
import { MianzhengError } from '../errors.js';
import { departmentsSeen } from './actor.js';
import { known } from './clients.js';
import type { AdminContext } from './context.js';
import { checkBounds, checkItems, checkMatters, coordinatesOf, type Item } from './terms.js';

/** Shape of the schema's `DraftGrantInput`. */
export interface DraftGrant {
  readonly id?: string | null;
  readonly client: string;
  readonly department: string;
  readonly matters: readonly string[];
  readonly items: readonly Item[];
  readonly regions: readonly string[];
  readonly subjects: SubjectScope;
  readonly maxHops: number;
  readonly subjectsPerDay?: number | null;
}

/** Identifier of a draft that stands for no grant. */
const NEW = 'draft';

/** The draft as a grant in force. @throws MianzhengError BAD_USER_INPUT */
export function draftedGrant({ parts, today }: AdminContext, draft: DraftGrant, field: string): Grant {
  checkItems(parts, draft.items, `${field}.items`, draft.department);
  checkMatters(parts, draft.matters, `${field}.matters`);
  checkBounds(draft, field);
  const { client, department, matters, regions, subjects, maxHops, subjectsPerDay = null } = draft;
  return {
    id: draft.id ?? NEW,
    client,
    department,
    status: 'APPROVED',
    matters,
    legalBasis: NEW,
    coordinates: coordinatesOf(draft.items),
    regions,
    subjects,
    maxHops,
    subjectsPerDay,
    validFrom: today,
    validTo: today,
  };
}

/** Grants with one put in the place of that with its identifier. */
export function withDraft(grants: readonly Grant[], draft: Grant): readonly Grant[] {
  return [...grants.filter(({ id }) => id !== draft.id), draft];
}

/** The schema's `AccessExplanation`, of which a department administrator sees own fields only. */
function shown({ actor }: AdminContext, { cost, decisions, quotas, applications }: AccessExplanation) {
  const own = actor.roles.has('OPERATOR') ? null : departmentsSeen(actor);
  const seen = decisions.filter(({ department }) => own === null || own.has(department));
  return {
    complete: seen.every(({ decision }) => decision === 'FULL'),
    cost,
    decisions: seen,
    quotas: quotas.filter(({ grant }) => own === null || seen.some(({ grants }) => grants.includes(grant))),
    missing: applications.filter(({ department }) => own === null || own.has(department)),
  };
}

interface ExplainArguments {
  readonly client: string;
  readonly matter?: string | null;
  readonly query: string;
  readonly operationName?: string | null;
  readonly draft?: DraftGrant | null;
}

/** `Query.explainAccess`. */
export async function explainAccess(args: ExplainArguments, context: AdminContext) {
  const { parts, today } = context;
  const matter = args.matter ?? null;
  known(await parts.store.access.client(args.client), 'application system', 'client');
  if (matter !== null) known(parts.matters.get(matter) ?? null, 'matter', 'matter');
  let grants = await parts.store.access.grants({ client: args.client });
  if (args.draft) {
    const draft = draftedGrant(context, args.draft, 'draft');
    if (draft.client !== args.client) {
      throw new MianzhengError('BAD_USER_INPUT', 'is for another application system', { field: 'draft.client' });
    }
    grants = withDraft(grants, draft);
  }
  const rights = rightsOf(grants, matter, today);
  const plan = parts.authorizer.plan(args.query, args.operationName ?? null, rights);
  return shown(context, explainPlan(plan, rights, matter));
}

/** `Query.matterNeeds`. */
export async function matterNeeds(args: { readonly client: string; readonly matter: string }, context: AdminContext) {
  const { parts, today } = context;
  known(await parts.store.access.client(args.client), 'application system', 'client');
  const matter = known(parts.matters.get(args.matter) ?? null, 'matter', 'matter');
  const rights = rightsOf(await parts.store.access.grants({ client: args.client }), matter.code, today);
  const facts = explainPlan(parts.authorizer.plan(matter.facts, null, rights, 'VERIFY'), rights, matter.code);
  // What a rule reads need not be answered: nothing withheld is all that it takes.
  const enough = (told: ReturnType<typeof shown>) => ({
    ...told,
    complete: told.decisions.every(({ decision }) => decision !== 'WITHHELD'),
  });
  if (matter.form === null) return enough(shown(context, facts));
  const form = explainPlan(parts.authorizer.plan(matter.form.facts, null, rights), rights, matter.code);
  const missing = new Map<string, Set<string>>();
  for (const { department, coordinates } of [...facts.applications, ...form.applications]) {
    missing.set(department, new Set([...(missing.get(department) ?? []), ...coordinates]));
  }
  const both = shown(context, {
    complete: facts.complete && form.complete,
    cost: facts.cost + form.cost,
    decisions: [...facts.decisions, ...form.decisions],
    quotas: [...new Map([...facts.quotas, ...form.quotas].map((quota) => [quota.grant, quota])).values()],
    applications: [...missing].map(([department, coordinates]) => ({
      department,
      matter: matter.code,
      coordinates: [...coordinates].sort(),
    })),
  });
  return enough(both);
}

/** The most that rights show of a field. */
export function mostOf(rights: ReturnType<typeof rightsOf>, coordinate: string): Disclosure | 'WITHHELD' {
  const given = new Set(rights.byCoordinate.get(coordinate)?.map(({ disclosure }) => disclosure));
  return (['FULL', 'MASKED', 'PREDICATE'] as const).find((disclosure) => given.has(disclosure)) ?? 'WITHHELD';
}
