/** The life of a case, and disputes of what was used in it. */
import { departmentNames } from '../matters/index.js';
import type { RatingLevel } from '../store/case-events.js';
import {
  type CaseAsking,
  type CaseNow,
  closeRectification,
  type DecideCaseInput,
  type DecideReviewInput,
  decideCase,
  decideReview,
  type RequestReviewInput,
  rateCase,
  readCase,
  rectifyRating,
  reopenCase,
  requestReview,
  withdrawCase,
  wordsOf,
} from './case-events.js';
import { caseProgress, ratingCounts } from './case-progress.js';
import { disputesOfCase, type RaiseDisputeInput, raisedDispute, statusOfReceipt } from './disputes.js';
import { caseOf, type GatewayOperation, named, type Operations } from './operation-context.js';

/** Root fields on the life of a case, by coordinate. */
export const CASE_OPERATIONS: Operations = {
  'Query.caseFile': onCase((asking) => readCase(asking)),
  'Query.ratings': async ({ gateway, client, matter, today }) =>
    ratingCounts(await gateway.store.cases.ratings({ client: client.id, matter: named(matter).code }, today)),
  'Mutation.decideCase': onCase((asking, args) => decideCase(asking, args.input as DecideCaseInput)),
  'Mutation.withdrawCase': onCase((asking, args) => withdrawCase(asking, (args.reason ?? null) as string | null)),
  'Mutation.reopenCase': onCase((asking, args) => reopenCase(asking, args.reason as string)),
  'Mutation.requestReview': onCase((asking, args) => requestReview(asking, args.input as RequestReviewInput)),
  'Mutation.decideReview': onCase((asking, args) => decideReview(asking, args.input as DecideReviewInput)),
  'Mutation.rateCase': onCase((asking, { level, comment = null }) =>
    rateCase(asking, level as RatingLevel, comment as string | null),
  ),
  'Mutation.rectifyRating': onCase((asking, args) => rectifyRating(asking, args.answer as string)),
  'Mutation.closeRectification': onCase((asking, args) => closeRectification(asking, args.resolved as boolean)),
  'Query.receiptStatus': async ({ gateway }, args) => statusOfReceipt(String(args.receipt), gateway),
  'Query.caseDisputes': async (context) => disputesOfCase({ ...context, file: caseOf(context) }),
  'Mutation.raiseDispute': async (context, args) =>
    raisedDispute(args.input as RaiseDisputeInput, { ...context, file: caseOf(context) }),
};

/** An operation on the request's case, which shows where the case stands then. */
function onCase(
  run: (asking: CaseAsking, args: Readonly<Record<string, unknown>>) => Promise<CaseNow>,
): GatewayOperation {
  return async (context, args) => {
    const { gateway } = context;
    const file = caseOf(context);
    const matter = named(context.matter);
    const { events } = await run({ ...context, matter, file }, args);
    const notices = await gateway.store.cases.notices(file);
    return caseProgress(file, events, notices, wordsOf(matter), departmentNames(gateway.schema));
  };
}
