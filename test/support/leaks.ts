/** What must stand in no log, metric, error or record: people's identifiers and names, tokens, private keys. */
import { readStories } from '../../seeds/stories.js';
import { parseCitizenId, parseCreditCode } from '../../src/domain/identifiers.js';
import { MARK } from '../surface/sentinel-city.js';

/** A place where something stands that must not. */
export interface Leak {
  readonly kind:
    | 'CITIZEN_ID'
    | 'CREDIT_CODE'
    | 'UNIT_NUMBER'
    | 'LICENCE_ID'
    | 'NAME'
    | 'TOKEN'
    | 'PRIVATE_KEY'
    | 'MARK';
  /** What was found, shortened. */
  readonly found: string;
}

const { stories, enterprises } = readStories();

/** Names of the people and enterprises in the stories. */
const NAMES: readonly string[] = [
  ...new Set([
    ...stories.flatMap(({ world }) => Object.values(world.people).map(({ name }) => name)),
    ...Object.values(enterprises).map(({ name }) => name),
  ]),
];

const PATTERNS: readonly (readonly [Leak['kind'], RegExp, (found: string) => boolean])[] = [
  // Hashes, keys and fractions hold such runs by chance: an identifier stands alone.
  ['CITIZEN_ID', /(?<![0-9A-Za-z]|\d\.)\d{17}[0-9Xx](?![0-9A-Za-z])/g, (found) => parseCitizenId(found).ok],
  ['CREDIT_CODE', /(?<![0-9A-Za-z]|\d\.)[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])/g, (found) => parseCreditCode(found).ok],
  ['UNIT_NUMBER', /(?<![0-9A-Za-z])\d{12}[A-Z]{2}\d{5}[A-Z]\d{8}(?![0-9A-Za-z])/g, () => true],
  ['LICENCE_ID', /1\.2\.156\.3005\.2\.[0-9A-Z]{18}/g, () => true],
  ['TOKEN', /eyJ[\w-]{5,}\.[\w-]{5,}/g, () => true],
  ['PRIVATE_KEY', /-----BEGIN [A-Z ]*PRIVATE KEY|\\?"d\\?"\s*:\s*\\?"[\w-]{20,}/g, () => true],
  ['NAME', new RegExp(NAMES.join('|'), 'g'), () => true],
  ['MARK', new RegExp(`${MARK}[^${MARK}]+${MARK}`, 'g'), () => true],
];

/** Everything of that kind in a text. */
export function leaksIn(text: string): readonly Leak[] {
  return PATTERNS.flatMap(([kind, pattern, holds]) =>
    [...text.matchAll(pattern)]
      .filter(([found]) => holds(found))
      .map(([found]) => ({ kind, found: found.slice(0, 40) })),
  );
}
