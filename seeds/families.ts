/** Families: who lives together, how old they are and how they are related. */
import { CITY_PREFIX } from '../src/domain/divisions.js';
import type { CitizenIds } from './citizen-ids.js';
import { addMonthsToDay, ageInYears, type Day, yearOf } from './days.js';
import { givenName, surname } from './names.js';
import { ELSEWHERE, JIANYANG_BEFORE_2014, TOWNS_BY_POPULATION, type Town } from './places.js';
import { type Random, weighted } from './random.js';
import { RATES } from './rates.js';
import type { Person } from './world.js';

/** A member of a family. */
export interface Member {
  readonly person: Person;
  /** Relation to the head, GB/T 4761. */
  readonly relation: string;
  readonly father: Person | null;
  readonly mother: Person | null;
  /** The guardians stand in the guardian columns; otherwise parentage stands only in the parents' columns. */
  readonly guardiansRecorded: boolean;
}

/** People in one dwelling. */
export interface Family {
  /** The head first; at least one. */
  readonly members: readonly [Member, ...Member[]];
  readonly migrant: boolean;
  /** Where they live. */
  readonly town: Town;
  /** Where they are registered: the town's division, or of migrants a division elsewhere. */
  readonly registeredDivision: string;
  /** Since when the family lives in the dwelling. */
  readonly arrived: Day;
}

type Kind = 'SINGLE' | 'COUPLE' | 'PARENTS' | 'ONE_PARENT' | 'THREE_GENERATIONS' | 'GRANDPARENTS';

const REGISTERED_KINDS = weighted<Kind>([
  ['SINGLE', 17],
  ['COUPLE', 24],
  ['PARENTS', 38],
  ['ONE_PARENT', 4],
  ['THREE_GENERATIONS', 13],
  ['GRANDPARENTS', 4],
]);
const MIGRANT_KINDS = weighted<Kind>([
  ['SINGLE', 42],
  ['COUPLE', 22],
  ['PARENTS', 36],
]);

type Ages = readonly (readonly [range: readonly [number, number], weight: number])[];
const ages = (entries: Ages) => weighted(entries);

/** Age of the head, by kind of family: with the children this makes the city's pyramid. */
const REGISTERED_AGES = {
  SINGLE: ages([
    [[20, 34], 30],
    [[35, 59], 34],
    [[60, 74], 22],
    [[75, 92], 14],
  ]),
  COUPLE: ages([
    [[24, 34], 12],
    [[35, 54], 26],
    [[55, 69], 44],
    [[70, 86], 18],
  ]),
  PARENTS: ages([
    [[24, 31], 20],
    [[32, 41], 46],
    [[42, 55], 34],
  ]),
};
const MIGRANT_AGES = {
  SINGLE: ages([
    [[18, 29], 45],
    [[30, 44], 38],
    [[45, 59], 17],
  ]),
  COUPLE: ages([
    [[22, 34], 45],
    [[35, 55], 55],
  ]),
  PARENTS: ages([
    [[25, 32], 32],
    [[33, 41], 50],
    [[42, 50], 18],
  ]),
};

/** What is needed to make people. */
export interface Birthplace {
  readonly random: Random;
  readonly ids: CitizenIds;
  /** The day of the city. */
  readonly asOf: Day;
}

/** Everyone is at least some days old: a birth is registered after it. */
const YOUNGEST_DAYS = 5;

/**
 * The next family, or two where the parents of a grandparent-headed household live elsewhere in the city.
 * @param room how many residents are still wanted; where a drawn family would be larger, one person comes
 */
export function composeFamilies(at: Birthplace, room: number): readonly Family[] {
  const { random } = at;
  const migrant = random.chance(RATES.people.migrantFamilies);
  const kind = random.draw(migrant ? MIGRANT_KINDS : REGISTERED_KINDS);
  const town = random.draw(TOWNS_BY_POPULATION);
  // The largest composition is six, or four grandparents' household members and two parents elsewhere.
  const chosen = room < 6 ? 'SINGLE' : kind;
  const maker = new FamilyMaker(at, town, migrant);
  switch (chosen) {
    case 'SINGLE':
      return [maker.single()];
    case 'COUPLE':
      return [maker.couple()];
    case 'PARENTS':
      return [maker.parents()];
    case 'ONE_PARENT':
      return [maker.oneParent()];
    case 'THREE_GENERATIONS':
      return [maker.threeGenerations()];
    case 'GRANDPARENTS':
      return maker.grandparents();
  }
}

interface Couple {
  readonly husband: Person;
  readonly wife: Person;
}

class FamilyMaker {
  private readonly random: Random;
  private readonly registeredDivision: string;

  constructor(
    private readonly at: Birthplace,
    private readonly town: Town,
    private readonly migrant: boolean,
  ) {
    this.random = at.random;
    this.registeredDivision = migrant ? this.random.draw(ELSEWHERE) : town.division;
  }

  single(): Family {
    const [low, high] = this.random.draw((this.migrant ? MIGRANT_AGES : REGISTERED_AGES).SINGLE);
    const head = this.person(this.random.chance(0.52), this.birthAtAge(low, high));
    return this.family([this.member(head, '02')]);
  }

  couple(): Family {
    const [low, high] = this.random.draw((this.migrant ? MIGRANT_AGES : REGISTERED_AGES).COUPLE);
    return this.family(this.headed(this.marry(this.birthAtAge(low, high))));
  }

  parents(): Family {
    const [low, high] = this.random.draw((this.migrant ? MIGRANT_AGES : REGISTERED_AGES).PARENTS);
    const couple = this.marry(this.birthAtAge(low, high));
    return this.family([...this.headed(couple), ...this.children(couple.husband, couple.wife, 'CHILD')]);
  }

  oneParent(): Family {
    const parent = this.person(this.random.chance(0.35), this.birthAtAge(26, 48));
    const father = parent.male ? parent : null;
    return this.family([
      this.member(parent, '02'),
      ...this.children(father, parent.male ? null : parent, 'CHILD').slice(0, 2),
    ]);
  }

  threeGenerations(): Family {
    const bySon = this.random.chance(0.85);
    const couple = this.marry(this.birthAtAge(24, 46));
    const middle = bySon ? couple.husband : couple.wife;
    const elders = this.eldersOf(middle);
    return this.family([
      ...this.headed(elders),
      this.member(couple.husband, bySon ? '20' : '28', bySon ? elders : undefined),
      this.member(couple.wife, bySon ? '38' : '30', bySon ? undefined : elders),
      ...this.children(couple.husband, couple.wife, bySon ? 'SONS_CHILD' : 'DAUGHTERS_CHILD').slice(0, 2),
    ]);
  }

  /** Grandparents with grandchildren; the parents are registered in a household of their own. */
  grandparents(): readonly Family[] {
    const couple = this.marry(this.birthAtAge(24, 44));
    const elders = this.eldersOf(couple.husband);
    const children = this.children(couple.husband, couple.wife, 'SONS_CHILD').slice(0, 2);
    const here = this.headed(elders);
    return [
      this.family([...here, ...children.map((child) => ({ ...child, guardiansRecorded: false }))]),
      this.family(this.headed(couple)),
    ];
  }

  private eldersOf(child: Person): Couple {
    return this.marry(child.birth - this.random.between(22 * 365, 30 * 365));
  }

  private headed({ husband, wife }: Couple): [Member, ...Member[]] {
    return this.random.chance(0.82)
      ? [this.member(husband, '02'), this.member(wife, '12')]
      : [this.member(wife, '02'), this.member(husband, '11')];
  }

  private marry(husbandsBirth: Day): Couple {
    const husband = this.person(true, husbandsBirth);
    const latest = this.at.asOf - 20 * 366;
    const wifesBirth = Math.min(latest, husbandsBirth + this.random.between(-2 * 365, 5 * 365));
    return { husband, wife: this.person(false, wifesBirth) };
  }

  private children(
    father: Person | null,
    mother: Person | null,
    kind: 'CHILD' | 'SONS_CHILD' | 'DAUGHTERS_CHILD',
  ): Member[] {
    const parent = mother ?? father;
    if (parent === null) return [];
    const births: Day[] = [];
    let next = parent.birth + this.random.between(22 * 365, 32 * 365);
    const wanted = 1 + (this.random.chance(0.46) ? 1 : 0) + (this.random.chance(0.07) ? 1 : 0);
    while (births.length < wanted && next <= this.at.asOf - YOUNGEST_DAYS) {
      const grown = ageInYears(next, this.at.asOf) >= 25;
      if (!grown || this.random.chance(0.3)) births.push(next);
      next += this.random.between(2 * 365, 6 * 365);
    }
    const family = father !== null && !this.random.chance(RATES.people.mothersSurname) ? father : parent;
    const shared = surnameOf(family);
    const recorded = this.random.chance(RATES.people.guardiansRecorded);
    return births.map((birth, place) => {
      const male = this.random.chance(0.525);
      return {
        person: this.person(male, birth, shared),
        relation: childsRelation(kind, male, births.length === 1, place),
        father,
        mother,
        guardiansRecorded: recorded,
      };
    });
  }

  private member(person: Person, relation: string, parents?: Couple): Member {
    return {
      person,
      relation,
      father: parents?.husband ?? null,
      mother: parents?.wife ?? null,
      guardiansRecorded: false,
    };
  }

  private person(male: boolean, birth: Day, family = surname(this.random)): Person {
    return {
      id: this.at.ids.next(this.birthPrefix(birth), birth, male),
      name: family + givenName(this.random, male, yearOf(birth)),
      male,
      birth,
    };
  }

  private birthPrefix(birth: Day): string {
    const adult = ageInYears(birth, this.at.asOf) >= 18;
    if (!this.migrant && adult && this.random.chance(RATES.people.bornElsewhere)) return this.random.draw(ELSEWHERE);
    if (this.registeredDivision === `${CITY_PREFIX}03` && yearOf(birth) < 2014) return JIANYANG_BEFORE_2014;
    return this.registeredDivision;
  }

  private birthAtAge(low: number, high: number): Day {
    return addMonthsToDay(this.at.asOf, -12 * this.random.between(low, high)) - this.random.between(1, 364);
  }

  private family(members: [Member, ...Member[]]): Family {
    const { asOf } = this.at;
    const head = members[0].person;
    const youngestArrival = this.migrant ? asOf - 9 * 365 : head.birth + 20 * 365;
    const earliest = Math.min(youngestArrival, asOf - 60);
    return {
      members,
      migrant: this.migrant,
      town: this.town,
      registeredDivision: this.registeredDivision,
      arrived: this.random.between(earliest, asOf - 30),
    };
  }
}

function surnameOf(person: Person): string {
  return /^(上官|欧阳)/.exec(person.name)?.[0] ?? person.name.charAt(0);
}

/** Relation to the head, GB/T 4761: 20 to 23 sons, 30 to 33 daughters, 41 to 44 grandchildren. */
function childsRelation(
  kind: 'CHILD' | 'SONS_CHILD' | 'DAUGHTERS_CHILD',
  male: boolean,
  only: boolean,
  place: number,
): string {
  if (kind === 'SONS_CHILD') return male ? '41' : '42';
  if (kind === 'DAUGHTERS_CHILD') return male ? '43' : '44';
  const series = male ? '2' : '3';
  return series + (only ? '1' : place === 0 ? '2' : place === 1 ? '3' : '0');
}
