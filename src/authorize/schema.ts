/** Builds the executable schema from the SDL: the scalars check what comes in. */
import {
  buildASTSchema,
  concatAST,
  GraphQLError,
  type GraphQLScalarType,
  type GraphQLSchema,
  Kind,
  parse,
  Source,
  type ValueNode,
  validateSchema,
} from 'graphql';
import { parseDate, parseMonth } from '../domain/calendar.js';
import {
  type Parsed,
  parseCitizenId,
  parseCreditCode,
  parseHouseholdNumber,
  parseLicenceId,
  parsePropertyUnitNumber,
} from '../domain/identifiers.js';
import type { ErrorCode } from '../errors.js';

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** A scalar's check: the canonical value, or which group of characters is wrong and why. */
type Check = (text: string) => Parsed;

const calendar =
  (parseText: (text: string) => string | null, form: string): Check =>
  (text) => {
    const value = parseText(text);
    return value === null ? { ok: false, group: 'format', reason: `is not a ${form}` } : { ok: true, value };
  };

/** The checks of the schema's own scalars, with the code a violation gets. */
const SCALARS: Readonly<Record<string, { readonly code: ErrorCode; readonly check: Check }>> = {
  CitizenId: { code: 'BAD_IDENTIFIER', check: parseCitizenId },
  CreditCode: { code: 'BAD_IDENTIFIER', check: parseCreditCode },
  PropertyUnitNumber: { code: 'BAD_IDENTIFIER', check: parsePropertyUnitNumber },
  LicenceId: { code: 'BAD_IDENTIFIER', check: parseLicenceId },
  HouseholdNumber: { code: 'BAD_IDENTIFIER', check: parseHouseholdNumber },
  Date: { code: 'BAD_USER_INPUT', check: calendar(parseDate, 'calendar date YYYY-MM-DD') },
  Month: { code: 'BAD_USER_INPUT', check: calendar(parseMonth, 'calendar month YYYY-MM') },
  DateTime: {
    code: 'BAD_USER_INPUT',
    check: (text) =>
      DATE_TIME.test(text) && !Number.isNaN(Date.parse(text))
        ? { ok: true, value: new Date(text).toISOString() }
        : { ok: false, group: 'format', reason: 'is not an RFC 3339 instant' },
  },
};

function attachCheck(scalar: GraphQLScalarType, code: ErrorCode, check: Check): void {
  const accept = (value: unknown, nodes?: ValueNode): string => {
    const refusal = (why: string) =>
      new GraphQLError(`${scalar.name}${why}`, { nodes: nodes ?? null, extensions: { code } });
    if (typeof value !== 'string') throw refusal(' takes a string');
    const parsed = check(value);
    if (parsed.ok) return parsed.value;
    throw refusal(`: ${parsed.group} ${parsed.reason}`);
  };
  scalar.parseValue = (value) => accept(value);
  scalar.parseLiteral = (node) => accept(node.kind === Kind.STRING ? node.value : undefined, node);
}

/**
 * Builds the schema from its files.
 * @param files SDL by file name; the name stands in error locations
 * @throws GraphQLError for SDL that does not parse or fit together; Error for a scalar without a check
 */
export function buildGatewaySchema(files: ReadonlyMap<string, string>): GraphQLSchema {
  const documents = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sdl]) => parse(new Source(sdl, name)));
  const schema = buildASTSchema(concatAST(documents));
  const faults = validateSchema(schema);
  if (faults.length > 0) throw new Error(faults.map((fault) => fault.toString()).join('\n\n'));
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.astNode?.kind !== Kind.SCALAR_TYPE_DEFINITION) continue;
    const scalar = SCALARS[type.name];
    if (scalar === undefined) throw new Error(`scalar ${type.name} has no check in src/authorize/schema.ts`);
    attachCheck(type as GraphQLScalarType, scalar.code, scalar.check);
  }
  return schema;
}
