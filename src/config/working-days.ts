/** Configuration of working days that the program does not know yet. */
import { z } from 'zod';
import { parseDate } from '../domain/calendar.js';

const days = (most: number) =>
  z.array(z.string().refine((day) => parseDate(day) !== null, 'takes dates YYYY-MM-DD')).max(most);

/**
 * What the State Council's office announced for years that the program does not know, or knows otherwise: each in the
 * place of what it knows. Announced every November for the year that follows.
 */
export const workingDaysSchema = z
  .array(
    z
      .strictObject({
        year: z.number().int().min(2004).max(9999),
        /** Days off. */
        holidays: days(100),
        /** Saturdays and Sundays that are worked (调休). */
        workdays: days(50),
      })
      .refine(
        ({ year, holidays, workdays }) => [...holidays, ...workdays].every((day) => day.startsWith(`${year}-`)),
        'takes days of its own year only',
      ),
  )
  .refine((all) => new Set(all.map(({ year }) => year)).size === all.length, 'states a year twice')
  .default([]);
