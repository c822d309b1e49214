import { words } from '../../words.js';

export const CASES = words(
  {
    title: '办件',
    about: '应用系统登记的办件。只显示编号和主体角色，不显示任何个人号码。',
    number: '办件编号',
    filedOn: '受理日期',
    division: '受理区划',
    subjects: '办件主体',
    filed: '受理日期范围',
    records: '查看记录',
  },
  {
    title: 'Cases',
    about: 'Cases that application systems registered. Numbers and roles only, never an identifier of a person.',
    number: 'Case number',
    filedOn: 'Filed on',
    division: 'Division',
    subjects: 'Subjects',
    filed: 'Filed between',
    records: 'Its records',
  },
);
