/** Matters: what the rest of the gateway may use of this folder. */
export { type CaseResult, orphanedCases, readCases } from './cases.js';
export type { Claim, Claims } from './claims.js';
export {
  type ClaimOutcome,
  type ClaimUnknown,
  type ComparedClaim,
  compareClaims,
  type StatedClaim,
} from './compare.js';
export type { Matter } from './compile.js';
export type { Truth, VerdictKind } from './decision.js';
export type { RuleSet, Text } from './definition.js';
export { type Fault, faultLine, MatterFaults } from './faults.js';
export type { Form, FormField } from './form.js';
export { jsonSchemaFile, SCHEMA_FILES, type SchemaKind } from './json-schema.js';
export type { JudgeInput, RequirementOutcome, Verdict } from './judge.js';
export { CASES, inspectMatters, loadMatters, PARTS } from './load.js';
export { needsDivision, RuleSetError, ruleSetFor } from './rule-sets.js';
export { skeletonOf } from './skeleton.js';
export type { UnknownCause, UnknownFact } from './unknown-facts.js';
