/**
 * The access plan: what is left of a document when everything denied has been pruned, and the
 * fetches that answer it. It is made once per document and rights and then only read; nothing in
 * it depends on a request's keys.
 */
import type { DocumentNode } from 'graphql';
import type { FetchTemplate } from '../domain/fetch.js';
import type { MaskKind } from '../domain/mask.js';
import type { WithheldReason } from '../domain/withheld.js';
import type { SubjectScope } from './rights.js';

/** What the plan is for: an answer to the caller, or the facts of a matter's rule. */
export type Use = 'DISCLOSE' | 'VERIFY';

/** The static decision on one selected field. */
export interface FieldDecision {
  /** Response keys from the root; `*` for the elements of a list. */
  readonly path: readonly string[];
  readonly coordinate: string;
  readonly department: string;
  readonly decision: 'FULL' | 'MASKED' | 'PREDICATE' | 'WITHHELD';
  /** Set where the decision is WITHHELD or PREDICATE. */
  readonly reason: WithheldReason | null;
  /** Grants the decision rests on, sorted; empty in a plan that applications share. */
  readonly grants: readonly string[];
  /** Whether every field above it is answered too. */
  readonly reachable: boolean;
  /** Whether the field is open to any authenticated application. */
  readonly unconditional: boolean;
}

/** A bound on the subject that could not be settled when planning. */
export interface SubjectBound {
  readonly subjects: Exclude<SubjectScope, 'ANY'>;
  readonly maxHops: number;
}

/** A way to have a field's value: the first whose bound holds and whose group has a row is taken. */
export interface Choice {
  /** Index of the row group that holds it. */
  readonly group: number;
  readonly mask: MaskKind | null;
  /** What the record calls it: index in {@link AccessPlan.coordinates}. */
  readonly index: number;
}

/**
 * Attributes of one object that share a row scope, and so one fetch. Group 0 comes with the link
 * that led to the object; the others are fetched for the objects within their bound.
 */
export interface RowGroup {
  readonly bound: SubjectBound | null;
  /** Null for group 0. */
  readonly template: FetchTemplate | null;
}

/** A planned field. `key` is its response key. */
export type FieldPlan =
  | { readonly kind: 'TYPENAME'; readonly key: string; readonly name: string }
  | DeniedPlan
  | ValuePlan
  | {
      readonly kind: 'EMBEDDED';
      readonly key: string;
      readonly attribute: string;
      readonly at: FieldSite;
      readonly choices: readonly Choice[];
      readonly list: boolean;
      /** Values that may order a list, in the schema's order of fields: of each object those it shows in full. */
      readonly order: readonly ValuePlan[];
      readonly fields: readonly FieldPlan[];
    }
  | {
      readonly kind: 'DERIVED';
      readonly key: string;
      readonly at: FieldSite;
      /** Index in {@link AccessPlan.argumentReaders}. */
      readonly arguments: number;
      readonly choices: readonly Choice[];
      readonly member: MemberPlan;
    }
  | LinkPlan
  | {
      readonly kind: 'OPERATION';
      readonly key: string;
      readonly at: FieldSite;
      /** Index in {@link AccessPlan.argumentReaders}. */
      readonly arguments: number;
      readonly index: number;
      readonly member: MemberPlan;
    }
  | {
      readonly kind: 'INTROSPECTION';
      readonly key: string;
      /** Whether it asks for nothing but the name of one type. */
      readonly nameOnly: boolean;
    };

/** What an outcome or error says of a field. */
export interface FieldSite {
  readonly coordinate: string;
  /** Owner of the field, as in the schema's enum. */
  readonly department: string;
}

/** A field read from a row. */
export interface ValuePlan {
  readonly kind: 'VALUE';
  readonly key: string;
  readonly attribute: string;
  readonly at: FieldSite;
  readonly choices: readonly Choice[];
}

/** A field that was pruned: null, with its reason. */
export interface DeniedPlan {
  readonly kind: 'DENIED';
  readonly key: string;
  readonly at: FieldSite;
  readonly reason: WithheldReason;
}

/** Reads a field's arguments from the coerced variables. @throws MianzhengError BAD_USER_INPUT beyond a bound */
export type ArgumentReader = (variables: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** Reads what a plan may cost at most from the coerced variables: see cost.ts. @throws MianzhengError BAD_USER_INPUT beyond a bound */
export type PlanCost = (variables: Readonly<Record<string, unknown>>) => number;

/** Shape of a computed value: a scalar (null), or the members taken from an object or list of objects. */
export type MemberPlan = { readonly fields: readonly FieldPlan[] } | null;

/** A planned link. */
export interface LinkPlan {
  readonly kind: 'LINK';
  readonly key: string;
  readonly at: FieldSite;
  /** What the record calls it: index in {@link AccessPlan.coordinates}. */
  readonly index: number;
  /** Where the key stands: an argument (root), the object's identity, or an attribute of a row group. */
  readonly keyFrom:
    | { readonly kind: 'ARGUMENT'; readonly name: string }
    | { readonly kind: 'IDENTITY' }
    | { readonly kind: 'ATTRIBUTE'; readonly name: string; readonly group: number };
  /** Index in {@link AccessPlan.argumentReaders}. */
  readonly arguments: number;
  /** `ONE`; `PAGE`: a list cut by first and offset; `BATCH`: one per key, in the order of the keys. */
  readonly shape: 'ONE' | 'PAGE' | 'BATCH';
  /** On the object the link starts from, or at the root on the key itself. */
  readonly bound: SubjectBound | null;
  /** Whether only rows of some regions may be seen, so that "none" does not mean none. */
  readonly partial: boolean;
  /** By name of the target's type; several for an interface or union. */
  readonly targets: ReadonlyMap<string, ObjectPlan>;
  /** The first of them, which is the only one where the keys do not say of which type they are. */
  readonly target: ObjectPlan;
}

/** The plan of one object type at one place of the document. */
export interface ObjectPlan {
  readonly type: string;
  readonly department: string;
  /** Attribute and kind of subject that identify the object; null: part of the object it was reached from. */
  readonly identity: { readonly by: string; readonly kind: string } | null;
  /**
   * The fetch of group 0; null where the key itself is all that is needed (a link passed through
   * to reach another department).
   */
  readonly base: FetchTemplate | null;
  readonly groups: readonly RowGroup[];
  readonly fields: readonly FieldPlan[];
  /** Attributes whose disclosed values order a list of these objects. */
  readonly order: readonly string[];
  /** Whether its fields are nothing but values of group 0, so that objects of it lead nowhere. */
  readonly leaf: boolean;
}

declare const planned: unique symbol;

/** A plan that {@link import('./planner.js').planAccess} made; nothing else can. */
export interface AccessPlan {
  readonly [planned]: true;
  /** SHA-256 of document, operation, rights and use; base64url. */
  readonly hash: string;
  readonly use: Use;
  readonly operation: 'query' | 'mutation' | 'subscription';
  readonly fields: readonly FieldPlan[];
  /** Coordinates that an answer may disclose, in the order of the plan's `index` values. */
  readonly coordinates: readonly PlannedCoordinate[];
  /** Every selected field's decision, in document order. */
  readonly decisions: readonly FieldDecision[];
  /** Coordinates withheld when planning, sorted. */
  readonly withheld: readonly string[];
  /** Whether a field that is not open to everyone was asked for, so that a matter must be named. */
  readonly asksMatter: boolean;
  /** Whether data of subjects was asked for, so that a case must be named. */
  readonly asksCase: boolean;
  /** Whether some of that is granted, so that the case must be a registered one. */
  readonly needsCase: boolean;
  /** Legal bases of the grants it rests on, sorted. */
  readonly legalBases: readonly string[];
  /** Quotas of the grants it rests on, as places in `Rights.quotas`, sorted; empty for most: then nothing is counted for any. */
  readonly quotas: readonly number[];
  /** Arguments of its fields; all are read before anything is fetched, so that a refusal tells nothing of a row. */
  readonly argumentReaders: readonly ArgumentReader[];
  readonly cost: PlanCost;
  /**
   * By department: the regions of every right it rests on that has some, also those that cover all the department holds
   * here. What other cities hold may be reached only where it lies within each of them.
   */
  readonly bounds: ReadonlyMap<string, readonly (readonly string[])[]>;
  /** Every fetch it can make. */
  readonly templates: readonly FetchTemplate[];
  /** What of the document introspects the schema and may, as a document of its own; null where nothing does. */
  readonly introspection: DocumentNode | null;
}

/** A coordinate an answer may disclose. */
export interface PlannedCoordinate {
  readonly coordinate: string;
  readonly department: string;
  readonly disclosure: 'FULL' | 'MASKED' | 'PREDICATE';
  /** Open to any authenticated application, so not worth a line in the record. */
  readonly unconditional: boolean;
}
