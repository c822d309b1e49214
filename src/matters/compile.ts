/** From a matter's file to a matter: everything that can be wrong is found here, not when a case is judged. */
import type { GraphQLSchema } from 'graphql';
import { type MatterDefinition, matterDefinition, type Text } from './definition.js';
import { type Expression, ExpressionFault, parseExpression } from './expression.js';
import { type FactsDocument, readFactsDocument } from './facts-document.js';
import type { Path, SourceFile } from './faults.js';
import { type CompiledMatter, type CompiledRequirement, type JudgeInput, judge, type Verdict } from './judge.js';
import { departmentNames, placeholders } from './reasons.js';
import { type References, referencesOf } from './references.js';
import { overlaps } from './rule-sets.js';

/** A matter (政务服务事项), ready to judge cases. */
export interface Matter
  extends Pick<
    MatterDefinition,
    'code' | 'implementationCode' | 'name' | 'legalBasis' | 'roles' | 'formerProofs' | 'review' | 'facts' | 'ruleSets'
  > {
  /** Judges a case; see {@link judge}. Never throws. */
  judge(input: JudgeInput): Verdict;
}

/**
 * Reads one file; every fault is noted in it.
 * @returns null where there are faults
 */
export function compileMatter(file: SourceFile, schema: GraphQLSchema): Matter | null {
  const value = file.value();
  if (file.faults.length > 0) return null;
  const parsed = matterDefinition.safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = issue.path.filter((key) => typeof key !== 'symbol');
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) file.fault(path, `unknown key ${[...path, key].join('.')}`, { key });
      } else file.fault(path, `${path.join('.') || 'the file'}: ${issue.message}`);
    }
    return null;
  }
  const definition = parsed.data;
  const departments = departmentNames(schema);
  checkDefinition(file, definition, departments);
  const facts = readFactsDocument(definition.facts, schema, definition.roles);
  if (!('shape' in facts)) {
    for (const { line, message } of facts) file.fault(['facts'], `facts: ${message}`, { lineInside: line });
    return null;
  }
  const { terms, requirements } = compileExpressions(file, definition, facts);
  if (file.faults.length > 0) return null;
  const compiled: CompiledMatter = { definition, terms, requirements, departments };
  const { code, implementationCode, name, legalBasis, roles, formerProofs, review, ruleSets } = definition;
  const rest = { code, implementationCode, name, legalBasis, roles, formerProofs, review, ruleSets };
  return { ...rest, facts: definition.facts, judge: (input) => judge(compiled, input) };
}

function checkDefinition(file: SourceFile, definition: MatterDefinition, departments: ReadonlyMap<string, Text>): void {
  const { code, roles, ruleSets, requirements, tiers } = definition;
  if (`${code}.yaml` !== file.name) file.fault(['code'], `code must be the file's name, without .yaml`);
  unique(file, 'roles', 'role', roles);
  unique(file, 'ruleSets', 'id', ruleSets);
  unique(file, 'requirements', 'id', requirements);
  unique(file, 'tiers', 'id', tiers);
  roles.forEach(({ role }, i) => {
    if (role === 'filedOn' || role === 'asOf') file.fault(['roles', i, 'role'], `a role may not be called ${role}`);
  });
  ruleSets.forEach(({ from, to, parameters }, i) => {
    if (to !== undefined && to < from) file.fault(['ruleSets', i, 'to'], 'the rule set ends before it begins');
    if ('divisions' in parameters)
      file.fault(['ruleSets', i, 'parameters'], 'no parameter may be called divisions', { key: 'divisions' });
  });
  for (const [i, j] of overlaps(ruleSets)) {
    file.fault(['ruleSets', j], `overlaps rule set ${ruleSets[i]?.id} in date and division`);
  }
  requirements.forEach(({ department }, i) => {
    if (!departments.has(department)) file.fault(['requirements', i, 'department'], `no department ${department}`);
  });
  const ofTiers = new Map(requirements.filter(({ effect }) => effect === 'TIER').map(({ id }) => [id, 0]));
  tiers.forEach((tier, i) => {
    for (const key of ['applies', 'requires'] as const) {
      tier[key].forEach((id, j) => {
        const uses = ofTiers.get(id);
        if (uses === undefined) file.fault(['tiers', i, key, j], `no requirement with effect TIER is called ${id}`);
        else ofTiers.set(id, uses + 1);
      });
    }
    if (tier.applies.length + tier.requires.length === 0) file.fault(['tiers', i], `tier ${tier.id} requires nothing`);
  });
  requirements.forEach(({ id }, i) => {
    if (ofTiers.get(id) === 0) file.fault(['requirements', i, 'effect'], `no tier requires ${id}`);
  });
}

function unique<K extends string>(
  file: SourceFile,
  list: string,
  key: K,
  items: readonly Readonly<Record<K, string>>[],
): void {
  items.forEach((item, i) => {
    if (items.findIndex((other) => other[key] === item[key]) < i)
      file.fault([list, i, key], `${item[key]} stands twice`);
  });
}

interface Expressions {
  readonly terms: ReadonlyMap<string, Expression>;
  readonly requirements: readonly CompiledRequirement[];
}

function compileExpressions(file: SourceFile, definition: MatterDefinition, facts: FactsDocument): Expressions {
  const [firstSet, ...otherSets] = definition.ruleSets.map(({ parameters }) => Object.keys(parameters));
  const parameters = new Set([
    'divisions',
    ...(firstSet ?? []).filter((key) => otherSets.every((keys) => keys.includes(key))),
  ]);
  const roles = definition.roles.map(({ role }) => role);
  const found = new Map<string, References>();
  const leaves = new Set<string>();
  const names = { facts: facts.shape, roles, parameters, terms: found };

  const compile = (
    text: string,
    path: Path,
    type: 'bool' | 'any',
  ): { expression: Expression; references: References } | null => {
    try {
      const expression = parseExpression(text, type);
      const references = referencesOf(expression.ast, names);
      for (const message of references.faults) file.fault(path, `${path.join('.')}: ${message}`);
      for (const leaf of references.leaves) leaves.add(leaf);
      return { expression, references };
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      file.fault(path, `${path.join('.')}: ${error.message}`);
      return null;
    }
  };
  const checkElement = (element: string, path: Path): void => {
    const known = [...facts.paths].some((at) => at === element || at.endsWith(`.${element}`));
    if (!known) file.fault(path, `${element} is not in the facts document`);
  };
  const checkReason = (reason: Text, path: Path): void => {
    for (const language of ['zh', 'en'] as const) {
      for (const name of placeholders(reason[language])) {
        const [root, key, ...more] = name.split('.');
        const allowed =
          more.length === 0 &&
          ((root === 'case' && (key === 'filedOn' || key === 'asOf')) ||
            (root === 'p' && key !== undefined && parameters.has(key)) ||
            (root === 't' && found.get(key ?? '')?.personal === false));
        if (!allowed) {
          file.fault([...path, language], `{${name}} is not a parameter, a date of the case, or a term without facts`);
        }
      }
    }
  };

  const terms = new Map<string, Expression>();
  for (const [name, text] of Object.entries(definition.terms)) {
    const term = compile(text, ['terms', name], 'any');
    if (term === null) continue;
    found.set(name, term.references);
    terms.set(name, term.expression);
  }
  const requirements = definition.requirements.flatMap((requirement, i): CompiledRequirement[] => {
    const path = ['requirements', i];
    const rule = compile(requirement.rule, [...path, 'rule'], 'bool');
    checkElement(requirement.element, [...path, 'element']);
    checkReason(requirement.reason, [...path, 'reason']);
    const elements = requirement.elements.flatMap(({ when, element, reason }, j) => {
      const at = [...path, 'elements', j];
      checkElement(element, [...at, 'element']);
      checkReason(reason, [...at, 'reason']);
      const compiled = compile(when, [...at, 'when'], 'bool');
      return compiled === null ? [] : [{ when: compiled.expression, element, reason }];
    });
    return rule === null ? [] : [{ definition: requirement, rule: rule.expression, elements }];
  });
  // An expression at fault may be the one that reads the fact.
  if (file.faults.length === 0) checkMinimal(file, facts, leaves);
  return { terms, requirements };
}

/** A fact that no rule reads must not be asked for (PIPL art. 6: the smallest scope the purpose needs). */
function checkMinimal(file: SourceFile, facts: FactsDocument, read: ReadonlySet<string>): void {
  const all = [...facts.paths];
  for (const path of all) {
    const isLeaf = !all.some((other) => other.startsWith(`${path}.`));
    if (isLeaf && !read.has(path)) file.fault(['facts'], `${path} is asked for, but no rule reads it`);
  }
}
