/** Places of the demonstration city: real divisions and towns of Nanping; villages, roads and house numbers are made up. */
import { DIVISIONS } from '../src/domain/divisions.js';
import { weighted } from './random.js';

/** A street, town or township (街道、镇、乡) of one division. */
export interface Town {
  /** Place of the town among all towns, from 0. */
  readonly index: number;
  /** GB/T 2260 code of its division. */
  readonly division: string;
  /** Name of its division, such as 延平区. */
  readonly divisionName: string;
  /** Three digits, unique in the division; 900 and above are the named stories'. */
  readonly code: string;
  readonly name: string;
  /** Country: homesteads with a number in a village, no apartments. */
  readonly rural: boolean;
  /** Roads of a street, villages of a township. Never one that a named story lives on. */
  readonly roads: readonly string[];
  readonly communities: readonly string[];
}

/** Share of the city's population, in per mille, and the towns. A name ending in 乡 is country. */
const DIVISION_TOWNS: Readonly<Record<string, readonly [weight: number, towns: string]>> = {
  '350702': [175, '梅山街道 黄墩街道 水南街道 四鹤街道 西芹镇 巨口乡'],
  '350703': [132, '潭城街道 童游街道 麻沙镇 水吉镇 崇雒乡 书坊乡'],
  '350721': [74, '双溪街道 洋口镇 元坑镇 高阳乡 岚下乡'],
  '350722': [112, '南浦街道 河滨街道 石陂镇 仙阳镇 官路乡 山下乡'],
  '350723': [50, '杭川镇 寨里镇 鸾凤乡 崇仁乡'],
  '350724': [46, '松源街道 郑墩镇 河东乡 花桥乡'],
  '350725': [64, '熊山街道 东平镇 星溪乡 杨源乡'],
  '350781': [108, '昭阳街道 通泰街道 水北街道 和平镇 张厝乡 桂林乡'],
  '350782': [96, '崇安街道 武夷街道 星村镇 五夫镇 上梅乡 吴屯乡'],
  '350783': [143, '建安街道 通济街道 芝山街道 徐墩镇 川石乡 水源乡'],
};

const ROADS =
  '八一路 朝阳路 文体路 滨河路 进步路 新建路 环城路 胜利街 人民路 工业路 学府路 江滨大道 西门巷 东升路 水井巷 崇文路';
const VILLAGES = '上洋村 下洋村 溪口村 岭头村 坑尾村 石碑村 大坪村 后垄村 杨厝村 林墩村 梅岩村 东坑村';

/** Roads that only the named stories' homes stand on, so that no random home shares their address. */
export const STORY_ROADS: readonly string[] = ['解放路', '中山路', '滨江路'];

/** Towns of a division: the first two hold twice the people of the rest. */
const TOWN_WEIGHT = (place: number): number => (place < 2 ? 2 : 1);

function townsOf(code: string, name: string): readonly (readonly [Omit<Town, 'index'>, number])[] {
  const [weight, list] = DIVISION_TOWNS[code] ?? [0, ''];
  const names = list.split(' ');
  const sum = names.reduce((total, _, place) => total + TOWN_WEIGHT(place), 0);
  return names.map((town, place) => {
    const rural = town.endsWith('乡');
    const stem = town.replace(/(街道|镇|乡)$/, '');
    return [
      {
        division: code,
        divisionName: name,
        code: String(place + 1).padStart(3, '0'),
        name: town,
        rural,
        roads: (rural ? VILLAGES : ROADS).split(' '),
        communities: rural
          ? VILLAGES.split(' ').map((village) => `${village}委会`)
          : [`${stem}社区`, `${stem}东社区`, `${stem}西社区`, `${stem}新村社区`],
      },
      (weight * TOWN_WEIGHT(place)) / sum,
    ];
  });
}

const weightedTowns = DIVISIONS.flatMap(({ code, name }) => townsOf(code, name)).map(
  ([town, weight], index): readonly [Town, number] => [{ ...town, index }, weight],
);

/** Every town of the city. */
export const TOWNS: readonly Town[] = weightedTowns.map(([town]) => town);

/** Towns by population. */
export const TOWNS_BY_POPULATION = weighted(weightedTowns);

/** Old prefix of 建阳市, a division until 2014-05-02: the citizen IDs of those born there before. */
export const JIANYANG_BEFORE_2014 = '350784';

/** Divisions outside the city: where migrants are registered and where some residents were born. */
export const ELSEWHERE = weighted<string>([
  ['350102', 6],
  ['350121', 5],
  ['350181', 5],
  ['350403', 6],
  ['350425', 7],
  ['350521', 4],
  ['350583', 6],
  ['350624', 4],
  ['350802', 5],
  ['350902', 6],
  ['350981', 7],
  ['361121', 8],
  ['361128', 7],
  ['361102', 6],
  ['360702', 4],
  ['330881', 6],
  ['330802', 4],
  ['330326', 4],
  ['341221', 5],
  ['341522', 3],
  ['411522', 3],
  ['420984', 3],
  ['430223', 3],
  ['500101', 5],
  ['500236', 4],
  ['511623', 6],
  ['511325', 4],
  ['520121', 4],
  ['520521', 5],
  ['522422', 3],
  ['530626', 2],
  ['532122', 2],
  ['610125', 2],
]);
