/** Units, rights and holders: homes, landlords' dwellings, parking spaces and enterprises' premises. */
import {
  certificateNumber,
  holderRow,
  licenceRow,
  mortgageProofNumber,
  type RegisteredRight,
  rightRow,
  unitRow,
} from '../build.js';
import { ageInYears, type Day, dayOf } from '../days.js';
import { storedAddress, storedDate, storedId, storedText } from '../dirt.js';
import { hash32, Random, weighted } from '../random.js';
import { RATES } from '../rates.js';
import { LICENCE_STATUS, MORTGAGE_BANK } from '../reference.js';
import type { CityRows } from '../rows.js';
import { addressOf, type Dwelling, type Enterprise, type Holder, holderOf, type Person } from '../world.js';
import { type CityContext, presentMembers, type SettledFamily } from './context.js';

const { property, dirt, licences, people } = RATES;

/** Registration by computer; no current right is older. */
const REGISTER_SINCE = dayOf('1998-01-01');

const OBJECTION = hash32('objection');

/** ghyt. */
const USAGE = { dwelling: '10', commercial: '20', office: '30', industrial: '40', parking: '50' } as const;

/** How two people share: as the register words it. */
const SHARES = weighted<readonly [string, string]>([
  [['50%', '50%'], 40],
  [['1/2', '1/2'], 16],
  [['0.5', '0.5'], 6],
  [['70%', '30%'], 14],
  [['30%', '70%'], 8],
  [['2/3', '1/3'], 8],
  [['0.8', '0.2'], 4],
  [['99%', '1%'], 4],
]);

/** One unit to register. */
interface UnitToRegister {
  readonly dwelling: Dwelling;
  readonly usage: string;
  readonly area: number;
  readonly holders: readonly Holder[];
  /** gyfs. */
  readonly manner: string;
  readonly registered: Day;
}

/** Registers the home of a family and what else it owns. Returns whether the family rents from somebody. */
export function registerHome(city: CityContext, rows: CityRows, random: Random, family: SettledFamily): boolean {
  const { dwelling } = family;
  const owners = presentMembers(family).filter((member) => ageInYears(member.person.birth, city.asOf) >= 20);
  const first = owners[0];
  const owns = first !== undefined && !random.chance(family.migrant ? 1 - people.migrantOwners : property.rented);
  const registered = random.chance(dwelling.rural ? property.registeredInVillage : property.registeredInTown);
  if (owns) {
    if (registered || family.migrant) {
      const holding = holdersOf(random, first.person, spouseOf(owners.map(({ person }) => person)));
      registerUnit(city, rows, random, {
        dwelling,
        usage: USAGE.dwelling,
        area: areaOf(random, dwelling),
        registered: boughtOn(city, random, family),
        ...holding,
      });
      if (!dwelling.rural && random.chance(property.parking)) registerParking(city, rows, random, family, first.person);
    }
    return false;
  }
  const landlord = city.neighbours.pick(random, dwelling.division);
  if (landlord === null || landlord.dwelling.unit === dwelling.unit) return false;
  if (registered) {
    registerUnit(city, rows, random, {
      dwelling,
      usage: USAGE.dwelling,
      area: areaOf(random, dwelling),
      holders: [holderOf(landlord.person)],
      manner: '0',
      registered: random.between(Math.max(REGISTER_SINCE, landlord.person.birth + 7300), city.asOf - 1),
    });
  }
  return true;
}

/** Registers premises that the enterprise owns. */
export function registerPremises(
  city: CityContext,
  rows: CityRows,
  random: Random,
  enterprise: Enterprise,
  dwelling: Dwelling,
): void {
  registerUnit(city, rows, random, {
    dwelling,
    usage: random.pick([USAGE.commercial, USAGE.commercial, USAGE.office, USAGE.industrial]),
    area: random.between(4000, 90_000) / 100,
    holders: [{ name: enterprise.name, number: enterprise.creditCode, document: '001', share: '' }],
    manner: '0',
    registered: random.between(REGISTER_SINCE, city.asOf - 1),
  });
}

function registerParking(
  city: CityContext,
  rows: CityRows,
  random: Random,
  family: SettledFamily,
  owner: Person,
): void {
  registerUnit(city, rows, random, {
    dwelling: city.dwellings.next(family.town),
    usage: USAGE.parking,
    area: random.between(1050, 1500) / 100,
    holders: [holderOf(owner)],
    manner: '0',
    registered: boughtOn(city, random, family),
  });
}

/** The other half of a couple that heads the family: the second member, where about as old. */
function spouseOf([head, second]: readonly Person[]): Person | null {
  if (head === undefined || second === undefined || head.male === second.male) return null;
  return Math.abs(head.birth - second.birth) < 12 * 365 ? second : null;
}

function holdersOf(random: Random, head: Person, spouse: Person | null): Pick<UnitToRegister, 'holders' | 'manner'> {
  if (spouse === null) return { holders: [holderOf(head)], manner: '0' };
  const fate = random.word() / 0x1_0000_0000;
  if (fate < property.joint) return { holders: [holderOf(head), holderOf(spouse)], manner: '1' };
  if (fate < property.joint + property.byShares) {
    const [his, hers] = random.chance(property.shareMissing) ? ['', ''] : random.draw(SHARES);
    const other: Holder = random.chance(property.passportHolder)
      ? { name: 'JOHN SMITH', number: `E${random.between(10_000_000, 99_999_999)}`, document: '414', share: hers }
      : holderOf(spouse, hers);
    return { holders: [holderOf(head, his), other], manner: '2' };
  }
  return { holders: [holderOf(random.chance(property.wifeAlone) ? spouse : head)], manner: '0' };
}

function areaOf(random: Random, dwelling: Dwelling): number {
  if (random.chance(property.small)) return random.between(1800, 3499) / 100;
  return random.between(dwelling.rural ? 8000 : 5200, dwelling.rural ? 26_000 : 16_500) / 100;
}

function boughtOn(city: CityContext, random: Random, family: SettledFamily): Day {
  const latest = city.asOf - 1;
  const earliest = Math.max(REGISTER_SINCE, family.arrived - 900);
  return random.between(Math.min(earliest, latest), Math.min(latest, Math.max(earliest, family.arrived + 900)));
}

function registerUnit(city: CityContext, rows: CityRows, random: Random, unit: UnitToRegister): void {
  const { dwelling } = unit;
  if (random.chance(property.formerOwner)) addFormerRight(city, rows, random, unit);
  const row = unitRow(dwelling, {
    area: unit.area,
    usage: unit.usage,
    mortgaged: !dwelling.rural && random.chance(property.mortgaged),
    seized: random.chance(property.seized),
    // Of a stream of its own, so that all else of a city stays what its seed made it before.
    objection: new Random(hash32(dwelling.unit), OBJECTION, 0).chance(property.objection),
  });
  if (unit.usage === USAGE.parking) row.zl += '车位';
  row.zl = storedAddress(random, row.zl);
  rows.BDC_BDCDY.push(row);
  const right: RegisteredRight = {
    key: city.keys.right(),
    dwelling,
    manner: unit.manner,
    registered: unit.registered,
    current: true,
  };
  addRight(city, rows, random, right, unit.holders);
  if (row.sfdy === '1') addMortgage(city, rows, random, right);
}

/** The bank's mortgage beside the owners' right. */
function addMortgage(city: CityContext, rows: CityRows, random: Random, ownership: RegisteredRight): void {
  const { dwelling } = ownership;
  const registered = Math.min(city.asOf - 1, ownership.registered + random.below(60));
  const right = { ...ownership, key: city.keys.right(), manner: '0', registered, mortgage: true };
  const { name, creditCode } = MORTGAGE_BANK;
  const bank: Holder = { name, number: creditCode, document: '001', share: '' };
  const proof = mortgageProofNumber(dwelling, registered, city.keys.certificate(dwelling.division));
  rows.BDC_QL.push(rightRow(right));
  rows.BDC_QLR.push(holderRow(city.keys.holder(), right, bank, proof));
}

/** The right of whoever owned the unit before, kept as history. */
function addFormerRight(city: CityContext, rows: CityRows, random: Random, unit: UnitToRegister): void {
  const owner = city.neighbours.pick(random, unit.dwelling.division);
  if (owner === null || unit.registered <= REGISTER_SINCE) return;
  const right: RegisteredRight = {
    key: city.keys.right(),
    dwelling: unit.dwelling,
    manner: '0',
    registered: random.between(REGISTER_SINCE, unit.registered - 1),
    current: false,
  };
  addRight(city, rows, random, right, [holderOf(owner.person)]);
}

function addRight(
  city: CityContext,
  rows: CityRows,
  random: Random,
  right: RegisteredRight,
  holders: readonly Holder[],
): void {
  const row = rightRow(right);
  row.djsj = storedDate(random, dirt.zeroRegistered, row.djsj);
  rows.BDC_QL.push(row);
  const { dwelling } = right;
  for (const holder of holders) {
    const certificate = certificateNumber(dwelling, right.registered, city.keys.certificate(dwelling.division));
    const holding = holderRow(city.keys.holder(), right, holder, certificate);
    if (holder.document === '111') holding.qlrzjh = storedId(random, holding.qlrzjh);
    holding.qlrmc = storedText(random, holding.qlrmc);
    rows.BDC_QLR.push(holding);
    if (right.current && random.chance(licences.title)) {
      addTitle(city, rows, random, right, holder, holding.qlrzjh, certificate);
    }
  }
}

function addTitle(
  city: CityContext,
  rows: CityRows,
  random: Random,
  right: RegisteredRight,
  holder: Holder,
  storedNumber: string,
  certificate: string,
): void {
  const { dwelling } = right;
  const row = licenceRow({
    kind: 'TITLE',
    serial: city.keys.licence(),
    version: 1,
    division: dwelling.division,
    divisionName: dwelling.divisionName,
    holder: { ...holder, number: storedNumber },
    number: certificate,
    from: right.registered,
    to: null,
    address: storedAddress(random, `福建省南平市${addressOf(dwelling)}`),
    status: LICENCE_STATUS.VALID,
  });
  if (random.chance(0.5)) row.zzyxqjzrq = '00000000';
  rows.DZZZ_ZZXX.push(row);
}
