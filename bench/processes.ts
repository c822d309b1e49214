/** CPU time and memory of processes, from /proc (Linux). */
import { readFileSync } from 'node:fs';

/** Clock ticks per second in which /proc tells times (USER_HZ, 100 on every Linux that node runs on). */
const TICKS_PER_SECOND = 100;
const PAGE_KIB = 4;

/** CPU time of a process with all its threads since it began, user and system, ms. @throws where it has ended */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** A process and those it started, which are there when asked. */
export function withChildren(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...(children === '' ? [] : children.split(' ').map(Number).flatMap(withChildren))];
}

/** CPU time of several processes, ms. */
export function cpuOfAll(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
}

/** Resident memory of several processes, MiB. */
export function memoryOfAll(pids: readonly number[]): number {
  const pages = pids.map((pid) => Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]));
  return (pages.reduce((sum, n) => sum + n, 0) * PAGE_KIB) / 1024;
}
