/** Mercurius on Fastify with its JIT compiler, its loaders, and mercurius-auth on every field. */
import DataLoader from 'dataloader';
import Fastify, { type FastifyRequest } from 'fastify';
import { type DirectiveNode, Kind } from 'graphql';
import mercurius from 'mercurius';
import mercuriusAuth from 'mercurius-auth';
import { readGround } from '../ground.js';
import { type Ownership, openCity, type ResidentReference } from './shared/city.js';
import { type Caller, openDuties } from './shared/duties.js';
import { announce } from './shared/process.js';
import { type Asking, household } from './shared/resolvers.js';
import { guarded, wholeSource } from './shared/schema.js';

declare module 'mercurius' {
  interface MercuriusContext extends Asking {
    readonly caller: Caller;
  }
}

type Queries<T> = readonly { readonly obj: T }[];

const ground = readGround();
const city = openCity(ground);
const duties = await openDuties(ground, 'mercurius');

/** A loader of another department about residents. */
function linked<T>(read: (ids: readonly string[]) => Promise<T[]>) {
  return (queries: Queries<ResidentReference>) => read(queries.map(({ obj }) => obj.idNumber));
}

const loaders = {
  Resident: {
    properties: linked(city.properties),
    licences: linked(city.licences),
    insuredMonths: linked(city.insuredMonths),
    vaccination: linked(city.vaccinations),
  },
  Ownership: { unit: (queries: Queries<Ownership>) => city.units(queries.map(({ obj }) => obj.number)) },
};

/** The coordinate that `@auth(requires: "Resident.name")` names. */
function requirement(directive: DirectiveNode): string {
  const value = directive.arguments?.[0]?.value;
  if (value?.kind !== Kind.STRING) throw new TypeError('@auth(requires:) is a string');
  return value.value;
}

const app = Fastify();
await app.register(mercurius, {
  schema: `directive @auth(requires: String!) on FIELD_DEFINITION\n${guarded(wholeSource(), (coordinate) => `@auth(requires: "${coordinate}")`)}`,
  resolvers: household,
  loaders,
  jit: 1,
  graphiql: false,
  async context({ headers }: FastifyRequest) {
    const caller = await duties.admit((name) => headers[name] as string | undefined);
    if (caller === null) throw new mercurius.ErrorWithProps('the token does not hold', {}, 401);
    return {
      caller,
      subjects: caller.subjects,
      loaders: { resident: new DataLoader(city.residents) },
    };
  },
});
await app.register(mercuriusAuth.default, {
  authDirective: 'auth',
  authContext: ({ caller }) => caller,
  applyPolicy: async (directive, _parent, _args, { caller }) => caller.rights.has(requirement(directive)),
});
app.graphql.addHook('onResolution', async (_execution, { caller, __currentQuery }) => {
  await duties.record(caller, __currentQuery);
});
announce(await app.listen({ host: '127.0.0.1', port: 0 }), async () => {
  await app.close();
  await city.close();
  await duties.close();
});
