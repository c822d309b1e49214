import { Command } from 'commander';
import { loadConfig } from '../config.js';
import { openIssuer } from '../open-gateway.js';
import { print } from './output.js';

/** `mianzheng token <client>`: a bearer token of the development issuer. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('print a bearer token of the development issuer (refused in production mode)')
    .argument(
      '<client>',
      'an application or person of the demonstration, such as school-enrolment or citizen:<id number>',
    )
    .option('--expires-in <seconds>', 'lifetime, 1 to 86400', Number, 3600)
    .option('--json', 'print {token, expiresAt}')
    .action(async (name: string, options: { readonly expiresIn: number; readonly json?: boolean }) => {
      const issuer = await openIssuer(loadConfig(process.env, process.cwd()), Date.now);
      const minted = await issuer.mint(name, { expiresInSeconds: options.expiresIn });
      const expiresAt = new Date(minted.expiresAt).toISOString();
      print({ token: minted.token, expiresAt }, options.json, ({ token }) => token);
    });
}
