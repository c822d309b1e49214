/** The issuer of tokens for development. */
import { join } from 'node:path';
import { type DevelopmentIssuer, openDevelopmentIssuer } from './authenticate/development-issuer.js';
import type { Config } from './config.js';
import { keyFolder } from './places.js';

/** Opens the development issuer at the gateway's address. @throws in production mode */
export function openIssuer(config: Config, now: () => number): Promise<DevelopmentIssuer> {
  return openDevelopmentIssuer({
    folder: join(keyFolder(config), 'development-issuer'),
    // Not the address it listens on: a token must hold whatever port the gateway has next time.
    issuer: 'http://127.0.0.1:4000/oidc',
    audience: config.audience,
    production: config.mode === 'production',
    ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
    now,
  });
}
