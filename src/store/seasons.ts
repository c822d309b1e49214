/**
 * Seasons (招生季批量核验) run by this installation: who had them begun, for which application, and where they stand. The
 * lists and their results are files; here is no row of them and no identifier.
 */
import type { Knex } from 'knex';
import { type Dialect, exactly } from './exactly.js';

/** State of a season. */
export type SeasonState =
  /** Its list is not there yet, or cannot be read. */
  | 'NEW'
  /** Its list was looked over. */
  | 'READY'
  | 'RUNNING'
  /** A person stopped it, or it could not go on: to be resumed. */
  | 'PAUSED'
  /** Every row has its result. */
  | 'DONE'
  /** A person ended it; rows that had no result have none. */
  | 'ENDED';

/** How a season is run; fixed when it is begun. */
export interface SeasonTerms {
  /** Cases a second at most; null: as fast as departments let through. */
  readonly perSecond: number | null;
  /** Hours of the day, `HH:MM-HH:MM`; null: always. */
  readonly between: string | null;
  /** Headings a person named, by `case`, `filedOn`, `division`, `school` or role. */
  readonly columns: Readonly<Record<string, string>>;
}

/** What a person should know of it, in both languages. */
export interface SeasonNotice {
  readonly zh: string;
  readonly en: string;
}

/** A list as it was looked over. Holds headings and places of faults, never a cell. */
export interface SeasonList {
  /** Name of its file in the season's folder; of every list that is brought another. */
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly faulty: number;
  readonly columns: readonly { readonly name: string; readonly heading: string }[];
  readonly faults: readonly (SeasonNotice & { readonly row: number; readonly column: string })[];
}

/** Rows that share a division or a school. */
export interface SeasonShare {
  readonly name: string;
  readonly count: number;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** Where a season stands. */
export interface SeasonProgress {
  readonly done: number;
  readonly perSecond: number;
  readonly secondsLeft: number | null;
  /** Results by verdict, with `AWAITING` and `REFUSED`. */
  readonly counts: Readonly<Record<string, number>>;
  /** What it waits for, and until when, ms since the epoch; null: for nothing. */
  readonly waits: (SeasonNotice & { readonly until: number }) | null;
  /** Why it did not go on, one by one; empty: it did. */
  readonly faults: readonly SeasonNotice[];
  /** Of when it last ended or paused; null until then. */
  readonly report: {
    readonly reasons: readonly { readonly zh: string; readonly count: number }[];
    readonly divisions: readonly SeasonShare[];
    readonly schools: readonly SeasonShare[];
  } | null;
}

/** A season. */
export interface SeasonRun {
  /** UUID; names its folder. */
  readonly id: string;
  /** The application in whose name it asks. */
  readonly client: string;
  readonly matter: string;
  /** Name of the list's file, as it was brought. */
  readonly file: string;
  /** Machine in whose data folder its files are. */
  readonly machine: string;
  readonly state: SeasonState;
  readonly terms: SeasonTerms;
  readonly list: SeasonList | null;
  readonly progress: SeasonProgress;
  /** Who made it; who had it run last, by whose name the record has its cases. */
  readonly createdBy: string;
  readonly startedBy: string | null;
  /** ms since the epoch. */
  readonly createdAt: number;
  /** When it was last begun or resumed; null: never. */
  readonly startedAt: number | null;
  /** When it last paused, was done or was ended; null: never, or it runs. */
  readonly stoppedAt: number | null;
  /** Whether its results are written. */
  readonly written: boolean;
  /** Until when a process holds it, ms since the epoch; 0: none does. */
  readonly heldUntil: number;
}

/** Which seasons; all conditions must hold. */
export interface SeasonFilter {
  /** Of these applications; empty: none. */
  readonly clients?: readonly string[];
  readonly states?: readonly SeasonState[];
}

/** The seasons of a control store. */
export interface SeasonRuns {
  /** One season; null where there is none. */
  find(id: string): Promise<SeasonRun | null>;
  /** A page, latest first, and how many fit in all. */
  list(
    filter: SeasonFilter,
    page: { readonly offset: number; readonly most: number },
  ): Promise<{ readonly items: readonly SeasonRun[]; readonly total: number }>;
  /**
   * Takes seasons of a machine that run, or are ended and not written, and that nobody holds.
   * @param holder names the process
   * @returns those taken, held until then
   */
  take(machine: string, holder: string, now: number, until: number): Promise<readonly SeasonRun[]>;
  /** Holds on to a season and tells where it stands. @returns its state; null where the process holds it no more */
  hold(id: string, holder: string, until: number, progress: SeasonProgress | null): Promise<SeasonState | null>;
  /**
   * Lets a season go.
   * @param outcome what became of it: DONE and PAUSED only of one that is still RUNNING
   * @returns whether the process held it, and the outcome stands
   */
  release(id: string, holder: string, outcome: SeasonOutcome | null): Promise<boolean>;
  /** Seasons of a machine to be removed: stopped before `before`, or made before it and never begun. */
  due(machine: string, before: number): Promise<readonly SeasonRun[]>;
  /**
   * Removes a season that nobody holds at `now`.
   * @param record puts that into the record, inside the transaction; where it throws, the season stays. Default: nothing
   * @returns whether it is gone by this
   */
  remove(id: string, now: number, record?: () => Promise<unknown>): Promise<boolean>;
}

/** What became of a season that is let go. */
export interface SeasonOutcome {
  /** Null: as a person had it. */
  readonly state: 'DONE' | 'PAUSED' | null;
  readonly progress: SeasonProgress;
  readonly written: boolean;
  readonly at: number;
}

/** A season of which nothing is known. */
export const NO_PROGRESS: SeasonProgress = {
  done: 0,
  perSecond: 0,
  secondsLeft: null,
  counts: {},
  waits: null,
  faults: [],
  report: null,
};

interface SeasonRow {
  id: string;
  client: string;
  matter: string;
  file: string;
  machine: string;
  state: SeasonState;
  /** JSON. */
  terms: string;
  list: string | null;
  progress: string;
  created_by: string;
  started_by: string | null;
  created_at: number;
  started_at: number | null;
  stopped_at: number | null;
  written: boolean | number;
  holder: string;
  held_until: number;
}

/** Makes the table where it is missing. */
export async function createSeasonTable(db: Knex, dialect: Dialect): Promise<void> {
  if (await db.schema.hasTable('season')) return;
  await db.schema.createTable('season', (table) => {
    exactly(table, dialect);
    table.string('id', 36).primary();
    table.string('client', 64).notNullable();
    table.string('matter', 64).notNullable();
    table.string('file', 200).notNullable();
    table.string('machine', 64).notNullable();
    table.string('state', 16).notNullable();
    table.text('terms').notNullable();
    table.text('list', 'mediumtext');
    table.text('progress', 'mediumtext').notNullable();
    table.string('created_by', 200).notNullable();
    table.string('started_by', 200);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('started_at');
    table.bigInteger('stopped_at');
    table.boolean('written').notNullable();
    table.string('holder', 100).notNullable();
    table.bigInteger('held_until').notNullable();
    table.index(['client', 'created_at']);
    table.index(['machine', 'state']);
  });
}

const numberOrNull = (value: number | null): number | null => (value === null ? null : Number(value));

function runOf(row: SeasonRow): SeasonRun {
  const { id, client, matter, file, machine, state, created_by, started_by } = row;
  return {
    id,
    client,
    matter,
    file,
    machine,
    state,
    terms: JSON.parse(row.terms) as SeasonTerms,
    list: row.list === null ? null : (JSON.parse(row.list) as SeasonList),
    progress: JSON.parse(row.progress) as SeasonProgress,
    createdBy: created_by,
    startedBy: started_by,
    createdAt: Number(row.created_at),
    startedAt: numberOrNull(row.started_at),
    stoppedAt: numberOrNull(row.stopped_at),
    written: Boolean(row.written),
    heldUntil: Number(row.held_until),
  };
}

/** A season; null where there is none. */
export async function seasonIn(trx: Knex, id: string): Promise<SeasonRun | null> {
  const row = await trx<SeasonRow>('season').where({ id }).first();
  return row === undefined ? null : runOf(row);
}

/** Whether another season of the application runs, or is still held by a process. */
export async function runsBesides(trx: Knex, { id, client }: SeasonRun, now: number): Promise<boolean> {
  const other = await trx<SeasonRow>('season')
    .where({ client })
    .whereNot({ id })
    .where((either) => void either.where('state', 'RUNNING').orWhere('held_until', '>', now))
    .first('id');
  return other !== undefined;
}

/** Adds a season that has no list yet. */
export async function addSeason(
  trx: Knex.Transaction,
  run: Pick<SeasonRun, 'id' | 'client' | 'matter' | 'file' | 'machine' | 'terms' | 'createdBy' | 'createdAt'>,
): Promise<void> {
  const { id, client, matter, file, machine, terms, createdBy, createdAt } = run;
  await trx<SeasonRow>('season').insert({
    id,
    client,
    matter,
    file,
    machine,
    state: 'NEW',
    terms: JSON.stringify(terms),
    list: null,
    progress: JSON.stringify(NO_PROGRESS),
    created_by: createdBy,
    started_by: null,
    created_at: createdAt,
    started_at: null,
    stopped_at: null,
    written: false,
    holder: '',
    held_until: 0,
  });
}

/** A change of a season's state by a person. */
export interface SeasonChange {
  readonly state: SeasonState;
  readonly list?: SeasonList | null;
  readonly faults?: readonly SeasonNotice[];
  readonly startedBy?: string;
  readonly startedAt?: number;
  readonly stoppedAt?: number | null;
}

/** Changes a season that is in the state it was read in. @returns false where it is no longer */
export async function changeSeason(trx: Knex.Transaction, was: SeasonRun, change: SeasonChange): Promise<boolean> {
  const { state, list, faults, startedBy, startedAt, stoppedAt } = change;
  const progress = JSON.stringify({ ...was.progress, faults: faults ?? [], waits: null });
  const changed = await trx<SeasonRow>('season')
    .where({ id: was.id, state: was.state })
    .update({
      state,
      ...(list === undefined ? {} : { list: list === null ? null : JSON.stringify(list) }),
      // What a process tells meanwhile stands above what was read.
      ...(was.state === 'RUNNING' ? {} : { progress }),
      ...(startedBy === undefined ? {} : { started_by: startedBy }),
      ...(startedAt === undefined ? {} : { started_at: startedAt }),
      ...(stoppedAt === undefined ? {} : { stopped_at: stoppedAt }),
      ...(state === 'RUNNING' ? { written: false } : {}),
    });
  return changed > 0;
}

/** Seasons that need a process. */
function toDo(db: Knex, machine: string) {
  return db<SeasonRow>('season')
    .where({ machine })
    .where(
      (either) =>
        void either
          .where('state', 'RUNNING')
          .orWhere((ended) => void ended.where('state', 'ENDED').where('written', false)),
    );
}

/** The seasons of a store. */
export function seasonRuns(db: Knex): SeasonRuns {
  const rows = () => db<SeasonRow>('season');
  return {
    find: (id) => seasonIn(db, id),
    async list({ clients, states }, { offset, most }) {
      const selected = () => {
        const query = rows();
        if (clients !== undefined) query.whereIn('client', [...clients]);
        if (states !== undefined) query.whereIn('state', [...states]);
        return query;
      };
      const order = [
        { column: 'created_at', order: 'desc' as const },
        { column: 'id', order: 'asc' as const },
      ];
      const found = await selected().orderBy(order).offset(offset).limit(most);
      const counted = await selected().count({ total: '*' }).first();
      return { items: found.map(runOf), total: Number(counted?.total ?? 0) };
    },
    async take(machine, holder, now, until) {
      const free = await toDo(db, machine).where('held_until', '<=', now).select('id', 'held_until');
      const taken: SeasonRun[] = [];
      for (const { id, held_until } of free) {
        const won = await rows().where({ id, held_until }).update({ holder, held_until: until });
        const run = won > 0 ? await seasonIn(db, id) : null;
        if (run !== null) taken.push(run);
      }
      return taken;
    },
    async hold(id, holder, until, progress) {
      const told = progress === null ? {} : { progress: JSON.stringify(progress) };
      await rows()
        .where({ id, holder })
        .update({ held_until: until, ...told });
      const row = await rows().where({ id, holder }).first('state');
      return row?.state ?? null;
    },
    async release(id, holder, outcome) {
      const free = { holder: '', held_until: 0 };
      if (outcome === null) return (await rows().where({ id, holder }).update(free)) > 0;
      const { state, progress, written, at } = outcome;
      const told = { ...free, progress: JSON.stringify(progress), written };
      if (state === null) return (await rows().where({ id, holder }).update(told)) > 0;
      const stands = await rows()
        .where({ id, holder, state: 'RUNNING' })
        .update({ ...told, state, stopped_at: at });
      if (stands > 0) return true;
      // A person changed its state meanwhile: that stands, and with it what is not written.
      await rows()
        .where({ id, holder })
        .update({ ...told, written: false });
      return false;
    },
    async due(machine, before) {
      const found = await rows()
        .where({ machine })
        .whereNot({ state: 'RUNNING' })
        .whereRaw('COALESCE(stopped_at, created_at) < ?', [before]);
      return found.map(runOf);
    },
    remove: (id, now, record) =>
      db.transaction(async (trx) => {
        const free = trx('season').where({ id }).whereNot({ state: 'RUNNING' }).where('held_until', '<=', now);
        if ((await free.delete()) === 0) return false;
        await record?.();
        return true;
      }),
  };
}
