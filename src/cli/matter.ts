import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { GraphQLSchema } from 'graphql';
import type { Authorizer } from '../authorize/authorizer.js';
import { explainPlan } from '../authorize/explain.js';
import { type Rights, rightsOf } from '../authorize/rights.js';
import { type Config, loadConfig } from '../config.js';
import { findDepartments } from '../departments.js';
import { todayIn } from '../domain/calendar.js';
import {
  CASES,
  type Fault,
  faultLine,
  inspectMatters,
  jsonSchemaFile,
  type KnownProofs,
  type Matter,
  orphanedCases,
  PARTS,
  readCases,
  SCHEMA_FILES,
  type SchemaKind,
  scanField,
  skeletonOf,
} from '../matters/index.js';
import { openAuthorization } from '../open-authorization.js';
import { loadProofs } from '../open-proofs.js';
import { openStore } from '../open-store.js';
import type { Prefill } from '../operations/prefill.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { matterFolder } from '../places.js';
import { readGrant } from '../store/policy.js';
import { ask, developmentToken, gatewayUrl } from './client.js';
import { CommandError, NO, print, table } from './output.js';

/** A folder of matters, and which of its files were asked for; null: all of them. */
interface Asked {
  readonly folder: string;
  readonly names: ReadonlySet<string> | null;
}

/** The folders of the files, or the configured one where no file is named. @throws CommandError for a file that is not there */
function askedFor(config: Config, files: readonly string[]): readonly Asked[] {
  if (files.length === 0) return [{ folder: matterFolder(config), names: null }];
  const byFolder = new Map<string, Set<string>>();
  for (const file of files) {
    if (!existsSync(file)) throw new CommandError(`${file} is not there`);
    const path = resolve(file);
    const name = basename(path).replace(CASES, '.yaml');
    byFolder.set(dirname(path), (byFolder.get(dirname(path)) ?? new Set()).add(name));
  }
  return [...byFolder].map(([folder, names]) => ({ folder, names }));
}

/** A matter without faults, and where it stands. */
interface FoundMatter {
  readonly folder: string;
  readonly matter: Matter;
}

interface Inspected {
  readonly matters: readonly FoundMatter[];
  /** With paths from where the command runs. */
  readonly faults: readonly Fault[];
}

async function inspect(asked: readonly Asked[], schema: GraphQLSchema, proofs: KnownProofs): Promise<Inspected> {
  const matters: FoundMatter[] = [];
  const faults: Fault[] = [];
  for (const { folder, names } of asked) {
    const inspected = await inspectMatters(folder, schema, proofs);
    const among = (name: string) =>
      names === null || names.has(name) || name === folder || name.startsWith(`${PARTS}/`);
    const here = [...inspected.matters.values()].filter(({ code }) => among(`${code}.yaml`));
    const cases = await Promise.all(here.map((matter) => readCases(folder, matter)));
    matters.push(...here.map((matter) => ({ folder, matter })));
    const orphaned = existsSync(folder) ? await orphanedCases(folder) : [];
    for (const fault of [...inspected.faults, ...cases.flatMap((one) => one?.faults ?? []), ...orphaned]) {
      if (among(fault.file.replace(CASES, '.yaml'))) faults.push({ ...fault, file: pathOf(folder, fault.file) });
    }
  }
  return { matters, faults };
}

function pathOf(folder: string, name: string): string {
  return relative(process.cwd(), resolve(folder, name)) || '.';
}

/** What an office lacks for a matter, one application for each department. */
interface Lacking {
  readonly matter: string;
  readonly department: string;
  readonly coordinates: readonly string[];
}

const REGISTER = 'mutation($case: RegisterCaseInput!) { registerCase(input: $case) { number } }';

const COMPARE = 'mutation($claims: [ClaimInput!]!) { compareClaims(claims: $claims) { outcome } }';

const FIND_PEOPLE = `mutation { runPolicy(run: "r") { __typename } notifyOffers(run: "r") { __typename }
  withdrawOffers(run: "r") { __typename } answerOffer(offer: "o", token: "t", confirm: true) { __typename } }`;

const FOUND_PEOPLE = '{ policyRun(run: "r") { __typename } policyOffers(run: "r") { __typename } }';

const SHOW = 'mutation { presentLicence { __typename } withdrawPresentations { __typename } }';

const SHOWN = '{ licenceShowings { __typename } }';

const INSPECT = 'mutation { inspectLicence(code: "c") { __typename } }';

/** The operations of the gateway that a matter makes its office use besides judging. */
function operationsOf({ form, policy, presentation, inspection }: Matter): readonly string[] {
  return [
    ...(form === null ? [] : ['{ prefill { total } }']),
    ...(policy === undefined ? [] : [FIND_PEOPLE, FOUND_PEOPLE]),
    ...(presentation === undefined ? [] : [SHOW, SHOWN]),
    ...(inspection === undefined ? [] : [INSPECT]),
  ];
}

/** The right to scan (筛查) that a matter finds people by and its office does not have; null where nothing is lacking. */
function lackingScan({ policy }: Matter, schema: GraphQLSchema, authorizer: Authorizer, rights: Rights) {
  if (policy === undefined) return null;
  const scan = scanField(schema, policy.scan);
  return scan === null || authorizer.scan(scan, rights, policy.where) !== null ? null : scan;
}

/** Everything a matter makes its office ask, each in the way it is asked. */
function lackingFor(matter: Matter, schema: GraphQLSchema, authorizer: Authorizer, rights: Rights): readonly Lacking[] {
  const plans = [
    authorizer.plan(matter.facts, null, rights, 'VERIFY'),
    authorizer.plan(REGISTER, null, rights),
    authorizer.plan('mutation { verify { verdict } }', null, rights),
    ...(matter.form === null ? [] : [authorizer.plan(matter.form.facts, null, rights)]),
    ...operationsOf(matter).map((document) => authorizer.plan(document, null, rights)),
    ...(matter.claims === null
      ? []
      : [
          authorizer.plan(
            matter.claims.documentOf(matter.claims.all.map(({ claim }) => claim)),
            null,
            rights,
            'VERIFY',
          ),
          authorizer.plan(COMPARE, null, rights),
        ]),
  ];
  const scan = lackingScan(matter, schema, authorizer, rights);
  const byDepartment = new Map<string, Set<string>>();
  const lacking: readonly { readonly department: string; readonly coordinates: readonly string[] }[] = [
    ...plans.flatMap((plan) => explainPlan(plan, rights, matter.code).applications),
    ...(scan === null ? [] : [{ department: scan.department, coordinates: [scan.coordinate] }]),
  ];
  for (const { department, coordinates } of lacking) {
    const known = byDepartment.get(department) ?? new Set();
    for (const coordinate of coordinates) known.add(coordinate);
    byDepartment.set(department, known);
  }
  return [...byDepartment].map(([department, coordinates]) => ({
    matter: matter.code,
    department,
    coordinates: [...coordinates].sort((a, b) => (a < b ? -1 : 1)),
  }));
}

async function openAuthorizer(config: Config) {
  const departments = await findDepartments();
  return openAuthorization(
    config,
    departments.map(({ definition }) => ({ department: definition.code, coverage: definition.coverage })),
  );
}

function lintCommand(): Command {
  return new Command('lint')
    .description('every fault of matters and their cases, as file:line:column; exit 1 where there is one')
    .argument('[files...]', "matters' files; default: all of the configured folder")
    .option('--client <name>', 'also list what this application would have to apply for, and at which department')
    .option('--json', 'print {matters, faults, applications}')
    .action(async (files: readonly string[], options: { readonly client?: string; readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      const { catalogue, authorizer } = await openAuthorizer(config);
      const { proofs } = await loadProofs(config, catalogue);
      const { matters, faults } = await inspect(askedFor(config, files), catalogue.schema, proofs);
      let applications: readonly Lacking[] = [];
      if (options.client !== undefined) {
        const store = await openStore(config);
        try {
          if (!(await store.readPolicy()).clients.has(options.client)) {
            throw new CommandError(
              `no application ${options.client} is registered; the first start registers those of the demonstration`,
            );
          }
          const grants = (await store.grantsOf(options.client)).map(readGrant);
          const today = todayIn(config.utcOffsetMinutes, Date.now());
          applications = matters.flatMap(({ matter }) =>
            lackingFor(matter, catalogue.schema, authorizer, rightsOf(grants, matter.code, today)),
          );
        } finally {
          await store.close();
        }
      }
      const linted = { matters: matters.map(({ matter }) => matter.code), faults, applications };
      print(linted, options.json, (found) =>
        [
          ...found.faults.map(faultLine),
          ...found.applications.map((a) => `${a.matter}: to apply for at ${a.department}: ${a.coordinates.join(', ')}`),
          `${found.matters.length} matters without faults, ${found.faults.length} faults`,
        ].join('\n'),
      );
      if (faults.length > 0 || applications.length > 0) process.exitCode = NO;
    });
}

interface TestedMatter {
  readonly matter: string;
  readonly cases: number;
  /** `file:line: name: difference`; one also where the matter has no cases. */
  readonly failures: readonly string[];
}

async function tested({ folder, matter }: FoundMatter): Promise<TestedMatter> {
  const cases = await readCases(folder, matter);
  const file = pathOf(folder, `${matter.code}${CASES}`);
  if (cases === null) return { matter: matter.code, cases: 0, failures: [`${file}: is not there: no case is judged`] };
  if (!('run' in cases)) return { matter: matter.code, cases: 0, failures: cases.faults.map(faultLine) };
  const results = cases.run();
  const failures = results.flatMap(({ name, line, differences }) =>
    differences.map((difference) => `${file}:${line}: ${name}: ${difference}`),
  );
  return { matter: matter.code, cases: results.length, failures };
}

function testCommand(): Command {
  return new Command('test')
    .description("judge matters' own cases; exit 1 where one gets another verdict, or there are none")
    .argument('[files...]', "matters' files; default: all of the configured folder")
    .option('--json', 'print a list of {matter, cases, failures}')
    .action(async (files: readonly string[], options: { readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      const { catalogue } = await openAuthorizer(config);
      const { proofs } = await loadProofs(config, catalogue);
      const { matters, faults } = await inspect(askedFor(config, files), catalogue.schema, proofs);
      if (faults.length > 0) throw new CommandError(['the matters have faults', ...faults.map(faultLine)].join('\n'));
      const results = await Promise.all(matters.map(tested));
      print(results, options.json, (all) =>
        [
          ...all.flatMap(({ failures }) => failures),
          ...all.map(({ matter, cases, failures }) =>
            failures.length === 0
              ? `✓ ${matter}: ${cases} cases`
              : `✗ ${matter}: ${cases} cases, ${failures.length} differences`,
          ),
        ].join('\n'),
      );
      if (results.some(({ failures }) => failures.length > 0)) process.exitCode = NO;
    });
}

const CODE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

function newCommand(): Command {
  return new Command('new')
    .description('write a commented matter that has no faults, and its cases, to be changed line by line')
    .argument('<code>', 'code of the matter: lower-case words joined by hyphens')
    .option('--folder <path>', 'where, made if it is not there; default: the configured folder of matters, else here')
    .option('--json', 'print {files}')
    .action((code: string, options: { readonly folder?: string; readonly json?: boolean }) => {
      if (!CODE.test(code)) throw new CommandError(`${code}: a code is lower-case words joined by hyphens`);
      const config = loadConfig(process.env, process.cwd());
      const folder = resolve(options.folder ?? (config.matters === undefined ? '.' : matterFolder(config)));
      mkdirSync(folder, { recursive: true });
      const schemas = relative(folder, join(PACKAGE_ROOT, 'matters'));
      const { matter, cases } = skeletonOf(code, schemas === '' ? '' : `${schemas}/`);
      const files = [
        [join(folder, `${code}.yaml`), matter],
        [join(folder, `${code}${CASES}`), cases],
      ] as const;
      for (const [file] of files) if (existsSync(file)) throw new CommandError(`${file} is there already`);
      for (const [file, text] of files) writeFileSync(file, text, { flag: 'wx' });
      print({ files: files.map(([file]) => file) }, options.json, (made) => made.files.join('\n'));
    });
}

function schemaCommand(): Command {
  const kinds = Object.keys(SCHEMA_FILES);
  return new Command('schema')
    .description('print the JSON Schema of a kind of file, as published beside the matters')
    .argument('[kind]', kinds.join(', '), 'matter')
    .addOption(new Option('--json', 'as without it: a schema is JSON'))
    .action((kind: string) => {
      if (!kinds.includes(kind)) throw new CommandError(`${kind}: no such kind of file; there are ${kinds.join(', ')}`);
      process.stdout.write(jsonSchemaFile(kind as SchemaKind));
    });
}

const PREFILL = `{ prefill { total filled typed
  fields { field nameZh nameEn state value coordinate department fetchedAt } } }`;

function formCommand(): Command {
  return new Command('form')
    .description("a case's form as the running gateway fills it; exit 1 where a field that facts should fill is left")
    .argument('<code>', 'code of the matter')
    .requiredOption('--case <number>', 'number of the case')
    .requiredOption('--client <name>', 'application to ask as, with a development token')
    .option('--json', 'print {fields, total, filled, typed}')
    .action(
      async (code: string, options: { readonly case: string; readonly client: string; readonly json?: boolean }) => {
        const config = loadConfig(process.env, process.cwd());
        const token = await developmentToken(config, options.client);
        const purpose = { matter: code, caseNumber: options.case };
        const { data, errors } = await ask(gatewayUrl(config), token, purpose, PREFILL);
        if (errors !== undefined)
          throw new CommandError(errors.map((e) => `${e.extensions.code}: ${e.message}`).join('\n'));
        const form = (data?.prefill ?? null) as Prefill | null;
        if (form === null) throw new CommandError(`${code} has no form`);
        print(form, options.json, inWords);
        if (form.fields.some(({ state }) => state !== 'FILLED' && state !== 'TYPED')) process.exitCode = NO;
      },
    );
}

function inWords({ fields, total, filled, typed }: Prefill): string {
  const rows = fields.map((f) => [f.nameZh, f.value ?? '', f.state, f.coordinate ?? '', f.fetchedAt ?? '']);
  return [
    table(['表单项', '值', 'state', 'from', 'read at'], rows),
    `${total} fields: ${filled} filled, ${typed} to type`,
  ].join('\n');
}

/** `mianzheng matter`: what an office writes a matter with. */
export function matterCommand(): Command {
  return new Command('matter')
    .description('write, check and try the definitions of matters')
    .addCommand(newCommand())
    .addCommand(lintCommand())
    .addCommand(testCommand())
    .addCommand(schemaCommand())
    .addCommand(formCommand());
}
