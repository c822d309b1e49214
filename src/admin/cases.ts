/** Cases (办件) as the administration sees them: numbers, roles and their course, never an identifier or a value. */
import { type GraphQLSchema, getNamedType, isAbstractType, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { type CaseState, deadlinesOf, lastOf, outcomeOf, standingOf } from '../cases/standing.js';
import { MianzhengError } from '../errors.js';
import { commitmentOwners, type Matter } from '../matters/index.js';
import { type CaseEvent, RATING_LEVELS, type RatingLevel } from '../store/case-events.js';
import { COUNTED, type ListedCases } from '../store/case-files.js';
import type { CaseFile } from '../store/control-store.js';
import { departmentsSeen } from './actor.js';
import type { AdminContext, ControlParts } from './context.js';
import { checkPage, type Page, type PageArgument } from './lists.js';
import { recordedCaseNumber } from './record-asked.js';
import type { Theme } from './theme.js';
import { words } from './words.js';

interface CasesArguments {
  readonly filter?: {
    readonly client?: string | null;
    readonly matter?: string | null;
    readonly state?: CaseState | null;
    readonly number?: string | null;
    readonly filedFrom?: string | null;
    readonly filedTo?: string | null;
  } | null;
  readonly page: PageArgument;
}

/** Events shown of a case. */
const EVENTS = 500;

/** Longest text of a filter. */
const TEXT = 100;

const CASE_NUMBER = /^[A-Za-z0-9.-]{1,64}$/;

/** Owners of the fields that a facts document asks for. */
function askedOwners(schema: GraphQLSchema, { authorizer }: Pick<ControlParts, 'authorizer'>, document: string) {
  const owners = new Set<string>();
  const info = new TypeInfo(schema);
  const ask = (type: string, field: string): void => {
    const owner = authorizer.ownerOf(`${type}.${field}`);
    if (owner !== null) owners.add(owner);
  };
  visit(
    parse(document),
    visitWithTypeInfo(info, {
      Field({ name }) {
        const parent = info.getParentType();
        if (parent === null || parent === undefined) return;
        const named = getNamedType(parent);
        const types = isAbstractType(named) ? schema.getPossibleTypes(named) : [named];
        for (const type of types) ask(type.name, name.value);
      },
    }),
  );
  return owners;
}

const ownersOfMatters = new WeakMap<Matter, ReadonlySet<string>>();

/** Departments whose fields a matter asks, for its facts or for its form. */
function ownersOf(parts: ControlParts, matter: Matter): ReadonlySet<string> {
  let owners = ownersOfMatters.get(matter);
  if (owners === undefined) {
    const documents = [matter.facts, ...(matter.form === null ? [] : [matter.form.facts])];
    owners = new Set(documents.flatMap((one) => [...askedOwners(parts.catalogue.schema, parts, one)]));
    ownersOfMatters.set(matter, owners);
  }
  return owners;
}

/**
 * Departments whose administrator the person is told of cases as; null: all of every case. An operator is told all too:
 * numbers and roles are what an office's work is told by.
 */
function departmentsOf(actor: AdminContext['actor']): ReadonlySet<string> | null {
  return actor.roles.has('OPERATOR') ? null : departmentsSeen(actor);
}

/** What cases must concern for the person to see them; null: the person sees all. */
function concernOf({ actor, parts }: AdminContext) {
  const seen = departmentsOf(actor);
  if (seen === null) return null;
  const asks = (matter: Matter) => [...ownersOf(parts, matter)].some((owner) => seen.has(owner));
  const matters = [...parts.matters.values()].filter(asks).map(({ code }) => code);
  return { matters, departments: [...seen] };
}

/** Refuses pages beyond what is counted. @throws MianzhengError BAD_USER_INPUT */
export function sliceOf(page: PageArgument): { readonly offset: number; readonly most: number } {
  checkPage(page);
  const { number, size } = page;
  if (number * size > COUNTED) {
    throw new MianzhengError('BAD_USER_INPUT', `pages reach to the ${COUNTED}th case`, { field: 'page.number' });
  }
  return { offset: (number - 1) * size, most: size };
}

/** Makes a page of cases with their events, which are read in one statement and only where they are asked for. */
export function pageWithEvents<T>(
  { items, total }: ListedCases,
  { number, size }: PageArgument,
  { parts }: Pick<AdminContext, 'parts'>,
  make: (file: CaseFile, events: () => Promise<readonly CaseEvent[]>) => T,
): Page<T> {
  let read: Promise<readonly CaseEvent[]> | undefined;
  const eventsOf = async ({ client, number: of }: CaseFile): Promise<readonly CaseEvent[]> => {
    read ??= parts.store.cases.eventsOf(items);
    return (await read).filter((event) => event.client === client && event.number === of);
  };
  return { items: items.map((file) => make(file, () => eventsOf(file))), total, number, size };
}

/** A level of 好差评 as a number: 1 very bad to 5 very good. */
export function levelNumber(level: RatingLevel): number {
  return RATING_LEVELS.length - RATING_LEVELS.indexOf(level);
}

/** The decision in force, as the schema's `CaseDecision`; null where there is none. */
export function shownDecision(events: readonly CaseEvent[]) {
  const { decided } = standingOf(events);
  const at = lastOf(events, 'DECIDED')?.at;
  if (decided === null || at === undefined) return null;
  return { outcome: decided.outcome, time: new Date(at).toISOString(), byPerson: decided.operator !== null };
}

/** The course of a case, as the schema's `CaseEvent`: what, when and by whom; no words of anybody and no value. */
export function shownEvents(events: readonly CaseEvent[]) {
  return events.slice(-EVENTS).map((event) => ({
    id: event.id,
    kind: event.kind,
    time: new Date(event.at).toISOString(),
    actor: event.actor,
    outcome: outcomeOf(event),
    department: 'department' in event ? event.department : null,
    dueOn: 'due' in event ? event.due : null,
    record: event.record,
  }));
}

/** What a case came to: others' facts can be inferred from it. */
const RESULTS: ReadonlySet<CaseEvent['kind']> = new Set(['JUDGED', 'DECIDED', 'REVIEW_DECIDED']);

/** How much of a case's course a person is told. */
interface Told {
  /** Whether what the case came to is told. */
  readonly results: boolean;
  /** The events that are told. */
  of(events: readonly CaseEvent[]): readonly CaseEvent[];
}

const EVERYTHING: Told = { results: true, of: (events) => events };

/**
 * As the record tells it: to a department, nothing that is about another's facts, tasks and commitments, and not what came
 * of its own and others' facts together.
 */
function toldOf({ matter }: CaseFile, { actor, parts }: AdminContext): Told {
  const seen = departmentsOf(actor);
  if (seen === null) return EVERYTHING;
  const owners = (event: CaseEvent): readonly (string | null)[] | null => {
    if ('coordinate' in event) return [parts.authorizer.ownerOf(event.coordinate)];
    if ('department' in event) return [event.department];
    if ('commitment' in event) return commitmentOwners(parts.matters.get(matter)?.requirements ?? []);
    return null;
  };
  const own = (department: string | null) => department !== null && seen.has(department);
  return { results: false, of: (events) => events.filter((event) => owners(event)?.some(own) ?? true) };
}

function shown(file: CaseFile, events: () => Promise<readonly CaseEvent[]>, context: AdminContext) {
  const standing = async () => standingOf(await events());
  const told = toldOf(file, context);
  const course = async () => told.of(await events());
  return {
    client: file.client,
    number: file.number,
    matter: file.matter,
    filedOn: file.filedOn,
    division: file.division ?? null,
    subjects: file.subjects.map(({ role, kind }) => ({ role, kind })),
    state: async () => (await standing()).state,
    verdict: async () => (told.results ? ((await standing()).judged?.verdict ?? null) : null),
    decision: async () => (told.results ? shownDecision(await events()) : null),
    deadlines: async () =>
      deadlinesOf(await course()).map(({ what, due }) => ({ kind: what, dueOn: due, overdue: due < context.today })),
    async rating() {
      const { rating } = await standing();
      return rating && { level: levelNumber(rating.level), rectification: rating.rectification, dueOn: rating.due };
    },
    events: async () =>
      shownEvents(await course()).map((event) =>
        told.results || !RESULTS.has(event.kind) ? event : { ...event, outcome: null },
      ),
  };
}

async function list({ filter, page }: CasesArguments, context: AdminContext) {
  const slice = sliceOf(page);
  const { client, matter, state, number, filedFrom, filedTo } = filter ?? {};
  if (number != null && !CASE_NUMBER.test(number)) {
    throw new MianzhengError('BAD_USER_INPUT', 'takes 1 to 64 letters, digits, hyphens or dots', {
      field: 'filter.number',
    });
  }
  const plain = {
    ...(client == null ? {} : { client: words('filter.client', client, 1, TEXT) }),
    ...(matter == null ? {} : { matter: words('filter.matter', matter, 1, TEXT) }),
    ...(state == null ? {} : { state }),
    ...(filedFrom == null ? {} : { filedFrom }),
    ...(filedTo == null ? {} : { filedTo }),
  };
  const recorded = number == null ? plain : { ...plain, number: recordedCaseNumber(number, context.parts) };
  context.note('cases.search', 'cases', recorded);
  const concerning = concernOf(context);
  const query = {
    ...plain,
    ...(number == null ? {} : { number }),
    ...(concerning === null ? {} : { concerning }),
  };
  const listed = await context.parts.store.listCases(query, slice);
  return pageWithEvents(listed, page, context, (file, events) => shown(file, events, context));
}

/** Whether the case concerns a department that the person administers, as in {@link list}. */
async function sees(file: CaseFile, context: AdminContext): Promise<boolean> {
  const concerning = concernOf(context);
  if (concerning === null || concerning.matters.includes(file.matter)) return true;
  const tasks = await context.parts.store.tasks.ofCase(file);
  return tasks.some(({ department }) => concerning.departments.includes(department));
}

async function one({ client, number }: { readonly client: string; readonly number: string }, context: AdminContext) {
  const { parts } = context;
  const named = `case:${words('client', client, 1, TEXT)}/${recordedCaseNumber(number.slice(0, TEXT), parts)}`;
  context.note('cases.read', named, null);
  const file = await parts.store.findCase(client, number);
  if (file === null || !(await sees(file, context))) return null;
  for (const { kind, id } of file.subjects) context.concern(kind, id);
  const events = await parts.store.cases.events(file);
  return shown(file, async () => events, context);
}

/** Theme `cases.graphql`. */
export const cases: Theme = {
  file: 'cases.graphql',
  query: {
    cases: (args: CasesArguments, context) => list(args, context),
    case: (args: { readonly client: string; readonly number: string }, context) => one(args, context),
  },
  mutation: {},
};
