/** The departments as execution sees them: rows by key, behind batches and protections. */
import type { Connector } from '../../connectors/contract.js';
import type { FetchTemplate, RowsByKey } from '../domain/fetch.js';
import type { ScanPage, ScanTemplate } from '../domain/scan.js';
import { PATIENT, type Wait } from '../domain/wait.js';
import { type Across, loadAcross, type Peer, type PeerSource } from './across.js';
import { DepartmentSource, type LastFault } from './department-source.js';

/** How a department is protected, and we from it. */
export interface SourceLimits {
  /** Longest wait for one statement or call, ms, 10 to 60,000; default 2,000. */
  readonly timeoutMs: number;
  /** Statements in the air at once per department, 1 to 1,000; default 16. */
  readonly concurrency: number;
  /** Fetches waiting for a statement per department before OVERLOADED, 0 to 1,000,000; default 20,000. */
  readonly queue: number;
  /** Failures in a row that open the breaker, 1 to 100; default 8. */
  readonly breakAfter: number;
  /** How long the breaker stays open before one try, ms, 100 to 600,000; default 2,000. */
  readonly breakMs: number;
  /** Equal batches in the air at once; requests that come meanwhile share the next, 1 to 64; default 1. */
  readonly flights: number;
  /** Requests in progress from which a statement waits for company, at least 1; default 8. Fewer are not kept waiting. */
  readonly gatherFrom: number;
  /** How long it then waits at most, ms, 1 to 10; default 1. */
  readonly gatherMs: number;
  /** Keys of one batch, 1 to 10,000; default 512. One larger request still travels whole. */
  readonly batchKeys: number;
  /** Statements sent again after a broken connection, as a share of all, 0 to 1; default 0.1. */
  readonly retryShare: number;
  /** Such retries that can be saved up while nothing breaks, 0 to 1,000; default 10. */
  readonly retriesSaved: number;
}

/** The default limits. */
export const SOURCE_LIMITS: SourceLimits = {
  timeoutMs: 2000,
  concurrency: 16,
  queue: 20_000,
  breakAfter: 8,
  breakMs: 2000,
  flights: 1,
  gatherFrom: 8,
  gatherMs: 1,
  batchKeys: 512,
  retryShare: 0.1,
  retriesSaved: 10,
};

/** Rows with the time they were read. */
export interface Fetched {
  /** May also hold keys of other requests with the same template. */
  readonly rows: RowsByKey;
  /** RFC 3339, UTC; one text for all who travelled together. */
  readonly fetchedAt: string;
}

/** How a source is protected now, as this process has it. */
export interface Protection {
  readonly department: string;
  /** OPEN: fetches are refused at once; HALF_OPEN: the next one tries. */
  readonly breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  /** The last fetch it did not answer; null: none since the start. */
  readonly lastFault: LastFault | null;
}

/** What a department has to do now: fetches that wait for a statement, and statements in the air. */
export interface Queue {
  readonly department: string;
  readonly waiting: number;
  readonly inAir: number;
}

/** Another city's gateway (跨省通办) as it is asked for the facts of one department in requests of one matter. */
export interface City extends Protection, Queue {
  /** Its name in our configuration. */
  readonly city: string;
  /** Code of the matter. */
  readonly matter: string;
  /** Fetches it answered since the start, and those it did not. */
  readonly up: number;
  readonly down: number;
  readonly health: Connector['health'];
}

/** All departments. */
export interface Sources {
  /**
   * Reads rows through the batch and the protections.
   * @param wait once it is over, the fetch is a TIMEOUT, within 50 ms; what others share goes on. Default: as long as it takes
   * @param across what other cities' gateways are asked for too, each behind protections of its own; default: nothing
   * @throws SourceError and nothing else
   */
  load(template: FetchTemplate, keys: readonly string[], wait?: Wait, across?: Across | null): Promise<Fetched>;
  /**
   * Reads a page of a scan behind the same protections, in one statement of its own.
   * @param after where the page begins, empty at first; `most`: keys of the page at most
   * @throws SourceError; RangeError where the department offers no such scan
   */
  scan(template: ScanTemplate, after: string, most: number, wait?: Wait): Promise<ScanPage>;
  /** The department's connector. @throws RangeError for one that is not configured */
  connector(department: string): Connector;
  readonly connectors: readonly Connector[];
  /** Of each department. */
  queues(): readonly Queue[];
  /** Of each department. */
  protections(): readonly Protection[];
  /** Other cities' gateways, one for each city, department and matter. */
  cities(): readonly City[];
  /** Closes every connector. */
  close(): Promise<void>;
}

/** Keys that one call to another city's gateway asks for at most: as many subjects as a case may have there. */
export const PEER_KEYS = 50;

/**
 * Opens the departments behind their protections.
 * @param now ms since the epoch
 * @param peers gateways of other cities
 * @param inProgress requests that this process has in hand; default: none is told, and nothing waits for company
 */
export function openSources(
  connectors: readonly Connector[],
  now: () => number,
  limits: SourceLimits = SOURCE_LIMITS,
  peers: readonly Peer[] = [],
  inProgress: () => number = () => 0,
): Sources {
  const peerLimits = { ...limits, batchKeys: PEER_KEYS };
  const elsewhere = peers.map((peer): PeerSource => {
    return { peer, source: new DepartmentSource(peer.connector, peerLimits, now), fetches: { up: 0, down: 0 } };
  });
  const departments = new Map(
    connectors.map((connector) => [connector.department, new DepartmentSource(connector, limits, now, inProgress)]),
  );
  const of = (department: string): DepartmentSource => {
    const source = departments.get(department);
    if (source === undefined) throw new RangeError(`no connector for department ${department}`);
    return source;
  };
  return {
    connectors,
    load(template, keys, wait = PATIENT, across = null) {
      const own = of(template.department);
      if (across === null || elsewhere.length === 0) return own.load(template, keys, wait);
      const asked = elsewhere.filter(
        ({ peer }) => peer.matter === across.matter && peer.connector.department === template.department,
      );
      return asked.length === 0 ? own.load(template, keys, wait) : loadAcross(own, asked, template, keys, wait, across);
    },
    scan: (template, after, most, wait = PATIENT) => of(template.department).scan(template, after, most, wait),
    connector: (department) => of(department).connector,
    queues: () => [...departments].map(([department, { waiting, inAir }]) => ({ department, waiting, inAir })),
    protections: () =>
      [...departments].map(([department, { breaker, lastFault }]) => ({ department, breaker, lastFault })),
    cities: () =>
      elsewhere.map(({ peer: { name, matter, connector }, source, fetches }) => {
        const { breaker, lastFault, waiting, inAir } = source;
        const { department } = connector;
        const health: City['health'] = (signal) => connector.health(signal);
        return { city: name, department, matter, breaker, lastFault, waiting, inAir, ...fetches, health };
      }),
    close: async () => {
      const all = [...departments.values(), ...elsewhere.map(({ source }) => source)];
      await Promise.all(all.map((source) => source.close()));
    },
  };
}
