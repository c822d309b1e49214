/**
 * A situation: everything that decides what one request is answered. A case of the corpus is a
 * situation with what is expected of it; the generator makes situations, and the reference says what
 * is expected of them.
 */
import type { Grant } from '../../src/authorize/rights.js';

/** A row with every attribute of its type. `$region` is its division, `$row` its own key where it has no identity. */
export type SourceRow = Readonly<Record<string, unknown>>;

/** Rows by type. */
export type SourceWorld = Readonly<Record<string, readonly SourceRow[]>>;

/** A registered case. */
export interface SituationCase {
  readonly client: string;
  readonly number: string;
  readonly matter: string;
  readonly subjects: readonly { readonly kind: string; readonly id: string }[];
}

/** What is asked, by whom and for what. */
export interface SituationRequest {
  readonly client: string;
  /** Value of `Mianzheng-Matter`; null: not sent. */
  readonly matter: string | null;
  /** Value of `Mianzheng-Case`; null: not sent. */
  readonly case: string | null;
  readonly strict: boolean;
  readonly document: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What a schema is served with: the same for all requests of one gateway. */
export interface Premises {
  /** SDL beside the prelude and the directives. */
  readonly schema: string;
  /** Whether introspection is open. */
  readonly introspection: boolean;
}

/** Everything that decides an answer. */
export interface Situation extends Premises {
  readonly data: SourceWorld;
  /** Departments that do not answer. */
  readonly down: readonly string[];
  readonly grants: readonly Grant[];
  readonly cases: readonly SituationCase[];
  readonly request: SituationRequest;
}

/** An error of the answer, reduced to what is promised. */
export interface ExpectedError {
  /** Empty for a refusal of the whole request. */
  readonly path: readonly (string | number)[];
  readonly code: string;
  /** Where the code is WITHHELD. */
  readonly reason?: string;
  readonly coordinate?: string;
}

/** What the record must say of a request. Sets, sorted. */
export interface ExpectedRecord {
  readonly outcome: 'ANSWERED' | 'REFUSED' | 'FAILED';
  readonly code: string | null;
  readonly disclosed: readonly string[];
  readonly masked: readonly string[];
  readonly used: readonly string[];
  readonly withheld: readonly string[];
  /** As `KIND:identifier`. */
  readonly subjects: readonly string[];
}

/** What is expected of a situation, and what is found. */
export interface Expectation {
  /** Undefined where the request is refused. */
  readonly data: unknown;
  readonly errors: readonly ExpectedError[];
  readonly record: ExpectedRecord;
}

/** Matters that every gateway of the suite knows. */
export const MATTERS = ['matter-one', 'matter-two'] as const;

/** Applications that are registered. */
export const CLIENTS = ['client-one', 'client-two'] as const;

/** The instant every situation is at. */
export const NOW = Date.parse('2026-07-01T02:00:00Z');

/** Its day where the gateway stands. */
export const TODAY = '2026-07-01';
