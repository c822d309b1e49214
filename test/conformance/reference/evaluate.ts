/**
 * The reference: what a request is to be answered, worked out naively from the specification, object
 * by object and field by field, with no plan, no batch and no cache but of parsed texts. It shares no
 * code with the gateway's planner and executor. docs/conformance.md states the rules it follows.
 */
import { executeSync, getVariableValues, isAbstractType, isObjectType } from 'graphql';
import { DIVISIONS } from '../../../src/domain/divisions.js';
import { DEFAULT_MASK_SETTINGS, mask } from '../../../src/domain/mask.js';
import {
  CLIENTS,
  type Expectation,
  type ExpectedError,
  type ExpectedRecord,
  MATTERS,
  type Situation,
  type SourceRow,
} from '../situation.js';
import { below, type Occurrence, operationOf, type ReadDocument, type Selections } from './document.js';
import type { Model, ModelField, ModelType } from './model.js';
import { Reading } from './reading.js';
import type { Word } from './rights.js';
import { Survey } from './survey.js';
import { finds, liesIn, type Search, Trace } from './trace.js';
import { computing, everywhere, fitsSubject, fullFirst, type Ground, linkWord, ROOT } from './words.js';

/** What the reference says of a situation. */
export interface Evaluation extends Expectation {
  /** Dotted paths of which the department says that there is nothing. */
  readonly absent: readonly string[];
  readonly trace: Trace;
}

/** How the reference judges. */
export interface ReferenceOptions {
  /**
   * For servers that know no more than which coordinates are granted: a list stands as its department has
   * it, no object is passed through, and a field of an interface that is granted on some of its types is
   * {@link EITHER}.
   */
  readonly plain: boolean;
}

/** Stands where an answer and a refusal are both right. */
export const EITHER = Symbol('either');

/** The whole request is refused. */
class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

type Path = readonly (string | number)[];

/** How far an object is from the subjects of the case. */
interface Distance {
  /** Links from the nearest subject on the way here; Infinity where there is none. */
  readonly hops: number;
  /** The most that can be told of `hops` before any object is seen. */
  readonly certain: number;
  /** Whether a link of another object led here. */
  readonly linked: boolean;
}

/** An object on the way. */
interface Here extends Distance, Ground {
  readonly type: ModelType;
  /** The row it is, or is a part of; null where a link passes through without reading one. */
  readonly row: SourceRow | null;
  /** The object that holds its values: the row, or an object inside it. */
  readonly values: SourceRow;
  /** Where the values stand in the row: empty, or `inside.`. */
  readonly prefix: string;
}

const NOWHERE: SourceRow = {};

/** Compares disclosed values: by value, nothing last. */
function order(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
  if (b === null || b === undefined) return -1;
  return (a as string) < (b as string) ? -1 : 1;
}

/** One evaluation. */
export class Evaluating {
  readonly trace = new Trace();
  readonly errors: ExpectedError[] = [];
  readonly #absent: string[] = [];
  readonly #disclosed = new Set<string>();
  readonly #masked = new Set<string>();
  readonly #withheld = new Set<string>();
  readonly #subjects = new Set<string>();
  readonly #case: ReadonlySet<string>;
  #read: Reading | null = null;

  constructor(
    readonly model: Model,
    readonly situation: Situation,
    readonly read: (text: string) => ReadDocument | null,
    readonly options: ReferenceOptions,
  ) {
    const { request, cases } = situation;
    const file = cases.find((each) => each.client === request.client && each.number === request.case);
    this.#case = new Set(file?.subjects.map(({ kind, id }) => `${kind}:${id}`));
  }

  run(): Evaluation {
    let data: unknown;
    let refused: string | null = null;
    try {
      data = this.#answer();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused = error.code;
    }
    const sorted = (set: ReadonlySet<string>): string[] => [...set].sort();
    const answered = refused === null;
    const record: ExpectedRecord = {
      outcome: answered ? 'ANSWERED' : 'REFUSED',
      code: refused,
      disclosed: answered ? sorted(this.#disclosed) : [],
      masked: answered ? sorted(this.#masked) : [],
      used: [],
      withheld: sorted(this.#withheld),
      subjects: sorted(this.#subjects),
    };
    const errors = answered ? this.errors : [{ path: [], code: refused ?? '' }];
    return { data: answered ? data : undefined, errors, record, absent: this.#absent, trace: this.trace };
  }

  /** The request, once it has been found to fit. */
  get #reading(): Reading {
    if (this.#read === null) throw new RangeError('the request was not read');
    return this.#read;
  }

  #answer(): unknown {
    const { request } = this.situation;
    if (!CLIENTS.some((known) => known === request.client)) throw new Refusal('UNAUTHENTICATED');
    if (request.matter !== null && !MATTERS.some((known) => known === request.matter)) {
      throw new Refusal('MATTER_UNKNOWN');
    }
    const document = this.read(request.document);
    if (document === null) throw new Refusal('GRAPHQL_PARSE_FAILED');
    if (!document.valid) throw new Refusal('GRAPHQL_VALIDATION_FAILED');
    const operation = operationOf(document, request.operationName);
    if (operation === null) throw new Refusal('OPERATION_UNRESOLVED');
    const given = getVariableValues(this.model.schema, operation.variableDefinitions ?? [], request.variables);
    if (given.errors !== undefined) throw new Refusal('BAD_USER_INPUT');
    this.#read = new Reading(this.model, this.situation, document, given.coerced);
    const root = this.model.schema.getRootType(operation.operation);
    const type = this.model.types.get(root?.name ?? '');
    if (!root || type === undefined) throw new Refusal('OPERATION_UNRESOLVED');
    const selections = [{ set: operation.selectionSet, scope: root }];
    const survey = new Survey(this.#reading, type, selections);
    for (const coordinate of survey.withheld) this.#withheld.add(coordinate);
    if (survey.asksMatter && request.matter === null) throw new Refusal('PURPOSE_REQUIRED');
    if (survey.asksCase && request.case === null) throw new Refusal('PURPOSE_REQUIRED');
    if (request.strict && this.#withheld.size > 0) throw new Refusal('WITHHELD');
    if (survey.needsCase && request.case !== null) {
      const file = this.situation.cases.find((c) => c.client === request.client && c.number === request.case);
      if (file?.matter !== request.matter) throw new Refusal('CASE_UNKNOWN');
    }
    if (survey.badArgument) throw new Refusal('BAD_USER_INPUT');
    const surveyed = this.#withheld.size;
    const data = this.#root(type, selections);
    if (request.strict && this.#withheld.size > surveyed) throw new Refusal('WITHHELD');
    return data;
  }

  #root(type: ModelType, selections: readonly Selections[]): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    for (const [key, occurrences] of this.#reading.fields(type, selections)) {
      const name = occurrences[0]?.node.name.value ?? '';
      if (name === '__typename') data[key] = type.name;
      else if (name.startsWith('__')) data[key] = this.#introspected(type, key, name, occurrences);
      else data[key] = this.#rootField(type, key, occurrences);
    }
    return data;
  }

  #introspected(type: ModelType, key: string, name: string, occurrences: readonly Occurrence[]): unknown {
    if (this.#reading.closed(name, occurrences)) return this.#deny([key], `${type.name}.${name}`, 'INTROSPECTION');
    const { data } = executeSync({
      schema: this.model.schema,
      document: this.#reading.document.ast,
      operationName: this.situation.request.operationName,
      variableValues: this.situation.request.variables,
      rootValue: {},
    });
    return data?.[key] ?? null;
  }

  #deny(path: Path, coordinate: string, reason: string): null {
    this.#withheld.add(coordinate);
    const code = reason === 'SUBJECT_OUTSIDE_CASE' ? 'SUBJECT_OUTSIDE_CASE' : 'WITHHELD';
    this.errors.push({ path, code, reason, coordinate });
    return null;
  }

  #rootField(type: ModelType, key: string, occurrences: readonly Occurrence[]): unknown {
    const [first] = occurrences;
    if (first === undefined) throw new RangeError(key);
    const field = this.#reading.field(type, first.node.name.value);
    const decision = this.#reading.decide(type, occurrences, ROOT);
    if (!decision.given) return this.#deny([key], field.coordinate, decision.reason);
    const values = this.#reading.arguments(type, first);
    if (field.having === 'OPERATION') return this.#operation(field, values, occurrences, [key]);
    const target = this.#reading.type(field.named.name);
    const argument = values[field.from[0] ?? ''];
    const keys = Array.isArray(argument) ? (argument as string[]) : [argument as string];
    const word = linkWord(decision.words, Number.POSITIVE_INFINITY);
    const found = keys.map((id, i) => {
      const path = field.list ? [key, i] : [key];
      const subject = this.#case.has(`${target.identity?.kind}:${id}`);
      const hops = subject ? 0 : Number.POSITIVE_INFINITY;
      if (!fitsSubject(word, hops)) return this.#deny(path, field.coordinate, 'SUBJECT_OUTSIDE_CASE');
      const certain = word.subjects === 'ANY' ? Number.POSITIVE_INFINITY : 0;
      return this.#one(field, target, id, word, { hops, certain, linked: false }, occurrences, path);
    });
    return field.list ? found : (found[0] ?? null);
  }

  #operation(
    field: ModelField,
    values: Readonly<Record<string, unknown>>,
    occurrences: readonly Occurrence[],
    path: Path,
  ): unknown {
    const { request } = this.situation;
    this.#disclose(field, 'FULL');
    const member = (object: SourceRow): Record<string, unknown> => {
      const out: Record<string, unknown> = {};
      const type = this.#reading.type(field.named.name);
      for (const [key, [first]] of this.#reading.fields(type, below(occurrences))) {
        const name = first?.node.name.value ?? '';
        out[key] = name === '__typename' ? type.name : (object[name] ?? null);
      }
      return out;
    };
    if (field.coordinate === 'Query.divisions') return DIVISIONS.map((division) => member({ ...division }));
    const input = values.input as { number: string; matter: string; subjects: { kind: string; id: string }[] };
    if (input.matter !== request.matter) throw new Refusal('BAD_USER_INPUT');
    for (const { kind, id } of input.subjects) this.#subjects.add(`${kind}:${id}`);
    return member({ ...input, filedOn: '2026-07-01', subjectCount: input.subjects.length, $path: path.join('.') });
  }

  #disclose({ coordinate, sharing }: ModelField, disclosure: 'FULL' | 'MASKED'): void {
    if (sharing === 'UNCONDITIONAL') return;
    (disclosure === 'FULL' ? this.#disclosed : this.#masked).add(coordinate);
  }

  /** The record names people and enterprises, whether or not there is a row of them. */
  #concern({ identity }: ModelType, id: string): void {
    if (identity?.kind === 'CITIZEN' || identity?.kind === 'ENTERPRISE') this.#subjects.add(`${identity.kind}:${id}`);
  }

  #search(search: Search): SourceRow[] {
    this.trace.searches.push(search);
    const found = (this.situation.data[search.type] ?? []).filter((row) => finds(search, search.type, row));
    for (const row of found) this.trace.cell(row, search.by);
    return found;
  }

  /** Whether only some regions of what a link leads to may be seen, so that "none" does not mean none. */
  #partial(field: ModelField, word: Word): boolean {
    return this.model
      .possible(field.named)
      .some((name) => this.#reading.regions(field, this.#reading.type(name), word).length > 0);
  }

  /** Nothing is there, or nothing that may be told. */
  #none(field: ModelField, word: Word, path: Path): null {
    if (this.#partial(field, word)) return this.#deny(path, field.coordinate, 'REGION_SCOPE');
    this.#disclose(field, 'FULL');
    return this.#nothing(path);
  }

  /** The department says that there is none. */
  #nothing(path: Path): null {
    this.#absent.push(path.join('.'));
    return null;
  }

  /** One object by identity or by another attribute. */
  #one(
    field: ModelField,
    target: ModelType,
    key: string,
    word: Word,
    at: Distance,
    occurrences: readonly Occurrence[],
    path: Path,
  ): unknown {
    const by = field.by ?? target.identity?.by ?? '';
    // Whom a department is asked about is on the record, whatever it says.
    if (by === target.identity?.by) this.#concern(target, key);
    if (at.linked && by === target.identity?.by && this.#passesThrough(field, target, word, occurrences)) {
      this.#disclose(field, 'FULL');
      const values = { [by]: key };
      return this.#object(
        { type: target, row: null, values, prefix: '', regions: [], computed: null, ...at },
        below(occurrences),
        path,
      );
    }
    if (this.situation.down.includes(target.owner ?? '')) {
      this.errors.push({ path, code: 'SOURCE_DOWN', coordinate: field.coordinate });
      return null;
    }
    const regions = this.#reading.regions(field, target, word);
    const [row] = this.#search({ type: target.name, by, key, regions });
    if (row === undefined) return this.#none(field, word, path);
    this.#disclose(field, 'FULL');
    if (target.identity !== null) this.#concern(target, String(row[target.identity.by]));
    return this.#object(this.#arrived(target, row, at, regions), below(occurrences), path);
  }

  /** A link whose object is asked for nothing but its identity's links is followed without reading a row. */
  #passesThrough(field: ModelField, target: ModelType, word: Word, occurrences: readonly Occurrence[]): boolean {
    if (this.options.plain || this.#reading.regions(field, target, word).length > 0) return false;
    let links = 0;
    for (const each of this.#reading.fields(target, below(occurrences)).values()) {
      const name = each[0]?.node.name.value ?? '';
      if (name === '__typename') continue;
      const inner = this.#reading.field(target, name);
      const decision = this.#reading.decide(target, each, ROOT);
      if (!decision.given) continue;
      if (inner.having !== 'LINK' || inner.from[0] !== target.identity?.by) return false;
      links += 1;
    }
    return links > 0;
  }

  #arrived(type: ModelType, row: SourceRow, at: Distance, regions: readonly string[]): Here {
    if (type.identity !== null) this.trace.cell(row, type.identity.by);
    return { type, row, values: row, prefix: '', regions, computed: null, ...at };
  }

  #object(here: Here, selections: readonly Selections[], path: Path): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (const [key, occurrences] of this.#reading.fields(here.type, selections)) {
      const name = occurrences[0]?.node.name.value ?? '';
      out[key] = name === '__typename' ? here.type.name : this.#value(here, occurrences, [...path, key]);
    }
    return out;
  }

  #value(here: Here, occurrences: readonly Occurrence[], path: Path): unknown {
    const [first] = occurrences;
    if (first === undefined) throw new RangeError(path.join('.'));
    const field = this.#reading.field(here.type, first.node.name.value);
    const decision = this.#reading.decide(here.type, occurrences, here);
    if (!decision.given && decision.reason === 'NOT_ON_EVERY_TYPE' && this.options.plain) return EITHER;
    if (!decision.given) return this.#deny(path, field.coordinate, decision.reason);
    if (field.having === 'LINK') return this.#link(here, field, decision.words, occurrences, path);
    const row = here.row ?? NOWHERE;
    if (here.computed !== null) return this.#member(here, field, decision.words, path);
    const object = field.having === 'DERIVED' && isObjectType(field.named);
    const words = object ? [computing(decision.words, here)] : fullFirst(decision.words);
    const word = words.find((each) => fitsSubject(each, here.hops) && liesIn(row, each.regions));
    if (word === undefined) {
      // Why the best of them does not hold.
      const [best] = words;
      const outside = best !== undefined && !fitsSubject(best, here.hops);
      return this.#deny(path, field.coordinate, outside ? 'SUBJECT_OUTSIDE_CASE' : 'REGION_SCOPE');
    }
    this.#disclose(field, word.disclosure);
    if (field.having === 'EMBEDDED') return this.#embedded(here, field, occurrences, path);
    const veil = word.disclosure === 'MASKED' && !object;
    for (const name of field.from) this.#looked(here, name, veil);
    if (object) return this.#computed(here, field, word, occurrences, path);
    const value = this.#valueOf(here, field);
    return this.#shown(value, word, field, path);
  }

  /** A cell was looked at; behind a mask only whether it holds a text. */
  #looked({ row, prefix, values }: Here, name: string, veil: boolean): void {
    if (row === null) return;
    if (veil && typeof values[name] === 'string') this.trace.veil(row, `${prefix}${name}`);
    else this.trace.cell(row, `${prefix}${name}`);
  }

  #shown(value: unknown, word: Word, field: ModelField, path: Path): unknown {
    if (value === null || value === undefined) return this.#nothing(path);
    if (word.disclosure === 'MASKED' && field.mask !== null) {
      return mask(field.mask, value as string, DEFAULT_MASK_SETTINGS);
    }
    if (typeof value === 'string') for (const text of value.split('+')) this.trace.shown.add(text);
    return value;
  }

  /** A member of a computed object: what reaches all the object's word does holds wherever there is one. */
  #member(here: Here, field: ModelField, words: readonly Word[], path: Path): unknown {
    const [word] = fullFirst(words);
    if (word === undefined) return this.#deny(path, field.coordinate, 'NO_GRANT');
    this.#disclose(field, word.disclosure);
    this.#looked(here, field.name, word.disclosure === 'MASKED');
    return this.#shown(this.#valueOf(here, field), word, field, path);
  }

  #computed(here: Here, field: ModelField, word: Word, occurrences: readonly Occurrence[], path: Path): unknown {
    const value = this.#valueOf(here, field);
    if (value === null || value === undefined) return this.#nothing(path);
    const type = this.#reading.type(field.named.name);
    const one = (values: SourceRow, at: Path): unknown =>
      this.#object({ ...here, type, values, computed: word, prefix: `${field.from[0]}.` }, below(occurrences), at);
    return Array.isArray(value)
      ? (value as SourceRow[]).map((each, i) => one(each, [...path, i]))
      : one(value as SourceRow, path);
  }

  #valueOf({ values }: Here, field: ModelField): unknown {
    const [first = '', ...others] = field.from;
    if (field.having !== 'DERIVED' || others.length === 0) return values[first] ?? null;
    return field.from.map((name) => (values[name] ?? '') as string).join('+');
  }

  #embedded(here: Here, field: ModelField, occurrences: readonly Occurrence[], path: Path): unknown {
    const type = this.#reading.type(field.named.name);
    const [name = ''] = field.from;
    if (here.row !== null) this.trace.cell(here.row, name);
    const value = here.values[name];
    if (value === null || value === undefined) return this.#nothing(path);
    const inside = (values: SourceRow): Here => ({ ...here, type, values, prefix: `${name}.` });
    if (!Array.isArray(value)) return this.#object(inside(value as SourceRow), below(occurrences), path);
    const parts = (value as SourceRow[]).map(inside);
    const row = here.row ?? NOWHERE;
    const shown = this.#ordered(parts, below(occurrences), (words) =>
      words.find((each) => fitsSubject(each, here.hops) && liesIn(row, each.regions)),
    );
    return shown.map((each, i) => this.#object(each, below(occurrences), [...path, i]));
  }

  /**
   * A list stands in the order of what it discloses unmasked, in the schema's order of fields.
   * @param taken the word that a field of its elements is given by
   */
  #ordered(
    all: readonly Here[],
    selections: readonly Selections[],
    taken: (words: readonly Word[]) => Word | undefined,
  ): readonly Here[] {
    const [one] = all;
    if (one === undefined || this.options.plain) return all;
    const asked = [...this.#reading.fields(one.type, selections).values()];
    const by = [...one.type.fields.values()].filter((field) => {
      if (field.having !== 'VALUE') return false;
      const occurrences = asked.filter(([first]) => first?.node.name.value === field.name);
      return occurrences.some((each) => {
        const decision = this.#reading.decide(one.type, each, one);
        return decision.given && taken(fullFirst(decision.words))?.disclosure === 'FULL';
      });
    });
    for (const here of all) {
      for (const { name } of by) if (here.row !== null) this.trace.cell(here.row, `${here.prefix}${name}`);
    }
    return [...all].sort((a, b) => {
      for (const { name } of by) {
        const difference = order(a.values[name], b.values[name]);
        if (difference !== 0) return difference;
      }
      return 0;
    });
  }

  #link(
    here: Here,
    field: ModelField,
    words: readonly Word[],
    occurrences: readonly Occurrence[],
    path: Path,
  ): unknown {
    const word = linkWord(words, here.certain);
    if (!fitsSubject(word, here.hops)) return this.#deny(path, field.coordinate, 'SUBJECT_OUTSIDE_CASE');
    const [from = ''] = field.from;
    const key = here.values[from];
    if (!this.#hidden(field, word, key)) this.#looked(here, from, false);
    else if (here.row !== null) this.trace.veil(here.row, `${here.prefix}${from}`);
    const after = (target: ModelType, id: string): Distance => {
      if (target.identity === null) return { hops: here.hops, certain: here.certain, linked: true };
      const subject = this.#case.has(`${target.identity.kind}:${id}`);
      return { hops: subject ? 0 : here.hops + 1, certain: here.certain + 1, linked: true };
    };
    if (isAbstractType(field.named)) {
      if (key === null || key === undefined) return this.#none(field, word, path);
      const reference = key as { readonly type: string; readonly key: string };
      const target = this.#reading.type(reference.type);
      return this.#one(field, target, reference.key, word, after(target, reference.key), occurrences, path);
    }
    const target = this.#reading.type(field.named.name);
    if (!field.list) {
      if (key === null || key === undefined) return this.#none(field, word, path);
      const id = key as string;
      return this.#one(field, target, id, word, after(target, id), occurrences, path);
    }
    return this.#page(field, target, String(key), word, after, here, occurrences, path);
  }

  /** Whether a key leads to no row that may be seen, so that it could as well be another that does not. */
  #hidden(field: ModelField, word: Word, key: unknown): boolean {
    if (field.list || key === null || key === undefined) return false;
    const reference = isAbstractType(field.named) ? (key as { readonly type: string; readonly key: string }) : null;
    const target = this.#reading.type(reference?.type ?? field.named.name);
    const regions = this.#reading.regions(field, target, word);
    const by = field.by ?? target.identity?.by ?? '';
    const search = { type: target.name, by, key: reference?.key ?? (key as string), regions };
    if (field.by !== null || regions.length === 0 || this.situation.down.includes(target.owner ?? '')) return false;
    return !(this.situation.data[target.name] ?? []).some((row) => finds(search, target.name, row));
  }

  #page(
    field: ModelField,
    target: ModelType,
    key: string,
    word: Word,
    after: (target: ModelType, id: string) => Distance,
    here: Here,
    occurrences: readonly Occurrence[],
    path: Path,
  ): unknown {
    if (this.situation.down.includes(target.owner ?? '')) {
      this.errors.push({ path, code: 'SOURCE_DOWN', coordinate: field.coordinate });
      return null;
    }
    const regions = this.#reading.regions(field, target, word);
    const rows = this.#search({ type: target.name, by: field.by ?? '', key, regions });
    this.#disclose(field, 'FULL');
    // What lies elsewhere is not told.
    if (regions.length > 0) this.#withheld.add(field.coordinate);
    const all = rows.map((row) =>
      this.#arrived(target, row, after(target, String(row[target.identity?.by ?? ''])), regions),
    );
    const [first] = occurrences;
    const page = first === undefined ? {} : this.#reading.arguments(here.type, first);
    const offset = Number(page.offset ?? 0);
    const ofAll = ([best]: readonly Word[]) => {
      const [one] = all;
      return best !== undefined && one !== undefined && everywhere(best, one) ? best : undefined;
    };
    return this.#ordered(all, below(occurrences), ofAll)
      .slice(offset, offset + Number(page.first ?? all.length))
      .map((each, i) => {
        if (target.identity !== null) this.#concern(target, String(each.values[target.identity.by]));
        return this.#object(each, below(occurrences), [...path, i]);
      });
  }
}
