/** The departments as execution sees them: rows by key, behind batches and protections. */
import type { Connector } from '../../connectors/contract.js';
import type { FetchTemplate, RowsByKey } from '../domain/fetch.js';
import { PATIENT, type Wait } from '../domain/wait.js';
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

/** All departments. */
export interface Sources {
  /**
   * Reads rows through the batch and the protections.
   * @param wait once it is over, the fetch is a TIMEOUT, within 50 ms; what others share goes on. Default: as long as it takes
   * @throws SourceError and nothing else
   */
  load(template: FetchTemplate, keys: readonly string[], wait?: Wait): Promise<Fetched>;
  /** The department's connector. @throws RangeError for one that is not configured */
  connector(department: string): Connector;
  readonly connectors: readonly Connector[];
  /** What each department has to do now: fetches that wait for a statement, and statements in the air. */
  queues(): readonly { readonly department: string; readonly waiting: number; readonly inAir: number }[];
  /** How each department is protected now, as this process has it. */
  protections(): readonly {
    readonly department: string;
    /** OPEN: fetches are refused at once; HALF_OPEN: the next one tries. */
    readonly breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
    /** The last fetch it did not answer; null: none since the start. */
    readonly lastFault: LastFault | null;
  }[];
  /** Closes every connector. */
  close(): Promise<void>;
}

/**
 * Opens the departments behind their protections.
 * @param now ms since the epoch
 */
export function openSources(
  connectors: readonly Connector[],
  now: () => number,
  limits: SourceLimits = SOURCE_LIMITS,
): Sources {
  const departments = new Map(
    connectors.map((connector) => [connector.department, new DepartmentSource(connector, limits, now)]),
  );
  const of = (department: string): DepartmentSource => {
    const source = departments.get(department);
    if (source === undefined) throw new RangeError(`no connector for department ${department}`);
    return source;
  };
  return {
    connectors,
    load: (template, keys, wait = PATIENT) => of(template.department).load(template, keys, wait),
    connector: (department) => of(department).connector,
    queues: () => [...departments].map(([department, { waiting, inAir }]) => ({ department, waiting, inAir })),
    protections: () =>
      [...departments].map(([department, { breaker, lastFault }]) => ({ department, breaker, lastFault })),
    close: async () => {
      await Promise.all([...departments.values()].map((source) => source.close()));
    },
  };
}
