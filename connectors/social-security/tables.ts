import type { TableDefinition } from '../contract.js';

/** Persons, employers, enrolments and monthly payments, as social security keeps them. */
export const tables: readonly TableDefinition[] = [
  {
    name: 'AC01',
    comment: '个人基本信息表',
    columns: {
      aac001: ['varchar(20)', '个人编号'],
      aac002: ['varchar(18)', '社会保障号码（公民身份号码），旧数据可为15位或小写x'],
      aac003: ['varchar(60)', '姓名'],
      aac004: ['char(1)', '性别'],
      aac006: ['char(8)', '出生日期'],
      aac008: ['char(1)', '人员参保状态 1正常 2暂停 4终止'],
      aab301: ['char(6)', '参保地行政区划'],
      aae100: ['char(1)', '有效标志 1有效 0无效'],
    },
    primaryKey: ['aac001'],
    indexes: [['aac002']],
  },
  {
    name: 'AB01',
    comment: '单位基本信息表',
    columns: {
      aab001: ['varchar(20)', '单位编号'],
      aab003: ['varchar(18)', '统一社会信用代码'],
      aab004: ['varchar(120)', '单位名称'],
      aab301: ['char(6)', '行政区划'],
      aae100: ['char(1)', '有效标志'],
    },
    primaryKey: ['aab001'],
    indexes: [['aab003']],
  },
  {
    name: 'AC02',
    comment: '个人参保信息表',
    columns: {
      aac001: ['varchar(20)', '个人编号'],
      aae140: ['char(3)', '险种'],
      aac031: ['char(1)', '缴费状态 1参保缴费 2暂停 3终止'],
      aac030: ['char(8)', '本系统参保日期'],
      aac049: ['char(6)', '首次参保年月'],
      aab001: ['varchar(20)', '单位编号，居民险为空'],
      aab301: ['char(6)', '参保地行政区划'],
    },
    primaryKey: ['aac001', 'aae140'],
    indexes: [],
  },
  {
    name: 'AC43',
    comment: '个人实缴明细表',
    columns: {
      aac001: ['varchar(20)', '个人编号'],
      aae003: ['char(6)', '费款所属期 yyyyMM'],
      aae140: ['char(3)', '险种'],
      aab001: ['varchar(20)', '单位编号'],
      aae020: ['decimal(12,2)', '缴费金额'],
      aae111: ['char(1)', '缴费标志 1已实缴 0未到账'],
    },
    primaryKey: ['aac001', 'aae140', 'aae003'],
    indexes: [],
  },
  {
    name: 'LD_SXCJMD',
    comment: '人社领域失信惩戒名单',
    columns: {
      mdbh: ['varchar(30)', '名单编号'],
      aab003: ['varchar(18)', '统一社会信用代码'],
      mdlx: ['char(2)', '名单类型 01拖欠农民工工资失信联合惩戒对象 02社会保险领域严重失信'],
      lrjg: ['varchar(100)', '列入机关'],
      lrrq: ['char(8)', '列入日期'],
      ycrq: ['char(8)', '移出日期，00000000或空为未移出'],
      aab301: ['char(6)', '列入机关行政区划'],
      aae100: ['char(1)', '有效标志，0为列入决定被撤销'],
    },
    primaryKey: ['mdbh'],
    indexes: [['aab003']],
  },
];
