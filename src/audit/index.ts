/** What was recorded: the record of every disclosure, as other parts use it. */
export {
  type ChainFault,
  type ChainLimits,
  type ChainOptions,
  openChain,
  type RecordChain,
} from './chain.js';
export type {
  AdministrationRecord,
  Head,
  Json,
  NewEntry,
  Position,
  RecordEntry,
  RecordedSource,
  RequestRecord,
} from './entries.js';
export { RecordError, type RecordFault } from './errors.js';
export { type ExportedEntry, type ExportPeriod, exportRecord } from './export.js';
export type { FaultKind, VerificationFault } from './faults.js';
export { HASH_NAMES, type HashName } from './line.js';
export { loadOrCreateSigningKey, type SigningKey } from './signing-key.js';
export { createPseudonymiser, loadOrCreateKey, type Pseudonymiser } from './subject-pseudonym.js';
export { type Verification, type VerifiedChain, verifyRecord } from './verify.js';
