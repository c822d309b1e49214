/** The matters of an installation, for who has no gateway open. */
import type { Config } from './config.js';
import { loadMatters, type Matter } from './matters/index.js';
import { openAuthorization } from './open-authorization.js';
import { loadProofs } from './open-proofs.js';
import { matterFolder } from './places.js';

async function readMatters(config: Config): Promise<ReadonlyMap<string, Matter>> {
  const { catalogue } = openAuthorization(config, []);
  const { proofs } = await loadProofs(config, catalogue);
  return loadMatters(matterFolder(config), catalogue.schema, proofs);
}

/**
 * Reads them when they are first asked for, and keeps them as a gateway does.
 * @returns gives them by code. @throws MatterFaults, ProofFaults; the next one who asks has them read again
 */
export function mattersOf(config: Config): () => Promise<ReadonlyMap<string, Matter>> {
  let read: Promise<ReadonlyMap<string, Matter>> | null = null;
  return () => {
    read ??= readMatters(config).catch((error: unknown) => {
      read = null;
      throw error;
    });
    return read;
  };
}
