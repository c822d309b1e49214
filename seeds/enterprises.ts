/** Enterprises of the random city. Each is a function of the seed and its number, so none needs to be remembered. */
import { creditCodeCheckCharacter } from '../src/domain/identifiers.js';
import { enterpriseNumber } from './keys.js';
import { tradeName } from './names.js';
import { TOWNS_BY_POPULATION, type Town } from './places.js';
import { hash32, Random, weighted } from './random.js';
import type { Enterprise } from './world.js';

const PURPOSE = hash32('enterprise');
const CODE_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

interface Trade {
  readonly name: string;
  /** A public venue (公共场所) that needs a hygiene licence. */
  readonly venue: boolean;
}

const TRADES = weighted<Trade>([
  [{ name: '茶业', venue: false }, 12],
  [{ name: '竹木制品', venue: false }, 14],
  [{ name: '食品', venue: false }, 9],
  [{ name: '建材', venue: false }, 8],
  [{ name: '物流', venue: false }, 6],
  [{ name: '机械制造', venue: false }, 6],
  [{ name: '电子商务', venue: false }, 7],
  [{ name: '纺织', venue: false }, 5],
  [{ name: '生物科技', venue: false }, 4],
  [{ name: '装饰工程', venue: false }, 6],
  [{ name: '酒店管理', venue: true }, 5],
  [{ name: '宾馆', venue: true }, 5],
  [{ name: '美容美发', venue: true }, 6],
  [{ name: '休闲洗浴', venue: true }, 3],
  [{ name: '商场', venue: true }, 3],
  [{ name: '影院', venue: true }, 1],
]);

/** An enterprise with where it stands and what it does. */
export interface FoundedEnterprise extends Enterprise {
  readonly town: Town;
  readonly venue: boolean;
}

/** The town of an enterprise: all that an employee's row needs besides its number. */
export function enterpriseTown(seed: number, index: number): Town {
  return new Random(seed, PURPOSE, index).draw(TOWNS_BY_POPULATION);
}

/** The enterprise with that number, from 0. */
export function enterprise(seed: number, index: number): FoundedEnterprise {
  const random = new Random(seed, PURPOSE, index);
  const town = random.draw(TOWNS_BY_POPULATION);
  const trade = random.draw(TRADES);
  const first17 = `91${town.division}${organisationCode(index)}`;
  return {
    number: enterpriseNumber(index),
    creditCode: first17 + creditCodeCheckCharacter(first17),
    name: `${town.divisionName}${tradeName(random)}${trade.name}有限公司`,
    division: town.division,
    town,
    venue: trade.venue,
  };
}

/** Organisation code, GB 11714: MA and six characters, no two enterprises alike, with its check character. */
function organisationCode(index: number): string {
  let rest = (index * 7919 + 104_729) % 31 ** 6;
  let text = '';
  for (let i = 0; i < 6; i += 1) {
    text = CODE_ALPHABET.charAt(rest % 31) + text;
    rest = Math.floor(rest / 31);
  }
  const first8 = `MA${text}`;
  const weights = [3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, i) => total + weight * Number.parseInt(first8.charAt(i), 36), 0);
  const check = (11 - (sum % 11)) % 11;
  return first8 + (check === 10 ? 'X' : String(check));
}
