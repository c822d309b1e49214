/** How many people an application may ask about, and from what on its lookups look like a walk through identifiers. */

/** Budgets of one application. An hour is one of the clock, in UTC. */
export interface BudgetLimits {
  /** Distinct subjects asked about in one case, counted by each process for itself. Default 500, 1 to 100,000. */
  readonly subjectsPerCase: number;
  /** Distinct subjects asked about or registered in an hour, outside seasons. Default 5,000, 1 to 10,000,000. */
  readonly subjectsPerHour: number;
  /** Distinct subjects of `verifyCases` in an hour. Default 500,000, 0 to 10,000,000. */
  readonly seasonSubjectsPerHour: number;
  /** Distinct identifiers looked up in an hour, outside seasons, that nobody has; one more raises an alarm. Default 200, 1 to 1,000,000. */
  readonly unknownPerHour: number;
  /** Distinct days that the same subjects are judged by in an hour, under however many case numbers. Default 12, 1 to 10,000. */
  readonly verificationsPerCasePerHour: number;
}

/** Bound of a grant (每日限量), signed for by its owner. */
export interface SubjectQuota {
  /** The grant. */
  readonly grant: string;
  /** Distinct subjects asked about in a day of the city by requests that rest on the grant, 1 to 10,000,000. */
  readonly subjectsPerDay: number;
}

/** What holds where the configuration says nothing else. */
export const BUDGET_DEFAULTS: BudgetLimits = {
  subjectsPerCase: 500,
  subjectsPerHour: 5000,
  seasonSubjectsPerHour: 500_000,
  unknownPerHour: 200,
  verificationsPerCasePerHour: 12,
};

/** From what on lookups look like a walk. */
export interface EvidenceLimits {
  /** Share of the identifiers looked up in an hour that nobody has; above it an alarm is raised. Default 0.5, 0.05 to 1. */
  readonly unknownShare: number;
  /** Unknown identifiers below which the share says nothing. Default 50, 5 to 100,000. */
  readonly unknownMinimum: number;
  /** Citizen IDs of one division and birthday with running sequence numbers, at most half of them found, that are a walk. Default 8, 4 to 500. */
  readonly runLength: number;
}

/** What holds where the configuration says nothing else. */
export const EVIDENCE_DEFAULTS: EvidenceLimits = { unknownShare: 0.5, unknownMinimum: 50, runLength: 8 };
