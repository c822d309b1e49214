/** Configuration of how many values may be tried as claims about a person. */
import { z } from 'zod';
import { ATTEMPT_DEFAULTS } from '../operations/claim-attempts.js';
import { count } from './numbers.js';

/** See `AttemptLimits`. A value that matches, or could not be compared, does not count. */
export const claimsSchema = z.strictObject({
  /** Different wrong values for one fact of one person in one case. */
  perCase: count(1, 20, ATTEMPT_DEFAULTS.perCase),
  /** Different wrong values for one person, whatever the fact, case and application. */
  perSubject: count(1, 200, ATTEMPT_DEFAULTS.perSubject),
  /** Days that a wrong value counts for a person. */
  subjectDays: count(1, 365, ATTEMPT_DEFAULTS.subjectDays),
});
