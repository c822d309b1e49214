import { z } from 'zod';

/** A whole number within bounds. @param value where none is given */
export function count(min: number, max: number, value: number) {
  return z.number().int().min(min).max(max).default(value);
}

/** A time in whole milliseconds within bounds. @param value where none is given */
export const milliseconds = count;
