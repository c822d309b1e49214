import { Command } from 'commander';
import { loadSigningKeys } from '../audit/signing-key.js';
import { readPassphrase } from '../backup/keys.js';
import { type MadeBackup, makeBackup } from '../backup/make.js';
import { type RestoredBackup, restoreBackup } from '../backup/restore.js';
import { loadConfig } from '../config.js';
import { controlFile, keyFolder, recordFolder } from '../places.js';
import { keySetIn } from './key-set.js';
import { CommandError, NO, print } from './output.js';

const ON_A_SERVER =
  '  control store: on a server, not in this backup (mariadb-dump --single-transaction, see docs/operations.md)';

interface BackupCommandOptions {
  readonly to: string;
  readonly keysWith?: string;
  readonly earlierKeys?: string;
  readonly json?: boolean;
}

function made({ manifest, verification }: MadeBackup): string {
  const has = (path: string) => manifest.files.some((file) => file.path === path);
  return [
    `BACKUP of ${manifest.made}, ${manifest.files.length} files; record ${verification.state}`,
    ...manifest.record.chains.map(({ chain, seq }) => `  ${chain}: up to entry ${seq}`),
    ...(verification.state === 'BROKEN' ? verification.faults.map((f) => `  ${f.chain} ${f.explanation}`) : []),
    manifest.control === 'SQLITE' ? '  control store: in it' : ON_A_SERVER,
    has('keys.jwe')
      ? '  keys: in it, encrypted; without the passphrase nobody can read them'
      : '  keys: NOT in it (--keys-with FILE encrypts them into it)',
  ].join('\n');
}

/** `mianzheng backup`: a copy made while the gateway runs. */
export function backupCommand(): Command {
  return new Command('backup')
    .description(
      'copy record, control store and, encrypted, keys while the gateway runs; exit 1 if the record is broken',
    )
    .requiredOption('--to <folder>', 'an empty folder, or one to be made')
    .option('--keys-with <file>', 'file with a passphrase (32 characters or more) that encrypts the keys')
    .option('--earlier-keys <file>', 'JWKS with keys that sealed the record and are not in the key folder')
    .option('--json', 'print the manifest as JSON')
    .action(async ({ to, keysWith, earlierKeys, json }: BackupCommandOptions) => {
      const config = loadConfig(process.env, process.cwd());
      const { current, publicJwks } = await loadSigningKeys(keyFolder(config));
      const backup = await makeBackup({
        to,
        instance: config.instance,
        recordFolder: recordFolder(config),
        keyFolder: keyFolder(config),
        controlFile: controlFile(config),
        passphrase: keysWith === undefined ? null : await readPassphrase(keysWith),
        signingKey: current,
        earlierKeys: [...publicJwks.slice(1), ...(earlierKeys === undefined ? [] : keySetIn(earlierKeys))],
        now: Date.now,
      });
      if (json) print(backup.manifest, true, String);
      else print(backup, false, made);
      if (backup.verification.state === 'BROKEN') process.exitCode = NO;
    });
}

interface RestoreCommandOptions {
  readonly from: string;
  readonly keysWith?: string;
  readonly withoutKeys?: boolean;
  readonly trust?: string;
  readonly json?: boolean;
}

const TRUST: Readonly<Record<RestoredBackup['trust'], string>> = {
  GIVEN_KEYS: 'signed by the keys given',
  RESTORED_KEY: 'signed by the key restored with it',
  BACKUP: 'signed by a key that only the backup itself vouches for: compare it with one you know (--trust)',
};

function restored({ manifest, verification, trust, keys, control }: RestoredBackup): string {
  return [
    `RESTORED the backup of ${manifest.made}, ${TRUST[trust]}; record ${verification.state}`,
    ...manifest.record.chains.map(({ chain, seq }) => `  ${chain}: up to entry ${seq}`),
    control ? '  control store: restored' : '  control store: restore it on its server',
    keys ? '  keys: restored' : '  keys: NOT restored: put keys/ in its place before anything is started',
    'Entries later than that are not in it. If there were any, give the gateway another `instance` before it starts.',
  ].join('\n');
}

/** `mianzheng restore`: into an empty data folder. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('put a backup into an empty data folder and verify the record there; exit 1 if it is broken')
    .requiredOption('--from <folder>', 'the backup')
    .option('--keys-with <file>', 'file with the passphrase of the keys')
    .option('--without-keys', 'leave the keys out: they come from another place')
    .option('--trust <file>', 'JWKS with the public keys of the installation, kept elsewhere')
    .option('--json', 'print the result as JSON')
    .action(async ({ from, keysWith, withoutKeys, trust, json }: RestoreCommandOptions) => {
      if ((keysWith === undefined) === (withoutKeys !== true)) {
        throw new CommandError('give --keys-with FILE, or --without-keys: new keys would give people other names');
      }
      const config = loadConfig(process.env, process.cwd());
      const result = await restoreBackup({
        from,
        data: config.data,
        recordFolder: recordFolder(config),
        keyFolder: keyFolder(config),
        controlFile: controlFile(config),
        passphrase: keysWith === undefined ? null : await readPassphrase(keysWith),
        trustedKeys: trust === undefined ? [] : keySetIn(trust),
      });
      print(result, json, restored);
      if (result.verification.state === 'BROKEN') process.exitCode = NO;
    });
}
