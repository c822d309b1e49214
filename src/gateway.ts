/** The parts of a running gateway, as the pipeline sees them. */
import type { GraphQLSchema } from 'graphql';
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import type { Admission } from './admit/admission.js';
import type { Alarms } from './alarms/alarm.js';
import type { RecordChain } from './audit/chain.js';
import type { Pseudonymiser } from './audit/subject-pseudonym.js';
import type { Verifier } from './authenticate/verifier.js';
import type { Authorizer } from './authorize/authorizer.js';
import type { Budgets } from './budgets/budgets.js';
import type { CaseEventDesk } from './cases/case-desk.js';
import type { Disputes } from './disputes/desk.js';
import type { MaskSettings } from './domain/mask.js';
import type { Wait } from './domain/wait.js';
import type { WorkingCalendar } from './domain/working-days.js';
import type { Sources } from './execute/sources.js';
import type { LicenceWatching } from './licences/licence-watch.js';
import type { Load } from './load.js';
import type { Matter } from './matters/index.js';
import type { Seal } from './messages/seal.js';
import type { Metrics } from './metrics.js';
import type { ClaimAttempts } from './operations/claim-attempts.js';
import type { SeasonLimits } from './operations/season-limits.js';
import type { ProofCatalogue } from './proofs/proof.js';
import type { ReceiptIssuer } from './receipts/issue.js';
import type { ControlStore } from './store/control-store.js';
import type { PolicyWatch } from './store/policy-watch.js';
import type { EventFeed } from './subscriptions/feed.js';

/** Everything a request needs. Built once by `openGateway`; nothing in it changes but the policy. */
export interface Gateway {
  readonly schema: GraphQLSchema;
  /** Who is it. */
  readonly verifier: Verifier;
  /** How often, for how much, with which documents. */
  readonly admission: Admission;
  /** May they. */
  readonly authorizer: Authorizer;
  readonly policy: PolicyWatch;
  /** About how many. */
  readonly budgets: Budgets;
  readonly alarms: Alarms;
  /** Facts that somebody says are wrong. */
  readonly disputes: Disputes;
  /** How often a value may be guessed. */
  readonly claims: ClaimAttempts;
  /** What was fetched. */
  readonly sources: Sources;
  /** The departments behind what they let through of a season. */
  readonly season: SeasonLimits;
  readonly masks: MaskSettings;
  /** What was recorded. */
  readonly record: RecordChain;
  readonly pseudonym: Pseudonymiser;
  /** What was given in hand. */
  readonly receipts: ReceiptIssuer;
  readonly matters: ReadonlyMap<string, Matter>;
  /** Working days that a department has to verify a proof, where nothing else says. */
  readonly verificationDays: number;
  /** Calendar days to complete what was committed to, where the matter does not say. */
  readonly commitmentDays: number;
  /** Proofs that the city used to ask for. */
  readonly proofs: ProofCatalogue;
  readonly store: ControlStore;
  /** What happens to cases. */
  readonly cases: CaseEventDesk;
  /** Licences that verdicts rest on. */
  readonly licenceWatch: LicenceWatching;
  /** Open streams of what happens to cases. */
  readonly subscriptions: EventFeed;
  /** Keeps recipients of notices from who can read the store. */
  readonly seal: Seal;
  /** Working days that the office has for a review and for a bad rating's rectification. */
  readonly caseDeadlines: { readonly reviewDays: number; readonly rectificationDays: number };
  /** Public keys that the record is sealed and receipts are signed with, the earlier ones too. */
  readonly publicKeys: () => readonly JWK[];
  /** How long a request that begins now may take. @param gone whether its client has left */
  readonly wait: (gone: () => boolean) => Wait;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Difference to UTC that calendar days are reckoned in, minutes. */
  readonly utcOffsetMinutes: number;
  /** Which days deadlines count. */
  readonly workingCalendar: WorkingCalendar;
  /** Whether this process takes on a season's request now. */
  readonly load: Pick<Load, 'takesSeason'>;
  readonly log: Logger;
  readonly metrics: Metrics;
}
