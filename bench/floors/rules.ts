/**
 * The rules of matters/school-enrolment-primary.yaml as an engineer would code them: every value
 * may be missing, and what is missing makes a rule "not known", never false.
 */

import { normaliseAddress } from '../../src/domain/address.js';
import { addDays, addMonths } from '../../src/domain/calendar.js';
import type { Paid } from './insurance.js';
import type { Validity } from './licences.js';
import type { Unit } from './property.js';
import { and, is, or, some, type Truth, those } from './truth.js';

const PERMIT = '11100000000013338W032';
const LEASE = '113507000040000165901';
const CITY = '3507';
const MINIMUM = { share: 0.5, area: 35, months: 12 } as const;

interface Property {
  readonly manner: string | null;
  readonly share: number | null;
  readonly number: string;
  readonly unit: Unit | null;
}

interface Licence extends Validity {
  readonly typeCode: string | null;
  readonly address: string | null;
}

/** What is known of a guardian. */
export interface GuardianFacts {
  readonly properties: readonly Property[];
  readonly licences: readonly Licence[];
  readonly months: readonly Paid[];
}

/** A child with guardians. */
export interface Family {
  readonly birthDate: string | null;
  readonly status: string | null;
  readonly registration: string | null;
  readonly division: string | null;
  readonly movedIn: string | null;
  readonly address: string | null;
  readonly guardians: readonly { readonly id: string | null; readonly facts: GuardianFacts | null }[];
  /** Null: no record; its result null: not assessed. */
  readonly vaccination: { readonly result: string | null } | null;
}

function notAfter(a: string | null, b: string): Truth {
  return a === null ? null : a <= b;
}

function sameAddress(a: string | null, b: string | null): Truth {
  if (a === null || b === null) return null;
  const left = normaliseAddress(a);
  const right = normaliseAddress(b);
  return left === '' || right === '' ? null : left === right;
}

function isDwelling({ unit }: Property): Truth {
  return unit === null ? null : is(unit.usage, 'DWELLING');
}

function isHere({ unit, number }: Property): Truth {
  return unit === null ? null : number.startsWith(CITY);
}

/** The guardians' common share in a unit, to nine decimals. */
function commonShare({ guardians }: Family, number: string): number | null {
  let sum = 0;
  for (const { facts } of guardians) {
    if (facts === null) return null;
    for (const property of facts.properties) {
      if (property.unit === null) return null;
      if (property.number !== number) continue;
      if (property.share === null) return null;
      sum += property.share;
    }
  }
  return Math.round(sum * 1e9) / 1e9;
}

function countsAsHome(family: Family, { manner, share, number, unit }: Property): Truth {
  const sole = is(manner, 'SOLE');
  if (sole === true) return true;
  const own = share === null ? null : share >= MINIMUM.share;
  const large = unit === null || unit.area === null ? null : unit.area >= MINIMUM.area;
  if (own === true) return or(sole, large);
  const common = commonShare(family, number);
  return or(sole, and(or(own, common === null ? null : common >= MINIMUM.share), large));
}

function someProperty({ guardians }: Family, holds: (property: Property) => Truth): Truth {
  return some(guardians, ({ facts }) => (facts === null ? null : some(facts.properties, holds)));
}

function inForce({ status, validTo }: Licence): Truth {
  return or(is(status, 'VALID'), status === 'EXPIRED' && validTo !== null);
}

/** Whether the periods cover every day from `from` to `to`; not known where one has no order. */
function cover(periods: readonly Validity[], from: string, to: string): Truth {
  const spans: { readonly begins: string; readonly ends: string | null }[] = [];
  for (const { validFrom, validTo } of periods) {
    if (validFrom === null || (validTo !== null && validTo < validFrom)) return null;
    spans.push({ begins: validFrom, ends: validTo });
  }
  spans.sort((a, b) => (a.begins < b.begins ? -1 : a.begins > b.begins ? 1 : 0));
  let uncovered = from;
  for (const { begins, ends } of spans) {
    if (uncovered > to || begins > uncovered) break;
    if (ends === null) return true;
    if (ends >= uncovered) uncovered = addDays(ends, 1);
  }
  return uncovered > to;
}

function hasPermit({ licences }: GuardianFacts, day: string): Truth {
  const permits = those(licences, (licence) => and(is(licence.typeCode, PERMIT), inForce(licence)));
  return permits === null ? null : cover(permits, addMonths(day, -12), day);
}

function isInsured({ months }: GuardianFacts, day: string): Truth {
  const monthBack = (n: number) => addMonths(day, -n).slice(0, 7);
  const [first, second, last, now] = [monthBack(12), monthBack(11), monthBack(1), day.slice(0, 7)];
  const before = new Set<string>();
  const upToNow = new Set<string>();
  for (const { month, kind } of months) {
    if (kind === null) return null;
    if (kind !== 'EMPLOYEE_PENSION' && kind !== 'MEDICAL') continue;
    if (month === null) return null;
    if (month >= first && month <= last) before.add(month);
    if (month >= second && month <= now) upToNow.add(month);
  }
  return before.size >= MINIMUM.months || upToNow.size >= MINIMUM.months;
}

function isLease(licence: Licence, family: Family, day: string): Truth {
  const { typeCode, address } = licence;
  if (typeCode !== null && typeCode !== LEASE) return false;
  const here = address === null ? false : sameAddress(address, family.address);
  return and(is(typeCode, LEASE), inForce(licence), cover([licence], day, day), here);
}

/** The outcome of every requirement, in the matter's order. */
function outcomesOf(family: Family, applicant: string, filedOn: string) {
  const year = Number(filedOn.slice(0, 4));
  const season = (yearsBefore: number) => `${year - yearsBefore}-08-31`;
  const { guardians, birthDate, division, vaccination } = family;
  const tooYoung = birthDate === null ? null : birthDate > season(6);
  const ofSeason = birthDate === null ? null : birthDate > season(7);
  const homeHere = (home: Property) => and(isDwelling(home), isHere(home));
  const ownsHere = someProperty(family, homeHere);
  return {
    'child-registered': is(family.status, 'NORMAL'),
    'old-enough': tooYoung === null ? null : !tooYoung,
    'of-this-season': ofSeason,
    'guardian-recorded': guardians.some(({ id }) => id === applicant),
    'registered-here': and(is(family.registration, 'REGISTERED'), division === null ? null : division.startsWith(CITY)),
    'moved-in-in-time': notAfter(family.movedIn, season(1)),
    'home-at-registered-address': someProperty(family, (home) => {
      const dwelling = isDwelling(home);
      if (dwelling === false) return false;
      const same = sameAddress(home.unit?.address ?? null, family.address);
      return same === false ? false : and(dwelling, same, countsAsHome(family, home));
    }),
    'owns-home-here': ownsHere,
    'home-here-counts': someProperty(family, (home) => {
      const here = homeHere(home);
      return here === false ? false : and(here, countsAsHome(family, home));
    }),
    'residence-permit': some(guardians, ({ facts }) => (facts === null ? null : hasPermit(facts, filedOn))),
    'social-insurance': some(guardians, ({ facts }) => (facts === null ? null : isInsured(facts, filedOn))),
    'dwelling-here': or(
      ownsHere,
      some(guardians, ({ facts }) =>
        facts === null ? null : some(facts.licences, (licence) => isLease(licence, family, filedOn)),
      ),
    ),
    vaccination: vaccination === null ? false : vaccination.result === null ? null : vaccination.result !== 'MISSING',
  };
}

type Outcomes = { readonly [Id in keyof ReturnType<typeof outcomesOf>]: Truth };

const NOT_KNOWN: Outcomes = {
  'child-registered': null,
  'old-enough': null,
  'of-this-season': null,
  'guardian-recorded': null,
  'registered-here': null,
  'moved-in-in-time': null,
  'home-at-registered-address': null,
  'owns-home-here': null,
  'home-here-counts': null,
  'residence-permit': null,
  'social-insurance': null,
  'dwelling-here': null,
  vaccination: null,
};

function decide(o: Outcomes): { readonly verdict: string; readonly tier: string | null } {
  if (o['child-registered'] === false || o['old-enough'] === false) return { verdict: 'NOT_MET', tier: null };
  const review = { verdict: 'NEEDS_REVIEW', tier: null };
  if (o['of-this-season'] !== true || o['guardian-recorded'] !== true) return review;
  if (o['child-registered'] === null || o['old-enough'] === null) return review;
  const tiers: readonly (readonly [tier: string, holds: Truth])[] = [
    ['HOUSEHOLD_AND_HOME', and(o['registered-here'], o['moved-in-in-time'], o['home-at-registered-address'])],
    ['HOUSEHOLD_ONLY', o['registered-here']],
    ['HOME_ONLY', and(o['owns-home-here'], o['home-here-counts'])],
  ];
  for (const [tier, holds] of tiers) {
    if (holds === null) return review;
    if (holds) return { verdict: 'APPROVED', tier };
  }
  const migrant = and(o['residence-permit'], o['social-insurance']);
  if (migrant === false) return { verdict: 'NOT_MET', tier: null };
  if (migrant === null || o['dwelling-here'] === null) return review;
  return { verdict: o['dwelling-here'] ? 'APPROVED' : 'NEEDS_COMMITMENT', tier: 'MIGRANT' };
}

/**
 * Judges.
 * @param family null where there is no such child
 * @param applicant citizen ID of the guardian who applies
 * @param filedOn day of filing, which is the day judged by, `YYYY-MM-DD`
 */
export function judge(family: Family | null, applicant: string, filedOn: string) {
  const outcomes: Outcomes = family === null ? NOT_KNOWN : outcomesOf(family, applicant, filedOn);
  const requirements = Object.entries(outcomes).map(([id, outcome]) => ({
    id,
    outcome: outcome === null ? 'UNKNOWN' : outcome ? 'TRUE' : 'FALSE',
  }));
  return { ...decide(outcomes), requirements };
}
