/**
 * Grants (授权). Here they only ever become narrower, are suspended, resumed or ended; to widen or extend one is to apply
 * for it anew, so that four eyes see it.
 */
import type { Json } from '../audit/entries.js';
import type { Grant, SubjectScope } from '../authorize/rights.js';
import { MianzhengError } from '../errors.js';
import { grantIn, lockPolicy, putGrant } from '../store/access.js';
import type { ControlChange } from '../store/control-changes.js';
import { type Actor, departmentsSeen, requireDepartment, seesDepartment } from './actor.js';
import { begin } from './applications.js';
import { inForce, known } from './clients.js';
import type { AdminContext } from './context.js';
import { dryRun } from './dry-run.js';
import { usesOf } from './grant-use.js';
import { mapPage, type PageArgument, pageOf, sorted } from './lists.js';
import {
  checkBounds,
  checkItems,
  checkMatters,
  coordinatesOf,
  type Item,
  isWithin,
  itemsOf,
  requireWithin,
} from './terms.js';
import type { Theme } from './theme.js';
import { words } from './words.js';

/** Changes of a grant that are shown. */
const CHANGES = 50;

/** Approved, and past its last day: the schema calls it EXPIRED, the store need not be told. */
function statusOf({ status, validTo }: Grant, today: string): Grant['status'] {
  return status === 'APPROVED' && validTo < today ? 'EXPIRED' : status;
}

function actionsOn({ departments, roles }: Actor, grant: Grant, today: string): string[] {
  const owner = departments.has(grant.department);
  const may = owner || roles.has('PLATFORM_ADMIN');
  const copies = may ? ['copyGrant'] : [];
  const status = statusOf(grant, today);
  if (status === 'APPROVED') {
    return [...(owner ? ['narrowGrant'] : []), ...(may ? ['suspendGrant', 'revokeGrant'] : []), ...copies];
  }
  if (status === 'SUSPENDED') return [...(owner ? ['resumeGrant'] : []), ...(may ? ['revokeGrant'] : []), ...copies];
  return copies;
}

const instant = (at: number): string => new Date(at).toISOString();

function changeShown({ at, actor, action, before, after, recorded }: ControlChange) {
  return { at: instant(at), actor, action, before, after, record: recorded };
}

type Names = ReadonlyMap<string, string>;

async function clientNames({ parts }: AdminContext): Promise<Names> {
  return new Map((await parts.store.access.clients()).map(({ id, nameZh }) => [id, nameZh]));
}

/** The schema's `Grant`. */
function shown(context: AdminContext, grant: Grant, names: Names) {
  const { actor, today, parts } = context;
  return {
    ...grant,
    clientNameZh: names.get(grant.client) ?? grant.client,
    status: statusOf(grant, today),
    inForce: inForce(grant, today),
    coordinates: itemsOf(grant),
    changes: async () => (await parts.store.changes.of(grant.id, CHANGES)).map(changeShown),
    actions: actionsOn(actor, grant, today),
  };
}

/** A grant that the person sees; null where there is none. */
async function seen({ actor, parts }: AdminContext, id: string): Promise<Grant | null> {
  const grant = await parts.store.access.grant(id);
  return grant !== null && seesDepartment(actor, grant.department) ? grant : null;
}

async function one(context: AdminContext, id: string) {
  const grant = await seen(context, id);
  return grant === null ? null : shown(context, grant, await clientNames(context));
}

/** Grants that the person sees, of one department where given. */
function grantsSeen({ actor, parts }: AdminContext, department?: string | null) {
  const own = departmentsSeen(actor);
  const asked = department
    ? [department].filter((one) => own === null || own.has(one))
    : own === null
      ? null
      : [...own];
  return parts.store.access.grants(asked === null ? {} : { departments: asked });
}

interface GrantsArguments {
  readonly filter?: {
    readonly status?: readonly Grant['status'][] | null;
    readonly client?: string | null;
    readonly department?: string | null;
    readonly matter?: string | null;
    readonly coordinate?: string | null;
    readonly endsBy?: string | null;
  } | null;
  readonly sort: 'ID' | 'CLIENT' | 'DEPARTMENT' | 'VALID_TO';
  readonly direction: 'ASC' | 'DESC';
  readonly page: PageArgument;
}

const SORTS: Readonly<Record<GrantsArguments['sort'], (grant: Grant) => string>> = {
  ID: ({ id }) => id,
  CLIENT: ({ client }) => client,
  DEPARTMENT: ({ department }) => department,
  VALID_TO: ({ validTo }) => validTo,
};

async function list({ filter, sort, direction, page }: GrantsArguments, context: AdminContext) {
  const { status, client, department, matter, coordinate, endsBy } = filter ?? {};
  const all = (await grantsSeen(context, department)).filter(
    (grant) =>
      (!status || status.includes(statusOf(grant, context.today))) &&
      (!client || grant.client === client) &&
      (!matter || grant.matters.includes(matter)) &&
      (!coordinate || Object.hasOwn(grant.coordinates, coordinate)) &&
      (!endsBy || grant.validTo <= endsBy),
  );
  const names = await clientNames(context);
  return mapPage(pageOf(sorted(all, [SORTS[sort], SORTS.ID], direction), page), (grant) =>
    shown(context, grant, names),
  );
}

/** Terms beside the fields, by which two grants are compared. */
const TERMS = [
  'client',
  'department',
  'status',
  'matters',
  'legalBasis',
  'regions',
  'subjects',
  'maxHops',
  'subjectsPerDay',
  'validFrom',
  'validTo',
] as const;

async function compare(args: { readonly left: string; readonly right: string }, context: AdminContext) {
  const left = known(await seen(context, args.left), 'grant', 'left');
  const right = known(await seen(context, args.right), 'grant', 'right');
  const names = await clientNames(context);
  const all = [...new Set([...Object.keys(left.coordinates), ...Object.keys(right.coordinates)])].sort();
  const text = (value: string | number | readonly string[] | null | undefined): string =>
    typeof value === 'object' && value !== null ? [...value].sort().join(', ') : String(value ?? '');
  return {
    left: shown(context, left, names),
    right: shown(context, right, names),
    fields: all
      .map((coordinate) => ({
        coordinate,
        left: left.coordinates[coordinate] ?? null,
        right: right.coordinates[coordinate] ?? null,
      }))
      .filter((field) => field.left !== field.right),
    terms: TERMS.map((term) => ({ term, left: text(left[term]), right: text(right[term]) })).filter(
      (term) => term.left !== term.right,
    ),
  };
}

/** What the record keeps of a grant. */
const recorded = (grant: Grant, reason?: string): Json =>
  ({ ...grant, ...(reason === undefined ? {} : { reason }) }) as unknown as Json;

interface ReasonArguments {
  readonly id: string;
  readonly reason: string;
}

/** Changes a grant that the person sees, in the store and at once in this instance. */
async function change(
  context: AdminContext,
  { id, reason }: ReasonArguments,
  action: string,
  work: (grant: Grant) => Grant,
) {
  const why = words('reason', reason, 5, 500);
  await context.change(async (trx) => {
    await lockPolicy(trx);
    const found = await grantIn(trx, id);
    const before = known(
      found !== null && seesDepartment(context.actor, found.department) ? found : null,
      'grant',
      'id',
    );
    const after = work(before);
    await putGrant(trx, after);
    return { result: null, changes: [{ action, subject: id, before: recorded(before), after: recorded(after, why) }] };
  });
  await context.parts.policy.refresh();
  return one(context, id);
}

function requireStatus(grant: Grant, today: string, ...allowed: readonly Grant['status'][]): void {
  const status = statusOf(grant, today);
  if (allowed.includes(status)) return;
  throw new MianzhengError('STATE_CONFLICT', `the grant is ${status}`, { field: 'id' });
}

/** The platform may stop any grant; only its owner gives. */
function requireStopper(actor: Actor, grant: Grant): void {
  if (!actor.roles.has('PLATFORM_ADMIN')) requireDepartment(actor, grant.department, 'id');
}

interface NarrowArguments extends ReasonArguments {
  readonly terms: {
    readonly items?: readonly Item[] | null;
    readonly matters?: readonly string[] | null;
    readonly regions?: readonly string[] | null;
    readonly subjects?: SubjectScope | null;
    readonly maxHops?: number | null;
    readonly subjectsPerDay?: number | null;
    readonly validTo?: string | null;
  };
}

/** A grant with terms that lie within its own. @throws MianzhengError BAD_USER_INPUT naming a term that does not */
function narrowed({ parts }: AdminContext, grant: Grant, terms: NarrowArguments['terms']): Grant {
  const items = terms.items ?? itemsOf(grant);
  checkItems(parts, items, 'terms.items', grant.department);
  items.forEach(({ coordinate, disclosure }, i) => {
    const present = grant.coordinates[coordinate];
    if (present === undefined || !isWithin(disclosure, present)) {
      throw new MianzhengError('BAD_USER_INPUT', 'is wider than the grant', { field: `terms.items.${i}` });
    }
  });
  const matters = terms.matters ?? grant.matters;
  checkMatters(parts, matters, 'terms.matters');
  const beyond = matters.findIndex((matter) => !grant.matters.includes(matter));
  if (beyond >= 0)
    throw new MianzhengError('BAD_USER_INPUT', 'is wider than the grant', { field: `terms.matters.${beyond}` });
  const bounds = {
    regions: terms.regions ?? grant.regions,
    subjects: terms.subjects ?? grant.subjects,
    maxHops: terms.maxHops ?? grant.maxHops,
    subjectsPerDay: terms.subjectsPerDay ?? grant.subjectsPerDay ?? null,
  };
  checkBounds(bounds, 'terms');
  requireWithin(bounds, grant, 'terms');
  const validTo = terms.validTo ?? grant.validTo;
  if (validTo > grant.validTo || validTo < grant.validFrom) {
    throw new MianzhengError('BAD_USER_INPUT', 'lies outside the period of the grant', { field: 'terms.validTo' });
  }
  return { ...grant, matters, coordinates: coordinatesOf(items), ...bounds, validTo };
}

interface CopyArguments {
  readonly id: string;
  readonly client?: string | null;
  readonly matters?: readonly string[] | null;
  readonly validTo?: string | null;
  readonly purpose: string;
}

async function copy({ id, client, matters, validTo, purpose }: CopyArguments, context: AdminContext) {
  const grant = known(await seen(context, id), 'grant', 'id');
  const last = validTo ?? grant.validTo;
  return begin(context, {
    client: client ?? grant.client,
    purpose,
    matters: matters ?? grant.matters,
    legalBasis: grant.legalBasis,
    items: itemsOf(grant),
    regions: grant.regions,
    subjects: grant.subjects,
    maxHops: grant.maxHops,
    subjectsPerDay: grant.subjectsPerDay ?? null,
    validFrom: context.today,
    validTo: last,
  });
}

async function grantUse(
  args: { readonly days: number; readonly department?: string | null; readonly page: PageArgument },
  context: AdminContext,
) {
  const grants = (await grantsSeen(context, args.department)).filter((grant) => inForce(grant, context.today));
  const names = await clientNames(context);
  return mapPage(pageOf(await usesOf(context, grants, args.days), args.page), (use) => ({
    ...use,
    grant: shown(context, use.grant, names),
  }));
}

/** Theme `grants.graphql`. */
export const grants: Theme = {
  file: 'grants.graphql',
  query: {
    grants: list,
    grant: ({ id }: { readonly id: string }, context) => one(context, id),
    compareGrants: compare,
    dryRun,
    grantUse,
  },
  mutation: {
    narrowGrant: (args: NarrowArguments, context) =>
      change(context, args, 'grant.narrow', (grant) => {
        requireDepartment(context.actor, grant.department, 'id');
        requireStatus(grant, context.today, 'APPROVED');
        return narrowed(context, grant, args.terms);
      }),
    copyGrant: copy,
    suspendGrant: (args: ReasonArguments, context) =>
      change(context, args, 'grant.suspend', (grant) => {
        requireStopper(context.actor, grant);
        requireStatus(grant, context.today, 'APPROVED');
        return { ...grant, status: 'SUSPENDED' };
      }),
    resumeGrant: (args: ReasonArguments, context) =>
      change(context, args, 'grant.resume', (grant) => {
        requireDepartment(context.actor, grant.department, 'id');
        requireStatus(grant, context.today, 'SUSPENDED');
        return { ...grant, status: 'APPROVED' };
      }),
    revokeGrant: (args: ReasonArguments, context) =>
      change(context, args, 'grant.revoke', (grant) => {
        requireStopper(context.actor, grant);
        requireStatus(grant, context.today, 'APPROVED', 'SUSPENDED');
        return { ...grant, status: 'REVOKED' };
      }),
  },
};
