/** How large a document may be, counted before it is validated, so that validation cannot be made to work for long. */
import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { MianzhengError } from '../errors.js';

/** Bounds of a document. Those of selections follow fragments, named and inline, at every spread. */
export interface DocumentLimits {
  /** Tokens, 100 to 100,000; default 4,000. */
  readonly maxTokens: number;
  /** Nesting of selections, 1 to 100; default 16. */
  readonly maxDepth: number;
  /** Selections (fields and fragments), 1 to 100,000; default 1,000. */
  readonly maxFields: number;
  /** Fields under another name than their own, 0 to 10,000; default 50. */
  readonly maxAliases: number;
  /** Fields at the root of one operation, 1 to 1,000; default 20. */
  readonly maxRootFields: number;
  /** Fields of one object, 1 to 10,000; default 250. */
  readonly maxBreadth: number;
  /** Directives, wherever they stand, 0 to 10,000; default 50. */
  readonly maxDirectives: number;
  /** Documents kept, 1 to 1,000,000; default 2,000, least recently used first out. */
  readonly cacheSize: number;
}

/** The default limits. */
export const DOCUMENT_LIMITS: DocumentLimits = {
  maxTokens: 4000,
  maxDepth: 16,
  maxFields: 1000,
  maxAliases: 50,
  maxRootFields: 20,
  maxBreadth: 250,
  maxDirectives: 50,
  cacheSize: 2000,
};

/** The widest limits there may be. */
export const WIDEST_DOCUMENT_LIMITS: Omit<DocumentLimits, 'cacheSize'> = {
  maxTokens: 100_000,
  maxDepth: 100,
  maxFields: 100_000,
  maxAliases: 10_000,
  maxRootFields: 1000,
  maxBreadth: 10_000,
  maxDirectives: 10_000,
};

/** A document beyond one of its limits; `limit` says which, in words. */
export function tooComplex(limit: string): MianzhengError {
  return new MianzhengError('QUERY_TOO_COMPLEX', `the document ${limit}`);
}

/**
 * Counts a document and stops at the first limit it passes.
 * Does NOT check that it fits a schema, nor what it may cost: see cost.ts.
 * @throws MianzhengError QUERY_TOO_COMPLEX naming the limit; GRAPHQL_VALIDATION_FAILED where a directive is repeated
 */
export function checkSize(
  document: DocumentNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  limits: DocumentLimits,
): void {
  const counted = new Counting(fragments, limits);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) counted.operation(definition.selectionSet);
    counted.directivesOn(definition);
  }
  // A fragment that nothing spreads is an error of validation, and is counted so that none is made to compare it.
  for (const fragment of fragments.values()) {
    if (!counted.reached.has(fragment.name.value)) counted.object(fragment.selectionSet, 1, [fragment.name.value]);
  }
}

/** Anything that can carry directives. */
interface Directed {
  readonly directives?: readonly DirectiveNode[] | undefined;
}

class Counting {
  /** Fragments that some operation spreads. */
  readonly reached = new Set<string>();
  #selections = 0;
  #aliases = 0;
  #directives = 0;

  constructor(
    readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    readonly limits: DocumentLimits,
  ) {}

  /** Counts an operation from its root. */
  operation(root: SelectionSetNode): void {
    const { maxRootFields } = this.limits;
    if (this.object(root, 1, []) > maxRootFields) throw tooComplex(`asks for more than ${maxRootFields} root fields`);
  }

  /** Counts what is selected of one object, and of all below it. @param spread fragments that led here @returns its fields */
  object(set: SelectionSetNode, depth: number, spread: readonly string[]): number {
    const { maxDepth, maxBreadth } = this.limits;
    if (depth > maxDepth) throw tooComplex(`nests deeper than ${maxDepth} levels`);
    const fields = this.#fields(set, depth, spread);
    if (fields > maxBreadth) throw tooComplex(`selects more than ${maxBreadth} fields of one object`);
    return fields;
  }

  /** Counts the directives at one place. */
  directivesOn(place: DefinitionNode | SelectionNode): void {
    this.#directivesAt(place as Directed);
    if (place.kind !== Kind.OPERATION_DEFINITION) return;
    for (const variable of place.variableDefinitions ?? []) this.#directivesAt(variable);
  }

  #fields(set: SelectionSetNode, depth: number, spread: readonly string[]): number {
    let fields = 0;
    for (const selection of set.selections) {
      // Spreads count too: fragments without a field, each spreading the next twice, double with every one.
      this.#selections += 1;
      const { maxFields } = this.limits;
      if (this.#selections > maxFields) throw tooComplex(`selects more than ${maxFields} fields and fragments`);
      this.directivesOn(selection);
      fields += this.#selected(selection, depth, spread);
    }
    return fields;
  }

  #selected(selection: SelectionNode, depth: number, spread: readonly string[]): number {
    switch (selection.kind) {
      case Kind.FIELD:
        if (selection.alias !== undefined) this.#alias();
        if (selection.selectionSet !== undefined) this.object(selection.selectionSet, depth + 1, spread);
        return 1;
      case Kind.INLINE_FRAGMENT:
        return this.#fields(selection.selectionSet, depth, spread);
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        const fragment = this.fragments.get(name);
        this.reached.add(name);
        // A cycle is an error of validation; here it only must not loop.
        if (fragment === undefined || spread.includes(name)) return 0;
        return this.#fields(fragment.selectionSet, depth, [...spread, name]);
      }
    }
  }

  #alias(): void {
    const { maxAliases } = this.limits;
    this.#aliases += 1;
    if (this.#aliases > maxAliases) throw tooComplex(`has more than ${maxAliases} aliases`);
  }

  #directivesAt({ directives = [] }: Directed): void {
    const { maxDirectives } = this.limits;
    this.#directives += directives.length;
    if (this.#directives > maxDirectives) throw tooComplex(`has more than ${maxDirectives} directives`);
    // None of the schema's may be repeated. Said once here, where validation would say it of each.
    if (new Set(directives.map(({ name }) => name.value)).size < directives.length) {
      throw new MianzhengError('GRAPHQL_VALIDATION_FAILED', 'a directive stands more than once at one place');
    }
  }
}
