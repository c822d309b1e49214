import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { LARGEST_DOCUMENT, type RegisteredDocument, readDocumentFolder, registered } from '../admit/document-folder.js';
import { buildCatalogue } from '../authorize/catalogue.js';
import { DocumentFault, type Documents, openDocuments } from '../authorize/documents.js';
import { buildGatewaySchema } from '../authorize/schema.js';
import { type Config, loadConfig } from '../config.js';
import { MianzhengError } from '../errors.js';
import { documentFolder } from '../open-admission.js';
import { documentLimitsOf } from '../open-authorization.js';
import { readSchemaFiles } from '../package-root.js';
import { CommandError, NO, print, table } from './output.js';

/** An application's identifier that can name a folder. */
const APPLICATION = /^[A-Za-z0-9][\w.-]{0,127}$/;

interface Listed {
  readonly application: string;
  readonly file: string;
  /** `sha256:<hex>`, as the application may send it in place of the text. */
  readonly documentId: string;
  /** Names of its operations; `-` for one without. */
  readonly operations: readonly string[];
  /** Why it would be refused; null where it would not be. */
  readonly fault: string | null;
}

function documentsOf(config: Config): Documents {
  const { schema } = buildCatalogue(buildGatewaySchema(readSchemaFiles()));
  return openDocuments(schema, documentLimitsOf(config));
}

function listed(documents: Documents, application: string, { file, text, hashes }: RegisteredDocument): Listed {
  const common = { application, file, documentId: `sha256:${hashes[0]}` };
  try {
    const { operations } = documents.prepare(text);
    return { ...common, operations: operations.map(({ name }) => name?.value ?? '-'), fault: null };
  } catch (error) {
    if (error instanceof DocumentFault) {
      return { ...common, operations: [], fault: error.faults.map(({ message }) => message).join('; ') };
    }
    if (error instanceof MianzhengError) return { ...common, operations: [], fault: error.message };
    throw error;
  }
}

async function read(path: string): Promise<RegisteredDocument> {
  const bytes = await readFile(path);
  if (bytes.length > LARGEST_DOCUMENT) throw new CommandError(`${path}: larger than ${LARGEST_DOCUMENT} bytes`);
  const name = basename(path);
  return registered(name.endsWith('.graphql') ? name : `${name}.graphql`, bytes.toString());
}

/** What stands under a name; null where nothing does. */
async function standing(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function show(rows: readonly Listed[]): string {
  return table(
    ['application', 'file', 'operations', 'documentId', 'fault'],
    rows.map((row) => [row.application, row.file, row.operations.join(' '), row.documentId, row.fault ?? '']),
  );
}

function registerCommand(): Command {
  return new Command('register')
    .description('register documents for an application; a running gateway takes them within seconds')
    .argument('<file...>', 'files with one GraphQL document each')
    .requiredOption('--client <name>', 'the application')
    .option('--replace', 'put a document in place of another one of the same file name')
    .option('--json', 'print the documents as JSON')
    .action(
      async (
        files: readonly string[],
        options: { readonly client: string; readonly replace?: boolean; readonly json?: boolean },
      ) => {
        const { client } = options;
        if (!APPLICATION.test(client)) throw new CommandError(`${client} names no folder`);
        const config = loadConfig(process.env, process.cwd());
        const documents = documentsOf(config);
        const given = await Promise.all(files.map(read));
        const rows = given.map((document) => listed(documents, client, document));
        const faulty = rows.filter(({ fault }) => fault !== null);
        if (faulty.length > 0) {
          throw new CommandError(faulty.map(({ file, fault }) => `${file}: ${fault}`).join('\n'));
        }
        const folder = join(documentFolder(config), client);
        for (const { file, text } of given) {
          const known = await standing(join(folder, file));
          if (known !== null && known !== text && options.replace !== true) {
            throw new CommandError(
              `${client} has another ${file}, which may be in use; take another name, or --replace`,
            );
          }
        }
        await mkdir(folder, { recursive: true });
        for (const { file, text } of given) await writeFile(join(folder, file), text);
        print(rows, options.json, show);
      },
    );
}

function listCommand(): Command {
  return new Command('list')
    .description('list the registered documents; exit 1 where one would be refused')
    .option('--client <name>', 'of this application only')
    .option('--json', 'print the documents as JSON')
    .action(async ({ client, json }: { readonly client?: string; readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      const documents = documentsOf(config);
      const all = [...(await readDocumentFolder(documentFolder(config)))];
      const rows = all
        .filter(([application]) => client === undefined || application === client)
        .flatMap(([application, own]) => own.map((document) => listed(documents, application, document)));
      print(rows, json, show);
      if (rows.some(({ fault }) => fault !== null)) process.exitCode = NO;
    });
}

/** `mianzheng documents`: those that applications may be held to. */
export function documentsCommand(): Command {
  return new Command('documents')
    .description('the documents registered for applications (documents.mode in the configuration)')
    .addCommand(registerCommand())
    .addCommand(listCommand());
}
