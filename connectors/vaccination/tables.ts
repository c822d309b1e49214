import type { TableDefinition } from '../contract.js';

/** Children and inoculations, as the provincial vaccination system keeps them. */
export const tables: readonly TableDefinition[] = [
  {
    name: 'YMJZ_ETDA',
    comment: '儿童档案表',
    columns: {
      fchildno: ['varchar(20)', '儿童编码'],
      sfzh: ['varchar(18)', '儿童身份证号，新生儿可为空'],
      etxm: ['varchar(60)', '儿童姓名'],
      csrq: ['char(8)', '出生日期 yyyyMMdd'],
      xb: ['char(1)', '性别'],
      stationCode: ['varchar(12)', '管理单位 6+4位，部分地区12位'],
      zt: ['char(1)', '档案状态 1在管 2迁出 9删除'],
    },
    primaryKey: ['fchildno'],
    indexes: [['sfzh']],
  },
  {
    name: 'YMJZ_JZJL',
    comment: '接种记录表',
    columns: {
      jlid: ['varchar(24)', '记录ID'],
      fchildno: ['varchar(20)', '儿童编码'],
      ym: ['varchar(4)', '疫苗代码'],
      jc: ['varchar(2)', '剂次'],
      jzrq: ['char(8)', '接种日期 yyyyMMdd，可为00000000'],
      ymph: ['varchar(30)', '疫苗批号'],
      fmonitorCode: ['varchar(30)', '电子监管码'],
      stationCode: ['varchar(12)', '接种单位'],
      ismf: ['char(1)', '是否免费 1是 0否'],
      scbz: ['char(1)', '删除标志 0正常 1删除'],
    },
    primaryKey: ['jlid'],
    indexes: [['fchildno']],
  },
];
