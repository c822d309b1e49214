/** Resolvers over rows in memory, the same for every peer. They know nothing of rights. */
import type { PeerField, PeerOrder, PeerRequest } from './order.js';

/** An object on the way: a row, or an object inside one, with its type. */
interface Parent {
  readonly $type: string;
  readonly [attribute: string]: unknown;
}

/** What a request's resolvers and its guards read. */
export interface PeerContext {
  readonly data: PeerRequest['data'];
  readonly rights: ReadonlySet<string>;
}

/** Arguments of a field: a key, keys, or a page. */
type Arguments = Readonly<Record<string, unknown>>;

type Resolver = (parent: Parent | undefined, args: Arguments, context: PeerContext) => unknown;

function typed(type: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((each) => typed(type, each));
  return { ...(value as object), $type: type };
}

function rowsOf({ data }: PeerContext, type: string, by: string, key: unknown): unknown[] {
  return (data[type] ?? []).filter((row) => row[by] === key).map((row) => typed(type, row));
}

function follow(field: PeerField, parent: Parent | undefined, args: Arguments, context: PeerContext): unknown {
  const [from = ''] = field.from;
  const key = parent === undefined ? args[from] : parent[from];
  if (key === null || key === undefined) return field.list ? [] : null;
  if (Array.isArray(key)) return key.map((each) => rowsOf(context, field.target, field.by, each)[0] ?? null);
  if (typeof key === 'object') {
    const reference = key as { readonly type: string; readonly key: string };
    return rowsOf(context, reference.type, 'id', reference.key)[0] ?? null;
  }
  const rows = rowsOf(context, field.target, field.by, key);
  if (!field.list) return rows[0] ?? null;
  const offset = Number(args.offset ?? 0);
  return rows.slice(offset, offset + Number(args.first ?? rows.length));
}

function resolver(field: PeerField): Resolver {
  const root = field.type === 'Query';
  const [first = '', ...others] = field.from;
  switch (field.having) {
    case 'LINK':
      return (parent, args, context) => follow(field, root ? undefined : parent, args, context);
    case 'EMBEDDED':
      return (parent) => typed(field.target, parent?.[first]);
    case 'VALUE':
      return (parent) => parent?.[first] ?? null;
    case 'DERIVED':
      return (parent) =>
        others.length > 0
          ? field.from.map((name) => (parent?.[name] ?? '') as string).join('+')
          : typeof parent?.[first] === 'object'
            ? typed(field.target, parent[first])
            : (parent?.[first] ?? null);
  }
}

/** Resolvers by type and field, with what tells the type of an interface or union. */
export function resolversOf({ fields, abstracts }: PeerOrder): Record<string, Record<string, Resolver>> {
  const resolvers: Record<string, Record<string, Resolver>> = {};
  for (const field of fields) resolvers[field.type] = { ...resolvers[field.type], [field.field]: resolver(field) };
  for (const name of Object.keys(abstracts)) resolvers[name] = { __resolveType: (parent) => parent?.$type };
  return resolvers;
}
