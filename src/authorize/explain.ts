/** What a plan would give, in words, and what to apply for. */
import { WITHHELD_REASONS } from '../domain/withheld.js';
import type { AccessPlan, FieldDecision } from './plan.js';
import { type GrantQuota, quotasAt, type Rights } from './rights.js';

/** Shape of the schema's `AccessExplanation`. */
export interface AccessExplanation {
  readonly complete: boolean;
  /** What it may cost, see cost.ts; a list whose length is a variable counts as its default, or 100. */
  readonly cost: number;
  readonly decisions: readonly {
    readonly path: string;
    readonly coordinate: string;
    readonly department: string;
    readonly decision: FieldDecision['decision'];
    readonly reason: string | null;
    readonly grants: readonly string[];
  }[];
  /** Quotas (每日限量) of the grants that it rests on: whom it asks about counts towards each. */
  readonly quotas: readonly GrantQuota[];
  readonly applications: readonly {
    readonly department: string;
    readonly matter: string | null;
    readonly coordinates: readonly string[];
  }[];
}

/** Explains a plan. @param rights those it was made for @param matter the purpose the application would be for */
export function explainPlan(plan: AccessPlan, rights: Rights, matter: string | null): AccessExplanation {
  const missing = new Map<string, Set<string>>();
  for (const { decision, reason, department, coordinate } of plan.decisions) {
    // A field that no grant can open is nothing to apply for.
    if (decision !== 'WITHHELD' || reason === 'NOT_SHARED' || reason === 'INTROSPECTION') continue;
    const known = missing.get(department);
    if (known) known.add(coordinate);
    else missing.set(department, new Set([coordinate]));
  }
  return {
    complete: plan.decisions.every((decision) => decision.decision === 'FULL'),
    cost: plan.cost({}),
    decisions: plan.decisions.map((d) => ({
      path: d.path.join('.'),
      coordinate: d.coordinate,
      department: d.department,
      decision: d.decision,
      reason: d.reason === null ? null : WITHHELD_REASONS[d.reason],
      grants: d.grants,
    })),
    quotas: quotasAt(plan.quotas, rights),
    applications: [...missing]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([department, coordinates]) => ({ department, matter, coordinates: [...coordinates].sort() })),
  };
}
