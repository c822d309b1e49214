import type { TableDefinition } from '../contract.js';

/** The licence library (GB/T 36903 metadata) and its catalogue. */
export const tables: readonly TableDefinition[] = [
  {
    name: 'DZZZ_ZZXX',
    comment: '电子证照信息表',
    columns: {
      zzbs: ['varchar(120)', '电子证照标识 GB/T 36904'],
      zzmc: ['varchar(100)', '证照名称'],
      zzlxdm: ['varchar(21)', '证照类型代码'],
      zzbh: ['varchar(60)', '证照编号'],
      zzbfjg: ['varchar(100)', '证照颁发机构'],
      zzbfjgdm: ['varchar(18)', '证照颁发机构代码'],
      zzbfjgxzqh: ['char(6)', '证照颁发机构行政区划'],
      zzbfrq: ['char(8)', '证照颁发日期'],
      czzt: ['varchar(120)', '持证主体'],
      czztdm: ['varchar(40)', '持证主体代码，旧数据可为15位或小写x'],
      czztdmlxdm: ['char(3)', '持证主体代码类型：111身份证 001统一社会信用代码'],
      zzyxqqsrq: ['char(8)', '有效期起始日期'],
      zzyxqjzrq: ['char(8)', '有效期截止日期，00000000或99991231为长期'],
      zmdz: ['varchar(200)', '证照载明地址'],
      zzzt: ['char(2)', '证照状态 01有效 02暂停 03吊销 04注销 05过期 06转移 07撤回 99其他'],
      scbz: ['char(1)', '删除标志 0正常 1删除'],
    },
    primaryKey: ['zzbs'],
    indexes: [['czztdm']],
  },
  {
    name: 'DZZZ_MLXX',
    comment: '电子证照目录信息表',
    columns: {
      zzlxdm: ['varchar(21)', '证照类型代码'],
      zzmc: ['varchar(100)', '证照名称'],
      zzbfjglx: ['varchar(60)', '颁发机构类型'],
    },
    primaryKey: ['zzlxdm'],
    indexes: [],
  },
];
