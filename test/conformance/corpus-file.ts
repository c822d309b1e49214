/** Cases as they stand in files: read, completed with the defaults of docs/conformance.md, and written. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Grant } from '../../src/authorize/rights.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { Failure } from './run.js';
import {
  CLIENTS,
  type ExpectedError,
  type ExpectedRecord,
  MATTERS,
  type Situation,
  type SituationCase,
  type SourceWorld,
} from './situation.js';

/** What a case expects; what it leaves out it does not speak of. */
export interface CaseExpectation {
  /** Code of the refusal of the whole request. */
  readonly refused?: string;
  readonly data?: unknown;
  /** All errors of fields, in any order. */
  readonly errors?: readonly ExpectedError[];
  readonly record?: Partial<ExpectedRecord>;
}

/** A case with everything filled in. */
export interface CorpusCase {
  /** Permanent: `MZC-0001`. */
  readonly id: string;
  readonly name: string;
  /** Optional features it needs. */
  readonly requires: readonly string[];
  readonly situation: Situation;
  readonly expect: CaseExpectation;
}

/** A schema with data and registered cases, as in `city.yaml`. */
interface Setting {
  readonly schema: string;
  readonly data: SourceWorld;
  readonly registered: readonly SituationCase[];
}

/** A case as it is written. */
interface WrittenCase {
  readonly id: string;
  readonly name: string;
  readonly requires?: readonly string[];
  readonly schema?: string;
  readonly data?: SourceWorld;
  readonly registered?: readonly SituationCase[];
  readonly introspection?: boolean;
  readonly down?: readonly string[];
  readonly grants: readonly (Pick<Grant, 'department' | 'coordinates'> & Partial<Grant>)[];
  readonly client?: string;
  readonly matter?: string | null;
  readonly case?: string | null;
  readonly strict?: boolean;
  readonly document: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly expect: CaseExpectation;
}

interface WrittenFile {
  /** File with the setting, beside this one; cases of a file without one bring their own. */
  readonly setting?: string;
  readonly cases: readonly WrittenCase[];
}

/** Folder of the corpus. */
export const CORPUS = join(PACKAGE_ROOT, 'test/conformance/corpus');

const NO_SETTING: Setting = { schema: '', data: {}, registered: [] };

function grantOf(written: WrittenCase['grants'][number], i: number): Grant {
  return {
    id: `grant-${i + 1}`,
    client: CLIENTS[0],
    status: 'APPROVED',
    matters: [MATTERS[0]],
    legalBasis: 'basis',
    regions: [],
    subjects: 'ANY',
    maxHops: 2,
    validFrom: '2026-01-01',
    validTo: '2026-12-31',
    ...written,
  };
}

function completed(written: WrittenCase, setting: Setting): CorpusCase {
  const { id, name, requires = [], expect } = written;
  const situation: Situation = {
    schema: written.schema ?? setting.schema,
    introspection: written.introspection ?? true,
    data: written.data ?? setting.data,
    down: written.down ?? [],
    grants: written.grants.map(grantOf),
    cases: written.registered ?? setting.registered,
    request: {
      client: written.client ?? CLIENTS[0],
      matter: written.matter === undefined ? MATTERS[0] : written.matter,
      case: written.case === undefined ? 'C-1' : written.case,
      strict: written.strict ?? false,
      document: written.document,
      operationName: written.operationName ?? null,
      variables: written.variables ?? {},
    },
  };
  return { id, name, requires, situation, expect };
}

/** Reads the cases of one file. */
export function readCases(file: string): CorpusCase[] {
  const { setting, cases } = parse(readFileSync(file, 'utf8')) as WrittenFile;
  const shared =
    setting === undefined ? NO_SETTING : (parse(readFileSync(join(file, '..', setting), 'utf8')) as Setting);
  return cases.map((written) => completed(written, shared));
}

/** Reads the whole corpus, in order of files. */
export function readCorpus(folder = CORPUS): CorpusCase[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'city.yaml');
  return files.sort().flatMap((name) => readCases(join(folder, name)));
}

/** A failing situation as a file of one case. @param expect what the reference says of it */
export function caseFile({ id, faults, situation }: Failure, expect: CaseExpectation): string {
  const { request, cases, ...rest } = situation;
  const { matter, case: number, ...asked } = request;
  const written = {
    id,
    name: faults.map(({ kind, what }) => `${kind}: ${what}`).join('; '),
    ...rest,
    registered: cases,
    matter,
    case: number,
    ...asked,
    operationName: asked.operationName ?? undefined,
    expect,
  };
  return stringify({ cases: [written] }, { lineWidth: 0 });
}
