/** Judging one case by one matter. */
import { type CommitmentStanding, decideCommitment, NO_EARLIER_BREACH, OWN_COMMITMENT } from './commitment.js';
import { type Decision, decide, type JudgedRequirement, type Truth, type VerdictKind } from './decision.js';
import type { MatterDefinition, RequirementDefinition, RuleSet, Text } from './definition.js';
import { type Activation, type Expression, parameterValue } from './expression.js';
import { elementOf, fill, irregularReason, unknownReason } from './reasons.js';
import { factsOf, type UnknownFact, UnknownFactRead } from './unknown-facts.js';

/** A matter's file with its expressions parsed. */
export interface CompiledMatter {
  readonly definition: MatterDefinition;
  /** By name, in the file's order. */
  readonly terms: ReadonlyMap<string, Expression>;
  /** In the file's order. */
  readonly requirements: readonly CompiledRequirement[];
  /** What must hold for an applicant to be let commit, as requirements. */
  readonly conditions: readonly CompiledRequirement[];
  /** Names of departments for reasons. */
  readonly departments: ReadonlyMap<string, Text>;
}

/** A requirement with its expressions parsed. */
export interface CompiledRequirement {
  readonly definition: RequirementDefinition;
  readonly rule: Expression;
  readonly elements: readonly { readonly when: Expression; readonly element: string; readonly reason: Text }[];
}

/** A case with its facts. */
export interface JudgeInput {
  /** The parameters to judge by, from `ruleSetFor`. */
  readonly ruleSet: RuleSet;
  /** The day the application was filed, `YYYY-MM-DD`. */
  readonly filedOn: string;
  /** The day judged by, `YYYY-MM-DD`. */
  readonly asOf: string;
  /** Canonical identifier of each role's subject. */
  readonly subjects: Readonly<Record<string, string>>;
  /** `data` of the facts document's response. A masked value must not stand in it, but be unknown. */
  readonly data: unknown;
  /** What could not be had. */
  readonly unknowns: readonly UnknownFact[];
  /** What departments answered that verify a proof, by the answer's name; one that is missing is awaited. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** What is known of commitments; absent: that there are none. */
  readonly commitment?: CommitmentStanding;
}

/** What is known of a department's verification of a proof (部门核验). */
export type Answer =
  /** It confirmed, or did not. */
  | { readonly known: true; readonly value: boolean }
  | { readonly known: false; readonly cause: 'AWAITED' | 'UNANSWERED' };

/** Outcome of one requirement, as the schema's type `RequirementOutcome`. */
export interface RequirementOutcome {
  readonly id: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly outcome: Truth;
  readonly effect: RequirementDefinition['effect'];
  /** The failing or unknown element; null where it holds. */
  readonly element: string | null;
  /** The department whose facts decide it, or whose fact could not be had. */
  readonly department: string;
  readonly reasonZh: string | null;
  readonly reasonEn: string | null;
}

/** Verdict on a case, as the schema's type `Verdict`, and what it could not know. */
export interface Verdict {
  readonly verdict: VerdictKind;
  /** The tier reached, or of NEEDS_COMMITMENT the tier that a commitment reaches; else null. */
  readonly tier: string | null;
  readonly tierZh: string | null;
  readonly requirements: readonly RequirementOutcome[];
  readonly reasonsZh: readonly string[];
  readonly reasonsEn: readonly string[];
  /** Identifier of the rule set. */
  readonly ruleSet: string;
  readonly asOf: string;
  readonly reviewZh: string;
  readonly reviewEn: string;
  /** The unknown facts for which an outcome is UNKNOWN. */
  readonly usedUnknowns: readonly UnknownFact[];
  /** Answers (部门核验) for which alone the verdict is PENDING, by name: to be asked for. Empty where anything else stands in the way. */
  readonly awaited: readonly string[];
  /** Requirements that are UNKNOWN though every fact they read was had: one is missing or irregular. */
  readonly irregular: readonly string[];
}

/** Result of evaluating an expression: its value, or that it has none, and the unknown facts it met. */
type Evaluated =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown; readonly unknowns: ReadonlySet<UnknownFact> };

interface Judged {
  readonly decided: JudgedRequirement;
  readonly told: RequirementOutcome;
  readonly unknowns: readonly UnknownFact[];
  readonly irregular: boolean;
}

/**
 * Judges a case. Never throws: whatever keeps a rule from being TRUE or FALSE makes it UNKNOWN,
 * and UNKNOWN never makes a verdict NOT_MET. Does NOT check that the facts are those of the
 * case's subjects, nor that the caller may use them.
 */
export function judge(matter: CompiledMatter, input: JudgeInput): Verdict {
  const { definition } = matter;
  const evaluate = evaluator(matter, input);
  const required = matter.requirements.map((requirement) => judgeRequirement(requirement, evaluate, matter));
  const first = decide(
    required.map(({ decided }) => decided),
    definition.tiers,
  );
  const { decision, conditions } = committed(first, matter, input, evaluate);
  const judged = [...required, ...conditions];
  const because = reasonsOf(decision, judged);
  return {
    verdict: decision.verdict,
    tier: decision.tier,
    tierZh: definition.tiers.find(({ id }) => id === decision.tier)?.name.zh ?? null,
    requirements: judged.map(({ told }) => told),
    reasonsZh: [...new Set(because.flatMap(({ reasonZh }) => reasonZh ?? []))],
    reasonsEn: [...new Set(because.flatMap(({ reasonEn }) => reasonEn ?? []))],
    ruleSet: input.ruleSet.id,
    asOf: input.asOf,
    reviewZh: definition.review.zh,
    reviewEn: definition.review.en,
    usedUnknowns: [...new Set(judged.flatMap(({ unknowns }) => unknowns))],
    awaited: awaitedOf(decision, judged),
    irregular: judged.filter(({ irregular }) => irregular).map(({ told }) => told.id),
  };
}

function reasonsOf(decision: Decision, judged: readonly Judged[]): readonly RequirementOutcome[] {
  return judged.map(({ told }) => told).filter(({ id }) => decision.because.includes(id));
}

const NO_COMMITMENT: CommitmentStanding = { own: 'NONE', earlierBreach: false };

/** What a commitment makes of a verdict, and the conditions that were asked for it. Of other verdicts nothing is asked. */
function committed(
  first: Decision,
  matter: CompiledMatter,
  { commitment: standing = NO_COMMITMENT }: JudgeInput,
  evaluate: Evaluator,
): { readonly decision: Decision; readonly conditions: readonly Judged[] } {
  if (first.verdict !== 'NEEDS_COMMITMENT' || matter.definition.commitment === undefined) {
    return { decision: first, conditions: [] };
  }
  const asked = standing.own === 'NONE' ? matter.conditions : [];
  const conditions = [
    ...asked.map((condition) => judgeRequirement(condition, evaluate, matter)),
    ...(standing.own === 'BREACHED' ? [breach(OWN_COMMITMENT)] : []),
    ...(standing.own === 'NONE' && standing.earlierBreach ? [breach(NO_EARLIER_BREACH)] : []),
  ];
  const { verdict, because } = decideCommitment(
    standing,
    conditions.map(({ decided }) => decided),
  );
  return { decision: { ...first, verdict, because: [...first.because, ...because] }, conditions };
}

const BREACHES: Readonly<Record<string, { readonly name: Text; readonly reason: Text }>> = {
  [OWN_COMMITMENT]: {
    name: { zh: '本件承诺已履行', en: 'The commitment of this case is kept' },
    reason: {
      zh: '本件的告知承诺经核查未履行或不属实，转人工处理。',
      en: 'The commitment of this case was found false or not kept; a person handles it.',
    },
  },
  [NO_EARLIER_BREACH]: {
    name: { zh: '无虚假承诺记录', en: 'No earlier false commitment' },
    reason: {
      zh: '申请人曾作出虚假承诺或未履行承诺，信用修复前不适用告知承诺，请按一般程序提交材料。',
      en: 'The applicant has breached a commitment before and is not reinstated: the documents are handed in the ordinary way.',
    },
  },
};

/** A breach, told as a requirement that does not hold. */
function breach(id: string): Judged {
  const { name, reason } = BREACHES[id] ?? { name: { zh: id, en: id }, reason: { zh: id, en: id } };
  const { decided, told } = {
    decided: { id, effect: 'MANDATORY', whenFalse: 'NEEDS_REVIEW', outcome: 'FALSE', retryHelps: false },
    told: { element: 'commitment', department: 'PLATFORM', reasonZh: reason.zh, reasonEn: reason.en },
  } as const;
  const { effect, outcome } = decided;
  return {
    decided,
    told: { id, nameZh: name.zh, nameEn: name.en, outcome, effect, ...told },
    unknowns: [],
    irregular: false,
  };
}

/** What the departments are to be asked: nobody is troubled for a case that something else holds up. */
function awaitedOf(decision: Decision, judged: readonly Judged[]): readonly string[] {
  if (decision.verdict !== 'PENDING') return [];
  const standing = judged.filter(
    ({ told }) => told.outcome === 'UNKNOWN' && told.effect !== 'ADVISORY' && decision.because.includes(told.id),
  );
  const unknowns = standing.flatMap((one) => one.unknowns);
  if (standing.some(({ irregular }) => irregular) || unknowns.some(({ cause }) => cause !== 'AWAITED')) return [];
  return [...new Set(unknowns.map(({ path }) => String(path[1])))];
}

/** `answers` of the rules: a getter for each that is not known, as unknown facts have. */
function answersOf(
  { formerProofs }: MatterDefinition,
  given: JudgeInput['answers'],
  onRead: (fact: UnknownFact) => void,
): Readonly<Record<string, boolean>> {
  const answers: Record<string, boolean> = {};
  for (const { verification } of formerProofs) {
    if (verification === undefined) continue;
    const { id, department } = verification;
    const answer = given?.[id] ?? { known: false, cause: 'AWAITED' };
    if (answer.known) {
      Object.defineProperty(answers, id, { enumerable: true, value: answer.value });
      continue;
    }
    const fact: UnknownFact = { path: ['answers', id], cause: answer.cause, department };
    const get = (): never => {
      onRead(fact);
      throw new UnknownFactRead([fact]);
    };
    // Not enumerable: CEL looks at a map's first member to learn its type, and must not read an answer for that.
    Object.defineProperty(answers, id, { enumerable: false, get });
  }
  return answers;
}

const parametersByRuleSet = new WeakMap<RuleSet, Readonly<Record<string, unknown>>>();

/** What `p` is under a rule set, kept as long as the rule set is. */
function parametersOf(ruleSet: RuleSet): Readonly<Record<string, unknown>> {
  let known = parametersByRuleSet.get(ruleSet);
  if (known === undefined) {
    const { parameters, divisions } = ruleSet;
    const values = Object.entries(parameters).map(([name, value]) => [name, parameterValue(value)] as const);
    known = { ...Object.fromEntries(values), divisions };
    parametersByRuleSet.set(ruleSet, known);
  }
  return known;
}

interface Evaluator {
  readonly evaluate: (expression: Expression) => Evaluated;
  /** Value of a reason's placeholder. */
  readonly placeholder: (name: string) => string;
}

function evaluator(matter: CompiledMatter, input: JudgeInput): Evaluator {
  // Unknown facts met by the expression being evaluated, those in absorbed errors among them.
  let met = new Set<UnknownFact>();
  const root = factsOf(input.data, input.unknowns, (read) => {
    for (const fact of read) met.add(fact);
  });
  const roles = matter.definition.roles.map(({ role }) => [role, input.subjects[role] ?? null] as const);
  const t: Record<string, unknown> = {};
  const activation: Activation = {
    // Read only when a rule does: everything may be unknown.
    get facts() {
      return root.facts;
    },
    case: { ...Object.fromEntries(roles), filedOn: input.filedOn, asOf: input.asOf },
    p: parametersOf(input.ruleSet),
    answers: answersOf(matter.definition, input.answers, (fact) => void met.add(fact)),
    t,
  };
  const evaluate = (expression: Expression): Evaluated => {
    const outer = met;
    met = new Set();
    try {
      return { ok: true, value: expression.evaluate(activation) };
    } catch (error) {
      return { ok: false, error, unknowns: met };
    } finally {
      met = outer;
    }
  };
  const values = new Map<string, Evaluated>();
  const termOf = (name: string, expression: Expression): Evaluated => {
    const term = values.get(name) ?? evaluate(expression);
    values.set(name, term);
    return term;
  };
  for (const [name, expression] of matter.terms) {
    const get = (): unknown => {
      const term = termOf(name, expression);
      if (term.ok) return term.value;
      for (const fact of term.unknowns) met.add(fact);
      throw term.error;
    };
    Object.defineProperty(t, name, { enumerable: true, get });
  }
  const placeholder = (name: string): string => {
    const [root, key = ''] = name.split('.');
    if (root === 'p') return String(activation.p[key]);
    if (root === 'case') return String(activation.case[key]);
    const expression = matter.terms.get(key);
    const term = expression === undefined ? undefined : termOf(key, expression);
    return term?.ok ? String(term.value) : '—';
  };
  return { evaluate, placeholder };
}

function judgeRequirement(requirement: CompiledRequirement, evaluator: Evaluator, matter: CompiledMatter): Judged {
  const { definition } = requirement;
  const result = evaluator.evaluate(requirement.rule);
  const whenFalse = definition.effect === 'ADVISORY' ? 'NEEDS_REVIEW' : definition.whenFalse;
  const judged = (
    outcome: Truth,
    element: string | null,
    reason: Text | null,
    met: { readonly unknowns: readonly UnknownFact[]; readonly irregular: boolean },
  ): Judged => ({
    decided: {
      id: definition.id,
      effect: definition.effect,
      whenFalse,
      outcome,
      retryHelps: !met.irregular && met.unknowns.every(({ cause }) => cause === 'SOURCE_DOWN' || cause === 'AWAITED'),
    },
    told: {
      id: definition.id,
      nameZh: definition.name.zh,
      nameEn: definition.name.en,
      outcome,
      effect: definition.effect,
      element,
      department: met.unknowns[0]?.department ?? definition.department,
      reasonZh: reason?.zh ?? null,
      reasonEn: reason?.en ?? null,
    },
    ...met,
  });
  const known = { unknowns: [], irregular: false };
  if (result.ok && result.value === true) return judged('TRUE', null, null, known);
  if (result.ok && result.value === false) {
    const failed = requirement.elements.find(({ when }) => {
      const holds = evaluator.evaluate(when);
      return holds.ok && holds.value === true;
    });
    const { element, reason } = failed ?? definition;
    const filled = { zh: fill(reason.zh, evaluator.placeholder), en: fill(reason.en, evaluator.placeholder) };
    return judged('FALSE', element, filled, known);
  }
  const unknowns = result.ok ? [] : [...result.unknowns];
  const [first] = unknowns;
  // An irregular fact may be what stands in the way even where unknown ones were met and absorbed.
  const irregular = result.ok || !(result.error instanceof UnknownFactRead);
  if (first === undefined) {
    const department = matter.departments.get(definition.department);
    const name = department ?? { zh: definition.department, en: definition.department };
    return judged('UNKNOWN', definition.element, irregularReason(definition.element, name), { unknowns, irregular });
  }
  return judged('UNKNOWN', elementOf(first), unknownReason(unknowns, matter.departments), { unknowns, irregular });
}
