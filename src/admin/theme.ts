/** A theme of the control plane: one SDL file of schema/admin/ and the functions that answer its fields. */
import type { AdminContext } from './context.js';

/**
 * Answers one field of Query or Mutation: plain values, or functions of arguments and context for fields that are
 * worked out only where asked for. Declared as a method so that each may state the arguments that its SDL declares;
 * graphql-js has checked them before.
 */
type Resolve = {
  resolve(args: object, context: AdminContext): unknown;
}['resolve'];

/** A theme. */
export interface Theme {
  /** Name of its file in schema/admin/. */
  readonly file: string;
  /** By name of the field of Query. */
  readonly query: Readonly<Record<string, Resolve>>;
  /** By name of the field of Mutation. */
  readonly mutation: Readonly<Record<string, Resolve>>;
}
