/** The benchmark's own issuer of access tokens: one key, published on the loopback interface. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Ground } from './ground.js';

const ISSUER = 'https://issuer.bench.example';
const AUDIENCE = 'urn:mianzheng:bench';
const KID = 'bench';

/** An issuer that is up. */
export interface BenchIssuer {
  readonly public: Ground['issuer'];
  /** A token of an application, RFC 9068, valid for a day. */
  mint(client: string): Promise<string>;
  /** Stops publishing. */
  close(): Promise<void>;
}

/** Makes a key and publishes it. */
export async function openBenchIssuer(): Promise<BenchIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: KID, alg: 'ES256', use: 'sig' }];
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    public: { issuer: ISSUER, audience: AUDIENCE, keys, jwksUrl: `http://127.0.0.1:${port}/jwks.json` },
    mint: (client) =>
      new SignJWT({ client_id: client })
        .setProtectedHeader({ alg: 'ES256', kid: KID, typ: 'at+jwt' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(client)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('24h')
        .sign(privateKey),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
