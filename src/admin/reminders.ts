/** Reminders (催办) as the control plane shows them beside a deadline. */
import type { RemindedOf, Reminder } from '../store/reminders.js';
import type { AdminContext } from './context.js';

/** The schema's `Reminder`s of one thing and its departments, read where they are asked for. */
export type RemindersShown = (subject: string, ...departments: readonly string[]) => () => Promise<readonly object[]>;

/** Reminders of the things of one page: read once for all of them, and only where somebody asks. */
export function remindersShown(
  { parts }: Pick<AdminContext, 'parts'>,
  of: RemindedOf,
  subjects: readonly string[],
): RemindersShown {
  let read: Promise<readonly Reminder[]> | null = null;
  return (subject, ...departments) =>
    async () => {
      read ??= parts.store.reminders.of(of, subjects);
      const own = (await read).filter((one) => one.subject === subject && departments.includes(one.department));
      return own.map(({ department, stage, at, state }) => ({
        department,
        stage,
        at: new Date(at).toISOString(),
        state,
      }));
    };
}
