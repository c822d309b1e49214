/** `mianzheng audit find`, `minors` and `verify-file`: searches of the record beside the gateway, and files taken from it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, extname } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { openChain } from '../audit/chain.js';
import type { Json } from '../audit/entries.js';
import { loadSigningKeys } from '../audit/signing-key.js';
import { createPseudonymiser, loadOrCreateKey } from '../audit/subject-pseudonym.js';
import { importKeys } from '../audit/verify.js';
import { type Config, loadConfig } from '../config.js';
import { parseCitizenId, parseCreditCode } from '../domain/identifiers.js';
import { jobChainOf } from '../jobs/retention.js';
import { keyFolder, pseudonymKeyFile, recordFolder, recordSearchOptions } from '../places.js';
import { type EntryFileFormat, entryFile, MOST_EXPORTED } from '../records/entry-file.js';
import { entryInWords } from '../records/in-words.js';
import { anomalyInWords, type MinorsFileFormat, minorsFile } from '../records/minors-file.js';
import { type RecordFilter, RecordIndex } from '../records/record-index.js';
import { signFile, verifyFile } from '../records/signed-file.js';
import { keySetIn } from './key-set.js';
import { CommandError, NO, print } from './output.js';

/** Whoever runs a command, as the record names them. */
const who = (): string => `${userInfo().username}, command line`;

/** Enters what is looked for in the record, before it is. @throws RecordError LOCKED while retention runs */
async function noted(config: Config, action: string, asked: Json): Promise<void> {
  const record = await openChain({
    folder: recordFolder(config),
    chain: jobChainOf(config),
    hash: config.record.hash,
    signingKey: (await loadSigningKeys(keyFolder(config))).current,
    now: Date.now,
    onFault: ({ cause }) => process.stderr.write(`${cause instanceof Error ? cause.message : 'record fault'}\n`),
  });
  try {
    const time = new Date().toISOString();
    await record.append({
      kind: 'administration',
      time,
      actor: who(),
      action,
      subject: 'record',
      before: null,
      after: asked,
    });
  } finally {
    await record.close();
  }
}

/** Runs work on the index, caught up. */
async function withIndex<T>(config: Config, work: (index: RecordIndex) => Promise<T>): Promise<T> {
  const { file, folder, utcOffsetMinutes } = recordSearchOptions(config);
  const index = new RecordIndex(file, folder, utcOffsetMinutes);
  try {
    await index.advance();
    return await work(index);
  } finally {
    index.close();
  }
}

/** Writes a file and beside it its signature, `<file>.jws`. */
async function writeSigned(
  config: Config,
  index: RecordIndex,
  out: string,
  {
    bytes,
    asked,
    entries,
  }: { readonly bytes: Buffer; readonly asked: Readonly<Record<string, Json>>; readonly entries: number },
): Promise<void> {
  const chains = Object.fromEntries(index.chains().map(({ chain, seq }) => [chain, seq]));
  const statement = { name: basename(out), made: new Date().toISOString(), by: who(), asked, entries, chains };
  const { current } = await loadSigningKeys(keyFolder(config));
  writeFileSync(out, bytes, { mode: 0o600 });
  writeFileSync(`${out}.jws`, `${await signFile(bytes, statement, current)}\n`, { mode: 0o600 });
}

interface FindOptions {
  readonly from?: number;
  readonly to?: number;
  readonly kind?: NonNullable<RecordFilter['kinds']>[number];
  readonly client?: string;
  readonly matter?: string;
  readonly case?: string;
  readonly who?: string;
  readonly subject?: 'CITIZEN' | 'ENTERPRISE';
  readonly coordinate?: string;
  readonly outcome?: string;
  readonly code?: string;
  readonly verdict?: string;
  readonly size: number;
  readonly out?: string;
  readonly json?: boolean;
}

function instant(text: string): number {
  const time = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(text) || Number.isNaN(time)) {
    throw new InvalidArgumentError('takes an RFC 3339 instant, or a day');
  }
  return time;
}

function size(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > MOST_EXPORTED) {
    throw new InvalidArgumentError(`takes 1 to ${MOST_EXPORTED}`);
  }
  return Number(text);
}

/** The identifier on standard input: on the command line every user of the machine would see it. */
async function subjectOf(config: Config, kind: 'CITIZEN' | 'ENTERPRISE'): Promise<string> {
  const text = readFileSync(process.stdin.fd, 'utf8').trim();
  const parsed = kind === 'CITIZEN' ? parseCitizenId(text) : parseCreditCode(text);
  if (!parsed.ok) throw new CommandError('standard input holds no identifier of that kind');
  return createPseudonymiser(await loadOrCreateKey(pseudonymKeyFile(config)))(kind, parsed.value);
}

async function find(options: FindOptions): Promise<void> {
  const config = loadConfig(process.env, process.cwd());
  const { kind, coordinate, case: caseNumber, subject, size: most, out, json, ...plain } = options;
  const filter: RecordFilter = {
    ...plain,
    ...(kind === undefined ? {} : { kinds: [kind] }),
    ...(coordinate === undefined ? {} : { coordinates: [coordinate] }),
    ...(caseNumber === undefined ? {} : { caseNumber }),
    ...(subject === undefined ? {} : { subject: await subjectOf(config, subject) }),
  };
  const asked = JSON.parse(JSON.stringify(filter)) as Record<string, Json>;
  await noted(config, out === undefined ? 'records.search' : 'records.export', asked);
  await withIndex(config, async (index) => {
    const found = index.find(filter, out === undefined ? most : MOST_EXPORTED, null);
    if (found.unsound.length > 0) process.exitCode = NO;
    if (out !== undefined) {
      if (found.next !== null) throw new CommandError(`a file has at most ${MOST_EXPORTED} entries: narrow the search`);
      const format: EntryFileFormat = extname(out) === '.csv' ? 'CSV' : 'JSON';
      const entries = found.entries.length;
      await writeSigned(config, index, out, { bytes: entryFile(found.entries, format), asked, entries });
      print({ out, entries, unsound: found.unsound }, json, () => `${entries} entries in ${out}, signed in ${out}.jws`);
      return;
    }
    const as = (code: string) => ({ zh: code, en: code });
    print(found, json, ({ entries, unsound, next }) =>
      [
        ...entries.map((entry) => {
          const { chain, seq } = entry.position;
          return `${chain}/${seq}  ${entry.record.time}  ${entryInWords(entry, { client: as, matter: as, field: as }).en}`;
        }),
        ...unsound.map((place) => `${place}  CHANGED: not the line that was written; run mianzheng audit verify`),
        next === null ? `${entries.length} found` : `the latest ${entries.length}; there are more (--size, --out)`,
      ].join('\n'),
    );
  });
}

/** `audit find`. */
export function findSubcommand(): Command {
  return new Command('find')
    .description('search the record, latest first; the search itself is recorded; exit 1 where a hit was changed')
    .option('--from <instant>', 'first instant or day, included', instant)
    .option('--to <instant>', 'last instant or day, excluded', instant)
    .addOption(new Option('--kind <kind>').choices(['request', 'administration', 'control', 'alarm']))
    .option('--client <id>', 'application')
    .option('--matter <code>', 'matter')
    .option('--case <number>', 'case number')
    .option('--who <name>', 'person at the application, or who acted in the control plane')
    .addOption(
      new Option('--subject <kind>', 'a person or enterprise, whose identifier is read from standard input').choices([
        'CITIZEN',
        'ENTERPRISE',
      ]),
    )
    .option('--coordinate <field>', 'field disclosed, masked, used or withheld, such as Resident.name')
    .option('--outcome <outcome>', 'ANSWERED, REFUSED or FAILED')
    .option('--code <code>', 'code of a refusal')
    .option('--verdict <verdict>', 'verdict')
    .option('--size <n>', 'entries at most', size, 50)
    .option('--out <file>', `write up to ${MOST_EXPORTED} entries to .csv or .jsonl, and its signature to <file>.jws`)
    .option('--json', 'print the result as JSON')
    .action(find);
}

/** `audit minors`. */
export function minorsSubcommand(): Command {
  return new Command('minors')
    .description("yearly audit of what was done with minors' data; with --out a signed .csv, .json or .xlsx")
    .argument('<year>', 'year', (text: string) => {
      if (!/^2\d{3}$/.test(text)) throw new InvalidArgumentError('takes 2000 to 2999');
      return Number(text);
    })
    .option('--out <file>', 'write the report, and its signature to <file>.jws')
    .option('--json', 'print the result as JSON')
    .action(async (year: number, { out, json }: { readonly out?: string; readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      await noted(config, 'records.minors', year);
      const begin = (of: number) => Date.UTC(of, 0, 1) - config.utcOffsetMinutes * 60_000;
      await withIndex(config, async (index) => {
        const report = index.minors(begin(year), begin(year + 1));
        if (out !== undefined) {
          const format = extname(out).slice(1).toUpperCase();
          if (format !== 'CSV' && format !== 'JSON' && format !== 'XLSX')
            throw new CommandError('--out takes .csv, .json or .xlsx');
          const bytes = await minorsFile(report, format satisfies MinorsFileFormat);
          await writeSigned(config, index, out, {
            bytes,
            asked: { report: 'minors', year },
            entries: report.lines.length,
          });
        }
        print(report, json, ({ requests, minors, under14, refused, ageNotKnown, lines, anomalies }) =>
          [
            `${year}: ${requests} requests about ${minors} minors, ${under14} of them under 14; ${refused} refused or failed`,
            `age not known: ${ageNotKnown} requests`,
            ...lines
              .slice(0, 20)
              .map(
                (line) =>
                  `  ${line.client ?? '?'} ${line.operator ?? '-'} ${line.matter ?? '-'}: ${line.requests} requests, ${line.minors} minors`,
              ),
            ...(lines.length > 20 ? [`  and ${lines.length - 20} lines more (--out)`] : []),
            ...anomalies.map((anomaly) => `  ! ${anomalyInWords(anomaly)}`),
          ].join('\n'),
        );
      });
    });
}

/** `audit verify-file`. */
export function verifyFileSubcommand(): Command {
  return new Command('verify-file')
    .description('whether a file taken from the record is as it was signed; exit 1 if not')
    .argument('<file>', 'the file; its signature is <file>.jws')
    .option('--signature <file>', 'its signature, where it lies elsewhere')
    .option('--keys <file>', "JWKS with the keys that sealed the record; default: this installation's own")
    .option('--json', 'print the result as JSON')
    .action(
      async (
        path: string,
        options: { readonly signature?: string; readonly keys?: string; readonly json?: boolean },
      ) => {
        const { publicJwks } = options.keys === undefined ? await ownKeys() : { publicJwks: keySetIn(options.keys) };
        const signature = readFileSync(options.signature ?? `${path}.jws`, 'utf8');
        const result = await verifyFile(readFileSync(path), signature, await importKeys(publicJwks));
        if (!result.ok) process.exitCode = NO;
        print(result, options.json, (verified) =>
          verified.ok
            ? `VALID ${verified.statement.name}: ${verified.statement.entries} entries, made ${verified.statement.made} by ${verified.statement.by}`
            : `INVALID: ${verified.reason}`,
        );
      },
    );
}

async function ownKeys() {
  return loadSigningKeys(keyFolder(loadConfig(process.env, process.cwd())));
}
