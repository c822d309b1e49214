/** One mysql2 pool for each department. */
import { createPool, type Pool } from 'mysql2/promise';
import { DEPARTMENTS, type Ground } from '../ground.js';

/** Pools by department, with as many connections as every contestant has. */
export function openPools({ departments, connections }: Ground): ReadonlyMap<string, Pool> {
  return new Map(DEPARTMENTS.map((name) => [name, openPool(departments[name], connections)]));
}

/** One pool. */
export function openPool(uri: string, connections: number): Pool {
  return createPool({ uri, connectionLimit: connections, charset: 'utf8mb4', dateStrings: true });
}

/** Ends all pools. */
export async function endPools(pools: Iterable<Pool>): Promise<void> {
  await Promise.all([...pools].map((pool) => pool.end()));
}
