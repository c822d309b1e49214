/** Root fields that the gateway computes itself, by coordinate. */
import type { Operation } from '../execute/executor.js';
import { CASE_OPERATIONS } from './case-operations.js';
import { COMMITMENT_OPERATIONS } from './commitment-operations.js';
import { LICENCE_OPERATIONS } from './licence-operations.js';
import type { GatewayOperation, OperationContext } from './operation-context.js';
import { POLICY_OPERATIONS } from './policy-operations.js';
import { PUBLIC_OPERATIONS } from './public-operations.js';
import { VERIFY_OPERATIONS } from './verify-operations.js';

const OPERATIONS: ReadonlyMap<string, GatewayOperation> = new Map(
  Object.entries({
    ...PUBLIC_OPERATIONS,
    ...VERIFY_OPERATIONS,
    ...CASE_OPERATIONS,
    ...COMMITMENT_OPERATIONS,
    ...POLICY_OPERATIONS,
    ...LICENCE_OPERATIONS,
  }),
);

/** The operation at a coordinate, ready to run; null where the gateway computes no such field. */
export function gatewayOperation(context: OperationContext, coordinate: string): Operation | null {
  const operation = OPERATIONS.get(coordinate);
  return operation === undefined ? null : (args) => operation(context, args);
}
