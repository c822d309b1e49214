/** An entry in plain words, Chinese and English: who saw what of whom, for what, by which right. */
import type { RequestRecord } from '../audit/entries.js';
import type { ExportedEntry } from '../audit/export.js';

/** A name in both languages. */
export interface Name {
  readonly zh: string;
  readonly en: string;
}

/** Names for what the record calls by its code. */
export interface Names {
  client(id: string): Name;
  matter(code: string): Name;
  /** Of a coordinate such as `Resident.name`. */
  field(coordinate: string): Name;
}

const CHINESE = /[（(]([^()（）]*[\u4e00-\u9fff][^()（）]*)[)）]/u;

/**
 * The name in a description of the schema, which begins `Name (姓名).`: what stands before the brackets, and in them.
 * @param fallback where it has none
 */
export function nameIn(description: string | null | undefined, fallback: string): Name {
  const text = description ?? '';
  const zh = CHINESE.exec(text)?.[1]?.trim() ?? fallback;
  const en = text.split(/[（(,;:.]/, 1)[0]?.trim() || fallback;
  return { zh, en };
}

const VERDICTS: Readonly<Record<string, Name>> = {
  APPROVED: { zh: '核验通过', en: 'approved' },
  NOT_MET: { zh: '不符合条件', en: 'not met' },
  NEEDS_COMMITMENT: { zh: '需告知承诺', en: 'needs a commitment' },
  NEEDS_REVIEW: { zh: '需人工复核', en: 'needs review by a person' },
  PENDING: { zh: '待数据恢复', en: 'pending, a department was down' },
};

const HOW = [
  ['disclosed', { zh: '查看', en: 'saw' }],
  ['masked', { zh: '脱敏查看', en: 'saw masked' }],
  ['used', { zh: '仅用于规则核验、未返回', en: 'used inside a rule, not returned' }],
  ['withheld', { zh: '申请但未获提供', en: 'asked for and was denied' }],
] as const;

function fieldsIn(record: RequestRecord, names: Names): { readonly zh: string[]; readonly en: string[] } {
  const zh: string[] = [];
  const en: string[] = [];
  for (const [list, how] of HOW) {
    if (record[list].length === 0) continue;
    const fields = record[list].map((coordinate) => names.field(coordinate));
    zh.push(`${how.zh}${fields.map((field) => field.zh).join('、')}`);
    en.push(`${how.en} ${fields.map((field) => field.en).join(', ')}`);
  }
  return { zh, en };
}

function requestInWords(record: RequestRecord, names: Names): Name {
  const { client, operator, matter, caseNumber, legalBases, subjects, outcome, code, verdict } = record;
  const who = client === null ? { zh: '身份未确认的调用方', en: 'a caller not established' } : names.client(client);
  const purpose = matter === null ? null : names.matter(matter);
  const people = subjects.length === 0 ? null : subjects.join('、');
  const { zh, en } = fieldsIn(record, names);
  const ended = {
    ANSWERED: { zh: '已答复', en: 'answered' },
    REFUSED: { zh: `已拒绝（${code}）`, en: `refused (${code})` },
    FAILED: { zh: `失败（${code}）`, en: `failed (${code})` },
  }[outcome];
  const found = verdict === null ? null : (VERDICTS[verdict] ?? { zh: verdict, en: verdict });
  const join = (parts: readonly (string | null)[], by: string) => parts.filter((part) => part !== null).join(by);
  return {
    zh: `${join(
      [
        `${who.zh}${operator === null ? '' : `（经办人 ${operator}）`}`,
        purpose && `为事项「${purpose.zh}」${caseNumber === null ? '' : `、办件 ${caseNumber}`}`,
        legalBases.length === 0 ? null : `依据${legalBases.join('、')}`,
        people && `就 ${subjects.length} 个当事人（化名 ${people}）`,
        zh.length === 0 ? '未取得任何字段' : zh.join('；'),
        found && `结论：${found.zh}`,
        ended.zh,
      ],
      '，',
    )}。`,
    en: `${join(
      [
        `${who.en}${operator === null ? '' : ` (operator ${operator})`}`,
        purpose && `for ${purpose.en}${caseNumber === null ? '' : `, case ${caseNumber}`}`,
        legalBases.length === 0 ? null : `by ${legalBases.join(', ')}`,
        people && `about ${subjects.length} subject(s) (pseudonyms ${people})`,
        en.length === 0 ? 'got no field' : en.join('; '),
        found && `verdict: ${found.en}`,
        ended.en,
      ],
      ', ',
    )}.`,
  };
}

/** An entry in words. They hold what the entry holds: codes, names of fields and pseudonyms, no value. */
export function entryInWords(entry: ExportedEntry, names: Names): Name {
  switch (entry.kind) {
    case 'request':
      return requestInWords(entry.record, names);
    case 'administration': {
      const { actor, action, subject } = entry.record;
      return { zh: `${actor} 执行了 ${action}，对象 ${subject}。`, en: `${actor} did ${action} to ${subject}.` };
    }
    case 'control': {
      const { actor, fields, changes, outcome } = entry.record;
      const acts = changes.map(({ action, subject }) => `${action} ${subject}`).join('; ');
      const asked = fields.join(', ') || '-';
      return {
        zh: `${actor ?? '身份未确认者'} 在管理面请求 ${asked}${acts === '' ? '' : `，操作 ${acts}`}，${outcome}。`,
        en: `${actor ?? 'somebody not established'} asked ${asked} of the control plane${acts === '' ? '' : `, acts ${acts}`}, ${outcome}.`,
      };
    }
    case 'alarm': {
      const { client, alarm, held } = entry.record;
      return {
        zh: `应用系统 ${client} 触发告警 ${alarm}${held ? '，已挂起' : ''}。`,
        en: `Alarm ${alarm} about ${client}${held ? ', which was put on hold' : ''}.`,
      };
    }
  }
}
