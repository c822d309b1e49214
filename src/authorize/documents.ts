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
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { type ErrorCode, MianzhengError } from '../errors.js';

/** Bounds of a document. */
export interface DocumentLimits {
  /** Tokens, 100 to 100,000; default 4,000. */
  readonly maxTokens: number;
  /** Nesting of selections, fragments followed, 1 to 100; default 16. */
  readonly maxDepth: number;
  /** Selected fields, fragments followed at every spread, 1 to 100,000; default 1,000. */
  readonly maxFields: number;
  /** Documents kept, 1 to 1,000,000; default 2,000, least recently used first out. */
  readonly cacheSize: number;
}

/** The default limits. */
export const DOCUMENT_LIMITS: DocumentLimits = { maxTokens: 4000, maxDepth: 16, maxFields: 1000, cacheSize: 2000 };

/** A document fit to be planned. */
export interface PreparedDocument {
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

/**
 * graphql-js quotes what it found; a literal may be an identity number. Cuts what may be a value
 * and the "did you mean" that would list the schema to those it is closed to.
 */
function withoutValues(error: GraphQLError): string {
  const own = error.originalError?.message;
  const message = error.message
    .replace(/ Did you mean .*$/s, '')
    .replace(/, found .*$/s, own === undefined ? '' : `: ${own}`)
    .replace(/\b(String|BlockString|Int|Float) (".*"|\S+)/gs, '$1')
    .replace(/: ".*"/gs, '')
    .replace(/^(Value|Int|Float|String|Boolean|ID|Enum) .*$/s, (text) => text.replace(/"[^"]*"/g, 'given'));
  return message.slice(0, 300);
}

function fault(code: ErrorCode, errors: readonly GraphQLError[]): DocumentFault {
  const specific = errors[0]?.originalError;
  const own = specific instanceof GraphQLError ? specific.extensions.code : undefined;
  return new DocumentFault(
    own === 'BAD_IDENTIFIER' || own === 'BAD_USER_INPUT' ? own : code,
    errors.slice(0, 10).map((error) => ({ message: withoutValues(error), locations: error.locations })),
  );
}

/** Counts fields and depth over the whole document, fragments followed; stops at the limit. */
function checkSize(
  document: DocumentNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  limits: DocumentLimits,
): void {
  let fields = 0;
  const walk = (set: SelectionSetNode, depth: number, spread: readonly string[]): void => {
    if (depth > limits.maxDepth) {
      throw new MianzhengError('QUERY_TOO_COMPLEX', `the document nests deeper than ${limits.maxDepth} levels`);
    }
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        // A cycle is an error of validation; here it only must not loop.
        if (fragment && !spread.includes(selection.name.value)) {
          walk(fragment.selectionSet, depth, [...spread, selection.name.value]);
        }
        continue;
      }
      fields += 1;
      if (fields > limits.maxFields) {
        throw new MianzhengError('QUERY_TOO_COMPLEX', `the document selects more than ${limits.maxFields} fields`);
      }
      if (selection.selectionSet)
        walk(selection.selectionSet, selection.kind === Kind.FIELD ? depth + 1 : depth, spread);
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) walk(definition.selectionSet, 1, []);
  }
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
    if (error.message.includes('token limit')) {
      throw new MianzhengError('QUERY_TOO_COMPLEX', `the document has more than ${limits.maxTokens} tokens`);
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
  const errors = validate(schema, ast, undefined, { maxErrors: 10 });
  if (errors.length > 0) throw fault('GRAPHQL_VALIDATION_FAILED', errors);
  const hash = createHash('sha256').update(text).digest('base64url');
  return { hash, ast, operations, fragments, flagVariables: flagVariables(ast) };
}

/** The documents a gateway has seen. */
export interface Documents {
  /**
   * @throws DocumentFault GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED or BAD_IDENTIFIER
   * @throws MianzhengError QUERY_TOO_COMPLEX
   */
  prepare(text: string): PreparedDocument;
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
  };
}

/**
 * Finds the operation to run.
 * @throws MianzhengError OPERATION_UNRESOLVED; subscriptions are not served
 */
export function resolveOperation(document: PreparedDocument, name: string | null): OperationDefinitionNode {
  const { operations } = document;
  const fit = name === null ? operations : operations.filter((operation) => operation.name?.value === name);
  const [operation] = fit;
  if (fit.length !== 1 || operation === undefined) {
    const why =
      name === null && operations.length > 1 ? 'operationName must choose one of several' : 'no such operation';
    throw new MianzhengError('OPERATION_UNRESOLVED', why, { field: 'operationName' });
  }
  if (operation.operation === 'subscription') {
    throw new MianzhengError('OPERATION_UNRESOLVED', 'subscriptions are not served', { field: 'operationName' });
  }
  return operation;
}
