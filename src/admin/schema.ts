/**
 * Builds the schema of the control plane from the SDL of its themes, joined with the functions that answer it. A
 * field of Query or Mutation that says not who may ask it, or that nothing answers, keeps the gateway from starting.
 */
import {
  buildASTSchema,
  concatAST,
  type DocumentNode,
  GraphQLError,
  type GraphQLObjectType,
  GraphQLScalarType,
  type GraphQLSchema,
  getDirectiveValues,
  Kind,
  parse,
  Source,
  validateSchema,
  visit,
} from 'graphql';
import { parseDate } from '../domain/calendar.js';
import { readAdminSchemaFiles, readSchemaFiles } from '../package-root.js';
import type { Role } from './actor.js';
import type { AdminContext } from './context.js';
import type { Theme } from './theme.js';

/** The schema of the control plane. */
export interface AdminSchema {
  readonly schema: GraphQLSchema;
  /** Who may ask a field of Query or Mutation, by coordinate. */
  readonly allowed: ReadonlyMap<string, ReadonlySet<Role>>;
}

/** The schema of the control plane cannot be served; `faults` lists every reason. */
export class AdminSchemaFaults extends Error {
  override readonly name = 'AdminSchemaFaults';
  constructor(readonly faults: readonly string[]) {
    super(`the schema of the control plane cannot be served:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
  }
}

/** What every theme uses. */
const COMMON = 'common.graphql';

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** Scalars that check what comes in: what is wrong with a text, or null, and its canonical form. */
const CHECKED: Readonly<Record<string, (text: string) => string | null>> = {
  Date: parseDate,
  DateTime: (text) => (DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : null),
  DepartmentCode: (text) => (/^[A-Z][A-Z_]{0,63}$/.test(text) ? text : null),
};

function attachCheck(scalar: GraphQLScalarType, check: (text: string) => string | null): void {
  const accept = (value: unknown): string => {
    const canonical = typeof value === 'string' ? check(value) : null;
    // The value is not repeated: whoever mistyped a field may have put an identifier there.
    if (canonical === null) {
      const extensions = { code: 'BAD_USER_INPUT' };
      throw new GraphQLError(`${scalar.name}: is not of its form`, { extensions });
    }
    return canonical;
  };
  scalar.parseValue = accept;
  scalar.parseLiteral = (node) => accept(node.kind === Kind.STRING ? node.value : undefined);
}

function attach(schema: GraphQLSchema, themes: readonly Theme[], faults: string[]): Map<string, ReadonlySet<Role>> {
  const allow = schema.getDirective('allow');
  if (!allow) throw new AdminSchemaFaults([`${COMMON} does not define @allow`]);
  const allowed = new Map<string, ReadonlySet<Role>>();
  const roots: readonly (readonly ['query' | 'mutation', GraphQLObjectType | null | undefined])[] = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ];
  for (const [operation, root] of roots) {
    if (!root) continue;
    const resolvers = new Map(themes.flatMap((theme) => Object.entries(theme[operation])));
    for (const field of Object.values(root.getFields())) {
      const coordinate = `${root.name}.${field.name}`;
      const roles = field.astNode ? getDirectiveValues(allow, field.astNode)?.roles : undefined;
      if (Array.isArray(roles) && roles.length > 0) allowed.set(coordinate, new Set(roles as Role[]));
      else faults.push(`${coordinate} does not say by @allow who may ask it`);
      const resolve = resolvers.get(field.name);
      if (resolve === undefined) faults.push(`nothing answers ${coordinate}`);
      else field.resolve = (_source, args, context: AdminContext) => resolve(args, context);
      resolvers.delete(field.name);
    }
    for (const name of resolvers.keys()) faults.push(`${root.name}.${name} is answered but stands in no SDL`);
  }
  return allowed;
}

/**
 * The SDL of the control plane. An enum that it names and does not define is the data plane's: what can happen to a case,
 * or what a field's class is, has one list of names.
 * @param files of schema/admin/, by name; default: all
 */
export function adminDocument(files?: readonly string[]): DocumentNode {
  const texts = readAdminSchemaFiles();
  const documents = (files ?? [...texts.keys()].sort()).map((file) => {
    const text = texts.get(file);
    if (text === undefined) throw new AdminSchemaFaults([`there is no schema/admin/${file}`]);
    return parse(new Source(text, file));
  });
  const own = concatAST(documents);
  const defined = new Set(own.definitions.flatMap((one) => ('name' in one ? [one.name?.value] : [])));
  const named = new Set<string>();
  visit(own, { NamedType: ({ name }) => void named.add(name.value) });
  const shared = [...readSchemaFiles()].flatMap(([file, text]) =>
    parse(new Source(text, file)).definitions.filter(
      (one) => one.kind === Kind.ENUM_TYPE_DEFINITION && named.has(one.name.value) && !defined.has(one.name.value),
    ),
  );
  return { ...own, definitions: [...own.definitions, ...shared] };
}

/**
 * Builds the schema.
 * @throws AdminSchemaFaults with every fault; GraphQLError for SDL that does not parse
 */
export function buildAdminSchema(themes: readonly Theme[]): AdminSchema {
  const schema = buildASTSchema(adminDocument([COMMON, ...themes.map(({ file }) => file)]));
  const faults = validateSchema(schema).map((fault) => fault.toString());
  for (const type of Object.values(schema.getTypeMap())) {
    const check = type instanceof GraphQLScalarType ? CHECKED[type.name] : undefined;
    if (check !== undefined) attachCheck(type as GraphQLScalarType, check);
  }
  const allowed = attach(schema, themes, faults);
  if (faults.length > 0) throw new AdminSchemaFaults(faults);
  return { schema, allowed };
}
