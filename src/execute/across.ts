/**
 * A fetch across cities (跨省通办): our own department first, then the gateways of other cities for what it does not hold.
 * What one of them did not tell is unknown, never absent.
 */
import { type Connector, RowsOfPeers } from '../../connectors/contract.js';
import type { FetchTemplate } from '../domain/fetch.js';
import type { Wait } from '../domain/wait.js';
import { SourceError } from '../errors.js';
import type { DepartmentSource } from './department-source.js';
import type { Fetched } from './sources.js';

/** Another city's gateway, as it is asked for the facts of one department in requests of one matter. */
export interface Peer {
  /** Its name in our configuration. */
  readonly name: string;
  /** Code of the matter, which it is told as the purpose. */
  readonly matter: string;
  /** GB/T 2260 prefixes that cover every row it holds, at least one. */
  readonly divisions: readonly string[];
  readonly connector: Connector;
  /** Whether a key stands for one object, which no second city holds too; false: rows of several cities add up. */
  readonly single: (template: FetchTemplate) => boolean;
}

/** For what, and how far, a fetch may go to other cities. */
export interface Across {
  /** Code of the request's matter. */
  readonly matter: string;
  /** Regions of the rights it rests on: see `AccessPlan.bounds`. */
  readonly bounds: readonly (readonly string[])[];
}

/** A peer behind protections of its own, and what came of asking it. */
export interface PeerSource {
  readonly peer: Peer;
  readonly source: DepartmentSource;
  readonly fetches: { up: number; down: number };
}

/** Whether everything the peer holds lies within the regions granted. */
function reaches({ divisions }: Peer, { bounds }: Across): boolean {
  return bounds.every((bound) => divisions.every((division) => bound.some((prefix) => division.startsWith(prefix))));
}

/**
 * Asks our own department, then at once every peer that may hold more. Where our own does not answer nobody else is
 * asked: it would be told of people whom it does not concern.
 * @throws SourceError where our own department does not answer
 */
export async function loadAcross(
  own: DepartmentSource,
  peers: readonly PeerSource[],
  template: FetchTemplate,
  keys: readonly string[],
  wait: Wait,
  across: Across,
): Promise<Fetched> {
  const here = await own.load(template, keys, wait);
  const single = peers.every(({ peer }) => peer.single(template));
  const sought = single ? keys.filter((key) => !here.rows.has(key)) : keys;
  if (sought.length === 0) return here;
  const rows = new RowsOfPeers(here.rows);
  await Promise.all(
    peers.map(async ({ peer, source, fetches }) => {
      if (!reaches(peer, across)) {
        for (const key of sought) rows.withheld.add(key);
        return;
      }
      try {
        add(rows, await source.load({ ...template, regions: null }, sought, wait), sought);
        fetches.up += 1;
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        fetches.down += 1;
        for (const key of sought) rows.unknown.set(key, error);
        rows.answers.push({ peer: peer.name, state: 'DOWN', caseNumber: null, record: null });
      }
    }),
  );
  if (single) for (const key of rows.keys()) for (const doubts of [rows.unknown, rows.withheld]) doubts.delete(key);
  return { rows, fetchedAt: here.fetchedAt };
}

/** Adds what a peer gave of the keys; its batch may hold others'. */
function add(to: RowsOfPeers, { rows }: Fetched, keys: readonly string[]): void {
  for (const key of keys) {
    const more = rows.get(key);
    if (more !== undefined) to.set(key, [...(to.get(key) ?? []), ...more]);
    if (!(rows instanceof RowsOfPeers)) continue;
    const unknown = rows.unknown.get(key);
    if (unknown !== undefined) to.unknown.set(key, unknown);
    if (rows.disputedKeys.has(key)) to.disputedKeys.add(key);
    for (const row of more ?? []) {
      const disputed = rows.disputed.get(row);
      if (disputed !== undefined) to.disputed.set(row, disputed);
    }
  }
  if (rows instanceof RowsOfPeers) to.answers.push(...rows.answers);
}

/**
 * A department that this city keeps no data of: whatever is not asked of other cities is unknown.
 * @param like names the department and what it offers
 */
export function nothingHere(like: Omit<Connector, 'fetch' | 'scan' | 'health' | 'close'>): Connector {
  return {
    ...like,
    async fetch(_template, keys) {
      const rows = new RowsOfPeers();
      for (const key of keys) rows.unknown.set(key, new SourceError(like.department, 'REFUSED'));
      return rows;
    },
    health: async () => ({ state: 'UP', latencyMs: 0 }),
    close: async () => undefined,
  };
}
