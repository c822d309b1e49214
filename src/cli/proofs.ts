/** `mianzheng proofs`: the catalogue of proofs that the city used to ask for. */
import { renameSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { extname, relative } from 'node:path';
import { Command, Option } from 'commander';
import { type Config, loadConfig } from '../config.js';
import { findDepartments } from '../departments.js';
import { recordingActs } from '../jobs/record-act.js';
import { inspectMatters } from '../matters/index.js';
import { openAuthorization } from '../open-authorization.js';
import { loadProofs, ownProofs, proofFile, proofReferences } from '../open-proofs.js';
import { matterFolder } from '../places.js';
import { countByMode, PROOF_MODES, type Proof, type ProofCatalogue, type ProofMode } from '../proofs/proof.js';
import { ProofFaults, proofFaultLine, readProofs } from '../proofs/read.js';
import { catalogueText, catalogueWorkbook } from '../proofs/write.js';
import { CommandError, NO, print, table } from './output.js';

async function schemaCatalogue(config: Config) {
  const departments = await findDepartments();
  const connectors = departments.map(({ definition }) => ({
    department: definition.code,
    coverage: definition.coverage,
  }));
  return openAuthorization(config, connectors).catalogue;
}

/** The catalogue in use. @throws CommandError with its faults */
async function inUse(config: Config): Promise<ProofCatalogue> {
  try {
    return await loadProofs(config, await schemaCatalogue(config));
  } catch (error) {
    if (error instanceof ProofFaults) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

interface Listed {
  readonly file: string;
  readonly modes: Readonly<Record<ProofMode, number>>;
  readonly proofs: readonly Proof[];
}

function inWords({ file, modes, proofs }: Listed): string {
  const rows = proofs.map((proof) => [proof.code, proof.mode, proof.nameZh, proof.issuerZh, proof.matters.join('；')]);
  const counts = PROOF_MODES.map((mode) => `${modes[mode]} ${mode}`).join(', ');
  return [
    table(['code', 'mode', '证明', '开具单位', '涉及事项'], rows),
    `${proofs.length} proofs (${counts}) of ${file}`,
  ].join('\n');
}

const MODE = new Option('--mode <mode>', 'only proofs met in this way').choices(PROOF_MODES);

function listSubcommand(): Command {
  return new Command('list')
    .description('the proofs of the catalogue in use, and how each is met')
    .addOption(MODE)
    .option('--json', 'print {file, modes, proofs}')
    .action(async (options: { readonly mode?: ProofMode; readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      const { proofs } = await inUse(config);
      const shown = [...proofs.values()].filter(({ mode }) => options.mode === undefined || mode === options.mode);
      const listed = { file: relative(process.cwd(), proofFile(config)), modes: countByMode(shown), proofs: shown };
      print(listed, options.json, inWords);
    });
}

function exportSubcommand(): Command {
  return new Command('export')
    .description('write the catalogue in use to a file, to be changed and imported again')
    .argument('<file>', 'ends in .csv (UTF-8, as a spreadsheet reads it) or .xlsx')
    .option('--json', 'print {file, proofs}')
    .action(async (file: string, options: { readonly json?: boolean }) => {
      const ending = extname(file).toLowerCase();
      if (ending !== '.csv' && ending !== '.xlsx') throw new CommandError(`${file}: the file ends in .csv or .xlsx`);
      const { proofs } = await inUse(loadConfig(process.env, process.cwd()));
      const content =
        ending === '.csv' ? catalogueText(proofs.values(), true) : await catalogueWorkbook(proofs.values());
      writeFileSync(file, content);
      print({ file, proofs: proofs.size }, options.json, (done) => `${done.proofs} proofs in ${done.file}`);
    });
}

interface Imported {
  /** `file:row:column: what is wrong`, or `file:line:column: …` of a matter that the new catalogue does not fit. */
  readonly faults: readonly string[];
  readonly proofs: number;
  readonly modes: Readonly<Record<ProofMode, number>>;
  /** Whether the catalogue in use is another now. */
  readonly changed: boolean;
}

/** Faults of the configured matters that only this catalogue makes. */
async function faultsOfMatters(
  config: Config,
  schema: Awaited<ReturnType<typeof schemaCatalogue>>['schema'],
  next: ProofCatalogue,
) {
  const folder = matterFolder(config);
  const [before, after] = await Promise.all([
    inspectMatters(folder, schema),
    inspectMatters(folder, schema, next.proofs),
  ]);
  const known = new Set(before.faults.map((fault) => JSON.stringify(fault)));
  return after.faults
    .filter((fault) => !known.has(JSON.stringify(fault)))
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
}

async function importFile(config: Config, file: string, actor: string): Promise<Imported> {
  const catalogue = await schemaCatalogue(config);
  let next: ProofCatalogue;
  try {
    next = await readProofs(file, proofReferences(catalogue));
  } catch (error) {
    if (!(error instanceof ProofFaults)) throw error;
    const faults = error.faults.map((fault) => proofFaultLine(file, fault));
    return { faults, proofs: 0, modes: countByMode([]), changed: false };
  }
  const found = { proofs: next.proofs.size, modes: countByMode(next.proofs.values()) };
  const faults = await faultsOfMatters(config, catalogue.schema, next);
  if (faults.length > 0) return { ...found, faults, changed: false };
  const before = await loadProofs(config, catalogue).catch((error: unknown) => {
    if (error instanceof ProofFaults) return null;
    throw error;
  });
  if (before?.sha256 === next.sha256) return { ...found, faults, changed: false };
  const state = (of: ProofCatalogue) => ({ sha256: of.sha256, ...countByMode(of.proofs.values()) });
  const onFault = ({ what, cause }: { readonly what: string; readonly cause: unknown }): void => {
    process.stderr.write(`record: ${what}: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  };
  await recordingActs({ config, now: Date.now, onFault }, async (record) => {
    const action = 'proofs.import';
    await record({ actor, action, subject: 'proofs', before: before && state(before), after: state(next) });
    const own = ownProofs(config);
    writeFileSync(`${own}.new`, catalogueText(next.proofs.values()));
    renameSync(`${own}.new`, own);
  });
  return { ...found, faults, changed: true };
}

function importSubcommand(): Command {
  return new Command('import')
    .description('put a file in the place of the catalogue in use, from the next start on; exit 1 where it has faults')
    .argument('<file>', '.csv (UTF-8 or GB18030) or .xlsx; the first row names the columns')
    .option('--by <name>', 'who does it; stands in the record', userInfo().username)
    .option('--json', 'print {faults, proofs, modes, changed}')
    .action(async (file: string, options: { readonly by: string; readonly json?: boolean }) => {
      if (!/^[\w.@-]{1,64}$/.test(options.by)) throw new CommandError('--by takes 1 to 64 letters, digits or . _ @ -');
      const config = loadConfig(process.env, process.cwd());
      if (extname(ownProofs(config)).toLowerCase() !== '.csv') {
        throw new CommandError(
          `proofs in the configuration names ${ownProofs(config)}: only a .csv can be imported to`,
        );
      }
      const imported = await importFile(config, file, options.by);
      print(imported, options.json, ({ faults, proofs, modes, changed }) =>
        faults.length > 0
          ? [...faults, `${faults.length} faults; nothing was changed`].join('\n')
          : `${proofs} proofs (${PROOF_MODES.map((mode) => `${modes[mode]} ${mode}`).join(', ')}): ${changed ? 'in use from the next start on' : 'in use already'}`,
      );
      if (imported.faults.length > 0) process.exitCode = NO;
    });
}

/** `mianzheng proofs`. */
export function proofsCommand(): Command {
  return new Command('proofs')
    .description('the catalogue of proofs that the city used to ask for (证明事项清单)')
    .addCommand(listSubcommand())
    .addCommand(importSubcommand())
    .addCommand(exportSubcommand());
}
