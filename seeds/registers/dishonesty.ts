/** Entries of enterprises in human resources' lists of bad records. */
import { listingRow } from '../build.js';
import type { Random } from '../random.js';
import { RATES } from '../rates.js';
import type { CityRows } from '../rows.js';
import type { Enterprise } from '../world.js';
import type { CityContext } from './context.js';

/** Enters some enterprises: an entry stands for a year at most, as far as it does not stand still. */
export function registerDishonesty(city: CityContext, rows: CityRows, random: Random, enterprise: Enterprise): void {
  if (!random.chance(RATES.dishonesty.listed)) return;
  const standing = random.chance(RATES.dishonesty.standing);
  const from = city.asOf - (standing ? random.between(1, 365) : random.between(400, 1500));
  const list = random.chance(0.5) ? '01' : '02';
  rows.LD_SXCJMD.push(listingRow(enterprise, list, from, standing ? null : from + random.between(60, 365)));
}
