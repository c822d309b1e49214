/** The first text of a new matter: complete, commented and without faults, to be changed line by line. */

/** Files of a new matter. */
export interface Skeleton {
  /** `<code>.yaml` */
  readonly matter: string;
  /** `<code>.cases.yaml` */
  readonly cases: string;
}

/**
 * Writes a new matter.
 * @param code its code
 * @param schemas where its files find the published JSON Schemas: a path to their folder, ending with `/`, or empty
 */
export function skeletonOf(code: string, schemas: string): Skeleton {
  return {
    matter: `# yaml-language-server: $schema=${schemas}matter.schema.json
# TITLE IN ENGLISH (中文名称): say in a sentence who may have it.
#
# Rules are CEL (https://cel.dev) over
#   facts  what the document below yields; what could not be had makes a rule UNKNOWN, never FALSE
#   case   filedOn, asOf and the identifiers by role
#   p      the parameters of the rule set in force, and its divisions
#   t      named expressions of your own (terms)
# Wrap in required() what must not be null where it is compared with == or !=.

# The name of this file; what the Mianzheng-Matter header says.
code: ${code}
# 实施清单编码, 31 characters: credit code of the authority 18, level 1, base code 12. Put yours.
implementationCode: '1135070000400001653000000000000'
name:
  zh: 事项名称
  en: Name of the matter
# The law it rests on.
legalBasis:
  - zh: 《政务数据共享条例》（国务院令第809号）
    en: Regulations on sharing of government data, State Council decree 809

# Whom a case names. kind: CITIZEN, ENTERPRISE, HOUSEHOLD, PROPERTY_UNIT or LICENCE.
roles:
  - { role: applicant, kind: CITIZEN, required: true }

# What you used to ask for on paper, and how it is met now: CANCELLED, COMMITMENT, DEPT_VERIFICATION or DATA_QUERY.
formerProofs:
  - { name: { zh: 户口簿, en: Household register }, mode: DATA_QUERY }

# Where an applicant asks for a person to look at it (PIPL art. 24).
review:
  zh: 对核验结论有异议的，可向受理机关申请人工复核。
  en: Whoever disagrees with the result may ask the office for review by a person.

# The facts the rules need, and not one more. Variables are the roles above.
facts: |
  query Facts($applicant: CitizenId!) {
    applicant: resident(id: $applicant) { status }
  }

# Parameters by date and place: a change of the rules is a new rule set, so that an old case keeps its own.
ruleSets:
  - id: ${code}-2026.1
    from: '2026-01-01'
    divisions: ['3507']

requirements:
  - id: registered
    name: { zh: 人口信息正常, en: Registration in force }
    # Whose facts decide it.
    department: HOUSEHOLD
    # MANDATORY: must hold. ADVISORY: told, never held against anyone. TIER: counts towards one of your tiers.
    effect: MANDATORY
    # What follows where it does not hold: NOT_MET (the default), NEEDS_REVIEW or NEEDS_COMMITMENT.
    whenFalse: NEEDS_REVIEW
    rule: required(facts.applicant.status) == 'NORMAL'
    # The element told to the applicant, a path of the facts, and why. Placeholders: {p.…}, {t.…}, {case.asOf}.
    element: applicant.status
    reason:
      zh: 申请人的人口登记状态不是“正常”，由人工核实。
      en: The applicant's population registration is not in force; a person looks at it.
`,
    cases: `# yaml-language-server: $schema=${schemas}cases.schema.json
# Facts in, verdict out. Make up every person. Say for each rule what meets it, what fails it, and what is not known.
filedOn: '2026-07-01'
subjects: { applicant: '350702199001010017' }

facts:
  registered: { applicant: { status: NORMAL } }

cases:
  - { name: registration in force, of: registered, verdict: APPROVED }
  - name: moved out
    of: registered
    set: { applicant.status: MOVED_OUT }
    verdict: NEEDS_REVIEW
    elements: [applicant.status]
  - name: status blank
    of: registered
    set: { applicant.status: null }
    verdict: NEEDS_REVIEW
    elements: [applicant.status]
    outcomes: { registered: UNKNOWN }
  - name: household register down
    of: registered
    unknown: { applicant: [SOURCE_DOWN, HOUSEHOLD] }
    verdict: PENDING
    elements: [applicant]
`,
  };
}
