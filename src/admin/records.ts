/** The record (审计记录): searched, taken as files, verified. Every search is itself in the record. */

import { join } from 'node:path';
import { lastAnchor } from '../audit/anchor.js';
import { lastCheckpoint } from '../audit/checkpoint.js';
import { RecordError } from '../audit/errors.js';
import type { ExportedEntry } from '../audit/export.js';
import { CHECKPOINTS, chainsIn } from '../audit/folders.js';
import type { LastLine } from '../audit/signed-lines.js';
import type { Verification } from '../audit/verify.js';
import { AGE_CLASSES, type AgeLetter } from '../domain/age-class.js';
import { MianzhengError } from '../errors.js';
import { type EntryFileFormat, entryFile, FILE_MEDIA, MOST_EXPORTED } from '../records/entry-file.js';
import { entryInWords } from '../records/in-words.js';
import { anomalyInWords, type MinorsFileFormat, minorsFile } from '../records/minors-file.js';
import { ownFieldsOf } from '../records/own-fields.js';
import type { MinorsReport } from '../records/record-index.js';
import { type FileStatement, signFile } from '../records/signed-file.js';
import type { AdminContext, ControlParts } from './context.js';
import {
  answered,
  askedOf,
  cursorIn,
  cursorText,
  type FilterArgument,
  KIND_NAMES,
  ownCoordinates,
} from './record-asked.js';
import { namesOf } from './record-names.js';
import type { Theme } from './theme.js';

const LARGEST_PAGE = 200;

/** Lines of the minors' report that an answer has; a file has all. */
const LINES_SHOWN = 2000;

const PLACE = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/([1-9]\d{0,11})$/;

function shown(entry: ExportedEntry, parts: ControlParts) {
  const { position, kind, record } = entry;
  const request = entry.kind === 'request' ? entry.record : null;
  const acts = entry.kind === 'control' ? entry.record.changes : [];
  return {
    position: `${position.chain}/${position.seq}`,
    hash: position.hash,
    kind: KIND_NAMES[kind],
    time: record.time,
    inWords: () => entryInWords(entry, namesOf(parts)),
    client: entry.kind === 'alarm' ? entry.record.client : (request?.client ?? null),
    operator: request?.operator ?? null,
    matter: request?.matter ?? null,
    caseNumber: request?.caseNumber ?? null,
    legalBases: request?.legalBases ?? [],
    subjects: 'subjects' in record ? record.subjects : [],
    about:
      request?.about?.map((fields, i) => ({
        subject: request.subjects[i] ?? '',
        age: AGE_CLASSES[(request.ages?.charAt(i) || '-') as AgeLetter],
        fields,
      })) ?? null,
    disclosed: request?.disclosed ?? [],
    masked: request?.masked ?? [],
    used: request?.used ?? [],
    withheld: request?.withheld ?? [],
    verdict: request?.verdict ?? null,
    outcome: 'outcome' in record ? record.outcome : null,
    code: 'code' in record ? record.code : null,
    actor: 'actor' in record ? record.actor : null,
    changes: entry.kind === 'administration' ? [entry.record] : acts,
  };
}

interface RecordsArguments {
  readonly filter: FilterArgument;
  readonly size: number;
  readonly after?: string | null;
}

/** What the person may see of an entry: a department's administrator own fields only. */
function seen(entry: ExportedEntry, own: ReadonlySet<string> | null): readonly ExportedEntry[] {
  const left = own === null ? entry : ownFieldsOf(entry, own);
  return left === null ? [] : [left];
}

async function records({ filter, size, after }: RecordsArguments, context: AdminContext) {
  if (size < 1 || size > LARGEST_PAGE) {
    throw new MianzhengError('BAD_USER_INPUT', `takes 1 to ${LARGEST_PAGE}`, { field: 'size' });
  }
  const asked = askedOf(filter, context);
  context.note('records.search', 'record', asked.recorded);
  const cursor = cursorIn(after);
  const own = ownCoordinates(context);
  const { entries, unsound, next } = await answered(context.parts.recordSearch.find(asked.filter, size, cursor));
  return {
    items: entries.flatMap((entry) => seen(entry, own)).map((entry) => shown(entry, context.parts)),
    next: cursorText(next),
    unsound,
  };
}

async function record({ position }: { readonly position: string }, context: AdminContext) {
  const place = PLACE.exec(position);
  if (place === null) throw new MianzhengError('BAD_USER_INPUT', 'is no chain and number', { field: 'position' });
  context.note('records.read', position, null);
  const found = await answered(context.parts.recordSearch.entryAt(place[1] ?? '', Number(place[2])));
  if (found === 'UNSOUND') {
    const why = 'the line in this place is not the one that was written there: verify the record';
    throw new MianzhengError('STATE_CONFLICT', why, { field: 'position' });
  }
  const [entry] = found === null ? [] : seen(found, ownCoordinates(context));
  return entry === undefined ? null : shown(entry, context.parts);
}

async function signed(
  { parts, actor, now }: AdminContext,
  file: Pick<FileStatement, 'name' | 'asked' | 'entries'> & { readonly mediaType: string },
  bytes: Buffer,
) {
  const { name, asked, entries, mediaType } = file;
  const indexed = await answered(parts.recordSearch.chains());
  const chains = Object.fromEntries(indexed.map(({ chain, seq }) => [chain, seq]));
  const statement = { name, made: new Date(now).toISOString(), by: actor.name.slice(0, 200), asked, entries, chains };
  return {
    file: { name, mediaType, base64: bytes.toString('base64'), rows: entries },
    signature: await signFile(bytes, statement, parts.recordKey()),
  };
}

async function exportRecords(
  { filter, format }: { readonly filter: FilterArgument; readonly format: EntryFileFormat },
  context: AdminContext,
) {
  const asked = askedOf(filter, context);
  context.note('records.export', format, asked.recorded);
  const found = await answered(context.parts.recordSearch.find(asked.filter, MOST_EXPORTED, null));
  const refuse = (why: string) => new MianzhengError('BAD_USER_INPUT', why, { field: 'filter' });
  if (found.next !== null) throw refuse(`a file has at most ${MOST_EXPORTED} entries: narrow the search`);
  if (found.unsound.length > 0) {
    throw new MianzhengError('STATE_CONFLICT', 'an entry of it is not the one that was written: verify the record');
  }
  const name = `records-${context.today}.${format === 'CSV' ? 'csv' : 'jsonl'}`;
  const entries = found.entries.length;
  const file = { name, asked: asked.recorded, entries, mediaType: FILE_MEDIA[format] };
  return signed(context, file, entryFile(found.entries, format));
}

/** @throws MianzhengError BAD_USER_INPUT */
async function reportOf(year: number, { parts }: AdminContext): Promise<MinorsReport> {
  if (year < 2000 || year > 2999) throw new MianzhengError('BAD_USER_INPUT', 'takes 2000 to 2999', { field: 'year' });
  const begin = (of: number) => Date.UTC(of, 0, 1) - parts.utcOffsetMinutes * 60_000;
  return answered(parts.recordSearch.minors(begin(year), begin(year + 1)));
}

async function minorsReport({ year }: { readonly year: number }, context: AdminContext) {
  context.note('records.minors', String(year), null);
  const report = await reportOf(year, context);
  return {
    ...report,
    year,
    lines: report.lines.slice(0, LINES_SHOWN).map((line) => ({
      ...line,
      fields: line.fields.map(({ coordinate, requests }) => ({ name: coordinate, count: requests })),
    })),
    anomalies: report.anomalies.map((anomaly) => ({
      kind: anomaly.kind,
      client: anomaly.client,
      inWords: anomalyInWords(anomaly),
    })),
  };
}

const MINORS_MEDIA = {
  CSV: 'text/csv; charset=utf-8',
  JSON: 'application/json',
  XLSX: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

async function exportMinorsReport(
  { year, format }: { readonly year: number; readonly format: MinorsFileFormat },
  context: AdminContext,
) {
  context.note('records.minors.export', String(year), format);
  const report = await reportOf(year, context);
  const name = `minors-${year}.${format.toLowerCase()}`;
  const file = {
    name,
    asked: { report: 'minors', year },
    entries: report.lines.length,
    mediaType: MINORS_MEDIA[format],
  };
  return signed(context, file, await minorsFile(report, format));
}

/** The last verification that somebody asked of this process, by its control plane. */
const verifications = new WeakMap<
  ControlParts['recordSearch'],
  { readonly at: number; readonly result: Verification }
>();

/** The last statement of a file of a chain; one that cannot be read is a fault of the chain, not of who looks. */
async function lastOf<T>(reading: Promise<LastLine<T>>, faults: string[]): Promise<T | null> {
  try {
    return (await reading).last;
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    faults.push(`${error.fault}: ${error.message}`);
    return null;
  }
}

async function sealState({ verify }: { readonly verify: boolean }, { parts, now }: AdminContext) {
  if (verify) {
    const result = await parts.recordSearch.verify(parts.publicKeys());
    verifications.set(parts.recordSearch, { at: now, result });
  }
  const last = verifications.get(parts.recordSearch) ?? null;
  const indexed = new Map((await answered(parts.recordSearch.chains())).map((chain) => [chain.chain, chain]));
  const chains = await chainsIn(parts.recordFolder);
  return Promise.all(
    chains.map(async (chain) => {
      const folder = join(parts.recordFolder, chain);
      const unread: string[] = [];
      const checkpoint = await lastOf(lastCheckpoint(join(folder, CHECKPOINTS), chain), unread);
      const anchor = await lastOf(lastAnchor(folder), unread);
      const faults = last?.result.state === 'BROKEN' ? last.result.faults.filter((fault) => fault.chain === chain) : [];
      const met = indexed.get(chain);
      return {
        chain,
        entries: met?.seq ?? 0,
        sealed: checkpoint?.seq ?? 0,
        verifiedAt: last === null ? null : new Date(last.at).toISOString(),
        sound: last === null ? null : faults.length === 0,
        faults: [
          ...faults.map(({ fault, explanation }) => `${fault}: ${explanation}`),
          ...unread,
          ...(met?.fault == null ? [] : [`INDEX: ${met.fault} (${met.faults})`]),
        ],
        pruned: anchor?.seq ?? 0,
      };
    }),
  );
}

/** Theme `records.graphql`. */
export const recordsTheme: Theme = {
  file: 'records.graphql',
  query: { records, record, exportRecords, sealState, minorsReport, exportMinorsReport },
  mutation: {},
};
