/** Why a case was judged as it was, in words for the person it is about (PIPL art. 24). Pure; no fact is in them. */

import type { Text } from '../matters/index.js';
import type { CaseHappening, TroubledRequirement } from '../store/case-events.js';

type Judged = Extract<CaseHappening, { readonly kind: 'JUDGED' }>;

/** What is known of a matter in words. */
export interface MatterWords {
  readonly name: Text;
  /** How to ask for a person (人工复核渠道). */
  readonly review: Text;
  readonly requirements: readonly { readonly id: string; readonly name: Text }[];
}

/** Names of departments by their code. */
export type DepartmentNames = ReadonlyMap<string, Text>;

const VERDICTS: Readonly<Record<Judged['verdict'], Text>> = {
  APPROVED: { zh: '核验通过', en: 'every requirement holds' },
  NOT_MET: { zh: '不符合条件', en: 'the requirements are not met' },
  NEEDS_COMMITMENT: { zh: '需签署告知承诺', en: 'a signed commitment is needed' },
  NEEDS_REVIEW: { zh: '需人工复核', en: 'a person has to look at it' },
  PENDING: { zh: '待数据恢复后再核验', en: 'it is judged again when the missing data can be had' },
};

const NO_NAME: Text = { zh: '', en: '' };

/** `2026-07-01 10:00` where China Standard Time holds. */
function localTime(instant: string): string {
  return new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}

function nameOf(departments: DepartmentNames, code: string): Text {
  return departments.get(code) ?? { zh: code, en: code };
}

/** Why one requirement did not hold: its reason, and the element and source it rests on. */
function troubleIn(troubled: TroubledRequirement, judged: Judged, words: MatterWords, names: DepartmentNames): Text {
  const { id, outcome, element, department, reasonZh, reasonEn } = troubled;
  const name = words.requirements.find((one) => one.id === id)?.name ?? { zh: id, en: id };
  const source = nameOf(names, department);
  const asked = judged.sources.find((one) => one.department === department);
  const when = asked === undefined ? null : localTime(asked.fetchedAt);
  const state = outcome === 'FALSE' ? { zh: '未满足', en: 'does not hold' } : { zh: '无法确定', en: 'is not known' };
  const restZh = [
    `数据来源：${source.zh}`,
    ...(element ? [`要素：${element}`] : []),
    ...(when ? [`查询时间：${when}`] : []),
  ];
  const restEn = [
    `source: ${source.en}`,
    ...(element ? [`element: ${element}`] : []),
    ...(when ? [`asked ${when}`] : []),
  ];
  return {
    zh: `“${name.zh}”${state.zh}（${restZh.join('，')}）${reasonZh ? `：${reasonZh}` : '。'}`,
    en: `"${name.en}" ${state.en} (${restEn.join(', ')})${reasonEn ? `: ${reasonEn}` : '.'}`,
  };
}

/** The whole explanation of a verdict. */
export function explanationOf(judged: Judged, words: MatterWords, names: DepartmentNames): Text {
  const verdict = VERDICTS[judged.verdict];
  const troubles = judged.troubled.map((one) => troubleIn(one, judged, words, names));
  return {
    zh: [
      `“${words.name.zh}”按 ${judged.asOf} 的情况、依规则集 ${judged.ruleSet} 核验，结论：${verdict.zh}。`,
      ...troubles.map(({ zh }) => zh),
      words.review.zh,
    ].join('\n'),
    en: [
      `"${words.name.en}" was judged as of ${judged.asOf} by rule set ${judged.ruleSet}: ${verdict.en}.`,
      ...troubles.map(({ en }) => en),
      words.review.en,
    ].join('\n'),
  };
}

/** Longest text of a notice, characters: what one long message by SMS takes. */
const LONGEST = 900;

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

/** What somebody said or a verdict gave as its reasons; without repetition. */
function reasonsOf(judged: Judged, given: string | null, words: MatterWords): Text {
  if (given !== null) return { zh: given, en: given };
  if (judged.reasonsZh.length > 0) return { zh: judged.reasonsZh.join(''), en: judged.reasonsEn.join(' ') };
  const named = judged.troubled.filter(({ outcome }) => outcome === 'FALSE');
  const fallback = (id: string): Text => words.requirements.find((one) => one.id === id)?.name ?? NO_NAME;
  return {
    zh: [...new Set(named.map(({ id, reasonZh }) => reasonZh ?? `未满足“${fallback(id).zh}”。`))].join(''),
    en: [...new Set(named.map(({ id, reasonEn }) => reasonEn ?? `"${fallback(id).en}" does not hold.`))].join(' '),
  };
}

/** The notice of a decision. A refusal carries its reason and the way to a person. */
export function decisionNotice(
  number: string,
  decided: Extract<CaseHappening, { readonly kind: 'DECIDED' }>,
  judged: Judged,
  words: MatterWords,
): Text {
  const { name, review } = words;
  if (decided.outcome === 'GRANTED') {
    return {
      zh: `您的“${name.zh}”（办件编号 ${number}）已办结：准予。`,
      en: `Your application "${name.en}" (case ${number}) is granted.`,
    };
  }
  const reasons = reasonsOf(judged, decided.reason, words);
  return {
    zh: cut(`您的“${name.zh}”（办件编号 ${number}）未获通过。原因：${reasons.zh}${review.zh}`),
    en: cut(`Your application "${name.en}" (case ${number}) is refused. Reason: ${reasons.en} ${review.en}`),
  };
}

/** The notice that a person will look at the case. */
export function reviewAskedNotice(number: string, due: string | null, { name }: MatterWords): Text {
  return {
    zh: `您的“${name.zh}”（办件编号 ${number}）已转人工复核${due === null ? '' : `，将于 ${due} 前答复`}。`,
    en: `A person will look at your application "${name.en}" (case ${number})${due === null ? '' : ` by ${due}`}.`,
  };
}

/** The notice of what a review came to. */
export function reviewDecidedNotice(
  number: string,
  { outcome, reason }: Extract<CaseHappening, { readonly kind: 'REVIEW_DECIDED' }>,
  { name }: MatterWords,
): Text {
  const zh = outcome === 'UPHELD' ? '维持原结论' : '原结论变更，将重新办理';
  const en = outcome === 'UPHELD' ? 'the result stands' : 'the result is changed and the case is dealt with anew';
  return {
    zh: cut(`您的“${name.zh}”（办件编号 ${number}）人工复核结论：${zh}。理由：${reason}`),
    en: cut(`Review of your application "${name.en}" (case ${number}): ${en}. Reason: ${reason}`),
  };
}

/** The notice that a case is open again. */
export function reopenedNotice(number: string, { name }: MatterWords): Text {
  return {
    zh: `您的“${name.zh}”（办件编号 ${number}）重新办理。`,
    en: `Your application "${name.en}" (case ${number}) is dealt with anew.`,
  };
}

/** The notice of what the office did about a bad rating. */
export function rectifiedNotice(number: string, answer: string, { name }: MatterWords): Text {
  return {
    zh: cut(`您对“${name.zh}”（办件编号 ${number}）的评价已整改：${answer}`),
    en: cut(`What was done about your rating of "${name.en}" (case ${number}): ${answer}`),
  };
}
