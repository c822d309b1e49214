/** Configuration of how many people may be asked about, and of who is told of alarms. */
import { z } from 'zod';
import { BUDGET_DEFAULTS, EVIDENCE_DEFAULTS } from '../budgets/limits.js';
import { count } from './numbers.js';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether nobody on the way can read what is sent there: TLS, or not leaving the machine; and no password stands in it. */
function isGuarded(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  const safe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
  return safe && username === '' && password === '';
}

/** Bounds of an application's budgets, see `BudgetLimits`. */
const budgetBounds = {
  subjectsPerCase: z.number().int().min(1).max(100_000),
  subjectsPerHour: z.number().int().min(1).max(10_000_000),
  seasonSubjectsPerHour: z.number().int().min(0).max(10_000_000),
  unknownPerHour: z.number().int().min(1).max(1_000_000),
  verificationsPerCasePerHour: z.number().int().min(1).max(10_000),
};

/** Budgets, and what is taken for a walk through identifiers. */
export const budgetsSchema = z.strictObject({
  /** Whether an alarm of a walk through identifiers puts the application on hold. */
  hold: z.boolean().default(true),
  /** Budgets of every application that has none of its own. */
  default: z
    .strictObject({
      subjectsPerCase: budgetBounds.subjectsPerCase.default(BUDGET_DEFAULTS.subjectsPerCase),
      subjectsPerHour: budgetBounds.subjectsPerHour.default(BUDGET_DEFAULTS.subjectsPerHour),
      seasonSubjectsPerHour: budgetBounds.seasonSubjectsPerHour.default(BUDGET_DEFAULTS.seasonSubjectsPerHour),
      unknownPerHour: budgetBounds.unknownPerHour.default(BUDGET_DEFAULTS.unknownPerHour),
      verificationsPerCasePerHour: budgetBounds.verificationsPerCasePerHour.default(
        BUDGET_DEFAULTS.verificationsPerCasePerHour,
      ),
    })
    .prefault({}),
  /** Budgets by application; what one leaves out is the default's. */
  clients: z.record(z.string(), z.strictObject(budgetBounds).partial()).default({}),
  evidence: z
    .strictObject({
      /** Share of the identifiers looked up in an hour that nobody has, 0.05 to 1; above it an alarm is raised. */
      unknownShare: z.number().min(0.05).max(1).default(EVIDENCE_DEFAULTS.unknownShare),
      /** Unknown identifiers below which the share says nothing. */
      unknownMinimum: count(5, 100_000, EVIDENCE_DEFAULTS.unknownMinimum),
      /** Citizen IDs with running sequence numbers that are a walk. */
      runLength: count(4, 500, EVIDENCE_DEFAULTS.runLength),
    })
    .prefault({}),
});

/** Where a webhook is: https, or http on the loopback interface; no redirect is followed. At most 500 characters. */
export const guardedUrl = z
  .url()
  .max(500)
  .refine(isGuarded, 'must be https, or http on the loopback interface, without a password');

/** Somebody who is told of alarms. */
export const webhookSchema = z.strictObject({
  url: guardedUrl,
  /** File with the secret that signs, relative to the data folder: `whsec_` and base64 of 24 to 64 bytes; one a line. */
  secretFile: z.string().min(1),
  /** What it is told of. */
  events: z
    .array(z.enum(['ALARM', 'HOLD', 'RELEASE']))
    .min(1)
    .default(['ALARM']),
});
