/**
 * Bounds how many people an application can learn of, and notices whoever walks through identifiers. Everything
 * here is synchronous and in memory; {@link Budgets.counts} is what a process tells the others meanwhile.
 * Subjects are kept under their keyed pseudonyms, never as identifiers.
 */
import { LRUCache } from 'lru-cache';
import type { AlarmKind, Alarms } from '../alarms/alarm.js';
import { MianzhengError } from '../errors.js';
import type { CaseFile } from '../store/control-store.js';
import { type ClientHour, HOUR_MS, openClientHour, type Traffic } from './client-hour.js';
import type { DistinctCount } from './distinct-count.js';
import type { BudgetLimits, EvidenceLimits, SubjectQuota } from './limits.js';
import type { Found, Lookup } from './lookups.js';
import { openQuotaDay, type QuotaDay } from './quota-day.js';

/** How budgets are opened. */
export interface BudgetsOptions {
  /** Budgets of an application. */
  readonly limitsOf: (client: string) => BudgetLimits;
  readonly evidence: EvidenceLimits;
  /** Whether an alarm of a walk puts the application on hold. */
  readonly hold: boolean;
  readonly alarms: Alarms;
  /** Names a subject by kind and identifier under a key. */
  readonly pseudonym: (kind: string, id: string) => string;
  /** Times that the application was released from a hold; what spoke against it before no longer counts. */
  readonly releasesOf: (client: string) => number;
  /** Difference to UTC that the day of a quota is reckoned in. */
  readonly utcOffsetMinutes: number;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** A count that processes tell each other. */
export interface SharedCount {
  readonly client: string;
  /** What is counted, at most 32 characters. */
  readonly scope: string;
  /** Hours since the epoch; of a day its last one. */
  readonly hour: number;
  readonly count: DistinctCount;
}

/** The budgets in force. */
export interface Budgets {
  /**
   * Counts subjects as asked about, all or none of them.
   * @param file the case they are asked about in; its own subjects count too. Null: none
   * @param subjects as `KIND:identifier`
   * @param quotas of the application's grants that they count towards
   * @throws MianzhengError SUBJECT_BUDGET_EXCEEDED, for the hour, and the day of a quota, with the seconds to wait. What
   *   was known before stays open: the same people may be asked about again
   */
  admit(
    traffic: Traffic,
    client: string,
    file: Omit<CaseFile, 'client'> | null,
    subjects: Iterable<string>,
    quotas: readonly SubjectQuota[],
  ): void;
  /**
   * Counts a day as one that a case is judged by.
   * @throws MianzhengError RATE_LIMITED with the seconds to wait
   */
  admitDay(client: string, file: Omit<CaseFile, 'client'>, day: string): void;
  /** Takes note of what lookups came to. Never throws. */
  looked(traffic: Traffic, client: string, lookups: readonly Lookup[], found: readonly Found[]): void;
  /** Counts of applications that asked since the last call. */
  counts(): readonly SharedCount[];
  /** Looks again at what was counted, after others told theirs. */
  reconsider(client: string): void;
  /** Drops hours that have passed. */
  sweep(): void;
  /** What is kept in memory: names of subjects, and cases. */
  sizes(): { readonly names: number; readonly cases: number };
}

/** Cases kept, least recently asked about first out; one that comes back begins anew. */
const CASES_KEPT = 20_000;

const NO_NAMES: ReadonlySet<string> = new Set();

interface JudgedDays {
  readonly hour: number;
  readonly days: Set<string>;
}

class HourlyBudgets implements Budgets {
  readonly #options: BudgetsOptions;
  readonly #hours = new Map<string, ClientHour>();
  /** By application and grant: a grant is one application's. */
  readonly #days = new Map<string, Map<string, QuotaDay>>();
  /** Applications that asked since their counts were last given out. */
  readonly #active = new Set<string>();
  readonly #cases = new LRUCache<string, Set<string>>({ max: CASES_KEPT });
  readonly #judged = new LRUCache<string, JudgedDays>({ max: CASES_KEPT });
  /** Names of a case's own subjects: a case never changes. */
  readonly #ownNames = new WeakMap<object, readonly string[]>();

  constructor(options: BudgetsOptions) {
    this.#options = options;
  }

  admit(
    traffic: Traffic,
    client: string,
    file: Omit<CaseFile, 'client'> | null,
    subjects: Iterable<string>,
    quotas: readonly SubjectQuota[],
  ): void {
    const hour = this.#hourOf(client);
    const { subjects: counted } = hour[traffic];
    const limits = this.#options.limitsOf(client);
    const asked = this.#caseOf(client, file);
    const names = file === null ? [] : [...this.#ownNamesOf(file)];
    for (const subject of subjects) names.push(this.#nameOf(subject));
    const fresh = freshAmong(names, counted);
    const limit = traffic === 'SEASON' ? limits.seasonSubjectsPerHour : limits.subjectsPerHour;
    if (fresh !== null && counted.total + fresh.size > limit) {
      this.#raise('SUBJECT_BUDGET', client, hour);
      throw new MianzhengError('SUBJECT_BUDGET_EXCEEDED', 'as many people were asked about as this hour allows', {
        retryAfter: this.#secondsLeft(hour.hour),
      });
    }
    const inCase = asked === null ? null : freshAmong(names, asked);
    if (asked !== null && inCase !== null && asked.size + inCase.size > limits.subjectsPerCase) {
      this.#raise('SUBJECT_BUDGET', client, hour);
      throw new MianzhengError('SUBJECT_BUDGET_EXCEEDED', 'as many people were asked about as one case allows', {
        field: 'Mianzheng-Case',
      });
    }
    const ofDay = quotas.map((quota) => this.#freshOfDay(client, quota, names));
    for (const name of fresh ?? []) counted.add(name);
    for (const name of inCase ?? []) asked?.add(name);
    for (const day of ofDay) for (const name of day.fresh) day.count.add(name);
  }

  /** The names that a grant's day has not counted yet. @throws MianzhengError SUBJECT_BUDGET_EXCEEDED where its quota allows less */
  #freshOfDay(client: string, { grant, subjectsPerDay }: SubjectQuota, names: readonly string[]) {
    const { count, until } = this.#dayOf(client, grant);
    const fresh = freshAmong(names, count) ?? NO_NAMES;
    if (fresh.size > 0 && count.total + fresh.size > subjectsPerDay) {
      throw new MianzhengError('SUBJECT_BUDGET_EXCEEDED', `as many were asked about as ${grant} allows in a day`, {
        retryAfter: Math.max(1, Math.ceil((until - this.#options.now()) / 1000)),
      });
    }
    return { count, fresh };
  }

  #dayOf(client: string, grant: string): QuotaDay {
    let days = this.#days.get(client);
    if (days === undefined) {
      days = new Map();
      this.#days.set(client, days);
    }
    const { now, pseudonym, utcOffsetMinutes } = this.#options;
    let day = days.get(grant);
    if (day === undefined || day.until <= now()) {
      day = openQuotaDay(pseudonym('GRANT', grant), now(), utcOffsetMinutes);
      days.set(grant, day);
    }
    return day;
  }

  admitDay(client: string, file: Omit<CaseFile, 'client'>, day: string): void {
    const { hour } = this.#hourOf(client);
    // Not by its number: the same people under another one tell as much.
    const key = `${client} ${file.matter} ${[...this.#ownNamesOf(file)].sort().join(' ')}`;
    let judged = this.#judged.get(key);
    if (judged === undefined || judged.hour !== hour) {
      judged = { hour, days: new Set() };
      this.#judged.set(key, judged);
    }
    if (judged.days.has(day)) return;
    if (judged.days.size >= this.#options.limitsOf(client).verificationsPerCasePerHour) {
      throw new MianzhengError('RATE_LIMITED', 'the case was judged by as many days as an hour allows', {
        field: 'asOf',
        retryAfter: this.#secondsLeft(hour),
      });
    }
    judged.days.add(day);
  }

  looked(traffic: Traffic, client: string, lookups: readonly Lookup[], found: readonly Found[]): void {
    if (lookups.length === 0) return;
    const hour = this.#hourOf(client);
    const { lookedUp, unknown } = hour[traffic];
    let suspect = false;
    lookups.forEach(({ subject }, i) => {
      // A department that is down tells nothing of the identifier.
      if (found[i] === 'OPEN') return;
      const name = this.#nameOf(subject);
      const seen = lookedUp.has(name);
      // A second look at someone who was found tells nothing more.
      if (seen && found[i] === 'FOUND') return;
      lookedUp.add(name);
      if (found[i] === 'NOTHING' && unknown.add(name)) suspect = true;
      if (!seen && subject.startsWith('CITIZEN:')) {
        hour.runs.see(subject.slice('CITIZEN:'.length), found[i] === 'FOUND');
      }
    });
    if (suspect) this.#judge(client, hour);
  }

  counts(): readonly SharedCount[] {
    const shared: SharedCount[] = [];
    for (const client of this.#active) {
      const hour = this.#hours.get(client);
      if (hour === undefined) continue;
      for (const traffic of ['ORDINARY', 'SEASON'] as const) {
        const { subjects, unknown } = hour[traffic];
        shared.push({ client, scope: traffic, hour: hour.hour, count: subjects });
        // Of a season only the share counts, and that each process sees for itself.
        if (traffic === 'ORDINARY') {
          shared.push({ client, scope: `UNKNOWN.${hour.releases}`, hour: hour.hour, count: unknown });
        }
      }
      for (const { scope, hour: last, count } of this.#days.get(client)?.values() ?? []) {
        shared.push({ client, scope, hour: last, count });
      }
    }
    this.#active.clear();
    return shared;
  }

  reconsider(client: string): void {
    const hour = this.#hours.get(client);
    if (hour !== undefined) this.#judge(client, hour);
  }

  sweep(): void {
    const now = this.#hourNow();
    for (const [client, { hour }] of this.#hours) if (hour !== now) this.#hours.delete(client);
    for (const [client, days] of this.#days) {
      for (const [grant, { until }] of days) if (until <= this.#options.now()) days.delete(grant);
      if (days.size === 0) this.#days.delete(client);
    }
  }

  sizes() {
    let names = 0;
    for (const { ORDINARY, SEASON } of this.#hours.values()) {
      for (const { subjects, unknown, lookedUp } of [ORDINARY, SEASON]) {
        names += subjects.size + unknown.size + lookedUp.size;
      }
    }
    for (const days of this.#days.values()) for (const { count } of days.values()) names += count.size;
    return { names, cases: this.#cases.size };
  }

  /** Raises an alarm where what was looked up looks like a walk. */
  #judge(client: string, hour: ClientHour): void {
    const { evidence, limitsOf } = this.#options;
    const { ORDINARY, SEASON, runs } = hour;
    const mostlyUnknown = [ORDINARY, SEASON].some(
      ({ unknown, lookedUp }) =>
        unknown.size >= evidence.unknownMinimum && unknown.size > evidence.unknownShare * lookedUp.size,
    );
    if (mostlyUnknown || ORDINARY.unknown.total > limitsOf(client).unknownPerHour) {
      this.#raise('UNKNOWN_IDENTIFIERS', client, hour);
    }
    if (runs.longest >= evidence.runLength) this.#raise('SEQUENTIAL_IDENTIFIERS', client, hour);
  }

  #raise(kind: AlarmKind, client: string, hour: ClientHour): void {
    if (hour.raised.has(kind)) return;
    hour.raised.add(kind);
    const { ORDINARY, SEASON, runs, releases } = hour;
    this.#options.alarms.raise({
      kind,
      client,
      hold: kind !== 'SUBJECT_BUDGET' && this.#options.hold,
      from: hour.hour * HOUR_MS,
      to: (hour.hour + 1) * HOUR_MS,
      at: this.#options.now(),
      counts: {
        subjects: ORDINARY.subjects.total + SEASON.subjects.total,
        lookedUp: ORDINARY.lookedUp.size + SEASON.lookedUp.size,
        unknown: ORDINARY.unknown.total + SEASON.unknown.total,
        longestRun: runs.longest,
      },
      key: `${kind} ${client} ${hour.hour} ${releases}`,
    });
  }

  #hourNow(): number {
    return Math.floor(this.#options.now() / HOUR_MS);
  }

  #secondsLeft(hour: number): number {
    return Math.max(1, Math.ceil(((hour + 1) * HOUR_MS - this.#options.now()) / 1000));
  }

  #hourOf(client: string): ClientHour {
    this.#active.add(client);
    const now = this.#hourNow();
    const releases = this.#options.releasesOf(client);
    const known = this.#hours.get(client);
    if (known !== undefined && known.hour === now && known.releases === releases) return known;
    const { pseudonym, limitsOf } = this.#options;
    const { subjectsPerHour } = limitsOf(client);
    const opened = openClientHour({
      hour: now,
      releases,
      before: known?.hour === now ? known : null,
      nameOf: (prefix) => pseudonym('PREFIX', prefix),
      prefixes: subjectsPerHour,
    });
    this.#hours.set(client, opened);
    return opened;
  }

  #caseOf(client: string, file: Omit<CaseFile, 'client'> | null): Set<string> | null {
    if (file === null) return null;
    const key = `${client} ${file.number}`;
    let asked = this.#cases.get(key);
    if (asked === undefined) {
      asked = new Set();
      this.#cases.set(key, asked);
    }
    return asked;
  }

  #ownNamesOf(file: Omit<CaseFile, 'client'>): readonly string[] {
    let names = this.#ownNames.get(file);
    if (names === undefined) {
      names = file.subjects.map(({ kind, id }) => this.#options.pseudonym(kind, id));
      this.#ownNames.set(file, names);
    }
    return names;
  }

  #nameOf(subject: string): string {
    const colon = subject.indexOf(':');
    return this.#options.pseudonym(subject.slice(0, colon), subject.slice(colon + 1));
  }
}

/** The names not counted yet, each once; null where there is none. */
function freshAmong(names: readonly string[], counted: { has(name: string): boolean }): ReadonlySet<string> | null {
  let fresh: Set<string> | null = null;
  for (const name of names) {
    if (counted.has(name)) continue;
    fresh ??= new Set();
    fresh.add(name);
  }
  return fresh;
}

/** Opens the budgets. Nothing is counted yet. */
export function openBudgets(options: BudgetsOptions): Budgets {
  return new HourlyBudgets(options);
}
