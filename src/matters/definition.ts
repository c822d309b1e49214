/**
 * What a matter's YAML files may say: the matter's own file, and parts that several matters share.
 * Unknown keys are refused; what refers to what is checked in compile.ts. The descriptions are what
 * an editor shows: matters/*.schema.json are made of them (json-schema.ts).
 */
import { z } from 'zod';
import { parseDate } from '../domain/calendar.js';
import { CLAIM_KINDS } from '../domain/claim-value.js';

/** A text in both languages, both of them needed. */
export const text = z
  .strictObject({
    zh: z.string().min(1).describe('Chinese.'),
    en: z.string().min(1).describe('English.'),
  })
  .readonly();

const identifier = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens');
const word = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'must be a word in camel case');
/** A day of the calendar, `YYYY-MM-DD`. */
export const date = z
  .string()
  .refine((value) => parseDate(value) !== null, 'must be a date YYYY-MM-DD')
  .meta({ format: 'date' });
const cel = z.string().min(1);

const element = z
  .strictObject({
    when: cel.describe('CEL, bool: this element is the one that failed. The first that holds is told.'),
    element: z.string().min(1).describe('Path of the failing element in the facts document, whole or its end.'),
    reason: text.describe('Why, for this element.'),
  })
  .readonly();

const requirement = {
  id: identifier.describe('Name of the requirement, unique in the matter.'),
  name: text.describe('What it demands, as the verdict names it.'),
  department: z.string().describe("Department whose facts decide it, as in the schema's enum Department."),
  rule: cel.describe('CEL, bool, over facts, case, p and t. An unknown fact makes it UNKNOWN, never FALSE.'),
  element: z
    .string()
    .min(1)
    .describe('Path of the element told where none of `elements` holds, and where its data are irregular.'),
  reason: text.describe(
    'Why it failed, with placeholders such as {p.months}, {case.asOf}, {t.bornBy}, none of which may hold a fact.',
  ),
  elements: z.array(element).describe('Finer elements, tried in order.').default([]),
};

const effectOf = z
  .enum(['MANDATORY', 'TIER', 'ADVISORY'])
  .describe('MANDATORY: must hold. TIER: counts towards a tier. ADVISORY: told, never held against anyone.');
const failing = z
  .enum(['NOT_MET', 'NEEDS_REVIEW', 'NEEDS_COMMITMENT'])
  .describe('What follows where it does not hold: a no, a person, or a signed commitment.');
const whenFalse = failing.default('NOT_MET');

const requirements = z
  .array(
    z.discriminatedUnion('effect', [
      z.strictObject({ ...requirement, effect: z.literal('MANDATORY').describe('Must hold.'), whenFalse }),
      z.strictObject({ ...requirement, effect: z.literal('TIER').describe('Counts towards a tier.'), whenFalse }),
      z.strictObject({ ...requirement, effect: z.literal('ADVISORY').describe('Told, never held against anyone.') }),
    ]),
  )
  .min(1)
  .readonly()
  .describe('What must hold, in the order told.');

/** A requirement of which a part states the rest. */
const amendedRequirement = z
  .strictObject({ ...requirement, effect: effectOf, whenFalse: failing, elements: requirement.elements.unwrap() })
  .partial()
  .required({ id: true });

const tier = {
  id: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, 'must be capitals joined by underscores')
    .describe('Name of the tier, told in the verdict.'),
  name: text.describe('Name of the tier in words.'),
  applies: z
    .array(identifier)
    .default([])
    .describe(
      "TIER requirements without which the tier is not the applicant's kind: where one fails, its reasons are not told.",
    ),
  requires: z.array(identifier).default([]).describe('TIER requirements that it needs besides.'),
};

const tiers = z
  .array(z.strictObject(tier).readonly())
  .describe('Tiers (录取顺位), best first. Without any, the mandatory requirements alone decide.');

const parameters = z.record(word, z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]));

const ruleSet = {
  id: z.string().min(1).describe('Name with version, told in the verdict.'),
  from: date.describe('First day it holds.'),
  to: date.optional().describe('Last day it holds; absent: until further notice.'),
  divisions: z
    .array(z.string().regex(/^\d{2}(\d{2}){0,2}$/, 'must be 2, 4 or 6 digits'))
    .min(1)
    .readonly()
    .describe(
      'GB/T 2260 prefixes of the divisions it is for; rules see them as p.divisions. The narrowest that holds the division of the case is taken; where several are in force, a case must name its division.',
    ),
};

const ruleSets = z
  .array(
    z
      .strictObject({
        ...ruleSet,
        parameters: parameters.default({}).readonly().describe('Values that rules see as p.<name>.'),
      })
      .readonly(),
  )
  .min(1)
  .readonly()
  .describe('Parameters by date and division: a county with rules of its own gets a rule set of its own.');

const roles = z
  .array(
    z
      .strictObject({
        role: word.describe('Name of the role, such as child; rules see its identifier as case.<role>.'),
        kind: z
          .enum(['CITIZEN', 'ENTERPRISE', 'HOUSEHOLD', 'PROPERTY_UNIT', 'LICENCE'])
          .describe('Kind of identifier.'),
        required: z.boolean().describe('Whether a case must name it.'),
      })
      .readonly(),
  )
  .min(1)
  .readonly()
  .describe("Roles of a case's subjects (办件主体).");

const formerProofs = z
  .array(
    z
      .strictObject({
        name: text.describe('Name of the proof.'),
        mode: z
          .enum(['CANCELLED', 'COMMITMENT', 'DEPT_VERIFICATION', 'DATA_QUERY'])
          .describe('CANCELLED 直接取消, COMMITMENT 告知承诺, DEPT_VERIFICATION 部门核验 or DATA_QUERY 数据查询.'),
      })
      .readonly(),
  )
  .readonly()
  .describe('Proofs it used to demand (原需证明), each with how it is met now.');

const legalBasis = z.array(text).min(1).readonly().describe('The law it rests on (实施依据).');
const review = text.describe('The human route (人工复核渠道) every applicant has, PIPL art. 24.');
const terms = z
  .record(word, cel)
  .describe('Named CEL expressions, each over facts, case, p and the terms before it. Rules see them as t.<name>.');

const prefill = z
  .strictObject({
    facts: z
      .string()
      .min(1)
      .describe(
        "GraphQL query of what the form is filled from, in a document of its own because these values leave: the office needs them granted FULL. Variables: the roles' identifiers by role, and $asOf: Date.",
      ),
    fields: z
      .array(
        z
          .strictObject({
            field: word.describe("The form's own name of the field."),
            name: text.describe('What the form calls it.'),
            from: z
              .string()
              .min(1)
              .optional()
              .describe('Path of its value in the query above, no list on its way; absent: the citizen types it.'),
          })
          .readonly(),
      )
      .min(1)
      .readonly()
      .describe('Every field of the form, those that the citizen types among them.'),
  })
  .readonly()
  .describe('The form (表单预填): which of its fields are filled from facts, and which the citizen still types.');

const claims = z
  .strictObject({
    facts: z
      .string()
      .min(1)
      .describe(
        "GraphQL query of what can be claimed. These values stay here: the office needs them granted at least PREDICATE. Variables: the roles' identifiers by role, and $asOf: Date. No fragments.",
      ),
    fields: z
      .array(
        z
          .strictObject({
            claim: word.describe('Name of the claim, unique in the matter.'),
            name: text.describe('What the form calls it.'),
            kind: z.enum(CLAIM_KINDS).describe('How it is written and compared.'),
            of: z
              .string()
              .min(1)
              .describe(
                "Path of the fact in the query above, of a role's own subject; through a list it means any of its members.",
              ),
          })
          .readonly(),
      )
      .min(1)
      .max(50)
      .readonly()
      .describe('The claims.'),
  })
  .readonly()
  .describe(
    'What the citizen may state to have it compared with the facts (信息比对): match, mismatch or unknown, never the value.',
  );

const identity = {
  code: identifier.describe('Name of the file without .yaml; what the Mianzheng-Matter header says.'),
  implementationCode: z
    .string()
    .regex(/^[0-9A-HJ-NPQRTUWXY]{18}\d{13}$/, 'must be 18 + 1 + 12 characters')
    .describe('Implementation code (实施清单编码), 31 characters: credit code 18, level 1, base code 12.'),
  name: text.describe('Name of the matter (事项名称).'),
  instant: z
    .boolean()
    .default(false)
    .describe(
      'Instant decision (秒办): approved without a person exactly where every requirement is TRUE. Takes neither tiers nor ADVISORY requirements.',
    ),
  facts: z
    .string()
    .min(1)
    .describe(
      "GraphQL query of the facts its rules need, nothing more. Variables: the roles' identifiers by role, and $asOf: Date. The fragments of its parts may be spread in it.",
    ),
  ruleSets,
  prefill: prefill.optional(),
  claims: claims.optional(),
};

/** What may stand in a matter or in a part that it takes. */
const shared = { legalBasis, roles, formerProofs, review, requirements };

const defaults = parameters.optional().describe('Parameters of every rule set that does not state its own.');

/** A whole matter, its parts put in. */
export const matterDefinition = z
  .strictObject({ ...identity, ...shared, terms: terms.default({}), tiers: tiers.default([]) })
  .readonly();

/** Shape of a matter's file that takes no parts. */
export const matterFile = z
  .strictObject({ ...identity, ...shared, parameters: defaults, terms: terms.default({}), tiers: tiers.default([]) })
  .readonly();

/** Shape of a matter's file that takes parts: it states what is its own. */
export const variantFile = z
  .strictObject({
    parts: z
      .array(identifier)
      .min(1)
      .describe(
        'Files of the folder parts/, without .yaml, put in in this order before what stands here. Lists go on; an entry with the id of an earlier one changes the keys it states.',
      ),
    ...identity,
    legalBasis: legalBasis.optional(),
    roles: roles.optional(),
    formerProofs: formerProofs.optional(),
    review: review.optional(),
    parameters: defaults,
    terms: terms.optional(),
    requirements: z
      .array(amendedRequirement)
      .optional()
      .describe("Requirements of its own, and changes of the parts', by id."),
    tiers: z
      .array(z.strictObject(tier).partial().required({ id: true }))
      .optional()
      .describe("Tiers of its own, and changes of the parts', by id."),
  })
  .readonly();

/** Shape of a file under parts/. */
export const partFile = z
  .strictObject({
    fragments: z.string().min(1).optional().describe('GraphQL fragments that the matters taking it may spread.'),
    legalBasis: legalBasis.optional(),
    roles: roles.optional(),
    formerProofs: formerProofs.optional(),
    review: review.optional(),
    parameters: defaults,
    terms: terms.optional(),
    requirements: requirements.optional(),
    tiers: tiers.optional(),
    prefill: prefill.optional(),
    claims: claims.optional(),
  })
  .readonly();

/** A matter's file, read and its parts put in. */
export type MatterDefinition = z.infer<typeof matterDefinition>;

/** A text in both languages. */
export type Text = z.infer<typeof text>;

/** Parameters of a matter for a time and a place. */
export type RuleSet = MatterDefinition['ruleSets'][number];

/** One requirement as its file states it. */
export type RequirementDefinition = MatterDefinition['requirements'][number];

/** The form of a matter. */
export type PrefillDefinition = NonNullable<MatterDefinition['prefill']>;

/** What of a matter can be claimed. */
export type ClaimsDefinition = NonNullable<MatterDefinition['claims']>;
