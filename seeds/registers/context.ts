/** What the registers of the random city share while it is generated. Bounded: it does not grow with the people. */
import type { Day } from '../days.js';
import type { Dwellings } from '../dwellings.js';
import type { Family, Member } from '../families.js';
import type { SurrogateKeys } from '../keys.js';
import type { Random } from '../random.js';
import type { CityRows } from '../rows.js';
import type { Dwelling, Person } from '../world.js';

/** State of one generation. */
export interface CityContext {
  readonly seed: number;
  /** The day of the city: nothing happens after it. */
  readonly asOf: Day;
  readonly keys: SurrogateKeys;
  readonly dwellings: Dwellings;
  readonly neighbours: Neighbours;
  /** The months contributions are kept for, oldest first, `yyyyMM`. */
  readonly months: readonly string[];
  /** How many enterprises were founded so far. */
  enterprises: number;
}

/** A family that got a dwelling and was registered. */
export interface SettledFamily extends Family {
  readonly dwelling: Dwelling;
  /** Each member's ryzt, in the order of the members. */
  readonly statuses: readonly string[];
}

/** One register's part in the generation: rows of one family. */
export type Register = (city: CityContext, rows: CityRows, random: Random, family: SettledFamily) => void;

/** Members whose registration is normal: the others work, rent and own nothing new. */
export function presentMembers(family: SettledFamily): readonly Member[] {
  return family.members.filter((_, i) => family.statuses[i] === '0');
}

/** A settled head with the home: somebody who can be landlord or a former owner. */
export interface Neighbour {
  readonly person: Person;
  readonly dwelling: Dwelling;
  /** hh. */
  readonly household: string;
}

const REMEMBERED = 64;

/** The last {@link REMEMBERED} settled heads of each division. */
export class Neighbours {
  private readonly rings = new Map<string, { readonly heads: Neighbour[]; next: number }>();

  remember(neighbour: Neighbour): void {
    const { division } = neighbour.dwelling;
    const ring = this.rings.get(division) ?? { heads: [], next: 0 };
    ring.heads[ring.next] = neighbour;
    ring.next = (ring.next + 1) % REMEMBERED;
    this.rings.set(division, ring);
  }

  /** One of the division's heads; null where none was settled yet. */
  pick(random: Random, division: string): Neighbour | null {
    const heads = this.rings.get(division)?.heads ?? [];
    return heads.length === 0 ? null : random.pick(heads);
  }
}
