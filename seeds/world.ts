/** What the demonstration city consists of, before it becomes rows: people, dwellings and who stands behind a right. */
import type { Day } from './days.js';

/** A person. */
export interface Person {
  /** Citizen ID, 18 characters, valid. */
  readonly id: string;
  readonly name: string;
  readonly male: boolean;
  readonly birth: Day;
}

/** A guardian (监护人) as recorded with the ward. */
export interface Guardian {
  readonly id: string;
  readonly name: string;
  /** Relation to the ward, GB/T 4761: 51 father, 52 mother, 61 to 64 grandparents, 97 other. */
  readonly relation: string;
}

/** A dwelling or business premises: one door plate and one real-estate unit. */
export interface Dwelling {
  /** Door plate number (门楼牌编号). */
  readonly plate: string;
  /** Real-estate unit number, GB/T 37346. */
  readonly unit: string;
  /** GB/T 2260 code. */
  readonly division: string;
  readonly divisionName: string;
  /** Street, town or township. */
  readonly town: string;
  /** Three digits of the town. */
  readonly townCode: string;
  readonly community: string;
  /** Road, or village in the country. */
  readonly road: string;
  /** Number and the rest, such as 12号3幢201室. */
  readonly detail: string;
  readonly floor: string;
  readonly floors: string;
  /** On collective land, a homestead. */
  readonly rural: boolean;
}

/** The address in one line, from the division on: what door plate and location agree on. */
export function addressOf(dwelling: Dwelling): string {
  return `${dwelling.divisionName}${dwelling.town}${dwelling.road}${dwelling.detail}`;
}

/** Who holds a right or a licence. */
export interface Holder {
  readonly name: string;
  /** Citizen ID, credit code or passport number. */
  readonly number: string;
  /** GB/T 36903 annex A: 111 citizen ID, 001 credit code, 414 passport. */
  readonly document: '111' | '001' | '414';
  /** Share as the register words it, such as `50%`, `1/2` or `0.5`; empty where none is recorded. */
  readonly share: string;
}

/** The person as the holder of a right or licence. */
export function holderOf(person: Person, share = ''): Holder {
  return { name: person.name, number: person.id, document: '111', share };
}

/** An enterprise (参保单位). */
export interface Enterprise {
  /** 单位编号. */
  readonly number: string;
  readonly creditCode: string;
  readonly name: string;
  /** GB/T 2260 code. */
  readonly division: string;
}
