/** Personal names: surnames by their frequency in northern Fujian, given names by generation and sex. */
import { type Random, weighted } from './random.js';

const SURNAMES = weighted(
  (
    '陈980 林900 黄640 张620 吴560 李540 王480 郑380 刘400 杨340 叶330 谢260 周250 徐250 蔡180 郭180 朱170 江170 罗165 ' +
    '许160 何150 邱150 余145 魏140 范140 吕130 丁120 游120 邓120 赖115 方110 廖110 曾110 肖105 胡105 詹100 潘100 高95 ' +
    '翁90 卢90 彭85 危80 官80 祖75 真70 梁70 宋70 苏70 汤65 傅65 季60 占60 熊60 暨55 上官40 欧阳40 蓝55 雷55 钟55 虞35 ' +
    '池35 施35 孙60 马50 沈45 姚40 董40 程40 毛40 赵60 练30 应30 袁30 冯30 唐30 韩25 于20 秦20 石20'
  )
    .split(' ')
    .map((entry): [string, number] => [entry.replace(/\d+/, ''), Number(entry.replace(/\D+/, ''))]),
);

interface GivenNames {
  readonly first: readonly string[];
  readonly second: readonly string[];
}

const characters = (text: string): readonly string[] => Array.from(text);

const ELDER_MEN: GivenNames = {
  first: characters('建国志文金福水木荣永德家明兴宗天树仁正新光世长春发'),
  second: characters('国华强生福贵明发根清荣旺财林山水平春祥辉南军民才'),
};
const ELDER_WOMEN: GivenNames = {
  first: characters('秀玉美桂丽金素兰月春淑凤惠珠银水招爱香莲细'),
  second: characters('英兰珍花妹娇香莲凤珠云芳琴钗玉仙金梅娥菊华清'),
};
const YOUNGER_MEN: GivenNames = {
  first: characters('子浩宇俊梓沐一嘉伟建晓志文家明海景承思泽奕锦'),
  second: characters('轩宇涵辰浩杰鑫豪凯阳睿霖峰翔斌鹏伟华铭诚彬航'),
};
const YOUNGER_WOMEN: GivenNames = {
  first: characters('梓欣雨思诗佳晓丽雅婷子语嘉可若静慧芷沁艺慕'),
  second: characters('涵怡萱琪妍彤桐颖雯婷静悦雪玲燕洁敏芳宁瑶欣琳'),
};

/** Born in or after this year: the younger generation's names. */
const YOUNGER_SINCE = 1982;
/** Share of one-character given names. */
const SHORT_NAMES = 0.16;

/** A surname (姓), by frequency. */
export function surname(random: Random): string {
  return random.draw(SURNAMES);
}

/** A given name (名) of one or two characters. */
export function givenName(random: Random, male: boolean, birthYear: number): string {
  const younger = birthYear >= YOUNGER_SINCE;
  const names = male ? (younger ? YOUNGER_MEN : ELDER_MEN) : younger ? YOUNGER_WOMEN : ELDER_WOMEN;
  const second = random.pick(names.second);
  return random.chance(SHORT_NAMES) ? second : random.pick(names.first) + second;
}

const COMPANY_FIRST = characters('闽武建延邵浦顺光松政福安瑞恒兴盛宏隆鑫源泰丰华达利顺永');
const COMPANY_SECOND = characters('北夷阳平武城昌泽溪和盛达源泰隆丰茂祥和信诚通瑞兴海山川');

/** The fancy part of an enterprise's name (字号), two characters. */
export function tradeName(random: Random): string {
  return random.pick(COMPANY_FIRST) + random.pick(COMPANY_SECOND);
}
