/** Matters: what the rest of the gateway may use of this folder. */
export { type CaseResult, orphanedCases, readCases } from './cases.js';
export type { Claim, Claims } from './claims.js';
export { type CommitmentStanding, commitmentOwners, noticeDigest } from './commitment.js';
export {
  type ClaimOutcome,
  type ClaimUnknown,
  type ComparedClaim,
  compareClaims,
  type StatedClaim,
} from './compare.js';
export type { KnownProofs, Matter } from './compile.js';
export type { Truth, VerdictKind } from './decision.js';
export type {
  CommitmentDefinition,
  FormerProofDefinition,
  PolicyDefinition,
  RuleSet,
  Step,
  Text,
  VerificationDefinition,
} from './definition.js';
export { type Fault, faultLine, MatterFaults } from './faults.js';
export type { Form, FormField } from './form.js';
export { jsonSchemaFile, SCHEMA_FILES, type SchemaKind } from './json-schema.js';
export type { Answer, JudgeInput, RequirementOutcome, Verdict } from './judge.js';
export { CASES, inspectMatters, loadMatters, PARTS } from './load.js';
export { departmentNames, fill } from './reasons.js';
export { needsDivision, RuleSetError, ruleSetFor } from './rule-sets.js';
export { scanField, scanFields } from './scan-field.js';
export { skeletonOf } from './skeleton.js';
export type { UnknownCause, UnknownFact } from './unknown-facts.js';
