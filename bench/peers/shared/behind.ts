/** The process that a peer's own one stands before. */

/** Environment variable with its address. */
export const BEHIND_VARIABLE = 'MIANZHENG_BENCH_BEHIND';

/** The address of the process behind. @throws Error where the variable is not set */
export function processBehind(): string {
  const url = process.env[BEHIND_VARIABLE];
  if (url === undefined) throw new Error(`${BEHIND_VARIABLE} is not set: start me through bench/main.ts`);
  return url;
}
