/** What has been kept as long as it must be goes: entries of the record, cases, log files. Every removal is recorded. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JWK } from 'jose';
import { type ChainFault, openChain, type RecordChain } from '../audit/chain.js';
import type { Json } from '../audit/entries.js';
import { RecordError } from '../audit/errors.js';
import { chainsIn } from '../audit/folders.js';
import { type Due, findDue, leftovers, prune, removeLeftovers } from '../audit/prune.js';
import { loadSigningKeys, type SigningKeys } from '../audit/signing-key.js';
import type { Config } from '../config.js';
import { addDays, todayIn } from '../domain/calendar.js';
import { expiredLogFiles, removeLogFile } from '../log-files.js';
import { withStore } from '../open-store.js';
import { keyFolder, logFolder, recordFolder } from '../places.js';
import type { ControlStore } from '../store/control-store.js';

const DAY_MS = 86_400_000;

/** Cases removed by one statement. */
const CASES_AT_ONCE = 500;

/** Pause between two of those, so that registrations get their turn, ms. */
const PAUSE_MS = 20;

/** What became of one chain of the record. */
export type ChainRetention =
  | { readonly chain: string; readonly state: 'NOTHING_DUE' }
  /** It is to go. */
  | ({ readonly chain: string; readonly state: 'DUE' } & Due)
  | ({ readonly chain: string; readonly state: 'REMOVED' } & Due)
  /** It is broken, or sealed with a key that is not known: it stays. */
  | { readonly chain: string; readonly state: 'REFUSED'; readonly reason: string };

/** What a run did, or a dry run found due. */
export interface RetentionReport {
  readonly dryRun: boolean;
  readonly record: readonly ChainRetention[];
  /** Cases filed before that day. */
  readonly cases: { readonly filedBefore: string; readonly count: number };
  /** Names of log files. */
  readonly logs: readonly string[];
}

/** How retention is run. */
export interface RetentionOptions {
  readonly config: Config;
  /** Public keys that sealed the record and are not in the key folder any more. */
  readonly earlierKeys?: readonly JWK[];
  /** Who runs it, 1 to 200 characters; stands in the record and in anchors. */
  readonly by: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Finds what is due and changes nothing. */
  readonly dryRun: boolean;
  /** Told of faults of the chain that removals are recorded in. */
  readonly onFault: (fault: ChainFault) => void;
  /** The store, where this process has it open; default: one of its own. */
  readonly store?: ControlStore | undefined;
  /** Ends the removal of cases between two statements. */
  readonly signal?: AbortSignal;
}

/** Name of the chain in which an installation records what its jobs did. */
export function jobChainOf({ instance }: Pick<Config, 'instance'>): string {
  return `${instance}.jobs`;
}

/**
 * Removes what is older than `record.keepDays`, `cases.keepDays` and `log.keepDays`; each removal is recorded before
 * it is made. A chain that does not verify stays as it is and does not hold up the rest.
 * @throws RecordError LOCKED while another run is under way; MianzhengError EVIDENCE_UNAVAILABLE where a removal
 *   cannot be recorded: it is then not made; OVERLOADED where the control store does not answer
 */
export function runRetention(options: RetentionOptions): Promise<RetentionReport> {
  const { config, now, onFault } = options;
  return withStore(config, options.store, async (store) => {
    const keys = await loadSigningKeys(keyFolder(config));
    const run = new Run(options, store, keys);
    const due = await run.due();
    const nothing = due.cases.count === 0 && due.logs.length === 0 && due.record.every(({ state }) => state !== 'DUE');
    if (options.dryRun || (nothing && !(await run.isUnfinished()))) return due;
    const { hash } = config.record;
    const chain = jobChainOf(config);
    const signingKey = keys.current;
    const record = await openChain({ folder: recordFolder(config), chain, hash, signingKey, now, onFault });
    try {
      return await run.remove(record);
    } finally {
      await record.close();
    }
  });
}

class Run {
  /** One instant for the whole run. */
  readonly #now: number;
  readonly #filedBefore: string;

  constructor(
    private readonly options: RetentionOptions,
    private readonly store: ControlStore,
    private readonly keys: SigningKeys,
  ) {
    const { config, now } = options;
    this.#now = now();
    this.#filedBefore = addDays(this.#today(), -config.cases.keepDays);
  }

  #today(): string {
    return todayIn(this.options.config.utcOffsetMinutes, this.#now);
  }

  async due(): Promise<RetentionReport> {
    const record: ChainRetention[] = [];
    for (const chain of await this.#chains()) record.push(await this.#dueOf(chain));
    const count = await this.store.countCasesFiledBefore(this.#filedBefore);
    return {
      dryRun: this.options.dryRun,
      record,
      cases: { filedBefore: this.#filedBefore, count },
      logs: await this.#expiredLogs(),
    };
  }

  /** Whether a run was killed that had begun to remove segments. */
  async isUnfinished(): Promise<boolean> {
    for (const chain of await this.#chains()) {
      if ((await leftovers(join(recordFolder(this.options.config), chain))).length > 0) return true;
    }
    return false;
  }

  /** @param record the chain that removals are recorded in; while it is open no other run is under way */
  async remove(record: RecordChain): Promise<RetentionReport> {
    const chains: ChainRetention[] = [];
    // Found anew: another run may have ended meanwhile.
    for (const chain of await this.#chains()) {
      await removeLeftovers(join(recordFolder(this.options.config), chain));
      const found = await this.#dueOf(chain);
      chains.push(found.state === 'DUE' ? await this.#prune(found, record) : found);
    }
    const logs = await this.#expiredLogs();
    if (logs.length > 0) await this.#state(record, 'log.prune', 'log files', { files: logs });
    for (const name of logs) await removeLogFile(logFolder(this.options.config) ?? '', name);
    // Last, because a store that refuses must not hold up the rest.
    const count = await this.#removeCases(record);
    return { dryRun: false, record: chains, cases: { filedBefore: this.#filedBefore, count }, logs };
  }

  async #chains(): Promise<readonly string[]> {
    try {
      return await chainsIn(recordFolder(this.options.config));
    } catch (error) {
      // Before the first start there is no record.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  async #dueOf(chain: string): Promise<ChainRetention> {
    const { config, earlierKeys = [] } = this.options;
    try {
      const due = await findDue({
        chainFolder: join(recordFolder(config), chain),
        chain,
        before: this.#now - config.record.keepDays * DAY_MS,
        publicKeys: [...this.keys.publicJwks, ...earlierKeys],
      });
      return due === null ? { chain, state: 'NOTHING_DUE' } : { chain, state: 'DUE', ...due };
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      return { chain, state: 'REFUSED', reason: error.message };
    }
  }

  async #prune(found: Extract<ChainRetention, { state: 'DUE' }>, record: RecordChain): Promise<ChainRetention> {
    const { chain, state: _state, ...due } = found;
    const { config, by } = this.options;
    await this.#state(record, 'record.prune', chain, { ...due });
    const chainFolder = join(recordFolder(config), chain);
    await prune({ chainFolder, chain, due, by, now: this.#now, signingKey: this.keys.current });
    return { chain, state: 'REMOVED', ...due };
  }

  async #removeCases(record: RecordChain): Promise<number> {
    const filedBefore = this.#filedBefore;
    const count = await this.store.countCasesFiledBefore(filedBefore);
    if (count === 0) return 0;
    await this.#state(record, 'cases.prune', 'cases', { filedBefore, count });
    let removed = 0;
    while (this.options.signal?.aborted !== true) {
      const batch = await this.store.removeCasesFiledBefore(filedBefore, CASES_AT_ONCE);
      removed += batch;
      if (batch < CASES_AT_ONCE) break;
      await sleep(PAUSE_MS);
    }
    return removed;
  }

  async #expiredLogs(): Promise<readonly string[]> {
    const { config } = this.options;
    const folder = logFolder(config);
    return folder === null ? [] : await expiredLogFiles(folder, addDays(this.#today(), -config.log.keepDays));
  }

  /** Records what is about to be removed. */
  async #state(record: RecordChain, action: string, subject: string, before: Json): Promise<void> {
    const { by, now } = this.options;
    const time = new Date(now()).toISOString();
    await record.append({ kind: 'administration', time, actor: by, action, subject, before, after: null });
  }
}
