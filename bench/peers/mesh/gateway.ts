/** GraphQL Mesh: its MySQL handler over the five databases, served by Hive Gateway with additional types and resolvers. */
import { createUnauthenticatedError } from '@envelop/generic-auth';
import { createGatewayRuntime, type GatewayContext, type GatewayPlugin } from '@graphql-hive/gateway';
import { getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import mysqlTransport from '@graphql-mesh/transport-mysql';
import { DefaultLogger } from '@graphql-mesh/utils';
import { loadMySQLSubgraph } from '@omnigraph/mysql';
import type { Raw } from '../../floors/raw.js';
import { DEPARTMENTS, type DepartmentName, type Ground, readGround } from '../../ground.js';
import { type Caller, openDuties } from '../shared/duties.js';
import { type Loaders, loadersOf } from '../shared/loaders.js';
import { BARE, serve } from '../shared/process.js';
import { resolvers } from '../shared/resolvers.js';
import { wholeSource } from '../shared/schema.js';
import { cityOfTables, type Select } from './tables.js';

const TABLES: Readonly<Record<DepartmentName, readonly string[]>> = {
  household: ['HJXX_CZRKJBXXB', 'HJXX_MLPXXXXB'],
  property: ['BDC_QLR', 'BDC_QL', 'BDC_BDCDY'],
  vaccination: ['YMJZ_ETDA', 'YMJZ_JZJL'],
  'social-security': ['AC01', 'AC43'],
  licences: ['DZZZ_ZZXX'],
};

/** Name of a department's subgraph: one that GraphQL takes. */
const subgraphOf = (department: DepartmentName) => department.replace('-', '_');

const SUBGRAPH_OF_TABLE = new Map(
  DEPARTMENTS.flatMap((department) => TABLES[department].map((table) => [table, subgraphOf(department)] as const)),
);

/** One table of the in-context SDK that Mesh puts into the context. */
type Reading = (call: {
  readonly context: unknown;
  readonly args: { readonly where: Readonly<Record<string, string>> };
  readonly selectionSet: string;
}) => Promise<readonly Raw[]>;

interface Asked {
  /** Null where the token does not hold; not there before it was checked. */
  readonly currentUser?: Caller | null;
  readonly loaders: Loaders;
  readonly subjects: Set<string>;
}

/** Reads through the in-context SDK; the handler writes `(a,b)` as `IN ('a','b')`. */
function selectIn(context: object): Select {
  const sdk = context as Readonly<Record<string, { readonly Query: Readonly<Record<string, Reading>> }>>;
  return (table, conditions, columns) => {
    const where: Record<string, string> = {};
    for (const [column, value] of Object.entries(conditions)) {
      where[column] = typeof value === 'string' ? value : `(${value.join(',')})`;
    }
    const read = sdk[SUBGRAPH_OF_TABLE.get(table) ?? '']?.Query[table];
    if (read === undefined) throw new RangeError(`Mesh has no table ${table}`);
    return read({ context, args: { where }, selectionSet: `{ ${columns} }` });
  };
}

function endpointOf({ departments, connections }: Ground, department: DepartmentName): string {
  const url = new URL(departments[department]);
  url.searchParams.set('connectionLimit', String(connections));
  url.searchParams.set('charset', 'utf8mb4');
  return url.href;
}

const ground = readGround();
const duties = await openDuties(ground, 'mesh');
const supergraph = await getComposedSchemaFromConfig(
  {
    subgraphs: DEPARTMENTS.map((department) => ({
      sourceHandler: loadMySQLSubgraph(subgraphOf(department), {
        endpoint: endpointOf(ground, department),
        tables: [...TABLES[department]],
      }),
    })),
  },
  new DefaultLogger('mesh'),
);

const asking: GatewayPlugin<Asked> = {
  onExecute({ args, extendContext }) {
    const { currentUser, params } = args.contextValue;
    if (!currentUser) return undefined;
    const loaders = loadersOf(cityOfTables(selectIn(args.contextValue), ground.filedOn));
    extendContext({ loaders, subjects: currentUser.subjects });
    return { onExecuteDone: () => duties.record(currentUser, params.query ?? '') };
  },
};

const gateway = createGatewayRuntime<Asked>({
  supergraph,
  transports: { mysql: mysqlTransport },
  additionalTypeDefs: wholeSource(),
  additionalResolvers: resolvers,
  genericAuth: {
    mode: 'protect-all',
    resolveUserFn: ({ request }: GatewayContext) => duties.admit((name) => request.headers.get(name)),
    // The tables' own fields have no directive: what the caller's rights do not name is refused.
    validateUser: ({ user, parentType, fieldNode, path }) =>
      (user as Caller | null)?.rights.has(`${parentType.name}.${fieldNode.name.value}`) === true
        ? undefined
        : createUnauthenticatedError({ fieldNode, path }),
  },
  plugins: () => [asking],
  ...BARE,
});
serve(gateway, async () => {
  await gateway[Symbol.asyncDispose]();
  await duties.close();
});
