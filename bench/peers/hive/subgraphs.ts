/** The five departments as federated subgraphs: GraphQL Yoga with DataLoader, in one process. They trust the gateway. */
import { createSchema, createYoga } from 'graphql-yoga';
import { DEPARTMENTS, type DepartmentName, readGround } from '../../ground.js';
import { openCity, type ResidentReference } from '../shared/city.js';
import { loadersOf } from '../shared/loaders.js';
import { serve } from '../shared/process.js';
import { type AskingAll, household, licences, property, socialSecurity, vaccination } from '../shared/resolvers.js';
import { executableSource, pathOf, publishedSource } from './sources.js';

const RESOLVERS = {
  household,
  property,
  vaccination,
  licences,
  'social-security': socialSecurity,
} satisfies Record<DepartmentName, object>;

const city = openCity(readGround());

function subgraph(department: DepartmentName) {
  const own = RESOLVERS[department];
  const federation = {
    _service: () => ({ sdl: publishedSource(department) }),
    _entities: (_: unknown, { representations }: { readonly representations: readonly ResidentReference[] }) =>
      representations,
  };
  const schema = createSchema<AskingAll>({
    typeDefs: executableSource(department),
    resolvers: {
      ...own,
      Query: { ...('Query' in own ? own.Query : {}), ...federation },
      _Entity: { __resolveType: () => 'Resident' },
    },
  });
  return createYoga<object, AskingAll>({
    schema,
    graphqlEndpoint: pathOf(department),
    // The record is the gateway's, which collects the subjects itself.
    context: () => ({ loaders: loadersOf(city), subjects: new Set<string>() }),
    logging: 'error',
    graphiql: false,
    landingPage: false,
    multipart: false,
    cors: false,
  });
}

const subgraphs = new Map(DEPARTMENTS.map((department) => [pathOf(department), subgraph(department)]));
serve(
  (request, response) => {
    const yoga = subgraphs.get(request.url ?? '');
    return yoga === undefined ? response.writeHead(404).end() : yoga(request, response);
  },
  async () => {
    await city.close();
  },
);
