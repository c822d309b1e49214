/**
 * The answer as the caller will see it, made complete before the record is written and released
 * only after it is durable.
 */
import type { AccessPlan } from '../authorize/plan.js';
import { WITHHELD_REASONS } from '../domain/withheld.js';
import { type ErrorCode, MianzhengError } from '../errors.js';
import type { Execution } from '../execute/executor.js';
import type { CorrectedFact, Outcome, ResponsePath, SourceState } from '../execute/outcomes.js';

/** Most field errors one answer lists; `extensions.mianzheng` then says how many more there were. */
const MAX_ERRORS = 100;

/** Most outcomes one answer lists; `extensions.mianzheng` then says how many more there were. */
const MAX_OUTCOMES = 1000;

/** A GraphQL error as it is written. */
export interface ResponseError {
  readonly message: string;
  readonly path?: ResponsePath;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Body of an answer; `data` is left out when nothing was executed. */
export interface ResponseBody {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly ResponseError[];
  readonly extensions: { readonly mianzheng: Record<string, unknown> };
}

/** An answer or refusal. */
export interface Response {
  readonly outcome: 'ANSWERED' | 'REFUSED' | 'FAILED';
  /** Null for an answer. */
  readonly code: ErrorCode | null;
  readonly status: number;
  readonly body: ResponseBody;
  /** Seconds after which to try again, where that helps. */
  readonly retryAfter: number | null;
}

/** An outcome for which a field may be null that should not be. */
type Failing = Exclude<Outcome, { outcome: 'ABSENT' | 'MASKED' | 'DISPUTED' }>;

function fieldError(outcome: Failing): ResponseError {
  const { path, coordinate, department } = outcome;
  if (outcome.outcome === 'SOURCE_DOWN') {
    const { fault, retryAfter } = outcome;
    const message = `${coordinate}: ${department} did not answer; the fact is unknown, not absent`;
    return { message, path, extensions: { code: 'SOURCE_DOWN', coordinate, department, fault, retryAfter } };
  }
  const code = outcome.reason === 'SUBJECT_OUTSIDE_CASE' ? 'SUBJECT_OUTSIDE_CASE' : 'WITHHELD';
  const message = `${coordinate}: ${WITHHELD_REASONS[outcome.reason]}`;
  return { message, path, extensions: { code, coordinate, department, reason: outcome.reason } };
}

/** A list that may lack elements is still an answer; only null fields are errors. */
function isError(outcome: Outcome, data: unknown): outcome is Failing {
  // What is masked or disputed is given all the same.
  if (outcome.outcome === 'ABSENT' || outcome.outcome === 'MASKED' || outcome.outcome === 'DISPUTED') return false;
  if (outcome.outcome === 'SOURCE_DOWN' || outcome.reason !== 'REGION_SCOPE') return true;
  let value: unknown = data;
  for (const key of outcome.path) value = (value as Record<string | number, unknown> | null)?.[key];
  return value === null || value === undefined;
}

/** What the plan settled, by matter, kept with the plan. */
const settledOutcomes = new WeakMap<AccessPlan, Map<string | null, readonly unknown[]>>();

function settled(plan: AccessPlan, matter: string | null): readonly unknown[] {
  let byMatter = settledOutcomes.get(plan);
  if (byMatter === undefined) {
    byMatter = new Map();
    settledOutcomes.set(plan, byMatter);
  }
  let outcomes = byMatter.get(matter);
  if (outcomes === undefined) {
    outcomes = settle(plan, matter);
    byMatter.set(matter, outcomes);
  }
  return outcomes;
}

/** Masked and withheld fields, once each, with whom to ask. */
function settle(plan: AccessPlan, matter: string | null): readonly unknown[] {
  const outcomes: unknown[] = [];
  for (const { path, coordinate, department, decision, reason, reachable } of plan.decisions) {
    if (!reachable) continue;
    if (decision === 'MASKED') outcomes.push({ path, outcome: 'MASKED', coordinate, department });
    if (decision === 'WITHHELD') {
      const missing = reason === 'NOT_SHARED' ? null : { coordinate, matter, owner: department };
      outcomes.push({ path, outcome: 'WITHHELD', coordinate, department, reason, missing });
    }
  }
  return outcomes;
}

function provenance(sources: readonly SourceState[], corrected: readonly CorrectedFact[]): unknown[] {
  return sources.map(({ department, transport, state, fetchedAt, peers }) => ({
    department,
    transport,
    state,
    fetchedAt,
    // A live query sees the data of its own moment; a copy's connector would name the copy's.
    dataAsOf: state === 'UP' ? fetchedAt : null,
    ...(peers === undefined ? {} : { peers }),
    ...correctionsOf(department, corrected),
  }));
}

/** What of a department's facts its owner corrected after a dispute; nothing where it is none of those given. */
function correctionsOf(department: string, corrected: readonly CorrectedFact[]): { readonly corrected?: unknown } {
  const own = corrected.filter((fact) => fact.department === department).slice(0, MAX_OUTCOMES);
  return own.length === 0
    ? {}
    : { corrected: own.map(({ path, coordinate, correctedOn }) => ({ path, coordinate, correctedOn })) };
}

/** Outcomes as far as they are listed. A null can be seen without its outcome; that a value is not the whole truth cannot, so that goes first. */
function listed(settledOnes: readonly unknown[], atRunTime: readonly Outcome[], data: unknown): readonly unknown[] {
  if (settledOnes.length + atRunTime.length <= MAX_OUTCOMES) return [...settledOnes, ...atRunTime];
  const besideValue = (o: Outcome) => o.outcome !== 'ABSENT' && !isError(o, data);
  const beside = atRunTime.filter(besideValue);
  return [...settledOnes, ...beside, ...atRunTime.filter((o) => !besideValue(o))].slice(0, MAX_OUTCOMES);
}

/** The answer to an executed plan. */
export function answered(plan: AccessPlan, execution: Execution, requestId: string, matter: string | null): Response {
  const failing = execution.outcomes.filter((outcome) => isError(outcome, execution.data));
  const errors = failing.slice(0, MAX_ERRORS).map(fieldError);
  // A field denied by the plan stands once in the outcomes, under its pattern.
  const atRunTime = execution.outcomes.filter(
    (o) => o.outcome !== 'WITHHELD' || o.reason === 'SUBJECT_OUTSIDE_CASE' || o.reason === 'REGION_SCOPE',
  );
  const settledOnes = settled(plan, matter);
  const outcomes = listed(settledOnes, atRunTime, execution.data);
  const unlisted = failing.length - errors.length;
  const unlistedOutcomes = settledOnes.length + atRunTime.length - outcomes.length;
  return {
    outcome: 'ANSWERED',
    code: null,
    status: 200,
    retryAfter: null,
    body: {
      data: execution.data,
      ...(errors.length > 0 ? { errors } : {}),
      extensions: {
        mianzheng: {
          requestId,
          outcomes,
          ...(unlisted > 0 ? { unlistedErrors: unlisted } : {}),
          ...(unlistedOutcomes > 0 ? { unlistedOutcomes } : {}),
          provenance: provenance(execution.sources, execution.corrected),
        },
      },
    },
  };
}

/** The answer to a subscription: what it tells follows, each as an answer of its own. */
export function opened(requestId: string): Response {
  return {
    outcome: 'ANSWERED',
    code: null,
    status: 200,
    retryAfter: null,
    body: { extensions: { mianzheng: { requestId } } },
  };
}

/**
 * The answer to a request that was refused or failed. A fault that is none of ours is INTERNAL
 * and says nothing of itself.
 * @param legacy the client named `application/json`, for which GraphQL over HTTP keeps 200 for
 *   faults of a well-formed request
 */
export function refused(error: unknown, requestId: string, legacy: boolean): Response {
  const known = error instanceof MianzhengError ? error : new MianzhengError('INTERNAL', 'the gateway failed');
  const { code, detail } = known;
  const { field, retryAfter } = detail;
  const extensions = {
    code,
    ...(field === undefined ? {} : { field }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
  const errors = faultsOf(known).map((fault) => ({ ...fault, extensions }));
  return {
    // A client that left was refused nothing: its answer did not come about.
    outcome: known.status >= 499 ? 'FAILED' : 'REFUSED',
    code,
    status: legacy && WELL_FORMED.has(code) ? 200 : known.status,
    retryAfter: retryAfter ?? null,
    body: { errors, extensions: { mianzheng: { requestId } } },
  };
}

/** Faults of a request that reached GraphQL: see GraphQL over HTTP, 6.4.1. */
const WELL_FORMED: ReadonlySet<ErrorCode> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_UNRESOLVED',
  'BAD_USER_INPUT',
  'BAD_IDENTIFIER',
]);

interface LocatedFaults {
  readonly faults: readonly Pick<ResponseError, 'message' | 'locations'>[];
}

function faultsOf(error: MianzhengError): readonly Pick<ResponseError, 'message' | 'locations'>[] {
  const { faults } = error as Partial<LocatedFaults>;
  return faults ?? [{ message: error.message }];
}
