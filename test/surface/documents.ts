/** For every field of the schema: a document that reaches it from a root by the shortest way. */
import { getNamedType, isAbstractType, isInterfaceType, isLeafType } from 'graphql';
import { type CatalogueField, possibleTypes } from '../../src/authorize/catalogue.js';
import { catalogue } from '../support/memory-gateway.js';
import { identifierOf } from './sentinel-city.js';

/** A field to be reached, and the fields that lead there. */
export interface Way {
  /** From the root. */
  readonly steps: readonly CatalogueField[];
  readonly target: CatalogueField;
}

/** A matter that finds people, one that shows a licence, and one that looks it up. */
export const FINDING = 'employment-subsidy';
export const SHOWING = 'licence-presentation';
export const INSPECTING = 'licence-inspection';
/** Token of a licence shown. */
export const TOKEN = 'AAAAAAAAAAAAAAAAAAAAAA';

/** Arguments of the fields that the gateway computes itself and that need some. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  // Asks for something withheld, so that every part of an explanation has content.
  'Query.explainAccess': `(query: ${JSON.stringify(`{ licence(id: "${identifierOf('Licence', 0)}") { holderName } }`)})`,
  'Mutation.registerCase': `(input: { number: "C-2", matter: "school-enrolment-primary", subjects: [
    { role: "child", kind: CITIZEN, id: "${identifierOf('Resident', 0)}" }
    { role: "guardian", kind: CITIZEN, id: "${identifierOf('Resident', 1)}" }
  ] })`,
  // Nothing of the kind was signed: what is asked for answers by its refusal.
  'Mutation.commitCase': '(input: { textDigest: "0", signedAt: "2026-07-01T00:00:00Z", signatory: "office" })',
  'Mutation.receiveDocument': '(document: "lease")',
  'Mutation.concludeCommitment': '(outcome: BREACHED, reason: "not kept")',
  'Mutation.decideCase': '(input: { outcome: GRANTED, reason: "seen" })',
  'Mutation.reopenCase': '(reason: "again")',
  'Mutation.requestReview': '(input: { by: APPLICANT, reason: "a person, please" })',
  'Mutation.decideReview': '(input: { outcome: UPHELD, reason: "looked at" })',
  'Mutation.rateCase': '(level: DISSATISFIED)',
  'Mutation.rectifyRating': '(answer: "done")',
  'Mutation.closeRectification': '(resolved: true)',
  'Mutation.compareClaims': '(claims: [{ claim: "childName", value: "王小明" }])',
  'Mutation.raiseDispute': '(input: { role: "child", coordinate: "Resident.phone", reason: "another number" })',
  'Query.receiptStatus': '(receipt: "r-1.1")',
  // The second is refused, so that both ends of a case have content.
  'Mutation.verifyCases': `(cases: [{ number: "C-3", subjects: [
    { role: "child", kind: CITIZEN, id: "${identifierOf('Resident', 0)}" }
    { role: "guardian", kind: CITIZEN, id: "${identifierOf('Resident', 1)}" }
  ] } { number: "C-4", subjects: [] }])`,
  'Query.policyRun': '(run: "R-1")',
  'Query.policyOffers': '(run: "R-1")',
  'Mutation.runPolicy': '(run: "R-1")',
  'Mutation.notifyOffers': '(run: "R-1")',
  'Mutation.withdrawOffers': '(run: "R-2")',
  'Mutation.answerOffer': '(offer: "OF-1", token: "token of OF-1", confirm: true)',
  'Mutation.inspectLicence': `(code: "mianzheng:${TOKEN}", shown: [{ field: "number", value: "1" }])`,
};

/** Purposes of the root fields that need one of their own; the others are asked for enrolment, in case C-1. */
const PURPOSES: Readonly<Record<string, Purpose>> = {
  'Query.policyRun': { matter: FINDING, caseNumber: 'C-1' },
  'Query.policyOffers': { matter: FINDING, caseNumber: 'C-1' },
  'Mutation.runPolicy': { matter: FINDING, caseNumber: 'C-1' },
  'Mutation.notifyOffers': { matter: FINDING, caseNumber: 'C-1' },
  'Mutation.withdrawOffers': { matter: FINDING, caseNumber: 'C-1' },
  'Mutation.answerOffer': { matter: FINDING, caseNumber: 'C-1' },
  'Mutation.presentLicence': { matter: SHOWING, caseNumber: 'P-1' },
  'Mutation.withdrawPresentations': { matter: SHOWING, caseNumber: 'P-1' },
  'Query.licenceShowings': { matter: SHOWING, caseNumber: 'P-1' },
  'Mutation.inspectLicence': { matter: INSPECTING, caseNumber: 'C-1' },
};

/** What a request says it is for. */
export interface Purpose {
  readonly matter: string;
  readonly caseNumber: string;
}

/** What a way's document is asked for; null: the usual. */
export function purposeFor({ steps, target }: Way): Purpose | null {
  return PURPOSES[(steps[0] ?? target).coordinate] ?? null;
}

const OFFICE = 'reopenCase(reason: "again") { state }';

/**
 * Fields of mutations to be run before a case may take one, in order; what is not possible as the case stands is refused
 * and does no harm.
 */
export const PRECEDING: Readonly<Record<string, readonly string[]>> = {
  'Mutation.decideCase': [OFFICE, 'verify { verdict }'],
  'Mutation.reopenCase': ['withdrawCase { state }'],
  'Mutation.withdrawCase': [OFFICE],
  'Mutation.requestReview': [OFFICE, 'verify { verdict }'],
  'Mutation.decideReview': [
    OFFICE,
    'verify { verdict }',
    'requestReview(input: { by: OFFICE, reason: "r" }) { state }',
  ],
  'Mutation.rateCase': [OFFICE, 'verify { verdict }'],
  'Mutation.rectifyRating': [OFFICE, 'verify { verdict }', 'rateCase(level: DISSATISFIED) { state }'],
  'Mutation.closeRectification': [
    OFFICE,
    'verify { verdict }',
    'rateCase(level: DISSATISFIED) { state }',
    'rectifyRating(answer: "done") { state }',
  ],
};

function argumentsOf(field: CatalogueField): string {
  const given = ARGUMENTS[field.coordinate];
  if (given !== undefined) return given;
  const needed = field.definition.args.filter((a) => String(a.type).endsWith('!') && a.defaultValue === undefined);
  if (needed.length === 0) return '';
  if (field.source.kind !== 'LINK') throw new Error(`${field.coordinate}: give it arguments in documents.ts`);
  const { from } = field.source;
  const [target = ''] = possibleTypes(catalogue.schema, getNamedType(field.definition.type));
  const id = JSON.stringify(identifierOf(target, 0));
  const argument = field.definition.args.find((a) => a.name === from);
  const list = String(argument?.type).startsWith('[');
  return `(${from}: ${list ? `[${id}]` : id})`;
}

function fieldsOf(type: string): CatalogueField[] {
  return [...catalogue.fields.values()].filter((field) => field.type === type);
}

/** Ways to every object type, breadth first. */
function waysToTypes(): Map<string, readonly CatalogueField[]> {
  const { schema } = catalogue;
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const ways = new Map<string, readonly CatalogueField[]>(roots.flatMap((root) => (root ? [[root.name, []]] : [])));
  // The map grows while it is walked.
  for (const [type, steps] of ways) {
    for (const field of fieldsOf(type)) {
      for (const reached of possibleTypes(catalogue.schema, getNamedType(field.definition.type))) {
        if (!ways.has(reached)) ways.set(reached, [...steps, field]);
      }
    }
  }
  return ways;
}

const WAYS = waysToTypes();

/** Types that no document can reach: their fields are rights that grants name. */
export const UNREACHABLE: readonly string[] = ['Scan'];

/** Whether some root leads to the type. */
export function isReached(type: string): boolean {
  return WAYS.has(type);
}

/** The way to a field. @throws Error where no root leads to its type */
export function wayTo(target: CatalogueField): Way {
  const steps = WAYS.get(target.type);
  if (steps === undefined) throw new Error(`no way leads to ${target.type}`);
  return { steps, target };
}

/** The leaves of a type that need no argument. */
export function leavesOf(type: string): CatalogueField[] {
  return fieldsOf(type).filter(
    ({ definition }) =>
      isLeafType(getNamedType(definition.type)) &&
      definition.args.every((a) => !String(a.type).endsWith('!') || a.defaultValue !== undefined),
  );
}

function below(field: CatalogueField): string {
  const named = getNamedType(field.definition.type);
  if (isLeafType(named)) return '';
  const leaves = (type: string) =>
    leavesOf(type)
      .map((leaf) => leaf.field)
      .join(' ');
  const concrete = possibleTypes(catalogue.schema, named);
  if (!isAbstractType(named)) return `{ __typename ${leaves(named.name)} }`;
  return `{ __typename ${concrete.map((type) => `... on ${type} { ${leaves(type)} }`).join(' ')} }`;
}

function wrap(steps: readonly CatalogueField[], inner: string): string {
  return steps.reduceRight((content, step, i) => {
    const next = steps[i + 1]?.type;
    const named = getNamedType(step.definition.type);
    const on = isAbstractType(named) && next !== undefined ? `... on ${next} { ${content} }` : content;
    return `${step.field}${argumentsOf(step)} { ${on} }`;
  }, inner);
}

function operation(way: Way, selection: string): string {
  const first = way.steps[0] ?? way.target;
  return `${first.type.toLowerCase()} { ${wrap(way.steps, selection)} }`;
}

/** A document that asks for the field alone, with what is below it. */
export function documentFor(way: Way): string {
  return operation(way, `${way.target.field}${argumentsOf(way.target)} ${below(way.target)}`);
}

/** The same beside every other leaf of its object. */
export function documentWithSiblings(way: Way): string {
  const siblings = leavesOf(way.target.type).filter((leaf) => leaf !== way.target);
  const own = `${way.target.field}${argumentsOf(way.target)} ${below(way.target)}`;
  return operation(way, [...siblings.map((leaf) => leaf.field), own].join(' '));
}

/** For every field of every interface: a link that leads to the interface, and a document that asks for it there. */
export function interfaceFields(): {
  readonly name: string;
  readonly field: string;
  readonly way: Way;
  readonly document: string;
}[] {
  return Object.values(catalogue.schema.getTypeMap())
    .filter(isInterfaceType)
    .flatMap((type) =>
      [...catalogue.fields.values()]
        .filter((link) => getNamedType(link.definition.type) === type)
        .flatMap((link) =>
          Object.keys(type.getFields()).map((field) => {
            const way = wayTo(link);
            const selection = `${link.field}${argumentsOf(link)} { ${field} }`;
            return {
              name: `${type.name}.${field} by ${link.coordinate}`,
              field,
              way,
              document: operation(way, selection),
            };
          }),
        ),
    );
}

/** The values at a path of response keys, lists on the way walked; a null on the way ends it as null. */
export function valuesAt(data: unknown, keys: readonly string[]): unknown[] {
  const [key, ...rest] = keys;
  if (key === undefined || data === null || data === undefined) return [data ?? null];
  if (Array.isArray(data)) return data.flatMap((element) => valuesAt(element, keys));
  return valuesAt((data as Readonly<Record<string, unknown>>)[key], rest);
}

/** How many links the way follows before its target. */
export function linksOn(way: Way): number {
  return way.steps.filter((step) => step.source.kind === 'LINK').length;
}

/** Where the target's value stands in its department's row; null where it is a link or computed. */
export function cellOf(way: Way): { readonly type: string; readonly attribute: string } | null {
  const lastLink = way.steps.findLastIndex((step) => step.source.kind === 'LINK');
  const inside = [...way.steps.slice(lastLink + 1), way.target];
  if (inside.some(({ source }) => source.kind !== 'VALUE' && source.kind !== 'EMBEDDED')) return null;
  return { type: inside[0]?.type ?? '', attribute: inside.map((step) => step.field).join('.') };
}
