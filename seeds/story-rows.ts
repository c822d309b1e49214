/** The named stories' rows, clean but for what a story says is stored otherwise. */
import { addMonthsToMonth, toCompactMonth } from '../src/domain/calendar.js';
import { DIVISIONS } from '../src/domain/divisions.js';
import {
  certificateNumber,
  childRow,
  doseRow,
  employerRow,
  enrolmentRow,
  holderRow,
  householdRow,
  insuredRow,
  licenceRow,
  listingRow,
  paymentRow,
  plateRow,
  residentRow,
  rightRow,
  stationOf,
  unitRow,
} from './build.js';
import { addMonthsToDay, type Day, dayOf, yearOf } from './days.js';
import { unitNumber } from './dwellings.js';
import { enterpriseNumber, STORY_KEYS_FROM, SurrogateKeys } from './keys.js';
import { LICENCE_STATUS, scheduleFor } from './reference.js';
import { supersededState } from './registers/household.js';
import { SCHEDULE_2025 } from './registers/vaccination.js';
import { type CityRows, noRows } from './rows.js';
import { birthOf, type Story, type StoryBook, type StoryDwelling, type StoryEnterprise } from './stories.js';
import {
  addressOf,
  type Dwelling,
  type Enterprise,
  type Guardian,
  type Holder,
  holderOf,
  type Person,
} from './world.js';

/** Town code of all story dwellings: random towns stay below 900. */
const STORY_TOWN = '901';
/** Contributions of everybody in a story, yuan a month: pension and medical. */
const AMOUNTS = { '110': 1104, '310': 414 } as const;
const MANNER = { SOLE: '0', JOINT: '1', BY_SHARES: '2' } as const;

/** All rows of the stories and their employers; each book's after those of the one before. */
export function storyRows(...books: readonly StoryBook[]): CityRows {
  const rows = noRows();
  const keys = new SurrogateKeys(STORY_KEYS_FROM);
  const plots = { built: 0 };
  const employers = new Map<string, Enterprise>();
  for (const book of books) {
    for (const [key, enterprise] of Object.entries(book.enterprises)) {
      const number = enterpriseNumber(STORY_KEYS_FROM + employers.size);
      employers.set(key, addEnterprise(rows, keys, enterprise, number, build(plots, enterprise.premises)));
    }
    for (const story of book.stories) new StoryTeller(rows, keys, employers, story, plots).tell();
  }
  return rows;
}

function build(plots: { built: number }, place: StoryDwelling): Dwelling {
  const n = plots.built;
  plots.built += 1;
  const divisionName = DIVISIONS.find(({ code }) => code === place.division)?.name;
  if (divisionName === undefined) throw new RangeError(`not a division of the city: ${place.division}`);
  return {
    plate: `${place.division}${STORY_TOWN}${String(n + 1).padStart(8, '0')}`,
    unit: unitNumber(place.division, STORY_TOWN, false, n),
    division: place.division,
    divisionName,
    town: place.town,
    townCode: STORY_TOWN,
    community: place.community,
    road: place.road,
    detail: place.detail,
    floor: /(\d+)\d\d室$/.exec(place.detail)?.[1] ?? '1',
    floors: '11',
    rural: false,
  };
}

function addEnterprise(
  rows: CityRows,
  keys: SurrogateKeys,
  enterprise: StoryEnterprise,
  number: string,
  premises: Dwelling,
): Enterprise {
  const made: Enterprise = {
    number,
    creditCode: enterprise.creditCode,
    name: enterprise.name,
    division: premises.division,
  };
  rows.AB01.push(employerRow(made));
  const common = {
    version: 1,
    division: premises.division,
    divisionName: premises.divisionName,
    holder: { name: made.name, number: made.creditCode, document: '001', share: '' } satisfies Holder,
    address: `福建省南平市${addressOf(premises)}`,
    status: LICENCE_STATUS.VALID,
  };
  const founded = dayOf(enterprise.founded);
  rows.DZZZ_ZZXX.push(
    licenceRow({
      ...common,
      kind: 'BUSINESS',
      serial: keys.licence(),
      number: made.creditCode,
      from: founded,
      to: null,
    }),
  );
  for (const { list, from, to } of enterprise.listings) {
    rows.LD_SXCJMD.push(listingRow(made, list, dayOf(from), to === undefined ? null : dayOf(to)));
  }
  if (enterprise.venue !== null) {
    const { heldAs = made.name } = enterprise.venue;
    const from = dayOf(enterprise.venue.from);
    const serial = keys.licence();
    rows.DZZZ_ZZXX.push(
      licenceRow({
        ...common,
        holder: { ...common.holder, name: heldAs },
        kind: 'HYGIENE',
        serial,
        number: `${premises.divisionName.charAt(0)}卫公证字〔${yearOf(from)}〕第${serial}号`,
        from,
        to: dayOf(enterprise.venue.to),
      }),
    );
  }
  return made;
}

/** Writes one story's rows. */
class StoryTeller {
  private readonly homes = new Map<string, Dwelling>();
  private readonly people = new Map<string, Person>();
  private readonly households = new Map<string, string>();

  constructor(
    private readonly rows: CityRows,
    private readonly keys: SurrogateKeys,
    private readonly employers: ReadonlyMap<string, Enterprise>,
    private readonly story: Story,
    plots: { built: number },
  ) {
    const { homes, people } = story.world;
    for (const [key, home] of Object.entries(homes)) this.homes.set(key, build(plots, home));
    for (const [key, { id, name }] of Object.entries(people)) {
      this.people.set(key, { id, name, male: Number(id.charAt(16)) % 2 === 1, birth: birthOf(id) });
    }
  }

  tell(): void {
    for (const home of this.homes.values()) this.rows.HJXX_MLPXXXXB.push(plateRow(home));
    for (const key of this.people.keys()) this.addResident(key);
    this.addRights();
    this.addPermits();
    this.addLeases();
    this.addInsurance();
    this.addVaccination();
  }

  private home(key: string): Dwelling {
    return found(this.homes, key);
  }

  private person(key: string): Person {
    return found(this.people, key);
  }

  private addResident(key: string): void {
    const entry = this.story.world.people[key];
    if (entry === undefined) return;
    const person = this.person(key);
    const dwelling = this.home(entry.home);
    const movedIn = dayOf(entry.movedIn);
    const migrant = entry.registeredAt !== undefined;
    const row = residentRow({
      key: this.keys.resident(),
      person,
      formerName: null,
      ethnicity: '01',
      birthDivision: person.id.slice(0, 6),
      phone: null,
      guardians: entry.guardians.map((guardian) => this.guardian(entry, guardian)),
      father: entry.father === undefined ? null : this.person(entry.father),
      mother: entry.mother === undefined ? null : this.person(entry.mother),
      household: entry.household === undefined ? '' : this.household(entry.household, person, dwelling, movedIn),
      relation: entry.relation ?? '',
      status: entry.status,
      migrant,
      division: entry.registeredAt ?? dwelling.division,
      dwelling,
      movedIn,
    });
    if (entry.superseded !== undefined) {
      this.rows.HJXX_CZRKJBXXB.push({ ...supersededState(row, movedIn), ...entry.superseded });
    }
    this.rows.HJXX_CZRKJBXXB.push({ ...row, ...entry.stored });
  }

  private guardian(ward: { father?: string | undefined; mother?: string | undefined }, key: string): Guardian {
    const { id, name } = this.person(key);
    return { id, name, relation: key === ward.father ? '51' : key === ward.mother ? '52' : '97' };
  }

  /** hh of the story's household; the first to ask is its head. */
  private household(key: string, head: Person, dwelling: Dwelling, since: Day): string {
    const known = this.households.get(key);
    if (known !== undefined) return known;
    const number = this.keys.household();
    this.households.set(key, number);
    this.rows.HJXX_HXXB.push(householdRow(number, head, dwelling, since));
    return number;
  }

  private addRights(): void {
    for (const entry of this.story.world.rights) {
      const dwelling = this.home(entry.home);
      const unit = unitRow(dwelling, entry);
      this.rows.BDC_BDCDY.push({ ...unit, zl: this.story.world.homes[entry.home]?.storedLocation ?? unit.zl });
      const right = {
        key: this.keys.right(),
        dwelling,
        manner: MANNER[entry.manner],
        registered: dayOf(entry.registered),
        current: true,
      };
      this.rows.BDC_QL.push(rightRow(right));
      for (const { person, share, storedNumber } of entry.holders) {
        const certificate = certificateNumber(dwelling, right.registered, this.keys.certificate(dwelling.division));
        const row = holderRow(this.keys.holder(), right, holderOf(this.person(person), share), certificate);
        this.rows.BDC_QLR.push({ ...row, qlrzjh: storedNumber ?? row.qlrzjh });
      }
    }
  }

  private addPermits(): void {
    const asOf = dayOf(this.story.filedOn);
    for (const { holder, home, endorsed } of this.story.world.permits) {
      const serial = this.keys.licence();
      for (const [i, text] of endorsed.entries()) {
        const from = dayOf(text);
        const to = addMonthsToDay(from, 12) - 1;
        const status = to < asOf ? LICENCE_STATUS.EXPIRED : LICENCE_STATUS.VALID;
        this.addLicence('RESIDENCE_PERMIT', serial, i + 1, holder, home, { from, to, status });
      }
    }
  }

  private addLeases(): void {
    for (const { holder, home, from, to } of this.story.world.leases) {
      this.addLicence('LEASE', this.keys.licence(), 1, holder, home, {
        from: dayOf(from),
        to: dayOf(to),
        status: LICENCE_STATUS.VALID,
      });
    }
  }

  private addLicence(
    kind: 'RESIDENCE_PERMIT' | 'LEASE',
    serial: string,
    version: number,
    holder: string,
    home: string,
    term: { from: Day; to: Day; status: string },
  ): void {
    const dwelling = this.home(home);
    const number =
      kind === 'LEASE'
        ? `${dwelling.divisionName}房租备字${yearOf(term.from)}第${serial}号`
        : `${dwelling.division}${serial}`;
    this.rows.DZZZ_ZZXX.push(
      licenceRow({
        kind,
        serial,
        version,
        division: dwelling.division,
        divisionName: dwelling.divisionName,
        holder: holderOf(this.person(holder)),
        number,
        address: `福建省南平市${addressOf(dwelling)}`,
        ...term,
      }),
    );
  }

  private addInsurance(): void {
    for (const { person, employer, kinds, state, paid } of this.story.world.insurance) {
      const { number, division } = found(this.employers, employer);
      const insured = insuredRow(this.keys.insured(), this.person(person), division, '1');
      this.rows.AC01.push(insured);
      const months = paid.flatMap(([from, to]) => monthsFrom(from, to));
      const since = dayOf(`${months[0] ?? this.story.filedOn.slice(0, 7)}-01`);
      for (const kind of kinds) {
        this.rows.AC02.push(enrolmentRow(insured, { kind, state, since, employer: number }));
        for (const month of months) {
          const payment = { month: toCompactMonth(month), kind, employer: number, amount: AMOUNTS[kind] };
          this.rows.AC43.push(paymentRow(insured, payment));
        }
      }
    }
  }

  private addVaccination(): void {
    const asOf = dayOf(this.story.filedOn);
    for (const { child: key, missing, storedId } of this.story.world.vaccination) {
      const person = this.person(key);
      const entry = this.story.world.people[key];
      const station = stationOf(this.home(entry?.home ?? ''));
      const child = childRow(station.slice(0, 10) + this.keys.child(), person, station);
      this.rows.YMJZ_ETDA.push({ ...child, sfzh: storedId ?? child.sfzh });
      for (const [vaccine, number, months] of scheduleFor(person.birth >= SCHEDULE_2025, false)) {
        const day = addMonthsToDay(person.birth, months);
        if (day > asOf || missing.some(([code, dose]) => code === vaccine && dose === number)) continue;
        this.rows.YMJZ_JZJL.push(doseRow(this.keys.dose(), child, { vaccine, number, day, lot: day }));
      }
    }
  }
}

function monthsFrom(from: string, to: string): string[] {
  const months: string[] = [];
  for (let month = from; month <= to; month = addMonthsToMonth(month, 1)) months.push(month);
  return months;
}

function found<T>(known: ReadonlyMap<string, T>, key: string): T {
  const value = known.get(key);
  if (value === undefined) throw new RangeError(`the stories name no ${key}`);
  return value;
}
