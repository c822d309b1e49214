/** Follow-up of commitments (告知承诺事后核查): where the last day has passed with documents missing, a person has to look. */
import type { ChainFault } from '../audit/chain.js';
import { decideAct } from '../commitments/commitment.js';
import type { Config } from '../config.js';
import { todayIn } from '../domain/calendar.js';
import { MianzhengError } from '../errors.js';
import { withStore } from '../open-store.js';
import { recordCommitment } from '../operations/commit-case.js';
import type { RecordCommitment } from '../store/commitments.js';
import type { ControlStore } from '../store/control-store.js';
import { recordingActs } from './record-act.js';

/** How it is run. */
export interface FollowUpOptions {
  readonly config: Config;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Told of faults of the chain that it is recorded in. */
  readonly onFault: (fault: ChainFault) => void;
  /** The store, where this process has it open; default: one of its own. */
  readonly store?: ControlStore | undefined;
  /** Ends it between two commitments. */
  readonly signal?: AbortSignal;
}

/** What a run did. */
export interface FollowUpReport {
  /** Commitments that a person has to look at since this run. */
  readonly opened: number;
  /** Due, but their case is no longer kept or somebody changed them at the same time. */
  readonly passedOver: number;
}

/** Commitments read at once. */
const PAGE = 200;

/**
 * Opens the follow-up of every commitment whose last day was before today and whose documents are not complete. Each is
 * changed and recorded in one transaction, so a run that was killed is simply run again. It finds no breach: that is a
 * person's.
 * @throws RecordError LOCKED while another job or command writes the chain; MianzhengError OVERLOADED
 */
export function runFollowUps(options: FollowUpOptions): Promise<FollowUpReport> {
  const { config, now } = options;
  return withStore(config, options.store, async (store) => {
    const today = todayIn(config.utcOffsetMinutes, now());
    const due = await store.commitments.list({ state: 'AWAITING_DOCUMENTS', dueBefore: today }, { offset: 0, most: 1 });
    if (due.total === 0) return { opened: 0, passedOver: 0 };
    return await recordingActs(options, (record) =>
      openAll(store, today, options, recordCommitment(record, 'gateway', now)),
    );
  });
}

async function openAll(
  store: ControlStore,
  today: string,
  { now, signal }: FollowUpOptions,
  record: RecordCommitment,
): Promise<FollowUpReport> {
  let opened = 0;
  let passedOver = 0;
  // What is opened leaves the list; what is passed over stays at its head.
  while (signal?.aborted !== true) {
    const page = { offset: passedOver, most: PAGE };
    const { items } = await store.commitments.list({ state: 'AWAITING_DOCUMENTS', dueBefore: today }, page);
    if (items.length === 0) break;
    for (const stored of items) {
      const result = decideAct(stored.commitment, { act: 'OPEN_FOLLOW_UP', today }, now(), 'gateway');
      const after = result.ok ? await changed(store.commitments.add(stored, result.events, null, record)) : null;
      if (after === null) passedOver += 1;
      else opened += 1;
    }
  }
  return { opened, passedOver };
}

/** Null also where the case is no longer kept. */
async function changed<T>(work: Promise<T | null>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MianzhengError && error.code === 'CASE_UNKNOWN') return null;
    throw error;
  }
}
