/**
 * Applications for access (数据使用申请). Each owner decides for its own fields; who began or submitted an application
 * never decides on it; an approval makes a grant that is no wider than what was applied for.
 */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Json } from '../audit/entries.js';
import type { Disclosure, Grant, SubjectScope } from '../authorize/rights.js';
import { todayIn } from '../domain/calendar.js';
import { addWorkingDays, HolidaysUnknown, workingDaysBetween } from '../domain/working-days.js';
import { MianzhengError } from '../errors.js';
import { lockPolicy, putGrant } from '../store/access.js';
import {
  type AccessApplication,
  type ApplicationItem,
  type ApplicationPart,
  type ApplicationStatus,
  applicationIn,
  putApplication,
} from '../store/access-applications.js';
import type { StoredClient } from '../store/policy.js';
import { type Actor, requireDepartment, seesAll } from './actor.js';
import { known } from './clients.js';
import type { AdminContext } from './context.js';
import { explainAccess, matterNeeds } from './explain.js';
import { mapPage, type PageArgument, pageOf, sorted } from './lists.js';
import { type RemindersShown, remindersShown } from './reminders.js';
import {
  type Bounds,
  checkBounds,
  checkItems,
  checkMatters,
  checkPeriod,
  coordinatesOf,
  type Item,
  isWithin,
  requireWithin,
} from './terms.js';
import type { Theme } from './theme.js';
import { words } from './words.js';

/** Shape of the schema's `ApplicationInput`. */
export interface ApplicationInput extends Bounds {
  readonly client: string;
  readonly purpose: string;
  readonly matters: readonly string[];
  readonly legalBasis: string;
  readonly items: readonly Item[];
  readonly validFrom: string;
  readonly validTo: string;
}

/** Whether the person sees the application at all: own ones; others' when submitted, by the platform and by owners of its fields. */
function sees(actor: Actor, application: AccessApplication): boolean {
  if (application.createdBy === actor.name) return true;
  if (application.status === 'DRAFT') return false;
  return seesAll(actor) || application.items.some(({ department }) => actor.departments.has(department));
}

/** Whether the person sees all of its fields; an owner sees own ones only. */
function seesWhole(actor: Actor, { createdBy }: AccessApplication): boolean {
  return seesAll(actor) || createdBy === actor.name;
}

/** Four eyes (四眼原则): who began or submitted it never decides on it. */
function mayDecide(actor: Actor, { createdBy, submittedBy }: AccessApplication): boolean {
  return actor.name !== createdBy && actor.name !== submittedBy;
}

/** @throws MianzhengError STATE_CONFLICT where a year's holidays are not known: a deadline is never guessed */
function withHolidays<T>(reckon: () => T): T {
  try {
    return reckon();
  } catch (error) {
    if (error instanceof HolidaysUnknown) throw new MianzhengError('STATE_CONFLICT', error.message);
    throw error;
  }
}

/** A deadline that passed without a decision. */
const isOverdue = (application: AccessApplication, part: ApplicationPart, today: string): boolean =>
  application.status === 'SUBMITTED' && part.decidedAt === null && part.dueOn < today;

const instant = (at: number): string => new Date(at).toISOString();

function partShown(
  context: AdminContext,
  application: AccessApplication,
  part: ApplicationPart,
  reminders: RemindersShown,
) {
  const { parts, today } = context;
  const open = application.status === 'SUBMITTED' && part.decidedAt === null;
  return {
    department: part.department,
    decided: part.decidedAt !== null,
    decidedBy: part.decidedBy,
    decidedAt: part.decidedAt === null ? null : instant(part.decidedAt),
    workingDays: part.workingDays,
    dueOn: part.dueOn,
    overdue: isOverdue(application, part, today),
    daysLeft: () => (open ? withHolidays(() => workingDaysBetween(today, part.dueOn, parts.workingCalendar)) : null),
    reminders: reminders(application.id, part.department),
    grant: part.grant,
    dataDueOn: part.dataDueOn,
  };
}

function actionsOn(actor: Actor, application: AccessApplication): string[] {
  const own = application.createdBy === actor.name;
  const { status } = application;
  const open = application.parts.some(
    ({ department, decidedAt }) => decidedAt === null && actor.departments.has(department),
  );
  return [
    ...(own && status === 'DRAFT' ? ['updateApplication', 'submitApplication'] : []),
    ...(own && (status === 'DRAFT' || status === 'SUBMITTED') ? ['withdrawApplication'] : []),
    ...(status === 'SUBMITTED' && open && mayDecide(actor, application) ? ['decideApplication'] : []),
  ];
}

/** Names of application systems in Chinese. */
async function clientNames({ parts }: AdminContext): Promise<ReadonlyMap<string, string>> {
  return new Map((await parts.store.access.clients()).map(({ id, nameZh }: StoredClient) => [id, nameZh]));
}

/** The schema's `Application`. */
export function applicationShown(
  context: AdminContext,
  application: AccessApplication,
  names: ReadonlyMap<string, string>,
  reminders = remindersShown(context, 'APPLICATION', [application.id]),
) {
  const { actor, parts } = context;
  const whole = seesWhole(actor, application);
  const visible = ({ department }: { readonly department: string }) => whole || actor.departments.has(department);
  const { createdAt, submittedAt, ...rest } = application;
  return {
    ...rest,
    clientNameZh: names.get(application.client) ?? application.client,
    items: application.items.filter(visible).map((item) => {
      const field = parts.catalogue.fields.get(item.coordinate);
      // A field that a later version of the schema no longer has can be granted to nobody.
      return { ...item, class: field?.sharing ?? 'NOT_SHARED', sensitivity: field?.sensitivity ?? 'INTERNAL' };
    }),
    parts: application.parts.filter(visible).map((part) => partShown(context, application, part, reminders)),
    createdAt: instant(createdAt),
    submittedAt: submittedAt === null ? null : instant(submittedAt),
    actions: actionsOn(actor, application),
  };
}

async function shown(context: AdminContext, id: string) {
  const application = await context.parts.store.applications.find(id);
  if (application === null || !sees(context.actor, application)) return null;
  return applicationShown(context, application, await clientNames(context));
}

/** What the record keeps of it: everything; it names fields and matters, never a person but administrators. */
const recorded = (application: AccessApplication | null): Json => application as unknown as Json;

/** Checks what is asked for, and makes a draft of it. @throws MianzhengError BAD_USER_INPUT, NOT_FOUND */
async function drafted(
  context: AdminContext,
  input: ApplicationInput,
  id: string,
  createdAt: number,
): Promise<AccessApplication> {
  const { parts, actor } = context;
  known(await parts.store.access.client(input.client), 'application system', 'input.client');
  checkItems(parts, input.items, 'input.items');
  checkMatters(parts, input.matters, 'input.matters');
  checkBounds(input, 'input');
  checkPeriod(input.validFrom, input.validTo, 'input');
  return {
    id,
    client: input.client,
    status: 'DRAFT',
    purpose: words('input.purpose', input.purpose, 1, 500),
    matters: input.matters,
    legalBasis: words('input.legalBasis', input.legalBasis, 1, 500),
    items: input.items.map(({ coordinate, disclosure }) => ({
      coordinate,
      department: parts.catalogue.fields.get(coordinate)?.department ?? '',
      disclosure,
      decision: 'PENDING',
      granted: null,
      reason: null,
    })),
    regions: input.regions,
    subjects: input.subjects,
    maxHops: input.maxHops,
    subjectsPerDay: input.subjectsPerDay ?? null,
    validFrom: input.validFrom,
    validTo: input.validTo,
    createdBy: actor.name,
    createdAt,
    submittedBy: null,
    submittedAt: null,
    parts: [],
  };
}

/** Begins an application for access. @throws as {@link drafted} */
export async function begin(context: AdminContext, input: ApplicationInput) {
  const application = await drafted(context, input, randomUUID(), context.now);
  await context.change(async (trx) => {
    await putApplication(trx, application);
    return {
      result: null,
      changes: [{ action: 'application.create', subject: application.id, before: null, after: recorded(application) }],
    };
  });
  return shown(context, application.id);
}

/** Changes one that the person sees. @param change what it becomes, and the grant that it makes */
async function change(
  context: AdminContext,
  id: string,
  action: string,
  work: (
    application: AccessApplication,
    trx: Knex.Transaction,
  ) => Promise<{ readonly after: AccessApplication; readonly grant?: Grant }>,
) {
  await context.change(async (trx) => {
    // Whoever decides changes the policy; the others wait for the same row, so that no decision is lost.
    await lockPolicy(trx);
    const found = await applicationIn(trx, id);
    const before = known(found !== null && sees(context.actor, found) ? found : null, 'application', 'id');
    const { after, grant } = await work(before, trx);
    await putApplication(trx, after);
    if (grant !== undefined) await putGrant(trx, grant);
    const made =
      grant === undefined
        ? []
        : [{ action: 'grant.approve', subject: grant.id, before: null, after: grant as unknown as Json }];
    return {
      result: null,
      changes: [{ action, subject: id, before: recorded(before), after: recorded(after) }, ...made],
    };
  });
  await context.parts.policy.refresh();
  return shown(context, id);
}

function requireOwn({ name }: Actor, { createdBy }: AccessApplication): void {
  if (name !== createdBy) throw new MianzhengError('FORBIDDEN', 'only who began it may do this', { field: 'id' });
}

function requireStatus({ status }: AccessApplication, ...allowed: readonly ApplicationStatus[]): void {
  if (allowed.includes(status)) return;
  throw new MianzhengError('STATE_CONFLICT', `the application is ${status}`, { field: 'id' });
}

/** Each owner's part, its clock begun. */
function partsOf({ parts, today }: AdminContext, items: readonly ApplicationItem[]): ApplicationPart[] {
  const { statutoryDays } = parts.settings;
  return [...new Set(items.map(({ department }) => department))].sort().map((department) => {
    const own = items.filter((item) => item.department === department);
    const open = own.every(({ coordinate }) => parts.catalogue.fields.get(coordinate)?.sharing === 'UNCONDITIONAL');
    const workingDays = open ? statutoryDays.unconditional : statutoryDays.conditional;
    const dueOn = withHolidays(() => addWorkingDays(today, workingDays, parts.workingCalendar));
    return { department, workingDays, dueOn, decidedBy: null, decidedAt: null, grant: null, dataDueOn: null };
  });
}

interface DecideArguments {
  readonly id: string;
  readonly department: string;
  readonly decisions: readonly {
    readonly coordinate: string;
    readonly granted?: Disclosure | null;
    readonly reason?: string | null;
  }[];
  readonly bounds?: {
    readonly regions?: readonly string[] | null;
    readonly subjects?: SubjectScope | null;
    readonly maxHops?: number | null;
    readonly subjectsPerDay?: number | null;
    readonly validTo?: string | null;
  } | null;
}

/** The owner's fields with what became of each. @throws MianzhengError BAD_USER_INPUT */
function decided(
  context: AdminContext,
  items: readonly ApplicationItem[],
  decisions: DecideArguments['decisions'],
): ApplicationItem[] {
  const given = new Map(decisions.map((decision, i) => [decision.coordinate, { ...decision, i }]));
  if (given.size !== decisions.length || given.size !== items.length) {
    throw new MianzhengError('BAD_USER_INPUT', 'takes one decision for each field of the department', {
      field: 'decisions',
    });
  }
  return items.map((item) => {
    const decision = given.get(item.coordinate);
    if (decision === undefined) {
      throw new MianzhengError('BAD_USER_INPUT', 'lacks a field of the department', { field: 'decisions' });
    }
    const granted = decision.granted ?? null;
    const at = `decisions.${decision.i}`;
    if (granted !== null && !isWithin(granted, item.disclosure)) {
      throw new MianzhengError('BAD_USER_INPUT', 'is wider than applied for', { field: `${at}.granted` });
    }
    if (granted !== null) checkItems(context.parts, [{ coordinate: item.coordinate, disclosure: granted }], at);
    const needsReason = granted !== item.disclosure;
    const reason = decision.reason ?? null;
    if (needsReason && reason === null) {
      throw new MianzhengError('BAD_USER_INPUT', 'is needed where less is granted than applied for', {
        field: `${at}.reason`,
      });
    }
    const why = reason === null ? null : words(`${at}.reason`, reason, 5, 500);
    return { ...item, decision: granted === null ? 'REFUSED' : 'APPROVED', granted, reason: why };
  });
}

/** The grant that approved fields make; null where none was approved. */
function grantOf(
  application: AccessApplication,
  department: string,
  items: readonly ApplicationItem[],
  bounds: DecideArguments['bounds'],
): Grant | null {
  const approved = items.flatMap(({ coordinate, granted }) =>
    granted === null ? [] : [{ coordinate, disclosure: granted }],
  );
  if (approved.length === 0) return null;
  const narrowed = {
    regions: bounds?.regions ?? application.regions,
    subjects: bounds?.subjects ?? application.subjects,
    maxHops: bounds?.maxHops ?? application.maxHops,
    subjectsPerDay: bounds?.subjectsPerDay ?? application.subjectsPerDay ?? null,
  };
  checkBounds(narrowed, 'bounds');
  requireWithin(narrowed, application, 'bounds');
  const validTo = bounds?.validTo ?? application.validTo;
  if (validTo > application.validTo || validTo < application.validFrom) {
    throw new MianzhengError('BAD_USER_INPUT', 'lies outside the period applied for', { field: 'bounds.validTo' });
  }
  const { client, matters, legalBasis, validFrom } = application;
  const id = `${client}.${department.toLowerCase().replaceAll('_', '-')}.${application.id.slice(0, 8)}`.slice(0, 100);
  const coordinates = coordinatesOf(approved);
  return {
    id,
    client,
    department,
    status: 'APPROVED',
    matters,
    legalBasis,
    coordinates,
    ...narrowed,
    validFrom,
    validTo,
  };
}

function statusOf(items: readonly ApplicationItem[], parts: readonly ApplicationPart[]): ApplicationStatus {
  if (parts.some(({ decidedAt }) => decidedAt === null)) return 'SUBMITTED';
  if (items.every(({ decision }) => decision === 'APPROVED')) return 'APPROVED';
  return items.some(({ decision }) => decision === 'APPROVED') ? 'PARTLY_APPROVED' : 'REFUSED';
}

function decide({ id, department, decisions, bounds }: DecideArguments, context: AdminContext) {
  const { actor, now, parts } = context;
  requireDepartment(actor, department, 'department');
  return change(context, id, 'application.decide', async (application) => {
    requireStatus(application, 'SUBMITTED');
    if (!mayDecide(actor, application)) {
      throw new MianzhengError('FORBIDDEN', 'who began or submitted an application never decides on it', {
        field: 'id',
      });
    }
    const part = application.parts.find((one) => one.department === department);
    if (part === undefined)
      throw new MianzhengError('NOT_FOUND', 'the application names no field of the department', {
        field: 'department',
      });
    if (part.decidedAt !== null) {
      throw new MianzhengError('STATE_CONFLICT', 'the department has decided already', { field: 'department' });
    }
    const own = application.items.filter((item) => item.department === department);
    const results = new Map(decided(context, own, decisions).map((item) => [item.coordinate, item]));
    const items = application.items.map((item) => results.get(item.coordinate) ?? item);
    const grant = grantOf(application, department, [...results.values()], bounds);
    const today = todayIn(parts.utcOffsetMinutes, now);
    const dataDueOn =
      grant && withHolidays(() => addWorkingDays(today, parts.settings.statutoryDays.data, parts.workingCalendar));
    const done = { ...part, decidedBy: actor.name, decidedAt: now, grant: grant?.id ?? null, dataDueOn };
    const all = application.parts.map((one) => (one === part ? done : one));
    const after = { ...application, items, parts: all, status: statusOf(items, all) };
    return grant === null ? { after } : { after, grant };
  });
}

interface ApplicationsArguments {
  readonly filter?: {
    readonly status?: readonly ApplicationStatus[] | null;
    readonly client?: string | null;
    readonly department?: string | null;
    readonly matter?: string | null;
    readonly overdue?: boolean | null;
  } | null;
  readonly sort: 'SUBMITTED' | 'DEADLINE' | 'CREATED' | 'CLIENT';
  readonly direction: 'ASC' | 'DESC';
  readonly page: PageArgument;
}

/** Earliest deadline that is open; beyond all days where none is. */
function deadlineOf({ status, parts }: AccessApplication): string {
  const open = status === 'SUBMITTED' ? parts.filter(({ decidedAt }) => decidedAt === null) : [];
  return open.map(({ dueOn }) => dueOn).sort()[0] ?? '9999-12-31';
}

const SORTS: Readonly<Record<ApplicationsArguments['sort'], (application: AccessApplication) => string | number>> = {
  SUBMITTED: ({ submittedAt }) => submittedAt ?? 0,
  DEADLINE: deadlineOf,
  CREATED: ({ createdAt }) => createdAt,
  CLIENT: ({ client }) => client,
};

/** Applications for access that the person sees. */
export async function applicationsSeen(
  { actor, parts }: AdminContext,
  client?: string,
): Promise<readonly AccessApplication[]> {
  return (await parts.store.applications.all(client)).filter((application) => sees(actor, application));
}

/** Parts of an application that the person sees. */
function partsSeen({ actor }: AdminContext, application: AccessApplication): readonly ApplicationPart[] {
  return application.parts.filter(
    ({ department }) => seesWhole(actor, application) || actor.departments.has(department),
  );
}

async function list({ filter, sort, direction, page }: ApplicationsArguments, context: AdminContext) {
  const { status, client, department, matter, overdue } = filter ?? {};
  const all = (await applicationsSeen(context, client ?? undefined)).filter((application) => {
    const seen = partsSeen(context, application);
    const late = seen.some((part) => isOverdue(application, part, context.today));
    return (
      (!status || status.includes(application.status)) &&
      (!department ||
        application.items.some(
          (item) =>
            item.department === department &&
            (seesWhole(context.actor, application) || context.actor.departments.has(department)),
        )) &&
      (!matter || application.matters.includes(matter)) &&
      (overdue === null || overdue === undefined || overdue === late)
    );
  });
  const names = await clientNames(context);
  const shownPage = pageOf(sorted(all, [SORTS[sort], ({ id }) => id], direction), page);
  const ids = shownPage.items.map(({ id }) => id);
  const reminders = remindersShown(context, 'APPLICATION', ids);
  return mapPage(shownPage, (application) => applicationShown(context, application, names, reminders));
}

/** Theme `applications.graphql`. */
export const applications: Theme = {
  file: 'applications.graphql',
  query: {
    applications: list,
    application: ({ id }: { readonly id: string }, context) => shown(context, id),
    explainAccess,
    matterNeeds,
  },
  mutation: {
    createApplication: ({ input }: { readonly input: ApplicationInput }, context) => begin(context, input),
    async updateApplication({ id, input }: { readonly id: string; readonly input: ApplicationInput }, context) {
      const draft = await drafted(context, input, id, 0);
      return change(context, id, 'application.update', async (before) => {
        requireOwn(context.actor, before);
        requireStatus(before, 'DRAFT');
        return { after: { ...draft, createdAt: before.createdAt } };
      });
    },
    submitApplication: ({ id }: { readonly id: string }, context) =>
      change(context, id, 'application.submit', async (before) => {
        requireOwn(context.actor, before);
        requireStatus(before, 'DRAFT');
        const { actor, now } = context;
        const all = partsOf(context, before.items);
        return { after: { ...before, status: 'SUBMITTED', submittedBy: actor.name, submittedAt: now, parts: all } };
      }),
    withdrawApplication: ({ id }: { readonly id: string }, context) =>
      change(context, id, 'application.withdraw', async (before) => {
        requireOwn(context.actor, before);
        requireStatus(before, 'DRAFT', 'SUBMITTED');
        return { after: { ...before, status: 'WITHDRAWN' } };
      }),
    decideApplication: decide,
  },
};
