/** Matters: what the rest of the gateway may use of this folder. */
export type { Matter } from './compile.js';
export type { Truth, VerdictKind } from './decision.js';
export type { RuleSet, Text } from './definition.js';
export { type Fault, MatterFaults } from './faults.js';
export type { JudgeInput, RequirementOutcome, Verdict } from './judge.js';
export { loadMatters } from './load.js';
export { RuleSetError, ruleSetFor } from './rule-sets.js';
export type { UnknownCause, UnknownFact } from './unknown-facts.js';
