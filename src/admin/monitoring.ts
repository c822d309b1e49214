/** Monitoring (运行监测): what happened, from the record's index; how it is now, from this process. Numbers, never a person. */

import type { MetricsSnapshot } from '../metrics.js';
import type { Counted } from '../records/activity.js';
import { RATING_LEVELS } from '../store/case-events.js';
import { departmentsSeen, seesDepartment } from './actor.js';
import type { AdminContext } from './context.js';
import { answered, ownCoordinates, periodOf } from './record-asked.js';
import type { Theme } from './theme.js';

interface MonitoringArguments {
  readonly from: string;
  readonly to?: string | null;
  readonly step: 'MINUTE' | 'HOUR' | 'DAY';
}

const byName = (counts: Readonly<Record<string, number>>): Counted[] =>
  Object.entries(counts).map(([name, count]) => ({ name, count }));

/** How cases were rated in a period, and what waits of that now. */
async function ratingsOf(period: { readonly from: number; readonly to: number }, { parts, today }: AdminContext) {
  const { levels, open, overdue } = await parts.store.cases.ratings(period, today);
  return {
    levels: RATING_LEVELS.map((name) => ({ name, count: levels[name] ?? 0 })),
    openRectifications: open,
    overdueRectifications: overdue,
  };
}

async function monitoring({ from, to, step }: MonitoringArguments, context: AdminContext) {
  const { parts, now, actor } = context;
  const own = ownCoordinates(context);
  const departments = departmentsSeen(actor);
  const narrowed = own === null ? {} : { filter: { coordinates: [...own] }, fields: [...own] };
  const period = periodOf(from, to, now);
  const activity = await answered(parts.recordSearch.activity({ ...period, step, ...narrowed }));
  return {
    requests: activity.requests,
    series: activity.series.map((one) => ({
      ...one,
      at: new Date(one.at).toISOString(),
      // What came of others' facts too is not a department's to know.
      verdicts: own === null ? byName(one.verdicts) : [],
    })),
    outcomes: activity.outcomes,
    verdicts: own === null ? activity.verdicts : [],
    matterVerdicts: own === null ? activity.matterVerdicts : [],
    refusals: activity.codes,
    topClients: activity.clients,
    topMatters: activity.matters,
    topFields: activity.fields,
    unanswered: activity.down.filter(({ name }) => departments === null || departments.has(name)),
    alarms: own === null ? activity.alarms : [],
    // A service is rated, not a department's field.
    ratings: own === null ? () => ratingsOf(period, context) : null,
  };
}

/** Values of a metric, by name. */
function valuesOf(snapshot: MetricsSnapshot, name: string) {
  return snapshot.find((metric) => metric.name === name)?.values ?? [];
}

/**
 * The upper bound of the bucket of `mianzheng_request_seconds` that a share of the requests reaches, ms; null where there is none.
 * @param share 0 to 1
 */
export function percentile(snapshot: MetricsSnapshot, share: number): number | null {
  const buckets = valuesOf(snapshot, 'mianzheng_request_seconds')
    .flatMap(({ labels, value }) => ('le' in labels ? [{ le: Number(labels.le), value }] : []))
    .sort((a, b) => a.le - b.le || 0);
  const all = Math.max(0, ...buckets.map(({ value }) => value));
  if (all === 0) return null;
  const reached = buckets.find(({ le, value }) => Number.isFinite(le) && value >= share * all);
  return reached === undefined ? null : reached.le * 1000;
}

/** Longest wait for a department's sign of life, ms. */
const HEALTH_MS = 1000;

type City = ReturnType<AdminContext['parts']['sources']['cities']>[number];

/** The schema's `lastFault` and `lastFaultAt`. */
function shownFault(last: { readonly fault: string; readonly at: number } | null) {
  return { lastFault: last?.fault ?? null, lastFaultAt: last === null ? null : new Date(last.at).toISOString() };
}

/** How other cities' gateways do that are asked for the facts of departments that the person sees. */
async function citiesOf({ parts, actor }: Pick<AdminContext, 'parts' | 'actor'>) {
  const signs = new Map<string, Promise<string>>();
  const signOf = ({ city, department, health }: City): Promise<string> => {
    const gateway = `${city} ${department}`;
    const sign = signs.get(gateway) ?? health(AbortSignal.timeout(HEALTH_MS)).then(({ state }) => state);
    signs.set(gateway, sign);
    return sign;
  };
  return Promise.all(
    parts.sources
      .cities()
      .filter(({ department }) => seesDepartment(actor, department))
      .map(async (one) => {
        const { city, department, matter, breaker, waiting, inAir, up, down } = one;
        const state = await signOf(one);
        return { city, department, matter, state, breaker, ...shownFault(one.lastFault), waiting, inAir, up, down };
      }),
  );
}

async function live(_args: object, { parts, actor, now }: AdminContext) {
  const departments = departmentsSeen(actor);
  const snapshot = await parts.metrics.snapshot();
  const fetches = valuesOf(snapshot, 'mianzheng_department_fetches_total');
  const counted = (department: string, result: string) =>
    fetches.find(({ labels }) => labels.department === department && labels.result === result)?.value ?? 0;
  const queues = new Map(parts.sources.queues().map((queue) => [queue.department, queue]));
  const protections = new Map(parts.sources.protections().map((one) => [one.department, one]));
  const seen = parts.sources.connectors.filter(({ department }) => departments === null || departments.has(department));
  return {
    at: new Date(now).toISOString(),
    inProgress: parts.load.inProgress,
    p50: percentile(snapshot, 0.5),
    p95: percentile(snapshot, 0.95),
    p99: percentile(snapshot, 0.99),
    departments: await Promise.all(
      seen.map(async (connector) => {
        const { department } = connector;
        const { state } = await connector.health(AbortSignal.timeout(HEALTH_MS));
        const queue = queues.get(department);
        return {
          department,
          state,
          breaker: protections.get(department)?.breaker ?? 'CLOSED',
          ...shownFault(protections.get(department)?.lastFault ?? null),
          waiting: queue?.waiting ?? 0,
          inAir: queue?.inAir ?? 0,
          up: counted(department, 'UP'),
          down: counted(department, 'DOWN'),
        };
      }),
    ),
    cities: () => citiesOf({ parts, actor }),
  };
}

/** Theme `monitoring.graphql`. */
export const monitoringTheme: Theme = { file: 'monitoring.graphql', query: { monitoring, live }, mutation: {} };
