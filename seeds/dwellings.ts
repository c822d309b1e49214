/** Dwellings and premises, one after another in each town: no address, door plate or unit number twice. */
import { TOWNS, type Town } from './places.js';
import { hash32 } from './random.js';
import type { Dwelling } from './world.js';

/** House numbers of a road before its houses get more apartments. */
const NUMBERS = 60;
const BUILDINGS = 6;
const FLOORS = 7;
const ROOMS = 4;
const APARTMENTS = BUILDINGS * FLOORS * ROOMS;

/** Builds dwellings; its memory is one counter for each town. */
export class Dwellings {
  private readonly built = TOWNS.map(() => 0);

  /** The next dwelling of the town. */
  next(town: Town): Dwelling {
    const n = this.built[town.index] ?? 0;
    this.built[town.index] = n + 1;
    const road = town.roads[n % town.roads.length] ?? '';
    const onRoad = Math.floor(n / town.roads.length);
    const place = town.rural ? homestead(onRoad) : apartment(onRoad, hash32(town.division + town.code + road));
    const serial = String(n + 1).padStart(8, '0');
    return {
      plate: `${town.division}${town.code}${serial}`,
      unit: unitNumber(town.division, town.code, town.rural, n),
      division: town.division,
      divisionName: town.divisionName,
      town: town.name,
      townCode: town.code,
      community: town.communities[n % town.communities.length] ?? '',
      road,
      rural: town.rural,
      ...place,
    };
  }
}

function homestead(n: number): { detail: string; floor: string; floors: string } {
  return { detail: `${n + 1}号`, floor: '1-3', floors: '3' };
}

function apartment(n: number, scatter: number): { detail: string; floor: string; floors: string } {
  const residue = n % NUMBERS;
  const round = Math.floor(n / NUMBERS);
  // 7 and 60 have no common divisor, and the apartment only turns by a constant: nothing is met twice.
  const number = 1 + ((residue * 7 + scatter) % NUMBERS) + NUMBERS * Math.floor(round / APARTMENTS);
  const place = ((round % APARTMENTS) * 5 + scatter + residue * 11) % APARTMENTS;
  const building = 1 + (place % BUILDINGS);
  const floor = 1 + (Math.floor(place / BUILDINGS) % FLOORS);
  const room = 1 + Math.floor(place / (BUILDINGS * FLOORS));
  return { detail: `${number}号${building}幢${floor}0${room}室`, floor: String(floor), floors: String(FLOORS) };
}

/** Unit number, GB/T 37346: cadastral area of the town, land kind, 10,000 units to a parcel. */
export function unitNumber(division: string, townCode: string, rural: boolean, n: number): string {
  const parcel = String(Math.floor(n / 10_000)).padStart(5, '0');
  const building = String(1 + Math.floor((n % 10_000) / 100)).padStart(4, '0');
  const unit = String(1 + (n % 100)).padStart(4, '0');
  return `${division}${townCode}001${rural ? 'JC' : 'GB'}${parcel}F${building}${unit}`;
}
