/** The documents of the workloads. */
import type { Workload } from './contestant.js';
import { ENROLMENT } from './work.js';

/** The document of a workload. @throws RangeError where it is not asked as one document */
export function documentOf(workload: Workload): string {
  if (workload === 'enrolment') return ENROLMENT;
  throw new RangeError(`${workload} has no one document`);
}
