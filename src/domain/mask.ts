/** Masks (脱敏规则) of a MASKED grant, as `enum Mask` of schema/directives.graphql names them. */
import { CITY_NAME, DIVISIONS, FORMER_DIVISIONS, PROVINCE_NAME } from './divisions.js';

/** Which mask: the names of the schema's `enum Mask`. */
export type MaskKind = 'NAME' | 'ID_NUMBER' | 'ADDRESS' | 'PHONE';

/** What a deployment may set about masks. */
export interface MaskSettings {
  /** Characters kept at the front of a number: 0 to 10, default 6. */
  readonly idNumberHead: number;
  /** Characters kept at the end of a number: 0 to 4, default 2. */
  readonly idNumberTail: number;
}

/** The masks as the schema documents them. */
export const DEFAULT_MASK_SETTINGS: MaskSettings = { idNumberHead: 6, idNumberTail: 2 };

/**
 * Masks a text. Never throws, whatever the text.
 *
 * - `NAME`: the first character, and from three on the last; of a person or an organisation alike.
 * - `ID_NUMBER`: head and tail as set, the same length; of a short number less, so that half of it at least is hidden.
 * - `ADDRESS`: through the county-level division, then `***`; only `***` where none is recognised.
 * - `PHONE`: first 3 and last 4 digits of a mobile number of the mainland, of any other number the last 2 characters.
 *
 * It does NOT anonymise: a head of 6 and a tail of 2 leave division and part of the sequence of a
 * citizen ID. It does not check what the text is.
 */
export function mask(kind: MaskKind, text: string, settings: MaskSettings): string {
  switch (kind) {
    case 'NAME':
      return maskName(text);
    case 'ID_NUMBER':
      return maskNumber(text, settings);
    case 'ADDRESS':
      return `${throughCounty(text)}***`;
    case 'PHONE':
      return maskPhone(text);
  }
}

/** Keeps `head` and `tail` code points, or none where they leave nothing to hide. */
function keepEnds(text: string, head: number, tail: number): string {
  const characters = Array.from(text);
  const hidden = characters.length - head - tail;
  if (hidden <= 0) return '*'.repeat(characters.length);
  return characters.slice(0, head).join('') + '*'.repeat(hidden) + characters.slice(head + hidden).join('');
}

/** A number of nine with a head of 6 and a tail of 2 would hide one digit; the head gives way first. */
function maskNumber(text: string, { idNumberHead, idNumberTail }: MaskSettings): string {
  const shown = Math.floor(Array.from(text).length / 2);
  const tail = Math.min(idNumberTail, shown);
  return keepEnds(text, Math.min(idNumberHead, shown - tail), tail);
}

function maskName(text: string): string {
  // Padding (张 三 with a full-width blank), combining marks and variation selectors must not count as the character that is hidden.
  const name = text.normalize('NFC').replace(/[\s\p{M}\p{Default_Ignorable_Code_Point}]/gu, '');
  const length = Array.from(name).length;
  return keepEnds(name, 1, length >= 3 ? 1 : 0);
}

function maskPhone(text: string): string {
  const digits = text
    .normalize('NFKC')
    .replace(/[\s-]/gu, '')
    .replace(/^(?:\+|00)86/, '');
  return /^1\d{10}$/.test(digits) ? keepEnds(digits, 3, 4) : keepEnds(text, 0, 2);
}

/** Provinces and autonomous regions, in front of a prefecture. */
const PROVINCES =
  '(?:(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海)省' +
  '|(?:内蒙古|广西壮族|西藏|宁夏回族|新疆维吾尔)自治区)';
/** 市 that ends a division's name: not that of 市场, 城市花园 or 市区路. */
const CITY = '市(?!场|广场|花园|区|路(?![北南桥]区)|街)';
/** A prefecture, or a municipality (北京市), which has its counties directly below it. */
const PREFECTURE = `[[\\u4E00-\\u9FFF]--[区县旗市盟路街道巷弄号]]{1,12}(?:自治州|地区|盟|${CITY})`;
/**
 * A character of a county's name: Chinese, and none that ends a division, street, village or
 * building, except as in 新乡县, 东乡族, 鼓楼区, 红旗区. A real name that this misses (道县) is masked whole, the safe side.
 */
const NAME =
  '(?:[[\\u4E00-\\u9FFF]--[区县旗市盟路街道巷弄号镇乡村幢栋楼室组]]|乡(?=[县市族区])|(?<=[鼓钟])楼(?=区)|旗(?=区))';
/** A district, county, banner or county-level city; not 小区, 社区, 园区, 工业区 and the like. */
const COUNTY =
  `(?:(?:[镇路道]?${NAME}{1,5}|市[中南北])(?<![小社园校厂院库景工业发宅活属税度])区(?!路|街)` +
  `|[镇乡道]?${NAME}{1,15}[县旗]|${NAME}{2,5}${CITY})`;

const ELSEWHERE = new RegExp(`^${PROVINCES}?${PREFECTURE}${COUNTY}`, 'v');
const OWN = new RegExp(
  `^(?:${PROVINCE_NAME})?(?:${CITY_NAME})?(?:${[...DIVISIONS, ...FORMER_DIVISIONS].map((d) => d.name).join('|')})(?!场)`,
);
const OWN_CITY = new RegExp(`^(?:${PROVINCE_NAME})?${CITY_NAME}`);

/**
 * The front of an address through its county-level division, empty where none is recognised. The
 * city's own divisions are known by name, also without the city in front; a division elsewhere is
 * recognised by its ending and only after its prefecture or municipality, for without one a housing
 * estate reads like a district.
 */
function throughCounty(text: string): string {
  const address = text.replace(/\s/gu, '');
  const own = OWN.exec(address);
  if (own !== null) return own[0];
  if (OWN_CITY.test(address)) return '';
  return ELSEWHERE.exec(address)?.[0] ?? '';
}
