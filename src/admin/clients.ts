/** Application systems (应用): registration, holds, alarms; and the gateway's public keys. */
import { randomUUID } from 'node:crypto';
import type { Alarm } from '../alarms/alarm.js';
import type { Grant } from '../authorize/rights.js';
import { MianzhengError } from '../errors.js';
import {
  clientIn,
  type EventSelection,
  lockPolicy,
  putClient,
  putHold,
  type RecordedClientEvent,
} from '../store/access.js';
import type { StoredClient } from '../store/policy.js';
import { departmentsSeen } from './actor.js';
import type { AdminContext } from './context.js';
import { checkPage, mapPage, type PageArgument, pageOf, searching, sorted } from './lists.js';
import type { Theme } from './theme.js';
import { words } from './words.js';

type State = 'ACTIVE' | 'HELD' | 'INACTIVE';

interface ClientsArguments {
  readonly filter?: { readonly state?: State | null; readonly text?: string | null } | null;
  readonly sort: 'ID' | 'NAME' | 'STATE';
  readonly direction: 'ASC' | 'DESC';
  readonly page: PageArgument;
}

interface ClientInput {
  readonly id: string;
  readonly nameZh: string;
  readonly nameEn: string;
}

interface ChangeArguments {
  readonly id: string;
  readonly reason: string;
}

/** A client identifier: what the record and the log may show. */
const CLIENT_ID = /^[\w.-]{1,64}$/;

const stateOf = ({ active, held }: StoredClient): State => (!active ? 'INACTIVE' : held ? 'HELD' : 'ACTIVE');

/** A grant gives rights today. */
export function inForce({ status, validFrom, validTo }: Grant, today: string): boolean {
  return status === 'APPROVED' && validFrom <= today && today <= validTo;
}

/** Grants that the person sees, whatever their status, by application. */
async function grantsSeen({ actor, parts }: AdminContext): Promise<ReadonlyMap<string, readonly Grant[]>> {
  const departments = departmentsSeen(actor);
  const grants = await parts.store.access.grants(departments === null ? {} : { departments: [...departments] });
  return grouped(grants);
}

function grouped(grants: readonly Grant[]): Map<string, Grant[]> {
  const groups = new Map<string, Grant[]>();
  for (const grant of grants) {
    const group = groups.get(grant.client);
    if (group) group.push(grant);
    else groups.set(grant.client, [grant]);
  }
  return groups;
}

/** What a list of application systems needs to know beside them. */
interface Around {
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
  readonly events: ReadonlyMap<string, RecordedClientEvent>;
}

async function around(context: AdminContext): Promise<Around> {
  return { grants: await grantsSeen(context), events: await context.parts.store.access.latestEvents() };
}

/** Whether the person may see and do something about what happens to it: the platform, and departments that granted it something. */
function concerns({ actor }: AdminContext, client: string, { grants }: Pick<Around, 'grants'>): boolean {
  return departmentsSeen(actor) === null || grants.has(client);
}

function actionsOn(context: AdminContext, client: StoredClient, seen: Around): string[] {
  const { roles } = context.actor;
  const platform = roles.has('PLATFORM_ADMIN');
  const may = platform || (roles.has('DEPARTMENT_ADMIN') && concerns(context, client.id, seen));
  return [
    ...(platform ? ['renameClient', 'setClientActive'] : []),
    ...(may && !client.held ? ['holdClient'] : []),
    ...(platform && client.held ? ['releaseClient'] : []),
  ];
}

function shown(context: AdminContext, client: StoredClient, seen: Around) {
  const event = seen.events.get(client.id);
  const grants = seen.grants.get(client.id) ?? [];
  return {
    id: client.id,
    nameZh: client.nameZh,
    nameEn: client.nameEn,
    state: stateOf(client),
    releases: client.releases,
    latestEvent: event !== undefined && concerns(context, client.id, seen) ? eventShown(event) : null,
    grantsInForce: grants.filter((grant) => inForce(grant, context.today)).length,
    actions: actionsOn(context, client, seen),
  };
}

const instant = (at: number): string => new Date(at).toISOString();

function eventShown({ id, kind, client, at, actor, reason, alarm, recorded }: RecordedClientEvent) {
  return {
    id,
    kind,
    client,
    at: instant(at),
    actor,
    reason,
    alarm: alarm === null ? null : alarmShown(JSON.parse(alarm) as Alarm),
    record: recorded,
  };
}

function alarmShown({ kind, hold, from, to, counts }: Alarm) {
  return { kind, held: hold, from: instant(from), to: instant(to), ...counts };
}

async function one(context: AdminContext, id: string) {
  const client = await context.parts.store.access.client(id);
  return client === null ? null : shown(context, client, await around(context));
}

/** @throws MianzhengError NOT_FOUND */
export function known<T>(thing: T | null, what: string, field: string): T {
  if (thing === null) throw new MianzhengError('NOT_FOUND', `there is no such ${what}`, { field });
  return thing;
}

/** Binds a change of the policy in this instance before it is answered; the others read it within a second. */
async function bind({ parts }: AdminContext): Promise<void> {
  await parts.policy.refresh();
}

const stateRecorded = ({ nameZh, nameEn, active, held }: StoredClient) => ({ nameZh, nameEn, active, held });

async function put(context: AdminContext, input: ClientInput, isNew: boolean) {
  if (!CLIENT_ID.test(input.id)) {
    throw new MianzhengError('BAD_USER_INPUT', 'takes 1 to 64 letters, digits or . _ -', { field: 'input.id' });
  }
  const nameZh = words('input.nameZh', input.nameZh, 1, 100);
  const nameEn = words('input.nameEn', input.nameEn, 1, 100);
  await context.change(async (trx) => {
    await lockPolicy(trx);
    const before = await clientIn(trx, input.id);
    if (isNew && before !== null) {
      throw new MianzhengError('STATE_CONFLICT', 'an application system of this identifier is registered', {
        field: 'input.id',
      });
    }
    if (!isNew) known(before, 'application system', 'input.id');
    const client = { id: input.id, nameZh, nameEn, active: before?.active ?? true };
    await putClient(trx, client);
    const after = stateRecorded({ ...client, held: before?.held ?? false, releases: before?.releases ?? 0 });
    const action = isNew ? 'client.register' : 'client.rename';
    return {
      result: null,
      changes: [{ action, subject: input.id, before: before === null ? null : stateRecorded(before), after }],
    };
  });
  await bind(context);
  return one(context, input.id);
}

async function setActive(
  context: AdminContext,
  { id, reason, active }: ChangeArguments & { readonly active: boolean },
) {
  const why = words('reason', reason, 5, 200);
  await context.change(async (trx) => {
    await lockPolicy(trx);
    const before = known(await clientIn(trx, id), 'application system', 'id');
    if (before.active === active) throw unchanged();
    await putClient(trx, { ...before, active });
    const after = { ...stateRecorded({ ...before, active }), reason: why };
    const action = active ? 'client.activate' : 'client.deactivate';
    return { result: null, changes: [{ action, subject: id, before: stateRecorded(before), after }] };
  });
  await bind(context);
  return one(context, id);
}

function unchanged(): MianzhengError {
  return new MianzhengError('STATE_CONFLICT', 'the application system is in that state already', { field: 'id' });
}

async function setHold(context: AdminContext, { id, reason }: ChangeArguments, kind: 'HOLD' | 'RELEASE') {
  const { actor, now } = context;
  const why = words('reason', reason, 5, 200);
  if (!concerns(context, id, { grants: await grantsSeen(context) })) {
    throw new MianzhengError('FORBIDDEN', 'the department has granted this application system nothing', {
      field: 'id',
    });
  }
  await context.change(async (trx) => {
    await lockPolicy(trx);
    const before = known(await clientIn(trx, id), 'application system', 'id');
    // The gateway's own entry for it, and the message to webhooks, follow from the event.
    const event = { id: randomUUID(), kind, client: id, at: now, actor: actor.name, reason: why, alarm: null };
    if (!(await putHold(trx, event))) throw unchanged();
    const after = { ...stateRecorded({ ...before, held: kind === 'HOLD' }), reason: why };
    const action = kind === 'HOLD' ? 'client.hold' : 'client.release';
    return { result: null, changes: [{ action, subject: id, before: stateRecorded(before), after }] };
  });
  await bind(context);
  return one(context, id);
}

interface EventsArguments {
  readonly filter?: { readonly kind?: EventSelection['kinds'] | null; readonly client?: string | null } | null;
  readonly page: PageArgument;
}

async function clientEvents({ filter, page }: EventsArguments, context: AdminContext) {
  checkPage(page);
  const seen = departmentsSeen(context.actor) === null ? null : [...(await grantsSeen(context)).keys()];
  const asked = filter?.client ?? null;
  const clients = asked === null ? seen : seen === null || seen.includes(asked) ? [asked] : [];
  const kinds = filter?.kind ?? null;
  const selection = { ...(kinds === null ? {} : { kinds }), ...(clients === null ? {} : { clients }) };
  const { number, size } = page;
  const { items, total } = await context.parts.store.access.events(selection, (number - 1) * size, size);
  return { items: items.map(eventShown), total, number, size };
}

/** Theme `clients.graphql`. */
export const clients: Theme = {
  file: 'clients.graphql',
  query: {
    async clients({ filter, sort, direction, page }: ClientsArguments, context) {
      const matches = searching(filter?.text, 'filter.text');
      const state = filter?.state ?? null;
      const all = (await context.parts.store.access.clients()).filter(
        (client) => (state === null || stateOf(client) === state) && matches([client.id, client.nameZh, client.nameEn]),
      );
      const keys = { ID: [], NAME: [(c: StoredClient) => c.nameZh], STATE: [stateOf] }[sort];
      const seen = await around(context);
      return mapPage(pageOf(sorted(all, [...keys, ({ id }) => id], direction), page), (client) =>
        shown(context, client, seen),
      );
    },
    client: ({ id }: { readonly id: string }, context) => one(context, id),
    clientEvents,
    publicKeys: (_args, { parts }) =>
      parts.publicKeys().map((jwk) => ({ kid: jwk.kid ?? '', alg: jwk.alg ?? jwk.kty ?? '', jwk })),
  },
  mutation: {
    registerClient: ({ input }: { readonly input: ClientInput }, context) => put(context, input, true),
    renameClient: ({ input }: { readonly input: ClientInput }, context) => put(context, input, false),
    setClientActive: (args: ChangeArguments & { readonly active: boolean }, context) => setActive(context, args),
    holdClient: (args: ChangeArguments, context) => setHold(context, args, 'HOLD'),
    releaseClient: (args: ChangeArguments, context) => setHold(context, args, 'RELEASE'),
  },
};
