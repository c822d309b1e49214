/** Asks the budgets before something is fetched or registered, and tells them after what came of it. */
import type { Authorized } from '../authorize/authorizer.js';
import type { Traffic } from '../budgets/client-hour.js';
import { foundBy, lookupsOf } from '../budgets/lookups.js';
import type { Execution } from '../execute/executor.js';
import type { Gateway } from '../gateway.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseFile, Client } from '../store/control-store.js';
import { subjectsOf } from './case-subjects.js';

/** Who asks, in which case. */
export interface Asking {
  readonly gateway: Gateway;
  readonly client: Client;
  /** Is told of the subjects that a refusal concerns. */
  readonly draft: RecordDraft;
  /** The case; null: none is needed. */
  readonly file: CaseFile | null;
  readonly traffic: Traffic;
}

/** Lookups that were admitted and are under way. */
export interface AdmittedLookups {
  /**
   * Counts whom the run reached beside those looked up, and what the lookups came to.
   * @throws MianzhengError SUBJECT_BUDGET_EXCEEDED: nothing of the run may leave
   */
  settle(execution: Execution): void;
}

/**
 * Counts whom a plan looks up at its root, and the subjects of the case.
 * @throws MianzhengError SUBJECT_BUDGET_EXCEEDED, before any department is asked; BAD_USER_INPUT for an argument beyond its bound
 */
export function admitLookups(
  asking: Asking,
  { plan, variables, quotas }: Pick<Authorized, 'plan' | 'variables' | 'quotas'>,
): AdmittedLookups {
  const { gateway, client, file, traffic } = asking;
  const lookups = lookupsOf(plan, variables, subjectsOf(file));
  const looked = lookups.map(({ subject }) => subject);
  if (file !== null || looked.length > 0) admit(asking, looked, quotas);
  return {
    settle(execution) {
      gateway.budgets.looked(traffic, client.id, lookups, lookups.length === 0 ? [] : foundBy(lookups, execution));
      if (execution.subjects.size > 0) admit(asking, execution.subjects, quotas);
    },
  };
}

/** Counts the subjects of a case that is about to be registered. @param quotas of what the request is granted @throws MianzhengError SUBJECT_BUDGET_EXCEEDED */
export function admitRegistration(asking: Asking, quotas: Authorized['quotas']): void {
  admit(asking, [], quotas);
}

function admit(
  { gateway, client, draft, file, traffic }: Asking,
  subjects: Iterable<string>,
  quotas: Authorized['quotas'],
): void {
  try {
    gateway.budgets.admit(traffic, client.id, file, subjects, quotas);
  } catch (error) {
    draft.concern(subjectsOf(file));
    draft.concern(subjects);
    throw error;
  }
}
