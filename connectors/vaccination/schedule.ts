/** Reads `schedule.yaml`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseDate } from '../../src/domain/calendar.js';

/** Stage of school entered, as in the schema's enum. */
export type SchoolStage = 'KINDERGARTEN' | 'PRIMARY';

const dose = z.strictObject({
  number: z.int().min(1).max(9),
  due: z.int().min(0).max(216),
  before: z.int().min(1).max(216),
  from: z.enum(['KINDERGARTEN', 'PRIMARY']),
});
const track = z.strictObject({ vaccine: z.string().min(1), doses: z.array(dose).min(1) });
const version = z.strictObject({
  bornFrom: z.string().refine((text) => parseDate(text) !== null, 'not a date'),
  series: z.array(z.array(track).min(1)).min(1),
});
const schedule = z.strictObject({ versions: z.array(version).min(1) });

/** One dose of a track; see `schedule.yaml`. */
export type ScheduledDose = Readonly<z.infer<typeof dose>>;
/** One way to meet a series: a vaccine and its doses. */
export type Track = Readonly<z.infer<typeof track>>;
/** One version of the schedule, for children born from a date on. */
export type ScheduleVersion = Readonly<z.infer<typeof version>>;

/**
 * Reads a schedule.
 * @param text YAML of the form of `schedule.yaml`
 * @throws Error naming every fault where it has another form, or its versions are not in order of birth
 */
export function readSchedule(text: string): readonly ScheduleVersion[] {
  const { versions } = schedule.parse(parse(text));
  if (!versions.every(({ bornFrom }, i) => i === 0 || bornFrom > (versions[i - 1]?.bornFrom ?? ''))) {
    throw new Error('the versions of a schedule stand in order of bornFrom');
  }
  return versions;
}

/** The file beside this one, or, where this one was compiled elsewhere, beside its source further up. */
function scheduleFile(): string {
  const relative = join('connectors', 'vaccination', 'schedule.yaml');
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, relative))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`${relative} is missing`);
    folder = parent;
  }
  return join(folder, relative);
}

/** The schedule in force, every version of it. */
export const SCHEDULE: readonly ScheduleVersion[] = readSchedule(readFileSync(scheduleFile(), 'utf8'));
