/** Counters and timings for operation, in the Prometheus text format. No label ever holds a person. */
import {
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';

/** All metrics of one process with their values; can be sent to another process. */
export type MetricsSnapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

/** A source of facts, as the metrics show it. */
export interface SourceShown {
  readonly department: string;
  readonly breaker: keyof typeof BREAKER;
  /** Another city's gateway, the matter that it is asked for, and fetches it answered and did not; null: our own department. */
  readonly elsewhere: {
    readonly city: string;
    readonly matter: string;
    readonly up: number;
    readonly down: number;
  } | null;
}

/** How a breaker's state is shown: of several processes the highest is. */
const BREAKER = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 } as const;

/** The gateway's metrics. */
export interface Metrics {
  /** One request ended; `seconds` from its arrival to its durable record. */
  request(outcome: string, code: string, seconds: number): void;
  /** A request read from a department, or could not. */
  fetch(department: string, result: 'UP' | 'DOWN'): void;
  /** A document that was not registered for its application came in, and was let through or not. */
  untrustedDocument(result: 'LOGGED' | 'REFUSED'): void;
  /** A request was refused that has no entry of its own in the record. */
  unrecorded(code: string): void;
  /** A connection was ended at once, for there were too many. */
  connectionDropped(): void;
  /** An alarm was raised about an application. */
  alarm(kind: string, client: string): void;
  /** A webhook was tried. */
  webhook(result: string): void;
  /** A request was shed before it was read. */
  shed(): void;
  /** Shows how sources of facts are protected, and what came of asking other cities. @param read asked when the metrics are */
  watchSources(read: () => readonly SourceShown[]): void;
  /** Shows how many entries a cache or queue has. @param read asked when the metrics are */
  watch(of: string, read: () => number): void;
  /** Media type of `text`. */
  readonly contentType: string;
  /** As Prometheus text; of several processes behind one port, of all together. */
  text(): Promise<string>;
  /** Of this process. */
  snapshot(): Promise<MetricsSnapshot>;
}

/** Adds up the metrics of several processes; of a gauge it takes what fits it, such as the mean. */
export function sumOf(snapshots: readonly MetricsSnapshot[]): Promise<MetricsSnapshot> {
  return AggregatorRegistry.aggregate([...snapshots]).getMetricsAsJSON();
}

/** The same as Prometheus text. */
export function textOf(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate([...snapshots]).metrics();
}

/** Opens a registry of its own, so that several gateways may live in one process. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const countRequest = counting(registry, ['outcome', 'code'], {
    name: 'mianzheng_requests_total',
    help: 'Requests by outcome and error code',
  });
  const countFetch = counting(registry, ['department', 'result'], {
    name: 'mianzheng_department_fetches_total',
    help: 'Requests that read from a department, by whether it answered',
  });
  const untrustedDocuments = new Counter({
    name: 'mianzheng_untrusted_documents_total',
    help: 'Requests with a document that is not registered for its application, by what became of them',
    labelNames: ['result'],
    registers: [registry],
  });
  const unrecorded = new Counter({
    name: 'mianzheng_unrecorded_refusals_total',
    help: 'Requests refused that have no entry of their own in the record, by code',
    labelNames: ['code'],
    registers: [registry],
  });
  const connectionsDropped = new Counter({
    name: 'mianzheng_connections_dropped_total',
    help: 'Connections ended at once, for there were too many',
    registers: [registry],
  });
  const countAlarm = counting(registry, ['alarm', 'client'], {
    name: 'mianzheng_alarms_total',
    help: 'Alarms raised by this process, by kind and application',
  });
  const tries = new Counter({
    name: 'mianzheng_webhook_tries_total',
    help: 'Tries to deliver a message to a webhook, by result',
    labelNames: ['result'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'mianzheng_request_seconds',
    help: 'Time from arrival to durable record',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const shed = new Counter({
    name: 'mianzheng_requests_shed_total',
    help: 'Requests refused for load before they were read',
    registers: [registry],
  });
  const watched = new Map<string, () => number>();
  new Gauge({
    name: 'mianzheng_entries',
    help: 'Entries of caches and queues; docs/reliability.md has the bound of each',
    labelNames: ['of'],
    registers: [registry],
    collect() {
      for (const [of, read] of watched) this.set({ of }, read());
    },
  });
  let sources: () => readonly SourceShown[] = () => [];
  new Gauge({
    name: 'mianzheng_breaker',
    help: "Breaker of a department, or of another city's gateway for a department and matter: 0 closed, 1 half open, 2 open",
    labelNames: ['department', 'city', 'matter'],
    aggregator: 'max',
    registers: [registry],
    collect() {
      for (const { department, breaker, elsewhere } of sources()) {
        this.set({ department, city: elsewhere?.city ?? '', matter: elsewhere?.matter ?? '' }, BREAKER[breaker]);
      }
    },
  });
  new Counter({
    name: 'mianzheng_city_fetches_total',
    help: 'Fetches from other cities, by whether they were answered',
    labelNames: ['city', 'department', 'matter', 'result'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { department, elsewhere } of sources()) {
        if (elsewhere === null) continue;
        const { city, matter, up, down } = elsewhere;
        this.inc({ city, department, matter, result: 'UP' }, up);
        this.inc({ city, department, matter, result: 'DOWN' }, down);
      }
    },
  });
  return {
    shed: () => shed.inc(),
    watchSources(read) {
      sources = read;
    },
    watch: (of, read) => void watched.set(of, read),
    request(outcome, code, seconds) {
      countRequest(outcome, code);
      duration.observe(seconds);
    },
    fetch: countFetch,
    untrustedDocument: (result) => untrustedDocuments.inc({ result }),
    unrecorded: (code) => unrecorded.inc({ code }),
    connectionDropped: () => connectionsDropped.inc(),
    alarm: countAlarm,
    webhook: (result) => tries.inc({ result }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
    snapshot: () => registry.getMetricsAsJSON(),
  };
}

/**
 * Counts by two labels. The library's own counting costs more than what is counted, so it is told the sums
 * when it is asked for them.
 */
function counting(
  registry: Registry,
  labelNames: readonly [string, string],
  { name, help }: { readonly name: string; readonly help: string },
): (first: string, second: string) => void {
  const counts = new Map<string, Map<string, { n: number }>>();
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [first, bySecond] of counts) {
        for (const [second, { n }] of bySecond) this.inc({ [labelNames[0]]: first, [labelNames[1]]: second }, n);
      }
    },
  });
  return (first, second) => {
    let bySecond = counts.get(first);
    if (bySecond === undefined) {
      bySecond = new Map();
      counts.set(first, bySecond);
    }
    const count = bySecond.get(second);
    if (count === undefined) bySecond.set(second, { n: 1 });
    else count.n += 1;
  };
}
