/** One request as the reference reads it: what is selected, and what the grants say of each field. */
import { __Type, getArgumentValues, isObjectType } from 'graphql';
import type { Situation } from '../situation.js';
import { collect, type Occurrence, type ReadDocument, type Selections } from './document.js';
import type { Model, ModelField, ModelType } from './model.js';
import { type Standing, standing, type Word } from './rights.js';
import { covers, type Ground, sameSubjects, settled } from './words.js';

const BARE: ReadonlySet<string> = new Set(['__typename', 'name', 'kind']);

/** A request whose document and variables fit. */
export class Reading {
  constructor(
    readonly model: Model,
    readonly situation: Situation,
    readonly document: ReadDocument,
    readonly variables: Readonly<Record<string, unknown>>,
  ) {}

  /** Fields selected on a type, by response key. */
  fields(type: ModelType, selections: readonly Selections[]): Map<string, Occurrence[]> {
    return collect(this.model, this.document, this.variables, type.name, selections);
  }

  /** @throws RangeError for one that is not there; so does `field` */
  type(name: string): ModelType {
    const type = this.model.types.get(name);
    if (type === undefined) throw new RangeError(`no type ${name}`);
    return type;
  }

  field(type: ModelType, name: string): ModelField {
    const field = type.fields.get(name);
    if (field === undefined) throw new RangeError(`no field ${type.name}.${name}`);
    return field;
  }

  /**
   * Whether a field that tells of the schema is closed to the request. A type's bare name is not: whether there is one,
   * the errors of validation tell anyone.
   */
  closed(name: string, occurrences: readonly Occurrence[]): boolean {
    if (this.situation.introspection || name === '__typename') return false;
    if (name !== '__type') return true;
    const selections = occurrences.flatMap(({ node }) =>
      node.selectionSet === undefined ? [] : [{ set: node.selectionSet, scope: __Type }],
    );
    const asked = collect(this.model, this.document, this.variables, __Type.name, selections);
    return [...asked.values()].some(([first]) => !BARE.has(first?.node.name.value ?? ''));
  }

  /** A field written on an interface needs the right on every type it can stand for. */
  decide(
    type: ModelType,
    occurrences: readonly Occurrence[],
    ground: Ground,
  ): Standing | { readonly given: false; readonly reason: 'NOT_ON_EVERY_TYPE' } {
    const name = occurrences[0]?.node.name.value ?? '';
    const own = standing(this.situation, this.field(type, name));
    if (!own.given) return own;
    const written = occurrences.some(({ scope }) =>
      this.model.possible(scope).every((each) => standing(this.situation, this.field(this.type(each), name)).given),
    );
    if (!written) return { given: false, reason: 'NOT_ON_EVERY_TYPE' };
    const { computed } = ground;
    if (computed === null) return own;
    // A member of a computed object needs a word that reaches all that the object's word does of the rows here.
    const reached = covers(computed.regions, ground.regions) ? ground.regions : computed.regions;
    const words = own.words.filter(
      (word) => (settled(word, ground.certain) || sameSubjects(word, computed)) && covers(word.regions, reached),
    );
    return words.length > 0 ? { given: true, words } : { given: false, reason: 'NO_GRANT' };
  }

  /** Arguments of a field, with defaults. */
  arguments(type: ModelType, occurrence: Occurrence): Record<string, unknown> {
    const definition = this.model.schema.getType(type.name);
    const field = isObjectType(definition) ? definition.getFields()[occurrence.node.name.value] : undefined;
    if (field === undefined) throw new RangeError(`no field ${occurrence.node.name.value}`);
    return getArgumentValues(field, occurrence.node, this.variables);
  }

  /** The rows' regions a link's word bounds, which its department may where it owns them. */
  regions(field: ModelField, target: ModelType, word: Word): readonly string[] {
    return field.department === target.owner ? word.regions : [];
  }
}
