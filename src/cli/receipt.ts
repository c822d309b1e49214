import { createPrivateKey, type JsonWebKeyInput } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { JWK } from 'jose';
import { z } from 'zod';
import { findEntry } from '../audit/find-entry.js';
import { type Config, loadConfig } from '../config.js';
import { keyFolder, recordFolder } from '../places.js';
import { receiptPublicKeys, rotateReceiptKey } from '../receipts/keys.js';
import { type RecordedFault, recordedFault } from '../receipts/recorded.js';
import {
  DISCLOSABLE,
  type Disclosable,
  type HolderChallenge,
  isSdJwt,
  presentReceipt,
  type SdReceiptFault,
  type VerifiedSdReceipt,
  verifySdReceipt,
} from '../receipts/sd-jwt.js';
import { type ReceiptFault, type VerifiedReceipt, verifyReceipt } from '../receipts/verify.js';
import { gatewayUrl } from './client.js';
import { CommandError, NO, print } from './output.js';

const IN_WORDS: Readonly<Record<ReceiptFault | SdReceiptFault | RecordedFault, string>> = {
  NOT_THE_HOLDER: 'whoever showed it did not prove to be its holder, to this audience with this nonce',
  NOT_A_RECEIPT: 'it is no receipt of a verdict',
  UNKNOWN_KEY: 'it is signed with a key that is not among the public keys',
  BAD_SIGNATURE: 'its text or its signature was changed',
  NOT_IN_RECORD: 'the record has no such entry',
  OTHER_ENTRY: 'the entry in its place in the record is another one',
  OTHER_RECEIPT: 'the entry in the record is not of this verdict',
};

type Valid = Extract<VerifiedReceipt, { ok: true }> | Extract<VerifiedSdReceipt, { ok: true }>;

type Examined =
  | {
      readonly valid: true;
      readonly claims: Valid['claims'];
      readonly record: Valid['record'];
      readonly inRecord: boolean;
      /** What its holder left out. */
      readonly withheld: readonly string[];
    }
  | { readonly valid: false; readonly reason: ReceiptFault | SdReceiptFault | RecordedFault };

const KEY_SET = z.object({
  keys: z.array(
    z.looseObject({
      kty: z.string(),
      kid: z.string().optional(),
      crv: z.string().optional(),
      x: z.string().optional(),
    }),
  ),
});

function keysIn(text: string, from: string): readonly JWK[] {
  try {
    return KEY_SET.parse(JSON.parse(text)).keys as readonly JWK[];
  } catch (cause) {
    throw new CommandError(`${from} holds no key set (JWKS)`, { cause });
  }
}

async function fetched(url: string): Promise<readonly JWK[]> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new CommandError(`${url} answers ${response.status}`);
  return keysIn(await response.text(), url);
}

/** Of the file or address given; else those the running gateway publishes; else those in the key folder. */
async function publicKeys(config: Config, given: string | undefined): Promise<readonly JWK[]> {
  if (given !== undefined && !/^https?:/.test(given)) return keysIn(readFileSync(given, 'utf8'), given);
  const url = given ?? `${gatewayUrl(config)}/.well-known/jwks.json`;
  try {
    return await fetched(url);
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    if (given !== undefined) throw new CommandError(`${url} does not answer`, { cause });
  }
  const own = await receiptPublicKeys(keyFolder(config));
  if (own.length > 0) return own;
  throw new CommandError(
    `no gateway answers at ${gatewayUrl(config)} and ${keyFolder(config)} has no key; give --jwks`,
  );
}

async function examine(config: Config, text: string, options: VerifyOptions): Promise<Examined> {
  const keys = await publicKeys(config, options.jwks);
  const verified = isSdJwt(text) ? await verifySdReceipt(text, keys, challengeOf(options)) : verifyReceipt(text, keys);
  if (!verified.ok) return { valid: false, reason: verified.reason };
  const { claims, record } = verified;
  if (options.record) {
    const fault = recordedFault(verified, await findEntry(recordFolder(config), record.chain, record.seq));
    if (fault !== null) return { valid: false, reason: fault };
  }
  const withheld = 'withheld' in verified ? verified.withheld : [];
  return { valid: true, claims, record, inRecord: options.record === true, withheld };
}

function inWords(examined: Examined): string {
  if (!examined.valid) return `INVALID ${examined.reason}: ${IN_WORDS[examined.reason]}`;
  const { claims, record, inRecord, withheld } = examined;
  const shown = (value: string | undefined): string => value ?? '(not shown)';
  const marks = { TRUE: '✓', FALSE: '✗', UNKNOWN: '?' } as const;
  return [
    `VALID: ${claims.verdict}${claims.tier == null ? '' : ` (${claims.tier})`}`,
    `  case ${shown(claims.case)}, matter ${claims.matter}, rules ${shown(claims.ruleSet)}, judged by ${shown(claims.asOf)}`,
    `  given to ${shown(claims.client)} by ${claims.iss}, ${new Date(claims.iat * 1000).toISOString()}`,
    ...(claims.requirements ?? []).map(({ id, outcome }) => `  ${marks[outcome]} ${id}`),
    ...(claims.sources ?? []).flatMap(({ department, state, fetchedAt, peers = [] }) => [
      `  ${department} ${state} ${fetchedAt}`,
      ...peers.map((one) => `    ${one.peer} ${one.state}${one.record === null ? '' : `, its record ${one.record}`}`),
    ]),
    `  record ${record.chain}/${record.seq}${inRecord ? ', which holds it' : ''}`,
    ...(withheld.length === 0 ? [] : [`  not shown: ${withheld.join(', ')}`]),
  ].join('\n');
}

interface VerifyOptions {
  readonly jwks?: string;
  readonly record?: boolean;
  readonly audience?: string;
  readonly nonce?: string;
  readonly json?: boolean;
}

function challengeOf({ audience, nonce }: Pick<VerifyOptions, 'audience' | 'nonce'>): HolderChallenge | null {
  if (audience === undefined && nonce === undefined) return null;
  if (audience === undefined || nonce === undefined) throw new CommandError('give --audience and --nonce together');
  return { audience, nonce };
}

function verifySubcommand(): Command {
  return new Command('verify')
    .description('verify the receipt (核验回执) of a verdict; exit 1 where it is not valid')
    .argument('<file>', 'the receipt; - for standard input')
    .option('--jwks <file|url>', "public keys; default: the running gateway's, else those of this installation")
    .option('--audience <uri>', 'demand the proof of the holder of an SD-JWT, made for this audience')
    .option('--nonce <text>', 'and with this nonce')
    .option('--record', 'also look its entry up in the record of this installation')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, options: VerifyOptions) => {
      const config = loadConfig(process.env, process.cwd());
      // 0: standard input.
      const text = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
      const examined = await examine(config, text, options);
      print(examined, options.json, inWords);
      if (!examined.valid) process.exitCode = NO;
    });
}

interface PresentOptions {
  readonly disclose?: string;
  readonly key?: string;
  readonly audience?: string;
  readonly nonce?: string;
}

function presentSubcommand(): Command {
  return new Command('present')
    .description('print of an SD-JWT receipt what is to be shown; needs neither gateway nor configuration')
    .argument('<file>', 'the receipt; - for standard input')
    .option('--disclose <names>', `what to show besides the verdict, with commas: ${DISCLOSABLE.join(', ')}`)
    .option('--key <file>', "the holder's private JWK, where the receipt is bound to it")
    .option('--audience <uri>', 'for whom the proof is made')
    .option('--nonce <text>', 'what they asked for in it')
    .action(async (file: string, options: PresentOptions) => {
      const text = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
      if (!isSdJwt(text)) throw new CommandError('only an SD-JWT can be shown in part');
      const names = (options.disclose ?? '').split(',').filter((name) => name !== '');
      const stray = names.filter((name) => !(DISCLOSABLE as readonly string[]).includes(name));
      if (stray.length > 0) throw new CommandError(`--disclose takes ${DISCLOSABLE.join(', ')}`);
      const challenge = challengeOf(options);
      if ((challenge === null) !== (options.key === undefined)) {
        throw new CommandError('give --key, --audience and --nonce together');
      }
      const proof =
        challenge === null
          ? null
          : {
              ...challenge,
              key: createPrivateKey({
                key: JSON.parse(readFileSync(options.key ?? '', 'utf8')) as JsonWebKeyInput['key'],
                format: 'jwk',
              }),
              at: Date.now(),
            };
      print(await presentReceipt(text, names as Disclosable[], proof), false, (shown) => shown);
    });
}

function rotateSubcommand(): Command {
  return new Command('rotate')
    .description('make a new key that signs receipts; receipts of the former stay verifiable')
    .option('--json', 'print the result as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const kid = await rotateReceiptKey(keyFolder(loadConfig(process.env, process.cwd())));
      print({ kid }, options.json, () => `${kid}\na gateway that runs signs with it within seconds`);
    });
}

/** `mianzheng receipt`: what was given in hand. */
export function receiptCommand(): Command {
  return new Command('receipt')
    .description('verify the receipt of a verdict, show one in part, or change the key that signs them')
    .addCommand(verifySubcommand())
    .addCommand(presentSubcommand())
    .addCommand(rotateSubcommand());
}
