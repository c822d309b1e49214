/** From a matter's file to a matter: everything that can be wrong is found here, not when a case is judged. */
import type { GraphQLSchema } from 'graphql';
import { type Claims, compileClaims } from './claims.js';
import { NO_EARLIER_BREACH, OWN_COMMITMENT } from './commitment.js';
import { ComposedMatter, type Part } from './compose.js';
import {
  type MatterDefinition,
  matterDefinition,
  matterFile,
  type Step,
  type Text,
  variantFile,
} from './definition.js';
import { type Expression, ExpressionFault, parseExpression } from './expression.js';
import { type FactsDocument, readFactsDocument } from './facts-document.js';
import { type FaultSink, noteIssues, type Path, type SourceFile } from './faults.js';
import { compileForm, type Form } from './form.js';
import { type CompiledMatter, type CompiledRequirement, type JudgeInput, judge, type Verdict } from './judge.js';
import { departmentNames, placeholders } from './reasons.js';
import { type References, referencesOf } from './references.js';
import { overlaps } from './rule-sets.js';
import { scanField } from './scan-field.js';

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
    | 'steps'
    | 'policy'
    | 'presentation'
    | 'inspection'
    | 'facts'
    | 'ruleSets'
    | 'requirements'
    | 'terms'
    | 'commitment'
    | 'commitmentExcluded'
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

/** What a matter needs to know of the catalogue of proofs, by code. */
export type KnownProofs = ReadonlyMap<string, { readonly mode: string }>;

/**
 * Reads one file; every fault is noted in it, or in the part that it comes from.
 * @param findPart the parts that it may take
 * @param proofs the catalogue of proofs; null: codes of proofs are not checked
 * @returns null where there are faults
 */
export function compileMatter(
  file: SourceFile,
  schema: GraphQLSchema,
  findPart: FindPart,
  proofs: KnownProofs | null = null,
): Matter | null {
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
  checkProofs(matter, definition, proofs);
  checkVerifications(matter, definition, departments);
  checkPolicy(matter, definition, schema);
  checkPresentation(matter, definition);
  const form =
    definition.prefill === undefined ? null : compileForm(matter, definition.prefill, schema, definition.roles);
  const claims =
    definition.claims === undefined ? null : compileClaims(matter, definition.claims, schema, definition.roles);
  const facts = readFactsDocument(definition.facts, schema, definition.roles);
  if (!('shape' in facts)) {
    for (const { line, message } of facts) matter.fault(['facts'], `facts: ${message}`, { lineInside: line });
    return null;
  }
  checkCommitment(matter, definition, departments, proofs);
  const { terms, requirements, conditions } = compileExpressions(matter, faultless, definition, facts);
  if (!faultless()) return null;
  const compiled: CompiledMatter = { definition, terms, requirements, conditions, departments };
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
  const { code, roles, ruleSets, requirements, tiers, instant, steps } = definition;
  if (`${code}.yaml` !== fileName) file.fault(['code'], `code must be the file's name, without .yaml`);
  unique(file, 'roles', 'role', roles);
  unique(file, 'ruleSets', 'id', ruleSets);
  unique(file, 'requirements', 'id', requirements);
  unique(file, 'tiers', 'id', tiers);
  unique(file, 'steps', 'id', steps);
  checkSteps(file, steps, requirements);
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

/** The proofs a matter names by code must be those of the catalogue, met as the catalogue says. */
function checkProofs(file: FaultSink, { formerProofs }: MatterDefinition, proofs: KnownProofs | null): void {
  formerProofs.forEach(({ proof, mode }, i) => {
    if (proof === undefined) return;
    if (formerProofs.findIndex((other) => other.proof === proof) < i)
      file.fault(['formerProofs', i, 'proof'], `${proof} stands twice`);
    const known = proofs?.get(proof);
    if (proofs !== null && known === undefined)
      file.fault(['formerProofs', i, 'proof'], `the catalogue of proofs has no ${proof}`);
    if (known !== undefined && known.mode !== mode)
      file.fault(['formerProofs', i, 'mode'], `the catalogue of proofs says ${known.mode} of ${proof}`);
  });
}

/** That an applicant can commit where a requirement leads there, and only then. */
function checkCommitment(
  file: FaultSink,
  { commitment, commitmentExcluded, requirements, formerProofs, roles }: MatterDefinition,
  departments: ReadonlyMap<string, Text>,
  proofs: KnownProofs | null,
): void {
  const leading = requirements.findIndex((one) => one.effect !== 'ADVISORY' && one.whenFalse === 'NEEDS_COMMITMENT');
  if (commitmentExcluded !== undefined) {
    const why = `the matter takes no commitments (${commitmentExcluded.because})`;
    if (commitment !== undefined) file.fault(['commitment'], why);
    if (leading >= 0) file.fault(['requirements', leading, 'whenFalse'], why);
    const promised = formerProofs.findIndex(({ mode }) => mode === 'COMMITMENT');
    if (promised >= 0) file.fault(['formerProofs', promised, 'mode'], why);
  }
  if (commitment === undefined) return;
  const { subject, documents, conditions } = commitment;
  if (leading < 0)
    file.fault(['commitment'], 'no requirement leads to a commitment: none has whenFalse NEEDS_COMMITMENT');
  if (!roles.some(({ role, required }) => role === subject && required))
    file.fault(['commitment', 'subject'], `the matter has no required role ${subject}`);
  documents.forEach(({ document, proof }, i) => {
    const path = ['commitment', 'documents', i];
    if (documents.findIndex((other) => other.document === document) < i)
      file.fault([...path, 'document'], `${document} stands twice`);
    if (proof !== undefined && proofs !== null && !proofs.has(proof))
      file.fault([...path, 'proof'], `the catalogue of proofs has no ${proof}`);
  });
  const taken = new Set([NO_EARLIER_BREACH, OWN_COMMITMENT, ...requirements.map(({ id }) => id)]);
  conditions.forEach(({ id, department }, i) => {
    const path = ['commitment', 'conditions', i];
    if (taken.has(id)) file.fault([...path, 'id'], `${id} stands twice, or is a name of the gateway's own`);
    taken.add(id);
    if (!departments.has(department)) file.fault([...path, 'department'], `no department ${department}`);
  });
}

/** Whom the matter asks to verify what, so that a task can be opened without a doubt. */
function checkVerifications(
  file: FaultSink,
  { formerProofs, roles }: MatterDefinition,
  departments: ReadonlyMap<string, Text>,
): void {
  const seen = new Set<string>();
  formerProofs.forEach(({ proof, mode, verification }, i) => {
    if (verification === undefined) return;
    const path = ['formerProofs', i, 'verification'];
    const { id, department, about } = verification;
    if (mode !== 'DEPT_VERIFICATION') file.fault(path, `a proof met by ${mode} is verified by no department`);
    if (proof === undefined) file.fault(path, 'a proof that a department verifies is named by its code: give proof');
    if (seen.has(id)) file.fault([...path, 'id'], `${id} stands twice`);
    seen.add(id);
    if (!departments.has(department)) file.fault([...path, 'department'], `no department ${department}`);
    about.forEach((role, j) => {
      if (!roles.some((known) => known.role === role))
        file.fault([...path, 'about', j], `the matter has no role ${role}`);
    });
  });
}

function checkPolicy(file: FaultSink, { policy, roles }: MatterDefinition, schema: GraphQLSchema): void {
  if (policy === undefined) return;
  const { scan: coordinate, where, role, notice } = policy;
  const scan = scanField(schema, coordinate);
  if (scan === null) file.fault(['policy', 'scan'], `the schema has no ${coordinate}`);
  for (const [attribute, value] of Object.entries(where)) {
    const values = scan?.where.get(attribute);
    if (scan !== null && values === undefined)
      file.fault(['policy', 'where', attribute], `${coordinate} cannot be narrowed by ${attribute}`);
    else if (values?.includes(value) === false)
      file.fault(['policy', 'where', attribute], `${attribute} is never ${value}`);
  }
  if (!roles.some((one) => one.role === role && one.kind === 'CITIZEN'))
    file.fault(['policy', 'role'], `no role ${role} is a CITIZEN`);
  for (const one of roles) {
    if (one.required && one.role !== role)
      file.fault(['policy', 'role'], `a run finds no ${one.role}, which a case must name`);
  }
  for (const language of ['zh', 'en'] as const) {
    for (const name of placeholders(notice[language])) {
      if (name !== 'offer' && name !== 'answerBy')
        file.fault(['policy', 'notice', language], `{${name}} is neither {offer} nor {answerBy}`);
    }
  }
}

function checkPresentation(file: FaultSink, { presentation, inspection, roles, prefill }: MatterDefinition): void {
  const demand = (at: Path, name: string, kinds: readonly string[]): void => {
    if (!roles.some(({ role, kind }) => role === name && kinds.includes(kind)))
      file.fault(at, `no role ${name} is a ${kinds.join(' or ')}`);
  };
  if (presentation !== undefined) {
    demand(['presentation', 'role'], presentation.role, ['LICENCE']);
    demand(['presentation', 'holder'], presentation.holder, ['CITIZEN', 'ENTERPRISE']);
  }
  if (inspection === undefined) return;
  demand(['inspection', 'role'], inspection.role, ['LICENCE']);
  if (prefill === undefined)
    file.fault(['inspection'], 'an inspection shows the fields of its form, and has no prefill');
  for (const { role, required } of roles) {
    if (required && role !== inspection.role)
      file.fault(['inspection', 'role'], `a code names no ${role}, which a case must name`);
  }
}

function checkSteps(file: FaultSink, steps: readonly Step[], requirements: MatterDefinition['requirements']): void {
  const settled = new Map<string, string>();
  steps.forEach(({ id, by, inPerson, basis, checks }, i) => {
    if (inPerson && basis === undefined)
      file.fault(['steps', i, 'inPerson'], `step ${id} is in person and names no basis`);
    if (inPerson && by === 'GATEWAY') file.fault(['steps', i, 'inPerson'], 'nobody comes in person to the gateway');
    if (by === 'GATEWAY' && checks.length === 0) file.fault(['steps', i], `step ${id} of the gateway checks nothing`);
    checks.forEach((check, j) => {
      const earlier = settled.get(check);
      if (!requirements.some((requirement) => requirement.id === check))
        file.fault(['steps', i, 'checks', j], `no requirement is called ${check}`);
      else if (earlier !== undefined) file.fault(['steps', i, 'checks', j], `${check} is settled in step ${earlier}`);
      else settled.set(check, id);
    });
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
  /** What must hold for an applicant to be let commit. */
  readonly conditions: readonly CompiledRequirement[];
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
  const read = new Set<string>();
  const answers = new Set(definition.formerProofs.flatMap(({ verification }) => verification?.id ?? []));
  const names = { facts: facts.shape, roles, parameters, answers, terms: found };

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
      for (const answer of references.answers) read.add(answer);
      return { expression, references };
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      file.fault(path, `${path.join('.')}: ${error.message}`);
      return null;
    }
  };
  const checkElement = (element: string, path: Path): void => {
    const known = [...facts.paths].some((at) => at === element || at.endsWith(`.${element}`));
    const answered = element.startsWith('answers.') && answers.has(element.slice('answers.'.length));
    if (!known && !answered) file.fault(path, `${element} is not in the facts document`);
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
  const conditions = (definition.commitment?.conditions ?? []).flatMap((condition, i): CompiledRequirement[] => {
    const path = ['commitment', 'conditions', i];
    const rule = compile(condition.rule, [...path, 'rule'], 'bool');
    checkElement(condition.element, [...path, 'element']);
    checkReason(condition.reason, [...path, 'reason']);
    const told = { ...condition, effect: 'MANDATORY' as const, whenFalse: 'NEEDS_REVIEW' as const, elements: [] };
    return rule === null ? [] : [{ definition: told, rule: rule.expression, elements: [] }];
  });
  // An expression at fault may be the one that reads the fact.
  if (faultless()) {
    checkMinimal(file, facts, leaves);
    definition.formerProofs.forEach(({ verification }, i) => {
      if (verification !== undefined && !read.has(verification.id))
        file.fault(
          ['formerProofs', i, 'verification'],
          `answers.${verification.id} is asked for, but no rule reads it`,
        );
    });
  }
  return { terms, requirements, conditions };
}

/** A fact that no rule reads must not be asked for (PIPL art. 6: the smallest scope the purpose needs). */
function checkMinimal(file: FaultSink, facts: FactsDocument, read: ReadonlySet<string>): void {
  const all = [...facts.paths];
  for (const path of all) {
    const isLeaf = !all.some((other) => other.startsWith(`${path}.`));
    if (isLeaf && !read.has(path)) file.fault(['facts'], `${path} is asked for, but no rule reads it`);
  }
}
