/** Files of the console's seasons: the list comes in, results go out. Who may is the control plane's to say. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ControlPlane } from '../admin/control-plane.js';
import { LIST_MOST_BYTES } from '../admin/season-files.js';
import { bringList, fetchFile } from '../admin/seasons.js';
import type { Call } from './graphql-request.js';

/** Media type that a list is sent as, whatever it is. */
const BYTES = 'application/octet-stream';

interface OfSeason {
  readonly id: string;
  readonly file: string;
}

/** A request as the control plane sees it. A person's token bound to a certificate is not taken here. */
function callOf({ method, headers, socket }: FastifyRequest, reply: FastifyReply): Call {
  return {
    method,
    header(name) {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    certificate: () => null,
    answerWith: (name, value) => void reply.header(name, value),
    body: null,
    query: {},
    fault: null,
    remote: socket.remoteAddress ?? '',
    gone: () => socket.destroyed,
  };
}

/** Adds `PUT /admin/seasons/:id/list` and `GET /admin/seasons/:id/:file`. */
export function addSeasonRoutes(server: FastifyInstance, { act }: Pick<ControlPlane, 'act'>): void {
  server.register(async (own) => {
    // The list is read by who may bring it, piece by piece.
    own.addContentTypeParser(BYTES, (_request, payload, done) => done(null, payload));
    own.put<{ Params: OfSeason }>(
      '/admin/seasons/:id/list',
      { bodyLimit: Math.max(...Object.values(LIST_MOST_BYTES)) },
      async (request, reply) => {
        const { id } = request.params;
        const bytes = request.body as AsyncIterable<Uint8Array>;
        await act(callOf(request, reply), 'Mutation.createSeason', (context) => bringList(id, bytes, context));
        return reply.header('cache-control', 'no-store').code(204).send();
      },
    );
    own.get<{ Params: OfSeason }>('/admin/seasons/:id/:file', async (request, reply) => {
      const { id, file: name } = request.params;
      const call = callOf(request, reply);
      const file = await act(call, 'Query.seasonFiles', (context) => fetchFile(id, name, context));
      return reply
        .header('cache-control', 'no-store')
        .header('x-content-type-options', 'nosniff')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .header('content-length', file.bytes)
        .type(file.mediaType)
        .send(file.open());
    });
  });
}
