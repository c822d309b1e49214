/** `Query.prefill`: a form with what its facts gave, and why each other field is left to the citizen. Pure. */
import type { AccessPlan, FieldDecision } from '../authorize/plan.js';
import type { Execution } from '../execute/executor.js';
import type { Form, FormField } from '../matters/index.js';

/** What became of a form's field, as the schema's enum. */
export type PrefillState = 'FILLED' | 'TYPED' | 'MASKED' | 'ABSENT' | 'WITHHELD' | 'SOURCE_DOWN' | 'DISPUTED';

/** One field, as the schema's type. */
export interface PrefilledField {
  readonly field: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly state: PrefillState;
  /** The value as text; null unless FILLED or MASKED. */
  readonly value: string | null;
  readonly coordinate: string | null;
  readonly department: string | null;
  /** RFC 3339, UTC. */
  readonly fetchedAt: string | null;
}

/** A form, as the schema's type. */
export interface Prefill {
  readonly fields: readonly PrefilledField[];
  readonly total: number;
  readonly filled: number;
  /** What the citizen still types: whatever is not filled. */
  readonly typed: number;
}

/**
 * Fills a form.
 * @param plan of the form's document, made to disclose: what is granted for rules only is withheld in it
 * @param execution that plan's run
 */
export function prefilled(form: Form, plan: AccessPlan, execution: Execution): Prefill {
  const fields = form.fields.map((field) => fill(field, plan, execution));
  const filled = fields.filter(({ state }) => state === 'FILLED').length;
  return { fields, total: fields.length, filled, typed: fields.length - filled };
}

function fill({ field, name, from }: FormField, plan: AccessPlan, execution: Execution): PrefilledField {
  const named = { field, nameZh: name.zh, nameEn: name.en };
  if (from === null) {
    return { ...named, state: 'TYPED', value: null, coordinate: null, department: null, fetchedAt: null };
  }
  const decision = plan.decisions.find(({ path }) => isPath(path, from));
  const value = valueAt(execution.data, from);
  const state = stateOf(value, decision, from, plan, execution);
  const department = decision?.department ?? null;
  const source = execution.sources.find((one) => one.department === department && one.state === 'UP');
  return {
    ...named,
    state,
    value: value === null || state === 'DISPUTED' ? null : String(value),
    coordinate: decision?.coordinate ?? null,
    department,
    fetchedAt: source?.fetchedAt ?? null,
  };
}

function stateOf(
  value: string | number | boolean | null,
  decision: FieldDecision | undefined,
  from: readonly string[],
  plan: AccessPlan,
  { outcomes }: Execution,
): PrefillState {
  // Not to be taken for right: the citizen states it.
  if (outcomes.some(({ path, outcome }) => outcome === 'DISPUTED' && isPath(path, from.slice(0, path.length)))) {
    return 'DISPUTED';
  }
  const masked =
    decision?.decision === 'MASKED' || outcomes.some(({ path, outcome }) => outcome === 'MASKED' && isPath(path, from));
  if (value !== null) return masked ? 'MASKED' : 'FILLED';
  const above = outcomes.find(({ path }) => isPath(path, from.slice(0, path.length)));
  if (above !== undefined) return above.outcome;
  const withheld = plan.decisions.some(
    ({ path, decision: made }) => made === 'WITHHELD' && isPath(path, from.slice(0, path.length)),
  );
  return withheld ? 'WITHHELD' : 'ABSENT';
}

const isPath = (path: readonly (string | number)[], other: readonly string[]): boolean =>
  path.length === other.length && path.every((key, i) => key === other[i]);

/** A leaf of the answer; a form's paths have no list on their way. */
function valueAt(data: unknown, path: readonly string[]): string | number | boolean | null {
  const [key, ...rest] = path;
  if (key === undefined) {
    return typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean' ? data : null;
  }
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return null;
  return valueAt(Reflect.get(data, key), rest);
}
