import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { renderSVG, renderUnicodeCompact } from 'uqr';
import { loadConfig } from '../config.js';
import { ask, developmentToken, type GraphqlAnswer, gatewayUrl } from './client.js';
import { CommandError, NO, print, table } from './output.js';

interface Presented {
  readonly code: string | null;
  readonly expiresAt: string | null;
  readonly verdict: { readonly verdict: string; readonly reasonsZh: readonly string[] };
}

interface Inspected {
  readonly caseNumber: string;
  readonly presentedAt: string;
  readonly presentedBy: string;
  readonly face: readonly {
    readonly field: string;
    readonly nameZh: string;
    readonly state: string;
    readonly value: string | null;
  }[];
  readonly compared: readonly { readonly field: string; readonly comparison: string }[];
}

/** @throws CommandError with the gateway's words where it gives none */
function given<T>(answer: GraphqlAnswer, field: string): T {
  const value = answer.data?.[field];
  if (value !== null && value !== undefined) return value as T;
  throw new CommandError(answer.errors?.map((e) => `${e.extensions.code}: ${e.message}`).join('; ') ?? 'no answer');
}

function presentedInWords({ code, expiresAt, verdict }: Presented): string {
  if (code === null) return [verdict.verdict, ...verdict.reasonsZh.map((reason) => `  · ${reason}`)].join('\n');
  return `${renderUnicodeCompact(code)}\n${code}\ngood until ${expiresAt}`;
}

function inspectedInWords({ caseNumber, presentedAt, presentedBy, face, compared }: Inspected): string {
  const results = new Map(compared.map(({ field, comparison }) => [field, comparison]));
  const rows = face.map(({ field, nameZh, state, value }) => [
    nameZh,
    value ?? '',
    state === 'FILLED' ? '' : state,
    results.get(field) ?? '',
  ]);
  return `case ${caseNumber}, shown ${presentedAt} through ${presentedBy}\n${table(['', '', '', ''], rows)}`;
}

/** Reads `field=value`. @throws CommandError */
function shownField(text: string): { readonly field: string; readonly value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new CommandError(`${text}: say field=value`);
  return { field: text.slice(0, at), value: text.slice(at + 1) };
}

/** `mianzheng licence`: shows a licence by a QR code (手机亮证), and looks one up (扫码迎检), through the running gateway. */
export function licenceCommand(): Command {
  return new Command('licence')
    .description('show a licence by a QR code (手机亮证), or look one up (扫码迎检)')
    .addCommand(
      new Command('show')
        .description('make a short-lived code for the licence of a case; exit 1 where it may not be shown')
        .requiredOption('--case <number>', 'number of the case')
        .option('--matter <code>', 'code of the matter', 'licence-presentation')
        .option('--client <name>', 'application to ask as, with a development token', 'licence-wallet')
        .option('--token <token>', 'bearer token to ask with instead')
        .option('--svg <file>', 'save the QR code there')
        .option('--json', 'print {code, expiresAt, verdict}')
        .action(
          async (options: {
            readonly case: string;
            readonly matter: string;
            readonly client: string;
            readonly token?: string;
            readonly svg?: string;
            readonly json?: boolean;
          }) => {
            const config = loadConfig(process.env, process.cwd());
            const token = options.token ?? (await developmentToken(config, options.client));
            const purpose = { matter: options.matter, caseNumber: options.case };
            const query = 'mutation { presentLicence { code expiresAt verdict { verdict reasonsZh } } }';
            const answer = await ask(gatewayUrl(config), token, purpose, query);
            const presented = given<Presented>(answer, 'presentLicence');
            if (options.svg !== undefined && presented.code !== null) {
              writeFileSync(options.svg, renderSVG(presented.code, { ecc: 'M' }));
            }
            print(presented, options.json, presentedInWords);
            if (presented.code === null) process.exitCode = NO;
          },
        ),
    )
    .addCommand(
      new Command('inspect')
        .description('look a code up, once; exit 1 where something shown differs')
        .argument('<code>', 'the code, as scanned')
        .option('--shown <field=value...>', 'what the face says, to be compared, such as number=…')
        .option('--matter <code>', 'code of the matter', 'licence-inspection')
        .option('--client <name>', 'application to ask as, with a development token', 'market-inspection')
        .option('--token <token>', 'bearer token to ask with instead')
        .option('--json', 'print {caseNumber, face, compared, …}')
        .action(
          async (
            code: string,
            options: {
              readonly shown?: readonly string[];
              readonly matter: string;
              readonly client: string;
              readonly token?: string;
              readonly json?: boolean;
            },
          ) => {
            const config = loadConfig(process.env, process.cwd());
            const token = options.token ?? (await developmentToken(config, options.client));
            const shown = (options.shown ?? []).map(shownField);
            const query = `mutation($code: String!, $shown: [ShownFieldInput!]!) { inspectLicence(code: $code, shown: $shown) {
              caseNumber presentedAt presentedBy face { field nameZh state value } compared { field comparison } } }`;
            const purpose = { matter: options.matter, caseNumber: 'none' };
            const answer = await ask(gatewayUrl(config), token, purpose, query, { code, shown });
            const inspected = given<Inspected>(answer, 'inspectLicence');
            print(inspected, options.json, inspectedInWords);
            if (inspected.compared.some(({ comparison }) => comparison === 'MISMATCH')) process.exitCode = NO;
          },
        ),
    );
}
