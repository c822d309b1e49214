/** Divisions (行政区划), GB/T 2260, of the city this gateway serves: Nanping, Fujian. */

/** A county-level division. */
export interface Division {
  /** Six digits, GB/T 2260. */
  readonly code: string;
  /** Chinese name. */
  readonly name: string;
}

/** Province (省) of the city. */
export const PROVINCE_NAME = '福建省';
/** The city (设区市). */
export const CITY_NAME = '南平市';
/** First four digits of every division of the city. */
export const CITY_PREFIX = '3507';

/** The city's county-level divisions, in order of code. */
export const DIVISIONS: readonly Division[] = [
  { code: '350702', name: '延平区' },
  { code: '350703', name: '建阳区' },
  { code: '350721', name: '顺昌县' },
  { code: '350722', name: '浦城县' },
  { code: '350723', name: '光泽县' },
  { code: '350724', name: '松溪县' },
  { code: '350725', name: '政和县' },
  { code: '350781', name: '邵武市' },
  { code: '350782', name: '武夷山市' },
  { code: '350783', name: '建瓯市' },
];

/** Divisions that are no more but stand in citizen IDs and in older addresses. */
export const FORMER_DIVISIONS: readonly Division[] = [{ code: '350784', name: '建阳市' }];
