/**
 * Tells applications when a licence that a verdict of theirs rests on has another status. A verdict leaves a watch; the
 * gateway looks again at intervals, on the application's behalf: under the grants there are then, for the same matter and
 * case, and with an entry of its own in the record for every look. What changed is not told: only that the case should be
 * judged again.
 */
import { createHmac, hkdfSync, randomUUID } from 'node:crypto';
import type { NewEntry } from '../audit/entries.js';
import type { Authorized } from '../authorize/authorizer.js';
import { todayIn } from '../domain/calendar.js';
import type { Repeating } from '../domain/repeating.js';
import { MianzhengError } from '../errors.js';
import { execute } from '../execute/executor.js';
import type { Gateway } from '../gateway.js';
import type { KeepUp } from '../keeping-up.js';
import type { Matter } from '../matters/index.js';
import { subjectsOf } from '../operations/case-subjects.js';
import { subjectsByRole, unknownFacts, type VerifiedCase } from '../operations/verify.js';
import { RecordDraft } from '../record-draft.js';
import type { CaseEvent } from '../store/case-events.js';
import type { CaseChange } from '../store/case-journal.js';
import type { CaseFile } from '../store/control-store.js';
import { enterSeen, type LicenceWatch } from '../store/licence-watches.js';
import { LICENCE_STATUS, type LicenceFacts, licenceFacts } from './licence-facts.js';

/** How often is looked. */
export interface LicenceWatchLimits {
  /** Minutes between two looks at a case, 0 to 10,080; default 1,440. 0: none is looked at, and no verdict leaves a watch. */
  readonly lookMinutes: number;
  /** Days after its latest verdict for which a case is looked at, 1 to 3,650; default 365. */
  readonly days: number;
}

/** The default. */
export const LICENCE_WATCH_LIMITS: LicenceWatchLimits = { lookMinutes: 1440, days: 365 };

/** What it works with. */
export interface LicenceWatchOptions
  extends Pick<
    Gateway,
    | 'schema'
    | 'authorizer'
    | 'policy'
    | 'budgets'
    | 'alarms'
    | 'disputes'
    | 'sources'
    | 'masks'
    | 'record'
    | 'pseudonym'
    | 'matters'
    | 'store'
    | 'cases'
    | 'load'
    | 'wait'
    | 'now'
    | 'utcOffsetMinutes'
  > {
  readonly limits: LicenceWatchLimits;
  /** 32 bytes that gateways on one control store share; the key of what was seen is derived from it. */
  readonly secret: Uint8Array;
  readonly keepUp: KeepUp;
  /** Told where a case's watch is dropped, because too many wait for the store. */
  readonly onFull: (file: Pick<CaseFile, 'client' | 'number'>) => void;
}

/** The watch. */
export interface LicenceWatching {
  /** Notes a verdict, where somebody wants to be told and it rests on a licence; written down at the next turn. */
  note(file: CaseFile, judged: Pick<VerifiedCase, 'plan' | 'execution'>, receipt: string): void;
  /** Writes down what was noted, and looks at what is due: at most {@link AT_ONCE} cases. @throws where store or record do not answer */
  turn(): Promise<void>;
  close(): Promise<void>;
}

/** Between two turns, ms. */
const TURN_MS = 10_000;
/** Cases looked at in one turn: their equal fetches travel together. */
const AT_ONCE = 200;
/** How long a look is left to the process that took it up, ms. */
const CLAIM_MS = 120_000;
/** When a case is looked at again whose look came to nothing, because a department did not answer, ms. */
const AGAIN_MS = 600_000;
/** Watches noted that wait for the store. */
const NOTED = 50_000;
/** Licences of one case. */
const LICENCES = 100;
const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000];
const KEY_NAME = 'mianzheng licences seen 1';
const KIND = 'LICENCE_STATUS_CHANGED';

/** The watch that a change was found by is no longer as it was. */
class Superseded extends MianzhengError {
  constructor() {
    super('CASE_STATE', 'the watch of its licences was replaced');
  }
}

/** Opens the watch. */
export function openLicenceWatch(options: LicenceWatchOptions): LicenceWatching {
  const { schema, matters, policy, cases, store, record, now, utcOffsetMinutes, limits } = options;
  const key = Buffer.from(hkdfSync('sha256', options.secret, '', KEY_NAME, 32));
  const lookMs = limits.lookMinutes * MINUTE_MS;
  const ofMatter = new WeakMap<Matter, LicenceFacts | null>();
  let noted = new Map<string, LicenceWatch>();

  const today = (): string => todayIn(utcOffsetMinutes, now());

  function factsOf(code: string): LicenceFacts | null {
    const matter = matters.get(code);
    if (matter === undefined) return null;
    let facts = ofMatter.get(matter);
    if (facts === undefined) {
      facts = licenceFacts(matter.facts, schema);
      ofMatter.set(matter, facts);
    }
    return facts;
  }

  /** Whether anybody would be told: a listener, or the application by a subscription that it may open. */
  function wanted(client: string, matter: string): boolean {
    if (cases.listened({ client, matter, kind: KIND })) return true;
    return policy.rights(client, matter, today()).byCoordinate.has('Subscription.caseEvents');
  }

  /** What is kept of licences: for each a digest that only this case's can be compared with. */
  function digests(
    { client, number }: Pick<CaseFile, 'client' | 'number'>,
    states: readonly string[],
  ): readonly string[] {
    return states
      .map((state) => {
        const mac = createHmac('sha256', key).update([client, number, state].join('\n')).digest();
        return mac.subarray(0, 16).toString('base64url');
      })
      .sort()
      .slice(0, LICENCES);
  }

  async function flush(): Promise<void> {
    if (noted.size === 0) return;
    const some = noted;
    noted = new Map();
    try {
      await store.licenceWatches.put([...some.values()]);
    } catch (error) {
      // What was noted meanwhile is of a later verdict.
      noted = new Map([...some, ...noted]);
      throw error;
    }
  }

  /** Whether the daily quotas of grants allow these people; then they are counted. */
  function withinQuotas(client: string, subjects: Iterable<string>, quotas: Authorized['quotas']): boolean {
    try {
      options.budgets.admit('SEASON', client, null, subjects, quotas);
      return true;
    } catch (error) {
      if (error instanceof MianzhengError && error.code === 'SUBJECT_BUDGET_EXCEEDED') return false;
      throw error;
    }
  }

  /** What the licences of a case are now. NOT_ASKED: nobody wants to know, or may; UNKNOWN: it cannot be told now. */
  async function look(file: CaseFile, facts: LicenceFacts): Promise<readonly string[] | 'NOT_ASKED' | 'UNKNOWN'> {
    const { client, matter, number } = file;
    const held = policy.client(client);
    if (held === null || held.held || options.alarms.holds(client) || !wanted(client, matter)) return 'NOT_ASKED';
    const day = today();
    const rights = policy.rights(client, matter, day);
    const variables = { ...subjectsByRole(file), asOf: day };
    const authorized = options.authorizer.authorize(facts.document, null, variables, rights, 'VERIFY');
    const { plan } = authorized;
    if (plan.withheld.length > 0) return 'NOT_ASKED';
    // The pace is not the application's; but what an owner has signed for binds whoever asks by it.
    const counted = (subjects: Iterable<string>): boolean =>
      authorized.quotas.length === 0 || withinQuotas(client, subjects, authorized.quotas);
    if (!counted(subjectsOf(file))) return 'UNKNOWN';
    const draft = new RecordDraft(`licence-watch.${randomUUID()}`, now(), options.pseudonym, day);
    draft.client = client;
    draft.matter = matter;
    draft.caseNumber = number;
    draft.policyVersion = policy.version;
    draft.planned(plan);
    const execution = await execute({
      plan,
      variables: authorized.variables,
      caseSubjects: subjectsOf(file),
      today: day,
      sources: options.sources,
      // Also of other cities, as for the verdict: what is not asked again would look gone.
      matter,
      operation: () => null,
      masks: options.masks,
      disputed: options.disputes.facts,
      introspect: () => ({}),
      now,
      wait: options.wait(() => false),
    });
    draft.executed(plan, execution);
    draft.concern(subjectsOf(file));
    const entry: NewEntry = draft.entry({ outcome: 'ANSWERED', code: null, status: 200 });
    await record.append(entry);
    if (!counted(execution.subjects)) return 'UNKNOWN';
    // Of what is not known nothing is concluded.
    return unknownFacts(plan, execution).length > 0 ? 'UNKNOWN' : digests(file, facts.states(execution.data));
  }

  /** @throws Superseded where another has dealt with it */
  function changeOf(watch: LicenceWatch, seen: readonly string[]): CaseChange {
    const { client, number, matter, receipt } = watch;
    const event: CaseEvent = {
      id: randomUUID(),
      client,
      number,
      matter,
      at: now(),
      actor: 'gateway',
      requestId: null,
      record: null,
      kind: KIND,
      coordinate: LICENCE_STATUS,
      receipt,
    };
    return {
      events: [event],
      notices: [],
      async also(db) {
        if (!(await enterSeen(db, watch, seen, now() + lookMs))) throw new Superseded();
      },
    };
  }

  async function settle(watch: LicenceWatch): Promise<void> {
    const { client, number, seen } = watch;
    const { licenceWatches } = store;
    const file = await store.findCase(client, number);
    const facts = factsOf(watch.matter);
    const next = now() + lookMs;
    if (file === null || facts === null || now() >= watch.until) return licenceWatches.remove(watch);
    const found = await look(file, facts);
    if (found === 'NOT_ASKED') return licenceWatches.postpone(watch, next);
    if (found === 'UNKNOWN') return licenceWatches.postpone(watch, now() + Math.min(AGAIN_MS, lookMs));
    if (!lacks(found, seen)) return licenceWatches.postpone(watch, next);
    // What this process judged stands before what has changed since.
    await cases.flush();
    try {
      await cases.change({ client, number }, () => changeOf(watch, found));
    } catch (error) {
      // A later verdict, or another process whose look took longer than its claim: nothing of this change was written.
      if (!(error instanceof Superseded)) throw error;
    }
  }

  async function turn(): Promise<void> {
    if (lookMs === 0) return;
    await flush();
    // Requests go before.
    if (!options.load.takesSeason) return;
    const due = await store.licenceWatches.claim(now(), now() + CLAIM_MS, AT_ONCE);
    const ends = await Promise.allSettled(due.map(settle));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  const keeping: Repeating = options.keepUp('LICENCES', turn, TURN_MS);
  return {
    note(file, { plan, execution }, receipt) {
      if (lookMs === 0) return;
      const facts = factsOf(file.matter);
      if (facts === null || !wanted(file.client, file.matter)) return;
      const owner = options.authorizer.ownerOf(LICENCE_STATUS);
      if (unknownFacts(plan, execution).some(({ department }) => department === owner)) return;
      const seen = digests(file, facts.states(execution.data));
      if (seen.length === 0) return;
      const { client, number, matter } = file;
      if (noted.size >= NOTED) {
        options.onFull(file);
        return;
      }
      const at = now();
      const watch = { client, number, matter, receipt, seen, due: at + lookMs, until: at + limits.days * DAY_MS };
      noted.set(`${client} ${number}`, watch);
    },
    turn: () => keeping.now(),
    async close() {
      await keeping.stop();
      await flush();
    },
  };
}

/** Whether anything that was there is there no more; what is new beside it is no change of it. */
function lacks(found: readonly string[], seen: readonly string[]): boolean {
  const left = [...found];
  return seen.some((one) => {
    const at = left.indexOf(one);
    if (at < 0) return true;
    left.splice(at, 1);
    return false;
  });
}
