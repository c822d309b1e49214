/** Seasons of the console, put together from the configuration: whose they are, and how they ask the data plane. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SeasonClient } from './admin/season-desk.js';
import type { DevelopmentIssuer } from './authenticate/development-issuer.js';
import { DEVELOPMENT_CLIENTS } from './authenticate/development-people.js';
import type { Config } from './config.js';
import type { Call } from './http/graphql-request.js';
import type { Load } from './load.js';
import type { Reply } from './pipeline.js';
import { SeasonFault } from './season/faults.js';
import type { Send } from './season/gateway.js';

async function tokenIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const told = { zh: '应用的访问令牌文件无法读取', en: "the file of the application's token cannot be read" };
    throw new SeasonFault('GATEWAY', told.en, error, [told]);
  }
}

/** Applications that entrust their seasons to this console. @param issuer null in production */
export function seasonClientsOf(
  { console: { seasons }, data }: Pick<Config, 'console' | 'data'>,
  issuer: Pick<DevelopmentIssuer, 'mint'> | null,
): readonly SeasonClient[] {
  const named = seasons.map(({ client, tokenFile, operators }): SeasonClient => {
    return { client, operators: new Set(operators), token: () => tokenIn(resolve(data, tokenFile)) };
  });
  if (issuer === null) return named;
  const others = DEVELOPMENT_CLIENTS.filter(({ clientId }) => named.every(({ client }) => client !== clientId));
  return [...named, ...others.map(({ clientId }) => demonstrated(clientId, issuer))];
}

function demonstrated(client: string, issuer: Pick<DevelopmentIssuer, 'mint'>): SeasonClient {
  let minted: Promise<string> | null = null;
  return {
    client,
    operators: null,
    token(renew) {
      if (renew || minted === null) minted = issuer.mint(client).then(({ token }) => token);
      return minted;
    },
  };
}

/**
 * Asks the data plane inside this process, through the whole pipeline; what is beyond its load waits as it would at the port.
 * @param answer as the pipeline's
 */
export function sendInside(answer: (call: Call) => Promise<Reply>, load: Load): Send {
  return async (_url, { method, headers, body, signal }) => {
    if (!load.takesMore) {
      const errors = [{ message: 'the gateway has as much to do as it can', extensions: { code: 'OVERLOADED' } }];
      return new Response(JSON.stringify({ errors }), { status: 503, headers: { 'retry-after': '1' } });
    }
    load.begin();
    try {
      const reply = await answer({
        method,
        header: (name) => headers[name],
        certificate: () => null,
        answerWith: () => undefined,
        body,
        query: {},
        fault: null,
        remote: '127.0.0.1',
        gone: () => signal.aborted,
      });
      const retry: Readonly<Record<string, string>> =
        reply.retryAfter === null ? {} : { 'retry-after': String(reply.retryAfter) };
      return new Response(reply.body, { status: reply.status, headers: { 'content-type': reply.mediaType, ...retry } });
    } finally {
      load.end();
    }
  };
}
