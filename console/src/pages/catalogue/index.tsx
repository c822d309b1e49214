import { Button, Dropdown, Segmented, Tree } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import {
  type CatalogueFilter,
  CatalogueList,
  type CatalogueListQuery,
  type CatalogueSort,
  Demands,
  type DemandsQuery,
  ExportCatalogue,
} from '../../api/generated.js';
import { useClientOptions, useDepartmentOptions, useMatterOptions, useTerms } from '../../parts/choices.js';
import { useFailureText } from '../../parts/failure.js';
import { Choice, type Column, Filters, List, pageOf, Typed } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { saveFile } from '../../parts/save-file.js';
import { useNames, useSession } from '../../parts/session.js';
import { ClassTag, DepartmentName, DisclosureTag, FieldName, SensitivityTag } from '../../parts/tags.js';
import { CLASSES, ITEM_DECISIONS, SENSITIVITIES, term } from '../../parts/terms.js';
import { Instant, useNumber } from '../../parts/time.js';
import { sortOf, type UrlState, useUrl } from '../../parts/url.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { FieldDrawer } from './field-drawer.js';
import { ImportDialog } from './import-dialog.js';
import { CATALOGUE } from './words.js';

type Field = CatalogueListQuery['catalogue']['items'][number];
type Demand = DemandsQuery['demands']['items'][number];

const SORTS = ['COORDINATE', 'DEPARTMENT', 'CLASS', 'SENSITIVITY'] as const satisfies readonly CatalogueSort[];
const CLASS_KEYS = ['UNCONDITIONAL', 'CONDITIONAL', 'NOT_SHARED'] as const;
const SENSITIVITY_KEYS = ['PUBLIC', 'INTERNAL', 'PERSONAL', 'SENSITIVE'] as const;

/** Departments, each with its types and how many fields of each class. */
function DepartmentTree({ url }: { readonly url: UrlState }) {
  const say = useWords(CATALOGUE);
  const names = useNames();
  const nodes = names.departments.map(({ department, types }) => ({
    key: department,
    title: names.department(department),
    children: types.map(({ type, description, unconditional, conditional, notShared }) => ({
      key: `${department}/${type}`,
      title: (
        <span className="mz-tree-line">
          <span className="mz-tree-name" title={description}>
            {names.term(description, type)}
          </span>
          <span className="mz-tree-counts">
            {unconditional > 0 && <span className="mz-chip mz-class-unconditional">{unconditional}</span>}
            {conditional > 0 && <span className="mz-chip mz-class-conditional">{conditional}</span>}
            {notShared > 0 && <span className="mz-chip mz-class-not_shared">{notShared}</span>}
          </span>
        </span>
      ),
    })),
  }));
  const department = url.get('department');
  const type = url.get('type');
  const selected = department === null ? [] : [type === null ? department : `${department}/${type}`];
  if (!names.ready) return <div className="mz-list-waits" />;
  return (
    <Tree
      key={department ?? 'all'}
      aria-label={say('tree')}
      treeData={nodes}
      blockNode
      selectedKeys={selected}
      defaultExpandedKeys={department === null ? nodes.slice(0, 1).map(({ key }) => key) : [department]}
      onSelect={([key]) => {
        const [chosen = null, of = null] = key === undefined ? [] : String(key).split('/');
        url.set({ department: chosen, type: of });
      }}
    />
  );
}

function FieldList({ url }: { readonly url: UrlState }) {
  const say = useWords(CATALOGUE);
  const common = useWords(COMMON);
  const number = useNumber();
  const sorted = sortOf(url, SORTS, 'COORDINATE');
  const granted = url.one('granted', ['true', 'false']);
  const filter: CatalogueFilter = {
    department: url.get('department'),
    type: url.get('type'),
    class: url.one('class', CLASS_KEYS),
    sensitivity: url.one('sensitivity', SENSITIVITY_KEYS),
    text: url.get('text'),
    granted: granted === null ? null : granted === 'true',
  };
  const answer = useAsk(CatalogueList, { filter, ...sorted, page: pageOf(url) });
  const columns: readonly Column<Field>[] = [
    {
      title: common('field'),
      key: 'coordinate',
      width: 180,
      sort: 'COORDINATE',
      render: ({ coordinate }) => (
        <button type="button" className="mz-link" onClick={() => url.set({ field: coordinate, page: url.get('page') })}>
          <FieldName of={coordinate} />
        </button>
      ),
    },
    ...(filter.department === null
      ? [
          {
            title: common('department'),
            key: 'department',
            width: 140,
            sort: 'DEPARTMENT',
            render: ({ department }: Field) => <DepartmentName of={department} />,
          },
        ]
      : []),
    { title: say('class'), key: 'class', width: 108, sort: 'CLASS', render: (field) => <ClassTag of={field.class} /> },
    {
      title: say('sensitivity'),
      key: 'sensitivity',
      width: 138,
      sort: 'SENSITIVITY',
      render: ({ sensitivity }) => <SensitivityTag of={sensitivity} />,
    },
    {
      title: say('valueType'),
      key: 'valueType',
      width: 120,
      render: ({ valueType }) => <span className="mz-code mz-breaks">{valueType}</span>,
    },
    {
      title: say('readers'),
      key: 'readers',
      width: 95,
      render: ({ readers }) =>
        readers === null ? (
          <span className="mz-quiet">{say('notTold')}</span>
        ) : readers.length === 0 ? (
          <span className="mz-quiet">{say('nobody')}</span>
        ) : (
          say('readersOf', { count: number(new Set(readers.map(({ client }) => client)).size) })
        ),
    },
  ];
  const keys = ['class', 'sensitivity', 'text', 'granted', 'department', 'type'];
  return (
    <>
      <Filters url={url} keys={keys}>
        <Typed url={url} name="text" label={say('text')} />
        <Choice url={url} name="class" label={say('class')} options={useTerms(CLASSES)} />
        <Choice url={url} name="sensitivity" label={say('sensitivity')} options={useTerms(SENSITIVITIES)} />
        <Choice
          url={url}
          name="granted"
          label={say('granted')}
          options={[
            { value: 'true', label: say('grantedYes') },
            { value: 'false', label: say('grantedNo') },
          ]}
        />
      </Filters>
      <List
        of={answer}
        page={({ catalogue }) => catalogue}
        columns={columns}
        rowKey={({ coordinate }) => coordinate}
        url={url}
        sorted={sorted}
        label={say('fields')}
        filtered={keys.some((key) => url.get(key) !== null)}
      />
    </>
  );
}

function DemandList({ url }: { readonly url: UrlState }) {
  const say = useWords(CATALOGUE);
  const common = useWords(COMMON);
  const language = useLanguage();
  const joined = useJoined();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const filter = {
    department: url.get('department'),
    client: url.get('client'),
    decision: url.one('decision', ['PENDING', 'APPROVED', 'REFUSED']),
  };
  const answer = useAsk(Demands, { filter, page: pageOf(url) });
  const columns: readonly Column<Demand>[] = [
    {
      title: common('field'),
      key: 'coordinate',
      width: 190,
      render: ({ coordinate }) => <FieldName of={coordinate} />,
    },
    {
      title: common('department'),
      key: 'department',
      width: 120,
      render: ({ department }) => <DepartmentName of={department} />,
    },
    { title: common('client'), key: 'client', width: 120, render: ({ client }) => clients.name(client) },
    {
      title: common('matter'),
      key: 'matters',
      width: 145,
      render: (demand) => joined(demand.matters.map(matters.name)),
    },
    {
      title: common('disclosure'),
      key: 'disclosure',
      width: 112,
      render: ({ disclosure }) => <DisclosureTag of={disclosure} />,
    },
    {
      title: say('decision'),
      key: 'decision',
      width: 98,
      render: ({ decision }) => term(ITEM_DECISIONS, decision, language),
    },
    { title: say('submittedAt'), key: 'at', width: 112, render: ({ submittedAt }) => <Instant at={submittedAt} /> },
    {
      title: say('application'),
      key: 'application',
      width: 115,
      render: ({ application }) => <Link to={`/applications/${application}`}>{common('open')}</Link>,
    },
  ];
  return (
    <>
      <Filters url={url} keys={['department', 'client', 'decision']}>
        <Choice url={url} name="department" label={common('department')} options={useDepartmentOptions()} />
        <Choice url={url} name="client" label={common('client')} options={clients.options} width={200} />
        <Choice url={url} name="decision" label={say('decision')} options={useTerms(ITEM_DECISIONS)} />
      </Filters>
      <List
        of={answer}
        page={({ demands }) => demands}
        columns={columns}
        rowKey={({ application, coordinate }) => `${application} ${coordinate}`}
        url={url}
        label={say('demands')}
      />
    </>
  );
}

function Exports({ url }: { readonly url: UrlState }) {
  const say = useWords(CATALOGUE);
  const failureText = useFailureText();
  const save = useChange(ExportCatalogue);
  const lists = [
    ['CATALOGUE', say('exportCatalogue')],
    ['RESPONSIBILITIES', say('exportResponsibilities')],
    ['DEMANDS', say('exportDemands')],
  ] as const;
  const items = lists.flatMap(([list, name]) =>
    (['CSV', 'XLSX'] as const).map((format) => ({
      key: `${list} ${format}`,
      label: `${name} · ${format === 'CSV' ? 'CSV' : 'Excel'}`,
      onClick: () =>
        save.mutate(
          { list, format, department: url.get('department') },
          { onSuccess: ({ exportCatalogue }) => saveFile(exportCatalogue) },
        ),
    })),
  );
  return (
    <>
      {save.error !== null && <span role="alert">{failureText(save.error).title}</span>}
      <Dropdown menu={{ items }} trigger={['click']}>
        <Button loading={save.isPending}>{say('exportList')}</Button>
      </Dropdown>
    </>
  );
}

/** Every field: owner, class, who may read it now. */
export default function CataloguePage() {
  const say = useWords(CATALOGUE);
  const url = useUrl();
  const { may } = useSession();
  const [importing, setImporting] = useState(false);
  const demands = url.get('list') === 'demands';
  return (
    <Page
      title={say('title')}
      about={say('about')}
      actions={
        <>
          {may('Query.demands') && (
            <Segmented
              value={demands ? 'demands' : 'fields'}
              options={[
                { value: 'fields', label: say('fields') },
                { value: 'demands', label: say('demands') },
              ]}
              onChange={(value) => url.set({ list: value === 'demands' ? 'demands' : null, sort: null })}
            />
          )}
          {may('Mutation.importResponsibilities') && (
            <Button onClick={() => setImporting(true)}>{say('importList')}</Button>
          )}
          {may('Query.exportCatalogue') && <Exports url={url} />}
        </>
      }
    >
      {demands ? (
        <Section flush>
          <DemandList url={url} />
        </Section>
      ) : (
        <div className="mz-with-tree">
          <Section title={say('tree')}>
            <DepartmentTree url={url} />
          </Section>
          <Section flush>
            <FieldList url={url} />
          </Section>
        </div>
      )}
      <FieldDrawer coordinate={url.get('field')} onClose={() => url.set({ field: null, page: url.get('page') })} />
      <ImportDialog open={importing} onClose={() => setImporting(false)} />
    </Page>
  );
}
