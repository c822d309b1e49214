/** Configuration of what stands in the place of proofs: department verification and commitments. */
import { z } from 'zod';
import { count } from './numbers.js';

/** Department verification (部门核验). */
export const verificationsSchema = z
  .strictObject({
    /** Working days a department has to answer, where neither the matter nor the catalogue of proofs says otherwise. */
    workingDays: count(1, 60, 5),
  })
  .prefault({});

/** Commitments (告知承诺). */
export const commitmentsSchema = z
  .strictObject({
    /** Calendar days to complete the documents, where the matter does not say otherwise. */
    days: count(1, 365, 30),
  })
  .prefault({});
