/** ms on a clock that all threads of a process share. */
export function clock(): number {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1000 + nanos / 1e6;
}
