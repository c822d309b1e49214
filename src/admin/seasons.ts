/**
 * Seasons in the control plane (招生季批量核验): who may have one run, and where it stands. Operators of an application
 * make, begin and end its seasons and fetch what came of them; the platform may pause any, and sees counts alone.
 */
import { randomUUID } from 'node:crypto';
import { parseDayWindow } from '../domain/day-window.js';
import { DIVISIONS } from '../domain/divisions.js';
import { MianzhengError } from '../errors.js';
import { lockPolicy } from '../store/access.js';
import {
  addSeason,
  changeSeason,
  runsBesides,
  type SeasonChange,
  type SeasonRun,
  type SeasonShare,
  type SeasonState,
  seasonIn,
} from '../store/seasons.js';
import { seesAll } from './actor.js';
import { known } from './clients.js';
import type { AdminContext } from './context.js';
import { checkPage, type PageArgument } from './lists.js';
import { listEnding, type SeasonFileName } from './season-files.js';
import type { Theme } from './theme.js';
import { words } from './words.js';

interface SeasonsArguments {
  readonly filter?: { readonly client?: string | null; readonly state?: SeasonState | null } | null;
  readonly page: PageArgument;
}

interface SeasonInput {
  readonly client: string;
  readonly matter: string;
  readonly file: string;
  readonly perSecond?: number | null;
  readonly between?: string | null;
  readonly columns: readonly { readonly name: string; readonly heading: string }[];
}

interface OfSeason {
  readonly id: string;
}

/** Divisions and schools told. */
const SHARES = 100;
const MOST_COLUMNS = 20;
const MOST_PER_SECOND = 1_000_000;
const DAY_MS = 86_400_000;

const DIVISION_NAMES: ReadonlyMap<string, string> = new Map(DIVISIONS.map(({ code, name }) => [code, name]));

const instant = (at: number): string => new Date(at).toISOString();
const instantOrNull = (at: number | null): string | null => (at === null ? null : instant(at));

/** Applications whose seasons the person runs: they entrust them to this console and name the person. */
function clientsRun({ actor, parts }: AdminContext): readonly string[] {
  if (!actor.roles.has('OPERATOR')) return [];
  return parts.seasonDesk.clients
    .filter(({ operators }) => operators === null || operators.has(actor.name))
    .map(({ client }) => client);
}

const runsIt = (context: AdminContext, { client }: Pick<SeasonRun, 'client'>): boolean =>
  clientsRun(context).includes(client);

/** Whether rows of a season that is done wait for somebody. */
const waiting = ({ progress: { counts } }: SeasonRun): boolean => (counts.PENDING ?? 0) + (counts.AWAITING ?? 0) > 0;

function actionsOn(context: AdminContext, run: SeasonRun): string[] {
  const { state } = run;
  const own = runsIt(context, run);
  const stop = own || context.actor.roles.has('PLATFORM_ADMIN');
  return [
    ...(own && (state === 'NEW' || state === 'READY') ? ['uploadList'] : []),
    ...(own && state === 'READY' ? ['startSeason'] : []),
    ...(stop && state === 'RUNNING' ? ['pauseSeason'] : []),
    ...(own && (state === 'PAUSED' || (state === 'DONE' && waiting(run))) ? ['resumeSeason'] : []),
    ...(own && state !== 'DONE' && state !== 'ENDED' ? ['endSeason'] : []),
  ];
}

const counted = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count);

const shares = (all: readonly SeasonShare[] | undefined, name: (name: string) => string = (same) => same) =>
  (all ?? [])
    .slice(0, SHARES)
    .map((share) => ({ ...share, name: name(share.name), verdicts: counted(share.verdicts) }));

function shown(context: AdminContext, run: SeasonRun) {
  const { progress, terms, stoppedAt, state } = run;
  const { report, waits } = progress;
  const kept = state === 'RUNNING' ? null : (stoppedAt ?? run.createdAt) + context.parts.seasonDesk.keepDays * DAY_MS;
  return {
    id: run.id,
    client: run.client,
    matter: run.matter,
    file: run.file,
    state,
    working: run.heldUntil > context.parts.now() || (state === 'ENDED' && !run.written),
    perSecond: terms.perSecond,
    between: terms.between,
    list: run.list,
    progress: {
      done: progress.done,
      perSecond: progress.perSecond,
      secondsLeft: progress.secondsLeft,
      verdicts: counted(progress.counts),
      waits,
      waitsUntil: waits === null ? null : instant(waits.until),
      faults: progress.faults,
      reasons: (report?.reasons ?? []).map(({ zh, count }) => ({ name: zh, count })),
      divisions: shares(report?.divisions, (code) => DIVISION_NAMES.get(code) ?? code),
      schools: shares(report?.schools),
    },
    createdBy: run.createdBy,
    createdAt: instant(run.createdAt),
    startedBy: run.startedBy,
    startedAt: instantOrNull(run.startedAt),
    stoppedAt: instantOrNull(stoppedAt),
    removedAfter: instantOrNull(kept),
    actions: actionsOn(context, run),
  };
}

async function list({ filter, page }: SeasonsArguments, context: AdminContext) {
  checkPage(page);
  const { number, size } = page;
  const seen = seesAll(context.actor) ? null : clientsRun(context);
  const asked = filter?.client ?? null;
  const clients = asked === null ? seen : seen === null || seen.includes(asked) ? [asked] : [];
  const state = filter?.state ?? null;
  const found = await context.parts.store.seasons.list(
    { ...(clients === null ? {} : { clients }), ...(state === null ? {} : { states: [state] }) },
    { offset: (number - 1) * size, most: size },
  );
  return { items: found.items.map((run) => shown(context, run)), total: found.total, number, size };
}

/** A season that the person may see; of another's nothing shows, not even that it is there. */
async function one(id: string, context: AdminContext): Promise<SeasonRun | null> {
  const run = await context.parts.store.seasons.find(id);
  return run !== null && (seesAll(context.actor) || runsIt(context, run)) ? run : null;
}

/**
 * A season of an application that the person runs.
 * @throws MianzhengError NOT_FOUND, FORBIDDEN
 */
export async function ownSeason(id: string, context: AdminContext): Promise<SeasonRun> {
  const run = known(await one(id, context), 'season', 'id');
  if (runsIt(context, run)) return run;
  throw new MianzhengError('FORBIDDEN', 'only operators whom its application system names may do this', {
    field: 'id',
  });
}

function refuse(field: string, why: string): MianzhengError {
  return new MianzhengError('BAD_USER_INPUT', `${field} ${why}`, { field });
}

function columnsNamed(columns: SeasonInput['columns']): Readonly<Record<string, string>> {
  if (columns.length > MOST_COLUMNS) throw refuse('input.columns', `takes at most ${MOST_COLUMNS}`);
  return Object.fromEntries(
    columns.map(({ name, heading }, i) => [
      words(`input.columns.${i}.name`, name, 1, 64),
      words(`input.columns.${i}.heading`, heading, 1, 100),
    ]),
  );
}

async function create({ input }: { readonly input: SeasonInput }, context: AdminContext) {
  const { parts, actor, now } = context;
  const { client, matter, perSecond = null, between = null } = input;
  if (!clientsRun(context).includes(client)) {
    const why = 'the application system entrusts this person with no season';
    throw new MianzhengError('FORBIDDEN', why, { field: 'input.client' });
  }
  known(parts.matters.get(matter) ?? null, 'matter', 'input.matter');
  const file = words('input.file', input.file, 5, 100);
  if (listEnding(file) === null) throw refuse('input.file', 'ends in .csv or .xlsx');
  if (perSecond !== null && (perSecond < 1 || perSecond > MOST_PER_SECOND)) {
    throw refuse('input.perSecond', `takes 1 to ${MOST_PER_SECOND}`);
  }
  if (between !== null && parseDayWindow(between) === null) {
    throw refuse('input.between', 'takes hours of the day such as 19:00-07:00');
  }
  const id = randomUUID();
  const terms = { perSecond, between, columns: columnsNamed(input.columns) };
  const { machine } = parts.seasonDesk;
  await context.change(async (trx) => {
    await addSeason(trx, { id, client, matter, file, machine, terms, createdBy: actor.name, createdAt: now });
    const after = { state: 'NEW', client, matter, ...terms };
    return { result: null, changes: [{ action: 'season.create', subject: `season:${id}`, before: null, after }] };
  });
  return shown(context, known(await parts.store.seasons.find(id), 'season', 'id'));
}

/** What a change of state is to be. */
interface Move {
  readonly action: string;
  /** States it may be made from. */
  readonly from: readonly SeasonState[];
  readonly change: SeasonChange;
  /** What the record has beside the state, of the season as it is changed. */
  readonly beside?: (run: SeasonRun) => Readonly<Record<string, string | number>>;
}

/** @throws MianzhengError STATE_CONFLICT */
async function move(context: AdminContext, id: string, { action, from, change, beside }: Move): Promise<void> {
  const { parts, now } = context;
  const subject = `season:${id}`;
  const elsewhere = (): MianzhengError =>
    new MianzhengError('STATE_CONFLICT', 'the season is in another state', { field: 'id' });
  await context.change(async (trx) => {
    // Seasons of one application begin one after the other.
    await lockPolicy(trx);
    const run = known(await seasonIn(trx, id), 'season', 'id');
    if (!from.includes(run.state)) throw elsewhere();
    if (run.state === 'DONE' && !waiting(run)) throw elsewhere();
    if (change.state === 'RUNNING' && (await runsBesides(trx, run, now))) {
      const why = 'another season of the application system is running';
      throw new MianzhengError('STATE_CONFLICT', why, { field: 'id' });
    }
    if (!(await changeSeason(trx, run, change))) throw elsewhere();
    const before = { state: run.state, client: run.client, done: run.progress.done };
    const after = { state: change.state, client: run.client, ...beside?.(run) };
    return { result: null, changes: [{ action, subject, before, after }] };
  });
  await parts.seasonDesk.turn();
}

async function start({ id }: OfSeason, context: AdminContext, action: 'season.start' | 'season.resume') {
  await ownSeason(id, context);
  const { now, actor } = context;
  await move(context, id, {
    action,
    from: action === 'season.start' ? ['READY'] : ['PAUSED', 'DONE'],
    change: { state: 'RUNNING', startedBy: actor.name, startedAt: now, stoppedAt: null },
    beside: ({ list: begun }) => ({ list: begun?.sha256 ?? '', rows: begun?.rows ?? 0 }),
  });
  return again(id, context);
}

async function pause({ id }: OfSeason, context: AdminContext) {
  const run = known(await one(id, context), 'season', 'id');
  if (!runsIt(context, run) && !context.actor.roles.has('PLATFORM_ADMIN')) {
    throw new MianzhengError('FORBIDDEN', 'only its operators and the platform may do this', { field: 'id' });
  }
  const change = { state: 'PAUSED', stoppedAt: context.now } as const;
  await move(context, id, { action: 'season.pause', from: ['RUNNING'], change });
  return again(id, context);
}

async function end({ id, reason }: OfSeason & { readonly reason: string }, context: AdminContext) {
  const why = words('reason', reason, 5, 200);
  const run = await ownSeason(id, context);
  const change = { state: 'ENDED', stoppedAt: context.now } as const;
  const from = ['NEW', 'READY', 'RUNNING', 'PAUSED'] as const;
  await move(context, id, { action: 'season.end', from, change, beside: () => ({ reason: why }) });
  const left = await context.parts.store.seasons.find(id);
  // One that never began may be gone by now.
  return shown(context, left ?? { ...run, ...change });
}

async function again(id: string, context: AdminContext) {
  return shown(context, known(await context.parts.store.seasons.find(id), 'season', 'id'));
}

/**
 * Takes the list of a season and looks it over.
 * @throws MianzhengError NOT_FOUND, FORBIDDEN, STATE_CONFLICT, BODY_TOO_LARGE
 */
export async function bringList(id: string, bytes: AsyncIterable<Uint8Array>, context: AdminContext): Promise<void> {
  const { parts } = context;
  const run = await ownSeason(id, context);
  requireHere(run, context);
  if (!actionsOn(context, run).includes('uploadList')) {
    throw new MianzhengError('STATE_CONFLICT', 'the season has begun with its list', { field: 'id' });
  }
  const taken = await parts.seasonDesk.takeList(run, bytes);
  const list = taken.is === 'READ' ? taken.list : null;
  const change: SeasonChange =
    taken.is === 'READ' ? { state: 'READY', list } : { state: 'NEW', list, faults: taken.faults };
  let dropped = list;
  try {
    await context.change(async (trx) => {
      await lockPolicy(trx);
      const now = await seasonIn(trx, id);
      // While it was on its way another may have been brought, or the season begun with the one before.
      const same = now?.state === run.state && now.list?.name === run.list?.name;
      if (!same || !(await changeSeason(trx, run, change))) {
        throw new MianzhengError('STATE_CONFLICT', 'the season was changed meanwhile', { field: 'id' });
      }
      const about = list === null ? { list } : { list: list.sha256, rows: list.rows, faulty: list.faulty };
      const before = { state: run.state, list: run.list?.sha256 ?? null };
      const after = { state: change.state, ...about };
      return { result: null, changes: [{ action: 'season.list', subject: `season:${id}`, before, after }] };
    });
    dropped = run.list;
  } finally {
    if (dropped !== null) await parts.seasonDesk.dropList(run, dropped);
  }
}

/** Files lie on one machine. @throws MianzhengError STATE_CONFLICT on another */
function requireHere({ machine }: SeasonRun, { parts }: AdminContext): void {
  if (machine === parts.seasonDesk.machine) return;
  const why = `the files of this season are on ${machine}`;
  throw new MianzhengError('STATE_CONFLICT', why, { field: 'id' });
}

async function filesOf(id: string, context: AdminContext) {
  const run = await ownSeason(id, context);
  if (run.machine !== context.parts.seasonDesk.machine) return { run, files: [] };
  return { run, files: await context.parts.seasonDesk.files(run) };
}

/**
 * Opens a file of a season, and has the record say so.
 * @throws MianzhengError NOT_FOUND, FORBIDDEN, STATE_CONFLICT
 */
export async function fetchFile(id: string, name: string, context: AdminContext) {
  const { run, files } = await filesOf(id, context);
  requireHere(run, context);
  const file = known(files.find((one) => one.name === name) ?? null, 'file', 'name');
  context.note('season.fetch', `season:${id}`, { file: file.name, client: run.client });
  return { ...file, open: () => context.parts.seasonDesk.read(run, file.name as SeasonFileName) };
}

/** Theme `seasons.graphql`. */
export const seasons: Theme = {
  file: 'seasons.graphql',
  query: {
    seasons: (args: SeasonsArguments, context) => list(args, context),
    async season({ id }: OfSeason, context) {
      const run = await one(id, context);
      return run === null ? null : shown(context, run);
    },
    async seasonClients(_args, context) {
      const own = clientsRun(context);
      const registered = await context.parts.store.access.clients();
      return registered
        .filter(({ id, active }) => active && own.includes(id))
        .map(({ id, nameZh, nameEn }) => ({ id, nameZh, nameEn }));
    },
    async seasonFiles({ id }: OfSeason, context) {
      const { files } = await filesOf(id, context);
      return files.map(({ name, bytes }) => ({ name, bytes, path: `/admin/seasons/${id}/${name}` }));
    },
  },
  mutation: {
    createSeason: (args: { readonly input: SeasonInput }, context) => create(args, context),
    startSeason: (args: OfSeason, context) => start(args, context, 'season.start'),
    pauseSeason: (args: OfSeason, context) => pause(args, context),
    resumeSeason: (args: OfSeason, context) => start(args, context, 'season.resume'),
    endSeason: (args: OfSeason & { readonly reason: string }, context) => end(args, context),
  },
};
