/** From a matter's file to a matter: everything that can be wrong is found here, not when a case is judged. */
import type { GraphQLSchema } from 'graphql';
import { type Claims, compileClaims } from './claims.js';
import { ComposedMatter, type Part } from './compose.js';
import { type MatterDefinition, matterDefinition, matterFile, type Text, variantFile } from './definition.js';
import { type Expression, ExpressionFault, parseExpression } from './expression.js';
import { type FactsDocument, readFactsDocument } from './facts-document.js';
import { type FaultSink, noteIssues, type Path, type SourceFile } from './faults.js';
import { compileForm, type Form } from './form.js';
import { type CompiledMatter, type CompiledRequirement, type JudgeInput, judge, type Verdict } from './judge.js';
import { departmentNames, placeholders } from './reasons.js';
import { type References, referencesOf } from './references.js';
import { overlaps } from './rule-sets.js';

/** A matter (政务服务事项), ready to judge cases. */
export interface Matter
  extends Pick<
    MatterDefinition,
    | 'code'
    | 'implementationCode'
    | 'name'
    | 'legalBasis'
    | 'roles'
    | 'formerProofs'
    | 'review'
    | 'instant'
    | 'facts'
    | 'ruleSets'
    | 'requirements'
    | 'terms'
  > {
  /** The form and what fills it; null where the matter has none. */
  readonly form: Form | null;
  /** What can be claimed; null where nothing can. */
  readonly claims: Claims | null;
  /** Judges a case; see {@link judge}. Never throws. */
  judge(input: JudgeInput): Verdict;
}

/** A part by its name; null where there is none, `FAULTY` where its own faults are noted already. */
export type FindPart = (name: string) => Part | 'FAULTY' | null;

/**
 * Reads one file; every fault is noted in it, or in the part that it comes from.
 * @param findPart the parts that it may take
 * @returns null where there are faults
 */
export function compileMatter(file: SourceFile, schema: GraphQLSchema, findPart: FindPart): Matter | null {
  const composed = compose(file, findPart);
  if (composed === null) return null;
  const { matter, files } = composed;
  const faultless = (): boolean => files.every(({ faults }) => faults.length === 0);
  const parsed = matterDefinition.safeParse(matter.value);
  if (!parsed.success) {
    noteIssues(matter, parsed.error.issues);
    return null;
  }
  const definition = parsed.data;
  const departments = departmentNames(schema);
  checkDefinition(matter, file.name, definition, departments);
  const form =
    definition.prefill === undefined ? null : compileForm(matter, definition.prefill, schema, definition.roles);
  const claims =
    definition.claims === undefined ? null : compileClaims(matter, definition.claims, schema, definition.roles);
  const facts = readFactsDocument(definition.facts, schema, definition.roles);
  if (!('shape' in facts)) {
    for (const { line, message } of facts) matter.fault(['facts'], `facts: ${message}`, { lineInside: line });
    return null;
  }
  const { terms, requirements } = compileExpressions(matter, faultless, definition, facts);
  if (!faultless()) return null;
  const compiled: CompiledMatter = { definition, terms, requirements, departments };
  const { prefill: _, tiers: __, claims: ___, ...rest } = definition;
  return { ...rest, form, claims, judge: (input) => judge(compiled, input) };
}

interface Composed {
  readonly matter: ComposedMatter;
  /** The matter's own file and its parts'. */
  readonly files: readonly SourceFile[];
}

/** Checks the form of the matter's own file and puts its parts in; null where there are faults. */
function compose(file: SourceFile, findPart: FindPart): Composed | null {
  const value = file.value();
  if (file.faults.length > 0) return null;
  const takesParts = typeof value === 'object' && value !== null && 'parts' in value;
  const parsed = takesParts ? variantFile.safeParse(value) : matterFile.safeParse(value);
  if (!parsed.success) noteIssues(file, parsed.error.issues);
  const names = parsed.success && 'parts' in parsed.data ? parsed.data.parts : [];
  const found = names.map((name, i) => {
    const part = findPart(name);
    if (part === null) file.fault(['parts', i], `there is no parts/${name}.yaml`);
    return part;
  });
  const parts = found.filter((part) => part !== null && part !== 'FAULTY');
  if (file.faults.length > 0 || parts.length < names.length) return null;
  return {
    matter: new ComposedMatter({ file, value }, parts),
    files: [file, ...parts.map((part) => part.file)],
  };
}

function checkDefinition(
  file: FaultSink,
  fileName: string,
  definition: MatterDefinition,
  departments: ReadonlyMap<string, Text>,
): void {
  const { code, roles, ruleSets, requirements, tiers, instant } = definition;
  if (`${code}.yaml` !== fileName) file.fault(['code'], `code must be the file's name, without .yaml`);
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
  if (instant && tiers.length > 0) file.fault(['tiers'], 'an instant decision takes no tiers');
  requirements.forEach(({ department, effect }, i) => {
    if (instant && effect !== 'MANDATORY')
      file.fault(['requirements', i, 'effect'], 'an instant decision takes MANDATORY requirements only');
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
  file: FaultSink,
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

function compileExpressions(
  file: FaultSink,
  faultless: () => boolean,
  definition: MatterDefinition,
  facts: FactsDocument,
): Expressions {
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
  if (faultless()) checkMinimal(file, facts, leaves);
  return { terms, requirements };
}

/** A fact that no rule reads must not be asked for (PIPL art. 6: the smallest scope the purpose needs). */
function checkMinimal(file: FaultSink, facts: FactsDocument, read: ReadonlySet<string>): void {
  const all = [...facts.paths];
  for (const path of all) {
    const isLeaf = !all.some((other) => other.startsWith(`${path}.`));
    if (isLeaf && !read.has(path)) file.fault(['facts'], `${path} is asked for, but no rule reads it`);
  }
}
