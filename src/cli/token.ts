import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { base64url, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { MintedToken } from '../authenticate/development-issuer.js';
import { loadConfig } from '../config.js';
import { openIssuer } from '../open-issuer.js';
import { graphqlUrl } from '../places.js';
import { CommandError, print } from './output.js';

/** The ES256 key in a file, made where there is none, mode 0600. */
async function keyIn(file: string): Promise<JWK> {
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    writeFileSync(file, `${JSON.stringify(await exportJWK(privateKey), null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  }
  try {
    const { kty, crv, x, y, d } = JSON.parse(readFileSync(file, 'utf8')) as JWK;
    if (kty !== 'EC' || crv !== 'P-256' || !x || !y || !d) throw new TypeError('another key');
    return { kty, crv, x, y, d };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    // No cause: a JSON error quotes the text, which is the key.
    throw new CommandError(`${file} is no private P-256 JWK`);
  }
}

/** A proof for one POST of this token (RFC 9449 §4.2). */
async function proofOf(token: string, key: JWK, url: string, nonce: string | undefined): Promise<string> {
  const { d: _private, ...jwk } = key;
  const ath = base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.from(token))));
  return new SignJWT({ htm: 'POST', htu: url, ath, jti: randomUUID(), ...(nonce === undefined ? {} : { nonce }) })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .setIssuedAt()
    .sign(await importJWK(key, 'ES256'));
}

interface Options {
  readonly expiresIn: number;
  readonly dpop?: string;
  readonly nonce?: string;
  readonly json?: boolean;
}

interface Printed {
  readonly token: string;
  readonly expiresAt: string;
  /** For one request. */
  readonly proof?: string;
}

function inWords({ token, proof }: Printed): string {
  return proof === undefined ? token : `Authorization: DPoP ${token}\nDPoP: ${proof}`;
}

/** `mianzheng token <client>`: an access token of the development issuer. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('print an access token of the development issuer (refused in production mode)')
    .argument(
      '<client>',
      'an application or person of the demonstration, such as school-enrolment or citizen:<id number>',
    )
    .option('--expires-in <seconds>', 'lifetime, 1 to 86400', Number, 3600)
    .option(
      '--dpop <file>',
      'bind the token to the private key (JWK) in this file, made where missing, and print the two headers of one POST',
    )
    .option('--nonce <nonce>', "with --dpop: the gateway's DPoP-Nonce, where it asked for one")
    .option('--json', 'print {token, expiresAt}, with --dpop also {proof}')
    .action(async (name: string, options: Options) => {
      const config = loadConfig(process.env, process.cwd());
      const issuer = await openIssuer(config, Date.now);
      const key = options.dpop === undefined ? null : await keyIn(options.dpop);
      const keyThumbprint = key === null ? {} : { keyThumbprint: await calculateJwkThumbprint(key) };
      const minted: MintedToken = await issuer.mint(name, { expiresInSeconds: options.expiresIn, ...keyThumbprint });
      const { token } = minted;
      const proof = key === null ? {} : { proof: await proofOf(token, key, graphqlUrl(config), options.nonce) };
      print({ token, expiresAt: new Date(minted.expiresAt).toISOString(), ...proof }, options.json, inWords);
    });
}
