/** Matters (政务服务事项): what they need, by which rules they judge, and a made-up case to try. */
import { parseDate } from '../domain/calendar.js';
import { MianzhengError } from '../errors.js';
import { type Matter, RuleSetError, ruleSetFor } from '../matters/index.js';
import { departmentsSeen } from './actor.js';
import { inForce, known } from './clients.js';
import type { AdminContext } from './context.js';
import { mapPage, type PageArgument, pageOf, searching } from './lists.js';
import type { Theme } from './theme.js';

/** Longest facts of a made-up case, characters of JSON. */
const FACTS = 65_536;

/** The schema's `Matter`. */
function shown(context: AdminContext, matter: Matter) {
  const { code, implementationCode, name, legalBasis, instant, roles, formerProofs, review, facts } = matter;
  return {
    code,
    implementationCode,
    name,
    legalBasis,
    instant,
    roles,
    formerProofs,
    review,
    facts,
    formFacts: matter.form?.facts ?? null,
    form:
      matter.form?.fields.map(({ field, name: called, from }) => ({
        field,
        name: called,
        from: from?.join('.') ?? null,
      })) ?? null,
    ruleSets: matter.ruleSets.map(({ to, ...rest }) => ({ ...rest, to: to ?? null })),
    terms: Object.entries(matter.terms).map(([term, expression]) => ({ name: term, expression })),
    requirements: matter.requirements.map((requirement) => ({
      ...requirement,
      whenFalse: 'whenFalse' in requirement ? requirement.whenFalse : null,
    })),
    clients: () => clientsOf(context, code),
  };
}

/** Application systems with a grant in force for a matter that the person sees. */
async function clientsOf({ actor, parts, today }: AdminContext, matter: string): Promise<string[]> {
  const own = departmentsSeen(actor);
  // Who applies for others sees no grants.
  if (own !== null && own.size === 0) return [];
  const grants = await parts.store.access.grants(own === null ? {} : { departments: [...own] });
  const holders = grants
    .filter((grant) => grant.matters.includes(matter) && inForce(grant, today))
    .map(({ client }) => client);
  return [...new Set(holders)].sort();
}

interface TryArguments {
  readonly code: string;
  readonly input: {
    readonly filedOn?: string | null;
    readonly asOf?: string | null;
    readonly division?: string | null;
    readonly subjects: unknown;
    readonly facts: unknown;
  };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function subjectsOf(given: unknown): Readonly<Record<string, string>> {
  if (isMap(given) && Object.values(given).every((id) => typeof id === 'string'))
    return given as Record<string, string>;
  throw new MianzhengError('BAD_USER_INPUT', 'takes an object of identifiers by role', { field: 'input.subjects' });
}

function tryMatter({ code, input }: TryArguments, { parts, today }: AdminContext) {
  const matter = known(parts.matters.get(code) ?? null, 'matter', 'code');
  const filedOn = input.filedOn ?? today;
  const asOf = input.asOf ?? filedOn;
  if (parseDate(filedOn) === null || parseDate(asOf) === null) {
    throw new MianzhengError('BAD_USER_INPUT', 'is no date', { field: 'input.filedOn' });
  }
  if (!isMap(input.facts) || JSON.stringify(input.facts).length > FACTS) {
    throw new MianzhengError('BAD_USER_INPUT', 'takes an object of at most 64 KiB', { field: 'input.facts' });
  }
  const subjects = subjectsOf(input.subjects);
  try {
    const ruleSet = ruleSetFor(matter, asOf, input.division ?? undefined);
    return matter.judge({ ruleSet, filedOn, asOf, subjects, data: input.facts, unknowns: [] });
  } catch (error) {
    if (!(error instanceof RuleSetError)) throw error;
    throw new MianzhengError('BAD_USER_INPUT', error.message, { field: 'input.division' });
  }
}

/** Theme `matters.graphql`. */
export const matters: Theme = {
  file: 'matters.graphql',
  query: {
    matters({ text, page }: { readonly text?: string | null; readonly page: PageArgument }, context) {
      const matches = searching(text, 'text');
      const all = [...context.parts.matters.values()]
        .filter(({ code, name }) => matches([code, name.zh, name.en]))
        .sort((a, b) => (a.code < b.code ? -1 : 1));
      return mapPage(pageOf(all, page), (matter) => shown(context, matter));
    },
    matter({ code }: { readonly code: string }, context) {
      const matter = context.parts.matters.get(code);
      return matter === undefined ? null : shown(context, matter);
    },
    tryMatter,
  },
  mutation: {},
};
