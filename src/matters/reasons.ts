/** The words in which a verdict explains itself. None of them holds a fact. */
import type { GraphQLSchema } from 'graphql';
import { isEnumType } from 'graphql';
import type { Text } from './definition.js';
import type { UnknownCause, UnknownFact } from './unknown-facts.js';

/** Names of the departments, from the descriptions `English (中文).` of the schema's enum. */
export function departmentNames(schema: GraphQLSchema): ReadonlyMap<string, Text> {
  const type = schema.getType('Department');
  if (!isEnumType(type)) return new Map();
  return new Map(
    type.getValues().map(({ name, description }): [string, Text] => {
      const match = /^(.+?)\s*[(（]([^()（）]+)[)）]\.?$/.exec(description ?? '');
      return [name, { en: match?.[1] ?? name, zh: match?.[2] ?? name }];
    }),
  );
}

const CAUSES: Readonly<Record<UnknownCause, Text>> = {
  SOURCE_DOWN: { zh: '数据源暂时无法访问', en: 'the source is not answering' },
  WITHHELD: { zh: '尚未获得授权', en: 'its use is not granted' },
  DISPUTED: { zh: '当事人已提出异议，正在校核', en: 'it is disputed and being checked' },
  PARTIAL: { zh: '数据可能不完整', en: 'the list may be incomplete' },
  AWAITED: { zh: '正在由该部门核验，尚未答复', en: 'the department verifies it and has not answered yet' },
  UNANSWERED: { zh: '该部门未能在期限内作出核验结论', en: 'the department could not tell in time' },
};

/** Where an unknown fact stands, as elements are written: dotted, without list indexes; `facts` for all of them. */
export function elementOf(fact: UnknownFact): string {
  return fact.path.filter((segment) => segment !== '*' && !/^\d/.test(String(segment))).join('.') || 'facts';
}

/** Why an outcome is UNKNOWN: which facts of which departments could not be had. */
export function unknownReason(facts: readonly UnknownFact[], departments: ReadonlyMap<string, Text>): Text {
  const each = facts.map((fact): Text => {
    const department = departments.get(fact.department);
    const cause = CAUSES[fact.cause];
    return {
      zh: `${department?.zh ?? fact.department}的数据（${elementOf(fact)}）未能取得：${cause.zh}`,
      en: `${department?.en ?? fact.department}: ${elementOf(fact)} could not be had, ${cause.en}`,
    };
  });
  return {
    zh: `${[...new Set(each.map(({ zh }) => zh))].join('；')}。不会因此作出不利决定。`,
    en: `${[...new Set(each.map(({ en }) => en))].join('; ')}. Nothing is held against the applicant for it.`,
  };
}

/** Why an outcome is UNKNOWN though every fact was had: one is missing or not as it should be at its department. */
export function irregularReason(element: string, department: Text): Text {
  return {
    zh: `${department.zh}的数据（${element}）缺失或不规范，需人工核实。不会因此作出不利决定。`,
    en: `${department.en}: ${element} is missing or irregular and is checked by a person. Nothing is held against the applicant for it.`,
  };
}

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** Names in a text's placeholders, such as `p.months`. */
export function placeholders(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}

/** The text with its placeholders filled. */
export function fill(text: string, value: (name: string) => string): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => value(name));
}
