/** An issuer that serves anything where its key set should be. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forge, freshKey } from './forge.js';

const right = freshKey('right');
const other = freshKey('right');
const withPrivatePart = { ...(right.privateKey.export({ format: 'jwk' }) as object), kid: 'right', alg: 'ES256' };
const secret = { kty: 'oct', k: 'c2VjcmV0', kid: 'right', alg: 'HS256' };

function json(response: ServerResponse, body: unknown, type = 'application/json'): void {
  response.writeHead(200, type === '' ? {} : { 'content-type': type });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const keys = (...list: readonly unknown[]) => ({ keys: list });

/** What it can serve. */
const SERVES = {
  RIGHT: (response: ServerResponse) => json(response, keys(right.jwk)),
  JWK_SET_TYPE: (response: ServerResponse) =>
    json(response, keys(right.jwk), 'application/jwk-set+json; charset=utf-8'),
  DOWN: (response: ServerResponse) => response.writeHead(500).end(),
  MISSING: (response: ServerResponse) => response.writeHead(404).end(),
  HANGING: () => undefined,
  DRIPPING(response: ServerResponse) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(drip));
  },
  BROKEN_OFF(response: ServerResponse) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"keys":[');
    setImmediate(() => response.destroy());
  },
  HTML: (response: ServerResponse) => json(response, '<html>Sign in</html>', 'text/html'),
  HTML_AS_JSON: (response: ServerResponse) => json(response, '<html>Sign in</html>'),
  JSON_AS_HTML: (response: ServerResponse) => json(response, keys(right.jwk), 'text/html'),
  JSON_WITHOUT_TYPE: (response: ServerResponse) => json(response, keys(right.jwk), ''),
  REDIRECT: (response: ServerResponse) => response.writeHead(302, { location: '/elsewhere' }).end(),
  HUGE: (response: ServerResponse) => json(response, { ...keys(right.jwk), padding: 'x'.repeat(600_000) }),
  ENDLESS(response: ServerResponse) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (!response.destroyed && response.write(' '.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  },
  LIST: (response: ServerResponse) => json(response, [right.jwk]),
  KEYS_AS_OBJECT: (response: ServerResponse) => json(response, { keys: { right: right.jwk } }),
  PROTOTYPE: (response: ServerResponse) => json(response, `{"__proto__":${JSON.stringify(keys(right.jwk))}}`),
  EMPTY: (response: ServerResponse) => json(response, keys()),
  NO_KEYS: (response: ServerResponse) => json(response, keys(null, 7, 'right', [], {}, { kid: 'right' })),
  WITHOUT: (response: ServerResponse) => json(response, keys(freshKey('later').jwk)),
  PRIVATE: (response: ServerResponse) => json(response, keys(withPrivatePart)),
  SYMMETRIC: (response: ServerResponse) => json(response, keys(secret)),
  SYMMETRIC_BESIDE: (response: ServerResponse) => json(response, keys(secret, right.jwk)),
  DUPLICATE: (response: ServerResponse) => json(response, keys(right.jwk, other.jwk)),
  TWICE: (response: ServerResponse) => json(response, keys(right.jwk, right.jwk)),
  FOR_ENCRYPTION: (response: ServerResponse) => json(response, keys({ ...right.jwk, use: 'enc' })),
  OTHER_ALGORITHM: (response: ServerResponse) => json(response, keys({ ...right.jwk, alg: 'ES384' })),
} as const;

/** What it serves; ABSENT: nothing listens. */
export type Serves = keyof typeof SERVES | 'ABSENT';

/** The issuer. */
export interface LyingIssuer {
  /** Where its key set should be. */
  readonly url: string;
  serve(what: Serves): Promise<void>;
  /** A right token of its key, or of the other one with the same kid. @param now ms since the epoch */
  token(by: 'ISSUER' | 'OTHER', now: number): string;
  close(): Promise<void>;
}

/** Starts one. */
export async function startLyingIssuer(): Promise<LyingIssuer> {
  let serves: keyof typeof SERVES = 'RIGHT';
  const server = createServer((request, response) => {
    response.setHeader('connection', 'close');
    if (request.url === '/jwks') SERVES[serves](response);
    else json(response, keys(right.jwk));
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/jwks`,
    async serve(what) {
      if (what === 'ABSENT') return await close();
      if (!server.listening) await listen(port);
      serves = what;
    },
    token: (by, now) =>
      forge({ now, key: by === 'ISSUER' ? right.privateKey : other.privateKey, header: { kid: 'right' } }),
    close,
  };
}
