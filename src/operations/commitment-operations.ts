/** Acts on the commitment of a case (告知承诺). */
import { subjectsOf } from './case-subjects.js';
import {
  type CommitCaseInput,
  type CommitmentContext,
  commitCase,
  concludeCommitment,
  receiveDocument,
} from './commit-case.js';
import { caseOf, judge, named, type OperationContext, type Operations } from './operation-context.js';

/** Root fields of commitments, by coordinate. */
export const COMMITMENT_OPERATIONS: Operations = {
  'Mutation.commitCase': (context, args) =>
    commitCase(actingOn(context), args.input as CommitCaseInput, async () => {
      const { draft, gateway, client } = context;
      const file = caseOf(context);
      gateway.budgets.admitDay(client.id, file, file.filedOn);
      const result = await judge(context, file, null);
      draft.executed(result.plan, result.execution);
      draft.verdict = result.verdict.verdict;
      return result.verdict;
    }),
  'Mutation.receiveDocument': (context, args) => receiveDocument(actingOn(context), String(args.document)),
  'Mutation.concludeCommitment': (context, args) => {
    const { outcome, reason } = args as { readonly outcome: 'COMPLETED' | 'BREACHED'; readonly reason: string };
    return concludeCommitment(actingOn(context), outcome, reason);
  },
};

function actingOn(context: OperationContext): CommitmentContext {
  const file = caseOf(context);
  context.draft.concern(subjectsOf(file));
  return { ...context, matter: named(context.matter), file };
}
