/** Asks this gateway itself, without a socket: the console's sign-in asks the issuer inside it so. */
import type { FastifyInstance } from 'fastify';
import type { CustomFetch } from 'openid-client';

/** A fetch that goes to the server whatever host its URL names. */
export function insideFetch(server: FastifyInstance): CustomFetch {
  return async (url, { method, headers, body }) => {
    // openid-client sends forms.
    const form = body instanceof URLSearchParams || typeof body === 'string' ? { payload: body.toString() } : {};
    const path = new URL(url).pathname;
    const answered = await server.inject({ method: method === 'POST' ? 'POST' : 'GET', url: path, headers, ...form });
    const type = answered.headers['content-type'];
    return new Response(answered.body, {
      status: answered.statusCode,
      headers: typeof type === 'string' ? { 'content-type': type } : {},
    });
  };
}
