import { Command } from 'commander';
import type { JWK } from 'jose';
import { exportRecord } from '../audit/export.js';
import { rotateSigningKey, signingPublicKeys } from '../audit/signing-key.js';
import { type VerifiedChain, verifyRecord } from '../audit/verify.js';
import { type Config, loadConfig } from '../config.js';
import { keyFolder, recordFolder } from '../places.js';
import { findSubcommand, minorsSubcommand, verifyFileSubcommand } from './audit-find.js';
import { keySetIn } from './key-set.js';
import { NO, print } from './output.js';

/** Public keys to verify seals with: of a file or folder given, else this installation's own. */
async function publicKeys(config: Config, given: string | undefined): Promise<readonly JWK[]> {
  if (given === undefined) return await signingPublicKeys(keyFolder(config));
  return keySetIn(given);
}

function lineOf({ chain, entries, requests, checkpoints, sealed, head, pruned }: VerifiedChain): string {
  const gone =
    pruned === null
      ? ''
      : `; pruned up to entry ${pruned.seq} of ${pruned.until}, on ${pruned.time} by ${pruned.by} (anchor ${pruned.number})`;
  return `  ${chain}: ${entries} entries, ${requests} requests, ${checkpoints} seals, sealed to ${sealed} of ${head.seq}${gone}`;
}

function verifySubcommand(): Command {
  return new Command('verify')
    .description('prove that no entry of the record was changed, lost, added or moved; exit 1 and say where if one was')
    .option(
      '--keys <file>',
      "JWKS with the keys that sealed it; default: this installation's own, the earlier ones too",
    )
    .option('--json', 'print the result as JSON')
    .action(async (options: { readonly keys?: string; readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      const result = await verifyRecord(recordFolder(config), await publicKeys(config, options.keys));
      print(result, options.json, (verification) =>
        verification.state === 'INTACT'
          ? ['INTACT', ...verification.chains.map(lineOf)].join('\n')
          : [
              'BROKEN',
              ...verification.faults.map(
                (fault) => `  ${fault.chain} ${fault.segment}:${fault.line} ${fault.fault}: ${fault.explanation}`,
              ),
            ].join('\n'),
      );
      if (result.state === 'BROKEN') process.exitCode = NO;
    });
}

function exportSubcommand(): Command {
  return new Command('export')
    .description('write the record as JSON lines, coordinates spelled out')
    .option('--from <instant>', 'first instant, RFC 3339, included')
    .option('--to <instant>', 'last instant, RFC 3339, excluded')
    .option('--json', 'one JSON array instead of lines')
    .action(async (options: { readonly from?: string; readonly to?: string; readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      const period = { ...(options.from ? { from: options.from } : {}), ...(options.to ? { to: options.to } : {}) };
      let separator = options.json ? '[\n' : '';
      for await (const entry of exportRecord(recordFolder(config), period)) {
        process.stdout.write(`${separator}${JSON.stringify(entry)}`);
        separator = options.json ? ',\n' : '\n';
      }
      process.stdout.write(options.json ? (separator === '[\n' ? '[]\n' : '\n]\n') : '\n');
    });
}

function rotateSubcommand(): Command {
  return new Command('rotate')
    .description('make a new key that seals the record; what the former sealed stays verifiable')
    .option('--json', 'print the result as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const kid = await rotateSigningKey(keyFolder(loadConfig(process.env, process.cwd())));
      print({ kid }, options.json, () => `${kid}\na gateway that runs seals with it within seconds`);
    });
}

/** `mianzheng audit`: the record. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('prove, read or search the record, or change the key that seals it')
    .addCommand(verifySubcommand())
    .addCommand(exportSubcommand())
    .addCommand(findSubcommand())
    .addCommand(minorsSubcommand())
    .addCommand(verifyFileSubcommand())
    .addCommand(rotateSubcommand());
}
