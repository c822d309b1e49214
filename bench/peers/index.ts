/** The peers as contestants. Their packages are installed apart: `npm ci --prefix bench/peers`. */
import { type Contestant, type ServerProcess, startServer } from '../contestant.js';
import { graphqlRequest, questionOf } from '../workloads.js';
import { buildPeers, compiledPeer } from './build.js';
import { BEHIND_VARIABLE } from './shared/behind.js';

/**
 * A peer.
 * @param files its programs in bench/peers; the last one answers, and each is told the address of the one before
 */
function peer(name: string, title: string, ...files: readonly string[]): Contestant {
  const servers: ServerProcess[] = [];
  const stop = async () => {
    for (const server of servers.splice(0).reverse()) await server.stop();
  };
  return {
    name,
    title,
    part: 'COMPARED',
    workloads: ['enrolment'],
    async start(ground, groundFile) {
      buildPeers();
      let url = '';
      for (const file of files) {
        const server = await startServer([compiledPeer(file)], groundFile, {
          NODE_ENV: 'production',
          ...(url === '' ? {} : { [BEHIND_VARIABLE]: url }),
        });
        servers.push(server);
        url = server.url;
      }
      return {
        url,
        pids: servers.map(({ pid }) => pid).reverse(),
        request: (workload, i) => graphqlRequest(ground.matter, questionOf(workload, ground, i)),
      };
    },
    stop,
  };
}

/** All peers. */
export const peers: readonly Contestant[] = [
  peer('apollo', 'Apollo Server on Fastify, graphql-shield, DataLoader', 'apollo.ts'),
  peer('mercurius', 'Mercurius with JIT, its loaders, mercurius-auth', 'mercurius.ts'),
  peer('yoga', 'GraphQL Yoga, generic-auth with scopes, DataLoader', 'yoga.ts'),
  peer('hive', 'Hive Gateway over five Yoga subgraphs, field scopes on', 'hive/subgraphs.ts', 'hive/gateway.ts'),
  peer('mesh', 'GraphQL Mesh, MySQL handler and additional resolvers', 'mesh/gateway.ts'),
];
