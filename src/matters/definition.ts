/** What a matter's YAML file may say. Unknown keys are refused; what refers to what is checked in compile.ts. */
import { z } from 'zod';
import { parseDate } from '../domain/calendar.js';

const text = z
  .strictObject({
    /** Chinese. */
    zh: z.string().min(1),
    /** English. */
    en: z.string().min(1),
  })
  .readonly();

const identifier = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens');
const word = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'must be a word in camel case');
const date = z.string().refine((value) => parseDate(value) !== null, 'must be a date YYYY-MM-DD');
const cel = z.string().min(1);

const element = z
  .strictObject({
    /** CEL, bool: this element is the one that failed. The first that holds is told. */
    when: cel,
    /** Path of the failing element in the facts document, whole or its end. */
    element: z.string().min(1),
    /** Why, for this element. */
    reason: text,
  })
  .readonly();

const requirement = {
  /** Unique in the matter. */
  id: identifier,
  name: text,
  /** Department whose facts decide it, as in the schema's enum. */
  department: z.string(),
  /** CEL, bool, over `facts`, `case`, `p` and `t`. */
  rule: cel,
  /** The element told where none of `elements` holds, and where its data are irregular. */
  element: z.string().min(1),
  /** Why it failed, with placeholders such as `{p.months}`, `{case.asOf}`, `{t.bornBy}`, none of which may hold a fact. */
  reason: text,
  /** Finer elements, tried in order. */
  elements: z.array(element).default([]),
};

const whenFalse = z.enum(['NOT_MET', 'NEEDS_REVIEW', 'NEEDS_COMMITMENT']).default('NOT_MET');

/** Shape of a matter's file. */
export const matterDefinition = z
  .strictObject({
    /** Name of the file without `.yaml`; what the `Mianzheng-Matter` header says. */
    code: identifier,
    /** Implementation code (实施清单编码), 31 characters: credit code 18, level 1, base code 12. */
    implementationCode: z.string().regex(/^[0-9A-HJ-NPQRTUWXY]{18}\d{13}$/, 'must be 18 + 1 + 12 characters'),
    name: text,
    /** The law it rests on (实施依据). */
    legalBasis: z.array(text).min(1).readonly(),
    roles: z
      .array(
        z
          .strictObject({
            role: word,
            kind: z.enum(['CITIZEN', 'ENTERPRISE', 'HOUSEHOLD', 'PROPERTY_UNIT', 'LICENCE']),
            required: z.boolean(),
          })
          .readonly(),
      )
      .min(1)
      .readonly(),
    /** Proofs it used to demand (原需证明), each with how it is met now. */
    formerProofs: z
      .array(
        z
          .strictObject({
            name: text,
            mode: z.enum(['CANCELLED', 'COMMITMENT', 'DEPT_VERIFICATION', 'DATA_QUERY']),
          })
          .readonly(),
      )
      .readonly(),
    /** The human route (人工复核渠道) every applicant has, PIPL art. 24. */
    review: text,
    /** GraphQL query of the facts its rules need. Variables: the roles' identifiers by role, and `$asOf: Date`. */
    facts: z.string().min(1),
    /** Parameters by date and division. */
    ruleSets: z
      .array(
        z
          .strictObject({
            /** Name with version, told in the verdict. */
            id: z.string().min(1),
            /** First day it holds. */
            from: date,
            /** Last day it holds; absent: until further notice. */
            to: date.optional(),
            /** GB/T 2260 prefixes of the divisions it is for; rules see them as `p.divisions`. */
            divisions: z
              .array(z.string().regex(/^\d{2}(\d{2}){0,2}$/, 'must be 2, 4 or 6 digits'))
              .min(1)
              .readonly(),
            parameters: z
              .record(word, z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]))
              .readonly(),
          })
          .readonly(),
      )
      .min(1)
      .readonly(),
    /** Named CEL expressions, each over `facts`, `case`, `p` and the terms before it. Rules see them as `t.<name>`. */
    terms: z.record(word, cel).default({}),
    requirements: z
      .array(
        z.discriminatedUnion('effect', [
          z.strictObject({ ...requirement, effect: z.literal('MANDATORY'), whenFalse }),
          z.strictObject({ ...requirement, effect: z.literal('TIER'), whenFalse }),
          z.strictObject({ ...requirement, effect: z.literal('ADVISORY') }),
        ]),
      )
      .min(1)
      .readonly(),
    /** Tiers (录取顺位), best first. Without any, the mandatory requirements alone decide. */
    tiers: z
      .array(
        z
          .strictObject({
            id: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be capitals joined by underscores'),
            name: text,
            /** TIER requirements without which the tier is not the applicant's kind: where one fails, its reasons are not told. */
            applies: z.array(identifier).default([]),
            /** TIER requirements that it needs besides. */
            requires: z.array(identifier).default([]),
          })
          .readonly(),
      )
      .default([]),
  })
  .readonly();

/** A matter's file, read. */
export type MatterDefinition = z.infer<typeof matterDefinition>;

/** A text in both languages. */
export type Text = z.infer<typeof text>;

/** Parameters of a matter for a time and a place. */
export type RuleSet = MatterDefinition['ruleSets'][number];

/** One requirement as its file states it. */
export type RequirementDefinition = MatterDefinition['requirements'][number];
