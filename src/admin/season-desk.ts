/**
 * Runs the seasons that people begin in the console (招生季批量核验). Each asks the data plane as the application does, with
 * its token, through the whole pipeline; nothing here sees a grant or a department. What is to be done stands in the
 * control store: whichever process of the machine finds a season that runs and that nobody holds takes it up, also after
 * a crash, from its journal.
 */
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { RecordChain } from '../audit/chain.js';
import { parseDayWindow } from '../domain/day-window.js';
import { type Repeating, repeat } from '../domain/repeating.js';
import type { Clock } from '../season/clock.js';
import { SeasonFault } from '../season/faults.js';
import { openSeasonGateway, type SeasonGateway, type Send } from '../season/gateway.js';
import { openInput } from '../season/input.js';
import { preview } from '../season/preview.js';
import { concludeList, judgeList, SEASON_DEFAULTS } from '../season/run.js';
import type { Standing } from '../season/standing.js';
import type { ControlStore } from '../store/control-store.js';
import type { SeasonList, SeasonNotice, SeasonOutcome, SeasonProgress, SeasonRun } from '../store/seasons.js';
import type { ControlParts } from './context.js';
import {
  foldersIn,
  keepList,
  placesOf,
  readResult,
  removeFiles,
  removeList,
  resultsOf,
  type SeasonFile,
  type SeasonFileName,
} from './season-files.js';

/** An application that has its seasons run here. */
export interface SeasonClient {
  /** Its `client_id`. */
  readonly client: string;
  /** Names of the people who may, as their issuer has them; null: whoever has the role. */
  readonly operators: ReadonlySet<string> | null;
  /** A bearer token of the application; called with true where the gateway no longer takes the last one. */
  readonly token: (renew: boolean) => Promise<string>;
}

/** How the desk is opened. */
export interface SeasonDeskOptions extends Pick<ControlParts, 'now' | 'utcOffsetMinutes' | 'log'> {
  readonly store: Pick<ControlStore, 'seasons'>;
  readonly record: Pick<RecordChain, 'append'>;
  /** Folder of the seasons' files. */
  readonly folder: string;
  /** Names whose data folder it is: its processes share it. */
  readonly machine: string;
  /** Names this process in the record. */
  readonly instance: string;
  readonly clients: readonly SeasonClient[];
  /** Asks the data plane of this process. */
  readonly send: Send;
  readonly clock: Clock;
  /** Days that a season and its files are kept after it stopped. */
  readonly keepDays: number;
}

/** What became of a list that was brought. */
export type ListTaken =
  | { readonly is: 'READ'; readonly list: SeasonList }
  | { readonly is: 'UNREADABLE'; readonly faults: readonly SeasonNotice[] };

/** The desk. */
export interface SeasonDesk {
  readonly machine: string;
  readonly clients: readonly SeasonClient[];
  /** Days that a season and its files are kept after it stopped. */
  readonly keepDays: number;
  /** Keeps a list, where it can be read, and looks it over. @throws MianzhengError BODY_TOO_LARGE */
  takeList(run: SeasonRun, bytes: AsyncIterable<Uint8Array>): Promise<ListTaken>;
  /** Lets go of a list that was taken and did not become, or no longer is, the season's. */
  dropList(run: Pick<SeasonRun, 'id'>, list: Pick<SeasonList, 'name'>): Promise<void>;
  /** Results that can be fetched. */
  files(run: SeasonRun): Promise<readonly SeasonFile[]>;
  read(run: SeasonRun, name: SeasonFileName): Readable;
  /** Takes up what is to be done, and pauses what is to pause, without waiting for the next time. */
  turn(): Promise<void>;
  /** Pauses what runs, so that the next process goes on with it, and stops. */
  close(): Promise<void>;
}

/** How often the desk looks for what is to be done, ms. */
const TURN_MS = 1000;
/** How long a season is held without a word, ms. A process that is busy for so long loses it. */
const HOLD_MS = 15_000;
/** Rows of a list. */
const ROWS_MOST = 500_000;
/** Divisions and schools that are kept of what was counted. */
const SHARES_MOST = 200;
/** How often seasons that were kept long enough are looked for, ms. */
const REMOVE_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How a person is named in the record as one of the application's. */
const OPERATOR = /^[\w.@-]{1,64}$/;

const KINDS: Readonly<Record<SeasonFault['kind'], string>> = {
  INPUT: '名单无法读取',
  JOURNAL: '运行日志不能使用',
  IN_USE: '另一进程正在运行',
  OUTPUT: '结果无法写入',
  GATEWAY: '网关拒绝或没有答复',
};

/** A season that this process runs. */
interface Running {
  readonly pause: AbortController;
  progress: SeasonProgress;
  ended: Promise<void>;
}

class OpenDesk implements SeasonDesk {
  readonly #options: SeasonDeskOptions;
  /** Names this process to the others. */
  readonly #holder = randomUUID();
  readonly #running = new Map<string, Running>();
  readonly #turning: Repeating;
  #removeAt = 0;
  #closing = false;

  constructor(options: SeasonDeskOptions) {
    this.#options = options;
    this.#turning = repeat(
      () => this.#turn(),
      TURN_MS,
      (err) => options.log.error({ err }, 'seasons cannot be looked for'),
    );
  }

  get machine(): string {
    return this.#options.machine;
  }

  get clients(): readonly SeasonClient[] {
    return this.#options.clients;
  }

  get keepDays(): number {
    return this.#options.keepDays;
  }

  /** What is wrong, in words that name no folder of this machine. */
  #told(fault: SeasonFault): readonly SeasonNotice[] {
    if (fault.told.length > 0) return fault.told;
    const en = fault.message.replaceAll(`${this.#options.folder}/`, '');
    return [{ zh: `${KINDS[fault.kind]}：${en}`, en }];
  }

  #gateway(run: SeasonRun, onWait: (why: string, ms: number) => void): SeasonGateway {
    const { clients, send, clock } = this.#options;
    const own = clients.find(({ client }) => client === run.client);
    if (own === undefined) {
      const told = {
        zh: `应用 ${run.client} 不再委托本管理台`,
        en: `${run.client} no longer has its seasons run here`,
      };
      throw new SeasonFault('GATEWAY', told.en, undefined, [told]);
    }
    const operator = run.startedBy ?? run.createdBy;
    return openSeasonGateway({
      // The path is all of it that this process reads.
      url: 'http://gateway',
      matter: run.matter,
      token: own.token,
      tries: SEASON_DEFAULTS.tries,
      send,
      ...(OPERATOR.test(operator) ? { operator } : {}),
      clock,
      random: Math.random,
      onWait,
    });
  }

  async takeList(run: SeasonRun, bytes: AsyncIterable<Uint8Array>): Promise<ListTaken> {
    const { folder } = this.#options;
    const kept = await keepList(folder, run, bytes);
    const patience = AbortSignal.timeout(HOLD_MS);
    try {
      const roles = await this.#gateway(run, () => undefined).roles(patience);
      const input = await openInput(placesOf(folder, { id: run.id, list: kept }).list, roles, run.terms.columns);
      return { is: 'READ', list: { ...kept, ...(await preview(input, ROWS_MOST)) } };
    } catch (error) {
      await this.dropList(run, kept);
      if (error instanceof SeasonFault) return { is: 'UNREADABLE', faults: this.#told(error) };
      if (!patience.aborted) throw error;
      const silent = { zh: '网关没有答复，请稍后重新上传', en: 'the gateway does not answer; upload it again later' };
      return { is: 'UNREADABLE', faults: [silent] };
    }
  }

  dropList(run: Pick<SeasonRun, 'id'>, list: Pick<SeasonList, 'name'>): Promise<void> {
    return removeList(this.#options.folder, run, list);
  }

  files(run: SeasonRun): Promise<readonly SeasonFile[]> {
    return run.written ? resultsOf(this.#options.folder, run) : Promise.resolve([]);
  }

  read(run: SeasonRun, name: SeasonFileName): Readable {
    return readResult(this.#options.folder, run, name);
  }

  turn(): Promise<void> {
    return this.#turning.now();
  }

  async #turn(): Promise<void> {
    const { store, machine, now } = this.#options;
    for (const [id, running] of this.#running) {
      const state = await store.seasons.hold(id, this.#holder, now() + HOLD_MS, running.progress);
      // Paused or ended by a person, or lost to another process.
      if (state !== 'RUNNING') running.pause.abort();
    }
    if (this.#closing) return;
    for (const run of await store.seasons.take(machine, this.#holder, now(), now() + HOLD_MS)) this.#begin(run);
    await this.#removeOld();
  }

  #begin(run: SeasonRun): void {
    const running: Running = { pause: new AbortController(), progress: run.progress, ended: Promise.resolve() };
    this.#running.set(run.id, running);
    running.ended = this.#settle(run, running).catch((err: unknown) => {
      // The hold runs out, and the season is taken up again.
      this.#options.log.error({ err, season: run.id }, 'season cannot be let go');
    });
  }

  /** Runs a season, and writes down what became of it. */
  async #settle(run: SeasonRun, running: Running): Promise<void> {
    const { store, folder, now, log } = this.#options;
    try {
      if (run.state === 'ENDED' && run.startedAt === null) {
        await store.seasons.release(run.id, this.#holder, null);
        if (await store.seasons.remove(run.id, now())) await removeFiles(folder, run);
        return;
      }
      const outcome = await this.#outcome(run, running);
      // Another process still writes its journal: it is left alone until the hold runs out.
      if (outcome === null) return;
      if (outcome.state !== null) await this.#record(run, outcome.state, outcome.progress);
      await store.seasons.release(run.id, this.#holder, outcome);
      log.info({ season: run.id, state: outcome.state, done: outcome.progress.done }, 'season let go');
    } finally {
      this.#running.delete(run.id);
    }
  }

  /** What became of a season; null: nothing, it is left to whoever can. */
  async #outcome(run: SeasonRun, running: Running): Promise<SeasonOutcome | null> {
    const { now, log } = this.#options;
    const end = (state: SeasonOutcome['state'], written: boolean, progress: Partial<SeasonProgress>) => {
      const still = { ...running.progress, perSecond: 0, secondsLeft: null, waits: null, faults: [] };
      return { state, written, progress: { ...still, ...progress }, at: now() };
    };
    try {
      if (run.state === 'ENDED') return end(null, true, { report: await this.#conclude(run) });
      const { end: how, report } = await this.#judge(run, running);
      const { reasons, divisions, schools } = report;
      const told = { reasons, divisions: divisions.slice(0, SHARES_MOST), schools: schools.slice(0, SHARES_MOST) };
      return end(how === 'DONE' ? 'DONE' : null, how === 'DONE', { report: told });
    } catch (error) {
      if (error instanceof SeasonFault && error.kind === 'IN_USE') return null;
      log.error({ err: error, season: run.id }, 'season cannot go on');
      const broken = [{ zh: '网关内部错误', en: 'the gateway failed' }];
      const faults = error instanceof SeasonFault ? this.#told(error) : broken;
      // Of one that is ended nothing more can be written; what it was told stays.
      return run.state === 'ENDED' ? end(null, true, { faults }) : end('PAUSED', false, { faults });
    }
  }

  /** Writes what is known; by division and school it was counted when the season stopped. */
  async #conclude(run: SeasonRun): Promise<SeasonProgress['report']> {
    const { divisions = [], schools = [] } = run.progress.report ?? {};
    const identity = { input: run.list?.sha256 ?? '', matter: run.matter };
    const { reasons } = await concludeList(placesOf(this.#options.folder, run), identity);
    return { reasons, divisions, schools };
  }

  #judge(run: SeasonRun, running: Running) {
    const { folder, clock, now, utcOffsetMinutes } = this.#options;
    const { perSecond, between, columns } = run.terms;
    const tell = (progress: Partial<SeasonProgress>): void => {
      running.progress = { ...running.progress, faults: [], ...progress };
    };
    const wait = (zh: string, en: string, until: number): void => tell({ waits: { zh, en, until } });
    return judgeList({
      ...SEASON_DEFAULTS,
      // A request of a second's cases, so that a slow season is paused within one.
      chunk: Math.min(SEASON_DEFAULTS.chunk, perSecond ?? SEASON_DEFAULTS.chunk),
      matter: run.matter,
      files: placesOf(folder, run),
      columns,
      gateway: this.#gateway(run, (why, ms) => wait(`稍后重试：${why}`, why, now() + ms)),
      clock,
      limits: { perSecond, between: between === null ? null : parseDayWindow(between), utcOffsetMinutes },
      onOpen: tellStanding,
      onProgress: tellStanding,
      onClosed: (until) => wait('不在允许的时段', 'outside its hours', until),
      onRound: (pending, at) =>
        wait(`${pending} 件待部门恢复，届时重新核验`, `${pending} rows wait for a department`, at),
      signal: running.pause.signal,
    });

    function tellStanding({ done, perSecond: rate, secondsLeft, counts }: Standing): void {
      tell({ done, perSecond: rate, secondsLeft, counts, waits: null });
    }
  }

  /** Puts on the record what no person did. */
  async #record(run: SeasonRun, state: string, { done, counts }: SeasonProgress): Promise<void> {
    const { record, now, instance } = this.#options;
    await record.append({
      kind: 'administration',
      time: new Date(now()).toISOString(),
      actor: instance,
      action: state === 'DONE' ? 'season.done' : 'season.pause',
      subject: `season:${run.id}`,
      before: { state: 'RUNNING' },
      after: { state, client: run.client, rows: run.list?.rows ?? 0, done, counts },
    });
  }

  /** Removes seasons that were kept long enough. */
  async #removeOld(): Promise<void> {
    const { store, folder, machine, now, keepDays, record, instance } = this.#options;
    if (now() < this.#removeAt) return;
    this.#removeAt = now() + REMOVE_MS;
    for (const run of await store.seasons.due(machine, now() - keepDays * DAY_MS)) {
      const recorded = () =>
        record.append({
          kind: 'administration',
          time: new Date(now()).toISOString(),
          actor: instance,
          action: 'season.remove',
          subject: `season:${run.id}`,
          before: { state: run.state, client: run.client },
          after: null,
        });
      if (await store.seasons.remove(run.id, now(), recorded)) await removeFiles(folder, run);
    }
    // Of a process that died between the two.
    for (const id of await foldersIn(folder)) {
      if ((await store.seasons.find(id)) === null) await removeFiles(folder, { id });
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#turning.stop();
    for (const { pause } of this.#running.values()) pause.abort();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }
}

/** Opens the desk and begins to take up seasons. */
export function openSeasonDesk(options: SeasonDeskOptions): SeasonDesk {
  return new OpenDesk(options);
}
