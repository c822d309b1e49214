/** Which column of the list is what: by its heading, in Chinese or English. */
import { SeasonFault, type Told } from './faults.js';

/** A role of the matter, as the gateway tells it. */
export interface SeasonRole {
  readonly role: string;
  readonly kind: string;
  readonly required: boolean;
}

/** A column of the list. */
export interface Column {
  /** From 0. */
  readonly at: number;
  readonly heading: string;
}

/** The columns that are read; others are left alone. */
export interface Columns {
  /** Case number (办件编号). */
  readonly number: Column;
  /** Day of filing (受理日期). */
  readonly filedOn: Column;
  /** Division it was filed in (受理区划), GB/T 2260; null where the list has none. */
  readonly division: Column | null;
  /** What results are counted by beside the division, such as the school (学校); never sent. Null where the list has none. */
  readonly school: Column | null;
  /** Identifier of each role's subject; null for a role not required that has no column. */
  readonly roles: readonly (SeasonRole & { readonly column: Column | null })[];
}

const NUMBER = ['办件编号', '案件编号', '受理编号', '申请编号', 'case', 'casenumber', 'number'];
const DIVISION = ['受理区划', '受理区划代码', 'division'];
const SCHOOL = ['学校', '学校名称', '报名学校', '申请学校', '招生学校', '拟入学校', 'school'];
const FILED_ON = ['受理日期', '申请日期', '报名日期', 'filedon', 'date'];

/** Chinese headings of roles, before what kind of identifier it is. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  child: ['儿童', '适龄儿童', '学生', '入学儿童'],
  guardian: ['监护人', '家长', '申请监护人'],
  applicant: ['申请人'],
  enterprise: ['企业', '经营主体', '单位'],
  licence: ['证照', '电子证照', '许可证'],
};

const IDENTIFIER =
  /(?:公民身份号码|身份证号码|身份证号|身份证|证件号码|证件号|统一社会信用代码|证照标识|标识|编号|idnumber|id)$/;

const plain = (heading: string): string => heading.toLowerCase().replaceAll(/[\s_*＊：:（）()]/g, '');

/**
 * Finds the columns. A heading counts without regard to case, blanks, brackets and asterisks, and a
 * role's with or without the kind of identifier behind it: `监护人`, `监护人身份证号`, `guardian`.
 * @param named headings the user names, by `case`, `filedOn`, `division`, `school` or role; they go before all others
 * @throws SeasonFault INPUT naming every column that is missing or there twice
 */
export function columnsOf(
  headings: readonly string[],
  roles: readonly SeasonRole[],
  named: Readonly<Record<string, string>>,
): Columns {
  const faults: Told[] = [];
  const names = ['case', 'filedOn', 'division', 'school', ...roles.map(({ role }) => role)];
  for (const name of Object.keys(named)) {
    if (names.includes(name)) continue;
    const all = names.join(', ');
    faults.push({
      zh: `${name}：不能指定此列，可指定 ${all}`,
      en: `${name}: no such column can be named; there are ${all}`,
    });
  }
  const find = (name: string, known: readonly string[], required: boolean): Column | null => {
    const own = named[name];
    const fits = headings.flatMap((heading, at) => {
      const bare = plain(heading);
      const fit =
        own === undefined
          ? known.includes(bare) || known.includes(bare.replace(IDENTIFIER, ''))
          : heading.trim() === own.trim();
      return fit ? [{ at, heading: heading.trim() }] : [];
    });
    const quoted = (texts: readonly string[]): string[] => texts.map((text) => `“${text}”`);
    if (fits.length > 1) {
      const several = quoted(fits.map((f) => f.heading));
      faults.push({
        zh: `${name}：有多列符合，${several.join('、')}`,
        en: `${name}: several columns fit, ${several.join(' and ')}`,
      });
    }
    if (fits.length === 0 && (required || own !== undefined)) {
      const wanted = quoted(own === undefined ? known : [own]);
      faults.push({
        zh: `${name}：缺少列，表头应为 ${wanted.join('、')}`,
        en: `${name}: no column is headed ${wanted.join(', ')}`,
      });
    }
    return fits[0] ?? null;
  };
  const number = find('case', NUMBER, true);
  const filedOn = find('filedOn', FILED_ON, true);
  const division = find('division', DIVISION, false);
  const school = find('school', SCHOOL, false);
  const found = roles.map((role) => ({
    ...role,
    column: find(role.role, [role.role.toLowerCase(), ...(ROLES[role.role] ?? [])], role.required),
  }));
  if (number === null || filedOn === null || faults.length > 0) {
    throw new SeasonFault(
      'INPUT',
      `the first row does not head the columns needed:\n${faults.map(({ en }) => `- ${en}`).join('\n')}`,
      undefined,
      faults,
    );
  }
  return { number, filedOn, division, school, roles: found };
}
