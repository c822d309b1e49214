/** Faults of the place where the record is kept: a file system of its own, which takes root. */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Expectation, type Fault, LASTS_MS, UNNOTICED } from './faults.js';
import type { Stage } from './stage.js';

const WITHHELD: Expectation = {
  ...UNNOTICED,
  text: 'EVIDENCE_UNAVAILABLE, nothing disclosed',
  codes: ['EVIDENCE_UNAVAILABLE'],
  noticed: true,
};

const impossible = ({ town }: Stage): string | null => town.volume.refused;

const away = ({ town }: Stage): string => join(town.folder, 'record', 'gateway-1');

/** Each fault of the record's store. */
export const RECORD_FAULTS: readonly Fault[] = [
  {
    name: 'record full',
    expects: WITHHELD,
    lasts: LASTS_MS,
    begin: async ({ town }) => town.volume.fill(),
    end: async ({ town }) => town.volume.free(),
    impossible,
  },
  {
    name: 'record folder moved away',
    expects: WITHHELD,
    lasts: LASTS_MS,
    begin: async (stage) => renameSync(away(stage), `${away(stage)}-elsewhere`),
    async end(stage) {
      if (existsSync(away(stage))) throw new Error('the gateway made its chain anew while its folder was away');
      renameSync(`${away(stage)}-elsewhere`, away(stage));
    },
  },
];
