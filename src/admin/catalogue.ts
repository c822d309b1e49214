/** The catalogue (数据资源目录): every field, its owner and class, who may read it now, and what its owner vouches for. */
import { GraphQLEnumType, isObjectType } from 'graphql';
import type { Json } from '../audit/entries.js';
import type { CatalogueField } from '../authorize/catalogue.js';
import type { Disclosure, Grant } from '../authorize/rights.js';
import { MianzhengError } from '../errors.js';
import {
  type FieldResponsibility,
  FRESHNESS,
  putResponsibility,
  responsibilitiesIn,
} from '../store/field-responsibilities.js';
import { departmentsSeen, requireDepartment, seesDepartment } from './actor.js';
import { applicationsSeen } from './applications.js';
import { inForce, known } from './clients.js';
import type { AdminContext } from './context.js';
import { mapPage, type PageArgument, pageOf, searching, sorted } from './lists.js';
import { type FileFormat, readTable, writeTable } from './table-files.js';
import type { Theme } from './theme.js';
import { words } from './words.js';

/** Grants in force that open a field, by coordinate. */
type Readers = ReadonlyMap<string, readonly { readonly grant: Grant; readonly disclosure: Disclosure }[]>;

/** What the fields of one answer are shown with. */
interface Around {
  readonly readers: Readers;
  readonly names: ReadonlyMap<string, string>;
  readonly said: ReadonlyMap<string, FieldResponsibility>;
}

async function around(context: AdminContext): Promise<Around> {
  const { parts, actor, today } = context;
  const own = departmentsSeen(actor);
  const grants =
    own !== null && own.size === 0
      ? []
      : await parts.store.access.grants(own === null ? {} : { departments: [...own] });
  const readers = new Map<string, { readonly grant: Grant; readonly disclosure: Disclosure }[]>();
  for (const grant of grants) {
    if (!inForce(grant, today)) continue;
    for (const [coordinate, disclosure] of Object.entries(grant.coordinates)) {
      // A grant gives nothing of fields that are not its department's.
      if (parts.catalogue.fields.get(coordinate)?.department !== grant.department) continue;
      const reader = { grant, disclosure };
      const list = readers.get(coordinate);
      if (list) list.push(reader);
      else readers.set(coordinate, [reader]);
    }
  }
  const names = new Map((await parts.store.access.clients()).map(({ id, nameZh }) => [id, nameZh]));
  return { readers, names, said: await parts.store.responsibilities.all() };
}

function responsibilityShown(said: FieldResponsibility | undefined) {
  return said === undefined ? null : { ...said, saidAt: new Date(said.saidAt).toISOString() };
}

/** The schema's `CatalogueField`. */
function shown({ actor }: AdminContext, field: CatalogueField, { readers, names, said }: Around) {
  return {
    coordinate: field.coordinate,
    type: field.type,
    field: field.field,
    valueType: String(field.definition.type),
    department: field.department,
    class: field.sharing,
    notSharedBasis: field.basis,
    sensitivity: field.sensitivity,
    mask: field.mask,
    kind: field.source.kind,
    list: field.list,
    description: field.definition.description ?? '',
    responsibility: responsibilityShown(said.get(field.coordinate)),
    readers: seesDepartment(actor, field.department)
      ? (readers.get(field.coordinate) ?? []).map(({ grant, disclosure }) => ({
          client: grant.client,
          clientNameZh: names.get(grant.client) ?? grant.client,
          grant: grant.id,
          disclosure,
          matters: grant.matters,
          validTo: grant.validTo,
          subjectsPerDay: grant.subjectsPerDay ?? null,
        }))
      : null,
  };
}

interface CatalogueArguments {
  readonly filter?: {
    readonly department?: string | null;
    readonly type?: string | null;
    readonly class?: string | null;
    readonly sensitivity?: string | null;
    readonly text?: string | null;
    readonly granted?: boolean | null;
  } | null;
  readonly sort: 'COORDINATE' | 'DEPARTMENT' | 'CLASS' | 'SENSITIVITY';
  readonly direction: 'ASC' | 'DESC';
  readonly page: PageArgument;
}

const SENSITIVITIES: readonly string[] = ['PUBLIC', 'INTERNAL', 'PERSONAL', 'SENSITIVE'];

const SORTS: Readonly<Record<CatalogueArguments['sort'], (field: CatalogueField) => string | number>> = {
  COORDINATE: ({ coordinate }) => coordinate,
  DEPARTMENT: ({ department }) => department,
  CLASS: ({ sharing }) => sharing,
  SENSITIVITY: ({ sensitivity }) => SENSITIVITIES.indexOf(sensitivity),
};

async function list({ filter, sort, direction, page }: CatalogueArguments, context: AdminContext) {
  const { department, type, class: sharing, sensitivity, text, granted } = filter ?? {};
  const matches = searching(text, 'filter.text');
  const { actor, parts } = context;
  const all = await around(context);
  const fields = [...parts.catalogue.fields.values()].filter(
    (field) =>
      (!department || field.department === department) &&
      (!type || field.type === type) &&
      (!sharing || field.sharing === sharing) &&
      (!sensitivity || field.sensitivity === sensitivity) &&
      matches([field.coordinate, field.definition.description ?? '']) &&
      (granted === null ||
        granted === undefined ||
        (seesDepartment(actor, field.department) && all.readers.has(field.coordinate) === granted)),
  );
  return mapPage(pageOf(sorted(fields, [SORTS[sort], SORTS.COORDINATE], direction), page), (field) =>
    shown(context, field, all),
  );
}

/** Departments with their types. */
function departments({ parts }: AdminContext) {
  const { catalogue } = parts;
  const named = catalogue.schema.getType('Department');
  const values = named instanceof GraphQLEnumType ? named.getValues() : [];
  const fields = [...catalogue.fields.values()];
  return values.map(({ name, description }) => {
    const own = fields.filter((field) => field.department === name);
    const types = [...new Set(own.map(({ type }) => type))].sort();
    return {
      department: name,
      nameZh: /[\p{Script=Han}]+/u.exec(description ?? '')?.[0] ?? name,
      types: types.map((type) => {
        const of = (sharing: string) => own.filter((field) => field.type === type && field.sharing === sharing).length;
        const definition = catalogue.schema.getType(type);
        return {
          type,
          description: (isObjectType(definition) ? definition.description : null) ?? '',
          unconditional: of('UNCONDITIONAL'),
          conditional: of('CONDITIONAL'),
          notShared: of('NOT_SHARED'),
        };
      }),
    };
  });
}

interface DemandFilter {
  readonly department?: string | null;
  readonly client?: string | null;
  readonly decision?: string | null;
}

/** Fields that submitted applications name, of the departments that the person sees. */
async function demandsSeen(context: AdminContext, filter: DemandFilter) {
  const all = await applicationsSeen(context, filter.client ?? undefined);
  return all.flatMap(({ id, client, matters, items, submittedAt }) =>
    submittedAt === null
      ? []
      : items
          .filter(
            (item) =>
              seesDepartment(context.actor, item.department) &&
              (!filter.department || item.department === filter.department) &&
              (!filter.decision || item.decision === filter.decision),
          )
          .map(({ coordinate, department, disclosure, decision }) => ({
            coordinate,
            department,
            client,
            matters,
            disclosure,
            application: id,
            decision,
            submittedAt: new Date(submittedAt).toISOString(),
          })),
  );
}

async function demands(
  { filter, page }: { readonly filter?: DemandFilter | null; readonly page: PageArgument },
  context: AdminContext,
) {
  const all = await demandsSeen(context, filter ?? {});
  return pageOf(sorted(all, [({ submittedAt }) => submittedAt, ({ coordinate }) => coordinate], 'DESC'), page);
}

const RESPONSIBILITY_HEADINGS = [
  '字段坐标',
  '提供部门',
  '共享类型',
  '敏感程度',
  '说明',
  '共享依据',
  '更新周期',
  '责任单位',
  '备注',
] as const;
const CATALOGUE_HEADINGS = [
  '字段坐标',
  '提供部门',
  '共享类型',
  '不予共享依据',
  '敏感程度',
  '脱敏规则',
  '说明',
  '当前可见应用',
] as const;
const DEMAND_HEADINGS = [
  '字段坐标',
  '提供部门',
  '应用',
  '事项',
  '授权方式',
  '审核结果',
  '申请编号',
  '提交时间',
] as const;

interface ExportArguments {
  readonly list: 'CATALOGUE' | 'RESPONSIBILITIES' | 'DEMANDS';
  readonly format: FileFormat;
  readonly department?: string | null;
}

async function exported({ list: which, format, department }: ExportArguments, context: AdminContext) {
  const { actor, parts } = context;
  if (department && !seesDepartment(actor, department)) {
    throw new MianzhengError('FORBIDDEN', 'the list of another department', { field: 'department' });
  }
  if (which === 'DEMANDS') {
    const rows = (await demandsSeen(context, { department: department ?? null })).map((d) => [
      d.coordinate,
      d.department,
      d.client,
      d.matters.join(' '),
      d.disclosure,
      d.decision,
      d.application,
      d.submittedAt,
    ]);
    return writeTable(format, 'demands', DEMAND_HEADINGS, rows);
  }
  const { readers, said } = await around(context);
  const fields = sorted([...parts.catalogue.fields.values()], [SORTS.DEPARTMENT, SORTS.COORDINATE], 'ASC').filter(
    (field) => seesDepartment(actor, field.department) && (!department || field.department === department),
  );
  if (which === 'CATALOGUE') {
    const rows = fields.map((field) => {
      const clients = [...new Set((readers.get(field.coordinate) ?? []).map(({ grant }) => grant.client))].sort();
      const about = [
        field.coordinate,
        field.department,
        field.sharing,
        field.basis ?? '',
        field.sensitivity,
        field.mask ?? '',
      ];
      return [...about, field.definition.description ?? '', clients.join(' ')];
    });
    return writeTable(format, 'catalogue', CATALOGUE_HEADINGS, rows);
  }
  const rows = fields
    .filter(({ sharing }) => sharing !== 'NOT_SHARED')
    .map((field) => {
      const own = said.get(field.coordinate);
      const about = [
        field.coordinate,
        field.department,
        field.sharing,
        field.sensitivity,
        field.definition.description ?? '',
      ];
      return [...about, own?.legalBasis ?? '', own?.freshness ?? '', own?.unit ?? '', own?.remark ?? ''];
    });
  return writeTable(format, 'responsibilities', RESPONSIBILITY_HEADINGS, rows);
}

/** What is said of a field, not yet checked. */
interface Said {
  readonly legalBasis?: string | null;
  readonly freshness?: string | null;
  readonly unit?: string | null;
  readonly remark?: string | null;
}

const LENGTHS = { legalBasis: 500, unit: 100, remark: 500 } as const;

/** Checks what is said of a field; blanks say nothing. @throws MianzhengError BAD_USER_INPUT naming the part at fault */
function checked(said: Said, field: string): Pick<FieldResponsibility, 'legalBasis' | 'freshness' | 'unit' | 'remark'> {
  const text = (name: keyof typeof LENGTHS): string | null => {
    const given = said[name]?.trim() ?? '';
    return given === '' ? null : words(`${field}${name}`, given, 1, LENGTHS[name]);
  };
  const freshness = FRESHNESS.find((one) => one === said.freshness) ?? null;
  if (freshness === null && said.freshness) {
    throw new MianzhengError('BAD_USER_INPUT', `takes ${FRESHNESS.join(', ')}`, { field: `${field}freshness` });
  }
  return { legalBasis: text('legalBasis'), freshness, unit: text('unit'), remark: text('remark') };
}

const json = (said: FieldResponsibility | undefined): Json => (said === undefined ? null : { ...said });

const same = (a: FieldResponsibility | undefined, b: ReturnType<typeof checked>): boolean =>
  (a?.legalBasis ?? null) === b.legalBasis &&
  (a?.freshness ?? null) === b.freshness &&
  (a?.unit ?? null) === b.unit &&
  (a?.remark ?? null) === b.remark;

/** Writes what is said of fields. @returns those that change */
async function say(context: AdminContext, all: ReadonlyMap<string, ReturnType<typeof checked>>): Promise<string[]> {
  const { actor, now } = context;
  return context.change(async (trx) => {
    const before = await responsibilitiesIn(trx);
    const changed = [...all].filter(([coordinate, said]) => !same(before.get(coordinate), said));
    const changes = [];
    for (const [coordinate, said] of changed) {
      const after: FieldResponsibility = { ...said, saidBy: actor.name, saidAt: now };
      await putResponsibility(trx, coordinate, after);
      changes.push({
        action: 'field.describe',
        subject: coordinate,
        before: json(before.get(coordinate)),
        after: json(after),
      });
    }
    return { result: changed.map(([coordinate]) => coordinate), changes };
  });
}

async function describe(
  { coordinate, input }: { readonly coordinate: string; readonly input: Said },
  context: AdminContext,
) {
  const field = known(context.parts.catalogue.fields.get(coordinate) ?? null, 'field', 'coordinate');
  requireDepartment(context.actor, field.department, 'coordinate');
  await say(context, new Map([[coordinate, checked(input, 'input.')]]));
  return shown(context, field, await around(context));
}

interface ImportArguments {
  readonly format: FileFormat;
  readonly base64: string;
  readonly dryRun: boolean;
}

/** Columns of an import, by heading. */
const COLUMNS: Readonly<Record<keyof Said, string>> = {
  legalBasis: '共享依据',
  freshness: '更新周期',
  unit: '责任单位',
  remark: '备注',
};

async function imported({ format, base64, dryRun }: ImportArguments, context: AdminContext) {
  const { actor, parts } = context;
  const [headings = [], ...lines] = await readTable(format, base64);
  const faults: { line: number; column: string | null; message: string }[] = [];
  const at = (heading: string): number => {
    const column = headings.indexOf(heading);
    if (column < 0) faults.push({ line: 1, column: heading, message: 'there is no such column' });
    return column;
  };
  const coordinateColumn = at(RESPONSIBILITY_HEADINGS[0]);
  const columns = Object.entries(COLUMNS).map(([name, heading]) => [name, at(heading)] as const);
  const all = new Map<string, ReturnType<typeof checked>>();
  for (const [i, cells] of faults.length > 0 ? [] : lines.entries()) {
    if (cells.every((cell) => cell === '')) continue;
    const line = i + 2;
    const coordinate = cells[coordinateColumn] ?? '';
    const fault = (column: string, message: string) => faults.push({ line, column, message });
    const field = parts.catalogue.fields.get(coordinate);
    if (field === undefined) fault(RESPONSIBILITY_HEADINGS[0], 'is no field of the catalogue');
    else if (!actor.departments.has(field.department))
      fault(RESPONSIBILITY_HEADINGS[0], 'belongs to another department');
    else if (all.has(coordinate)) fault(RESPONSIBILITY_HEADINGS[0], 'is named twice');
    try {
      const said = checked(Object.fromEntries(columns.map(([name, column]) => [name, cells[column] ?? ''])), '');
      if (field !== undefined) all.set(coordinate, said);
    } catch (error) {
      if (!(error instanceof MianzhengError)) throw error;
      const name = error.detail.field as keyof Said;
      fault(COLUMNS[name] ?? name, error.message);
    }
  }
  const before = await parts.store.responsibilities.all();
  const changed = [...all].flatMap(([coordinate, said]) => (same(before.get(coordinate), said) ? [] : [coordinate]));
  if (faults.length > 0 || dryRun) return { lines: lines.length, changed, faults, done: false };
  return { lines: lines.length, changed: await say(context, all), faults, done: true };
}

/** Theme `catalogue.graphql`. */
export const catalogue: Theme = {
  file: 'catalogue.graphql',
  query: {
    catalogue: list,
    async catalogueField({ coordinate }: { readonly coordinate: string }, context) {
      const field = context.parts.catalogue.fields.get(coordinate);
      return field === undefined ? null : shown(context, field, await around(context));
    },
    catalogueDepartments: (_args, context) => departments(context),
    demands,
    exportCatalogue: exported,
  },
  mutation: { describeField: describe, importResponsibilities: imported },
};
