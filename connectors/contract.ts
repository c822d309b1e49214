/**
 * The contract of a department's connector. A connector gets a planned fetch and a deadline; it
 * never sees a token, a caller, a grant or a case.
 */
import type { Deadline } from '../src/domain/deadline.js';
import type { FetchTemplate, Row, RowsByKey } from '../src/domain/fetch.js';
import type { ScanPage, ScanTemplate } from '../src/domain/scan.js';
import type { SourceError } from '../src/errors.js';

/**
 * Most rows one key may have; more is a `TOO_MANY_ROWS` fault, never a silent cut. Forty years of
 * monthly contributions to five kinds of insurance are 2,400.
 */
export const MAX_ROWS_PER_KEY = 4000;

/** What a type offers, for the check at start that every field of the schema has a source. */
export interface SourceDescription {
  /** Attributes a template may name, dotted for embedded objects. */
  readonly attributes: readonly string[];
  /** Attributes a template may look up by. */
  readonly lookups: readonly string[];
  /** How its rows can be scanned; absent where they cannot. */
  readonly scan?: { readonly by: string; readonly where: readonly string[] };
}

/** Computes a `@derived` field from a row, with the field's arguments; `today` is the day to judge by, `YYYY-MM-DD`. */
export type Derivation = (row: Row, args: Readonly<Record<string, unknown>>, today: string) => unknown;

/** How another city's gateway (异地网关) answered one fetch. */
export interface PeerAnswer {
  /** Its name in our configuration. */
  readonly peer: string;
  /** DOWN: nothing of what it holds is known. */
  readonly state: 'UP' | 'DOWN';
  /** Number of the case that was registered there for this fetch; null where none was. */
  readonly caseNumber: string | null;
  /** Entry of its record that holds what it disclosed, `chain/seq`; null where it named none. */
  readonly record: string | null;
}

/** Rows of a fetch that other cities' gateways were asked too, with what they said beside the rows. */
export class RowsOfPeers extends Map<string, readonly Row[]> {
  /** Keys of which not everything is known: nothing may be concluded from what there is of them. */
  readonly unknown = new Map<string, SourceError>();
  /** Keys that a gateway holding rows beyond the regions granted here was not asked for. */
  readonly withheld = new Set<string>();
  /** Keys whose rows, as a whole, are disputed there. */
  readonly disputedKeys = new Set<string>();
  /** Fields of the schema that are disputed there, by row: of a link its own name, not that of the attribute it starts from. */
  readonly disputed = new Map<Row, ReadonlySet<string>>();
  /** Who answered. */
  readonly answers: PeerAnswer[] = [];
}

/** Whether a department answers. */
export type Health =
  | { readonly state: 'UP'; readonly latencyMs: number }
  | { readonly state: 'DOWN'; readonly fault: string };

/** One department, connected. */
export interface Connector {
  /** The department, as in the schema's enum. */
  readonly department: string;
  /** How it is reached: `sqlite`, `mysql`, `http`. Shown as provenance. */
  readonly transport: string;
  /** GB/T 2260 prefixes that cover every row it holds: a grant for all of them needs no predicate. Empty: no such bound. */
  readonly coverage: readonly string[];
  /** The types it is the source of. */
  readonly sources: Readonly<Record<string, SourceDescription>>;
  /** Computations of `@derived` fields, by coordinate. */
  readonly derivations: Readonly<Record<string, Derivation>>;
  /**
   * Reads the rows of `keys` (canonical identifiers, unique, at least one), in no promised order.
   * An attribute is null where the department records none, and undefined where it records
   * something unreadable in a place where null would mean more than "not known". {@link RowsOfPeers} where another
   * city's gateway answers.
   * @param deadline when it passes, the fetch rejects with `TIMEOUT`
   * @throws SourceError; RangeError where the template names what is not offered, a fault of the planner
   */
  fetch(template: FetchTemplate, keys: readonly string[], deadline: Deadline): Promise<RowsByKey>;
  /**
   * Lists whose rows may fulfil a condition, in pages by key; absent where the transport or the department offers none.
   * @param after where the page begins: `next` of the page before, or empty
   * @param most keys of the page at most
   * @param deadline as of {@link Connector.fetch}
   * @throws SourceError; RangeError where the template names what is not offered
   */
  scan?(template: ScanTemplate, after: string, most: number, deadline: Deadline): Promise<ScanPage>;
  /** Asks the department for a sign of life. Never throws. */
  health(signal: AbortSignal): Promise<Health>;
  /** Releases connections. */
  close(): Promise<void>;
}

/** A table as a department really has it. Used to create the demonstration city and the tests' databases. */
export interface TableDefinition {
  readonly name: string;
  /** Chinese name. */
  readonly comment: string;
  /** Column → SQL type (understood by MariaDB, MySQL and SQLite) and Chinese name. */
  readonly columns: Readonly<Record<string, readonly [type: string, comment: string]>>;
  readonly primaryKey: readonly string[];
  readonly indexes: readonly (readonly string[])[];
}
