/**
 * Documents: parsed, bounded and validated once by their text. A document that a cache knows has
 * still to be planned for the caller's rights: authorization is never a validation rule.
 */
import { createHash } from 'node:crypto';
import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { type ErrorCode, MianzhengError } from '../errors.js';
import { checkSize, DOCUMENT_LIMITS, type DocumentLimits, tooComplex } from './document-size.js';

/** A document fit to be planned. */
export interface PreparedDocument {
  readonly text: string;
  /** SHA-256 of the text; base64url. */
  readonly hash: string;
  readonly ast: DocumentNode;
  readonly operations: readonly OperationDefinitionNode[];
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Names of the variables that @skip and @include read, sorted. */
  readonly flagVariables: readonly string[];
}

/** Why a document is not fit. */
export class DocumentFault extends MianzhengError {
  /** @param faults messages with locations; they quote names the client wrote, never values */
  constructor(
    code: ErrorCode,
    readonly faults: readonly { readonly message: string; readonly locations: GraphQLError['locations'] }[],
  ) {
    super(code, faults[0]?.message ?? code);
  }
}

/** graphql-js quotes what it found; a literal may be an identity number. Cuts what may be a value. */
function withoutValues(error: GraphQLError): string {
  const own = error.originalError?.message;
  const message = error.message
    .replace(/, found .*$/s, own === undefined ? '' : `: ${own}`)
    .replace(/ cannot represent ([^:]*): .*$/s, ' cannot represent $1')
    .replace(/^Value ".*" does not exist in/s, 'The value does not exist in')
    .replace(/\b(String|BlockString|Int|Float) ".*"/gs, '$1')
    .replace(/: ".*"/gs, '')
    // No name of the schema has six digits in a row; a name made of an identifier has.
    .replace(/\w*\d{6}\w*/g, '…');
  return message.slice(0, 300);
}

/** graphql-js passes an error of our own scalars on as it is, or wraps it. */
function ownCode(error: GraphQLError | undefined): unknown {
  return (error?.originalError instanceof GraphQLError ? error.originalError : error)?.extensions.code;
}

function fault(code: ErrorCode, errors: readonly GraphQLError[]): DocumentFault {
  const own = ownCode(errors[0]);
  return new DocumentFault(
    own === 'BAD_IDENTIFIER' || own === 'BAD_USER_INPUT' ? own : code,
    errors.slice(0, 10).map((error) => ({ message: withoutValues(error), locations: error.locations })),
  );
}

/** Answers and variables are kept by name in plain objects, where this one name means something else. */
function checkNames(document: DocumentNode): void {
  visit(document, {
    Name(node) {
      if (node.value !== '__proto__') return;
      throw new MianzhengError('GRAPHQL_VALIDATION_FAILED', 'no field, alias or variable may be called __proto__');
    },
  });
}

function flagVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(node: DirectiveNode) {
      if (node.name.value !== 'skip' && node.name.value !== 'include') return;
      for (const argument of node.arguments ?? []) {
        if (argument.value.kind === Kind.VARIABLE) names.add(argument.value.name.value);
      }
    },
  });
  return [...names].sort();
}

function prepare(schema: GraphQLSchema, text: string, limits: DocumentLimits): PreparedDocument {
  let ast: DocumentNode;
  try {
    ast = parse(text, { maxTokens: limits.maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    if (error.message.includes('Parsing aborted')) {
      throw tooComplex(`has more than ${limits.maxTokens} tokens`);
    }
    throw fault('GRAPHQL_PARSE_FAILED', [error]);
  }
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of ast.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  checkSize(ast, fragments, limits);
  checkNames(ast);
  // Suggestions would list the schema to those it is closed to.
  const errors = validate(schema, ast, undefined, { maxErrors: 10, hideSuggestions: true });
  // graphql-js gives up comparing fields of the same response key beyond a budget of its own.
  if (errors.at(-1)?.message === 'Validation aborted.') {
    throw tooComplex('repeats too many fields under the same response key');
  }
  if (errors.length > 0) throw fault('GRAPHQL_VALIDATION_FAILED', errors);
  const hash = createHash('sha256').update(text).digest('base64url');
  return { text, hash, ast, operations, fragments, flagVariables: flagVariables(ast) };
}

/** The documents a gateway has seen. */
export interface Documents {
  /**
   * @throws DocumentFault GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED or BAD_IDENTIFIER
   * @throws MianzhengError QUERY_TOO_COMPLEX
   */
  prepare(text: string): PreparedDocument;
  /** Documents kept. */
  kept(): number;
}

/** Opens an empty cache of documents for one schema. Documents with faults are not kept. */
export function openDocuments(schema: GraphQLSchema, limits: DocumentLimits = DOCUMENT_LIMITS): Documents {
  const known = new LRUCache<string, PreparedDocument>({ max: limits.cacheSize });
  return {
    prepare(text) {
      const cached = known.get(text);
      if (cached) return cached;
      const prepared = prepare(schema, text, limits);
      known.set(text, prepared);
      return prepared;
    },
    kept: () => known.size,
  };
}

/**
 * Finds the operation to run.
 * @throws MianzhengError OPERATION_UNRESOLVED; also where the schema serves no operation of its kind
 */
export function resolveOperation(
  schema: GraphQLSchema,
  document: PreparedDocument,
  name: string | null,
): OperationDefinitionNode {
  const { operations } = document;
  const fit = name === null ? operations : operations.filter((operation) => operation.name?.value === name);
  const [operation] = fit;
  if (fit.length !== 1 || operation === undefined) {
    const why =
      name === null && operations.length > 1 ? 'operationName must choose one of several' : 'no such operation';
    throw new MianzhengError('OPERATION_UNRESOLVED', why, { field: 'operationName' });
  }
  if (!schema.getRootType(operation.operation)) {
    const why = `no ${operation.operation} is served here`;
    throw new MianzhengError('OPERATION_UNRESOLVED', why, { field: 'operationName' });
  }
  return operation;
}
