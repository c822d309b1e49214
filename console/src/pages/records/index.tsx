import { Alert, Button, DatePicker, Dropdown, Form, Input, Modal, Segmented, Select, Table } from 'antd';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import {
  ExportMinors,
  ExportRecords,
  Minors,
  type RecordFilter,
  type RecordKind,
  RecordList,
  type RecordListQuery,
  Seals,
} from '../../api/generated.js';
import { useClientOptions, useMatterOptions, useTerms } from '../../parts/choices.js';
import { ERROR_WORDS } from '../../parts/error-words.js';
import { Failure } from '../../parts/failure.js';
import { Choice, Filters, Typed } from '../../parts/list.js';
import { Answer, Nothing, Page, Section } from '../../parts/page.js';
import { saveSigned } from '../../parts/save-file.js';
import { useSession } from '../../parts/session.js';
import { Codes, Status } from '../../parts/tags.js';
import { OUTCOMES, RECORD_KINDS, SUBJECT_KINDS, term, VERDICTS } from '../../parts/terms.js';
import { dayOf, dayStart, Instant, useNumber } from '../../parts/time.js';
import { type UrlState, useUrl } from '../../parts/url.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { EntryDrawer } from './entry-drawer.js';
import { RECORDS } from './words.js';

type Entry = RecordListQuery['records']['items'][number];
type Subject = NonNullable<RecordFilter['subject']>;

const SIZE = 50;
const DAYS = 7;
const KINDS = ['REQUEST', 'ADMINISTRATION', 'CONTROL', 'ALARM'] as const satisfies readonly RecordKind[];

function Seal() {
  const say = useWords(RECORDS);
  const number = useNumber();
  const [verify, setVerify] = useState(false);
  const answer = useAsk(Seals, { verify });
  return (
    <Section
      title={say('seal')}
      flush
      extra={
        <Button
          loading={verify && answer.isFetching}
          onClick={() => (verify ? void answer.refetch() : setVerify(true))}
        >
          {say('verify')}
        </Button>
      }
    >
      <Answer of={answer} rows={2}>
        {({ sealState }) => (
          <Table
            aria-label={say('seal')}
            size="small"
            dataSource={[...sealState]}
            rowKey="chain"
            pagination={false}
            columns={[
              { title: say('chain'), key: 'chain', render: (_, { chain }) => <span className="mz-code">{chain}</span> },
              {
                title: say('entries'),
                key: 'entries',
                align: 'right',
                className: 'mz-number',
                render: (_, s) => number(s.entries),
              },
              {
                title: say('sealed'),
                key: 'sealed',
                align: 'right',
                className: 'mz-number',
                render: (_, s) => number(s.sealed),
              },
              {
                title: say('verifiedAt'),
                key: 'verifiedAt',
                render: (_, { verifiedAt }) => (verifiedAt === null ? '' : <Instant at={verifiedAt} seconds />),
              },
              {
                title: say('state'),
                key: 'state',
                render: (_, { sound, faults }) =>
                  sound === null ? (
                    <Status tone="off">{say('notVerified')}</Status>
                  ) : sound && faults.length === 0 ? (
                    <Status tone="good">{say('sound')}</Status>
                  ) : (
                    <span>
                      <Status tone="bad">{say('unsound')}</Status> {faults.join('; ')}
                    </span>
                  ),
              },
            ]}
          />
        )}
      </Answer>
    </Section>
  );
}

/** Takes a person's number. It stays in this page's memory: never in the address. */
function SubjectDialog(props: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onSet: (subject: Subject) => void;
}) {
  const say = useWords(RECORDS);
  const common = useWords(COMMON);
  const kinds = useTerms(SUBJECT_KINDS);
  const [form] = Form.useForm<Subject>();
  return (
    <Modal
      open={props.open}
      title={say('subject')}
      okText={common('search')}
      cancelText={common('cancel')}
      onCancel={props.onClose}
      onOk={() => form.submit()}
      destroyOnHidden
    >
      <p className="mz-quiet">{say('subjectAbout')}</p>
      <Form<Subject>
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={{ kind: 'CITIZEN' }}
        onFinish={({ kind, id }) => {
          props.onSet({ kind, id: id.trim() });
          props.onClose();
        }}
      >
        <Form.Item name="kind" label={say('subjectKind')}>
          <Select options={[...kinds]} />
        </Form.Item>
        <Form.Item name="id" label={say('subjectId')} rules={[{ required: true, whitespace: true, message: '' }]}>
          <Input autoComplete="off" maxLength={64} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function useFilter(url: UrlState, subject: Subject | null): RecordFilter {
  const start = useMemo(() => dayOf(dayjs().subtract(DAYS, 'day').toDate()), []);
  const kind = url.one('kind', KINDS);
  const to = url.get('to');
  return {
    from: dayStart(url.get('from') ?? start),
    to: to === null ? null : dayStart(dayjs(to).add(1, 'day').format('YYYY-MM-DD')),
    kind: kind === null ? null : [kind],
    client: url.get('client'),
    matter: url.get('matter'),
    caseNumber: url.get('case'),
    subject,
    coordinate: url.get('coordinate'),
    outcome: url.one('outcome', ['ANSWERED', 'REFUSED', 'FAILED']),
    code: url.get('code'),
    actor: url.get('actor'),
  };
}

function What({ of }: { readonly of: Entry }) {
  const say = useWords(RECORDS);
  const number = useNumber();
  if (of.kind !== 'REQUEST') {
    return (
      <span className="mz-code">{of.changes.map(({ action, subject }) => `${action} ${subject}`).join(', ')}</span>
    );
  }
  return (
    <span className="mz-quiet">
      {say('seen', {
        disclosed: number(of.disclosed.length),
        masked: number(of.masked.length),
        used: number(of.used.length),
        withheld: number(of.withheld.length),
      })}
    </span>
  );
}

function Entries({ url, filter }: { readonly url: UrlState; readonly filter: RecordFilter }) {
  const say = useWords(RECORDS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const after = url.get('after');
  const answer = useAsk(RecordList, { filter, size: SIZE, after });
  if (answer.error !== null) return <Failure error={answer.error} onRetry={() => void answer.refetch()} />;
  const page = answer.data?.records;
  return (
    <>
      {page !== undefined && page.unsound.length > 0 && (
        <Alert type="error" showIcon title={say('changed', { positions: page.unsound.join(', ') })} />
      )}
      <Table
        aria-label={say('list')}
        size="middle"
        dataSource={page === undefined ? [] : [...page.items]}
        rowKey="position"
        loading={page === undefined || answer.isPlaceholderData}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{
          emptyText:
            page === undefined ? <div className="mz-list-waits" /> : <Nothing text={common('emptyFiltered')} />,
        }}
        columns={[
          {
            title: common('time'),
            key: 'time',
            render: (_, { time, position }) => (
              <span className="mz-title-cell">
                <button
                  type="button"
                  className="mz-link mz-link-blue"
                  onClick={() => url.set({ entry: position, after })}
                >
                  <Instant at={time} seconds />
                </button>
                <span className="mz-code mz-quiet">{position}</span>
              </span>
            ),
          },
          { title: say('kind'), key: 'kind', render: (_, { kind }) => term(RECORD_KINDS, kind, language) },
          {
            title: `${common('client')} / ${common('actor')}`,
            key: 'who',
            render: (_, { client, actor }) => (client === null ? actor : clients.name(client)),
          },
          {
            title: common('matter'),
            key: 'matter',
            render: (_, { matter, caseNumber }) => (
              <span className="mz-title-cell">
                <span>{matter === null ? '' : matters.name(matter)}</span>
                <span className="mz-code mz-quiet">{caseNumber}</span>
              </span>
            ),
          },
          { title: say('what'), key: 'what', render: (_, entry) => <What of={entry} /> },
          {
            title: say('outcome'),
            key: 'outcome',
            render: (_, { outcome, code, verdict }) =>
              outcome === null ? (
                ''
              ) : (
                <span className="mz-title-cell">
                  <Status tone={outcome === 'ANSWERED' ? 'good' : outcome === 'REFUSED' ? 'wait' : 'bad'}>
                    {term(OUTCOMES, outcome, language)}
                  </Status>
                  <span className="mz-quiet">{verdict === null ? code : term(VERDICTS, verdict, language)}</span>
                </span>
              ),
          },
        ]}
      />
      <div className="mz-inset mz-buttons mz-end">
        {after !== null && <Button onClick={() => url.set({ after: null })}>{say('first')}</Button>}
        <Button
          disabled={page === undefined || page.next === null}
          onClick={() => url.set({ after: page?.next ?? null })}
        >
          {say('next')}
        </Button>
      </div>
    </>
  );
}

function MinorsReport() {
  const say = useWords(RECORDS);
  const common = useWords(COMMON);
  const number = useNumber();
  const url = useUrl();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const now = useMemo(() => Number(dayOf(new Date()).slice(0, 4)), []);
  const year = url.count('year', now);
  const answer = useAsk(Minors, { year });
  const save = useChange(ExportMinors, say('signatureSaved'));
  const exportAs = (format: 'CSV' | 'JSON' | 'XLSX'): void =>
    save.mutate({ year, format }, { onSuccess: ({ exportMinorsReport }) => saveSigned(exportMinorsReport) });
  return (
    <>
      <Section
        title={say('minors')}
        extra={
          <span className="mz-buttons">
            <Select
              aria-label={say('year')}
              value={year}
              options={[0, 1, 2, 3].map((back) => ({ value: now - back, label: String(now - back) }))}
              onChange={(value: number) => url.set({ year: value })}
            />
            {(['CSV', 'JSON', 'XLSX'] as const).map((format) => (
              <Button key={format} loading={save.isPending} onClick={() => exportAs(format)}>
                {format}
              </Button>
            ))}
          </span>
        }
      >
        {save.error !== null && <Failure error={save.error} />}
        <Answer of={answer} rows={3}>
          {({ minorsReport: { requests, minors, under14, refused, ageNotKnown, anomalies } }) => (
            <>
              <p>
                {say('minorsAbout', {
                  year,
                  count: number(requests),
                  minors: number(minors),
                  under14: number(under14),
                  refused: number(refused),
                  ageNotKnown: number(ageNotKnown),
                })}
              </p>
              <h3>{say('anomalies')}</h3>
              {anomalies.length === 0 ? (
                <p className="mz-quiet">{say('noAnomalies')}</p>
              ) : (
                <ul className="mz-lines">
                  {anomalies.map(({ kind, client, inWords }) => (
                    <li key={`${kind} ${client ?? ''} ${inWords}`}>{inWords}</li>
                  ))}
                </ul>
              )}
            </>
          )}
        </Answer>
      </Section>
      <Section flush>
        <Answer of={answer}>
          {({ minorsReport }) => (
            <Table
              aria-label={say('minors')}
              size="middle"
              dataSource={[...minorsReport.lines]}
              rowKey={(line) =>
                `${line.client ?? ''} ${line.operator ?? ''} ${line.matter ?? ''} ${line.legalBases.join()}`
              }
              pagination={{ pageSize: 50, hideOnSinglePage: true }}
              locale={{ emptyText: <Nothing /> }}
              columns={[
                {
                  title: common('client'),
                  key: 'client',
                  render: (_, { client, operator }) => (
                    <span className="mz-title-cell">
                      <span>{client === null ? '' : clients.name(client)}</span>
                      <span className="mz-quiet">{operator}</span>
                    </span>
                  ),
                },
                {
                  title: common('matter'),
                  key: 'matter',
                  render: (_, { matter }) => (matter === null ? '' : matters.name(matter)),
                },
                {
                  title: common('legalBasis'),
                  key: 'basis',
                  width: '26%',
                  render: (_, { legalBases }) => legalBases.join('；'),
                },
                {
                  title: say('fields'),
                  key: 'fields',
                  render: (_, { fields }) => <Codes of={fields.map(({ name }) => name)} most={2} />,
                },
                ...(['requests', 'minorsCount', 'under14', 'atNight'] as const).map((key) => ({
                  title: say(key),
                  key,
                  align: 'right' as const,
                  className: 'mz-number',
                  render: (_: unknown, line: (typeof minorsReport.lines)[number]) =>
                    number(key === 'minorsCount' ? line.minors : line[key]),
                })),
              ]}
            />
          )}
        </Answer>
      </Section>
    </>
  );
}

/** The record: search, seal state, export. */
export default function RecordsPage() {
  const say = useWords(RECORDS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const url = useUrl();
  const { may } = useSession();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const kinds = useTerms(RECORD_KINDS);
  const outcomes = useTerms(OUTCOMES);
  const [subject, setSubject] = useState<Subject | null>(null);
  const [asking, setAsking] = useState(false);
  const filter = useFilter(url, subject);
  const save = useChange(ExportRecords, say('signatureSaved'));
  const minors = url.get('list') === 'minors' && may('Query.minorsReport');
  const from = url.get('from');
  const to = url.get('to');
  const set: UrlState['set'] = (changes) => url.set({ after: null, ...changes });
  // A new filter begins at the first page.
  const listed: UrlState = { ...url, set };
  const exportAs = (format: 'CSV' | 'JSON'): void =>
    save.mutate(
      { filter, format },
      {
        onSuccess: ({ exportRecords }) => saveSigned(exportRecords),
      },
    );
  return (
    <Page
      title={say('title')}
      about={say('about')}
      actions={
        <>
          {may('Query.minorsReport') && (
            <Segmented
              value={minors ? 'minors' : 'entries'}
              options={[
                { value: 'entries', label: say('list') },
                { value: 'minors', label: say('minors') },
              ]}
              onChange={(value) => set({ list: value === 'minors' ? 'minors' : null })}
            />
          )}
          {may('Query.exportRecords') && (
            <Dropdown
              trigger={['click']}
              menu={{
                items: [
                  { key: 'csv', label: say('exportCsv'), onClick: () => exportAs('CSV') },
                  { key: 'json', label: say('exportJson'), onClick: () => exportAs('JSON') },
                  { type: 'divider' },
                  { key: 'about', disabled: true, label: say('exportAbout') },
                ],
              }}
            >
              <Button loading={save.isPending}>{common('download')}</Button>
            </Dropdown>
          )}
        </>
      }
    >
      {save.error !== null && (
        <div className="mz-gap">
          <Failure error={save.error} />
        </div>
      )}
      {minors ? (
        <MinorsReport />
      ) : (
        <>
          <Section flush>
            <Filters
              url={listed}
              keys={['from', 'to', 'kind', 'client', 'matter', 'case', 'coordinate', 'outcome', 'code', 'actor']}
              end={
                subject === null ? (
                  <Button onClick={() => setAsking(true)}>{say('subject')}</Button>
                ) : (
                  <Button type="primary" onClick={() => setSubject(null)}>
                    {say('subjectSet')} · {say('subjectClear')}
                  </Button>
                )
              }
            >
              <DatePicker.RangePicker
                aria-label={say('period')}
                allowEmpty={[true, true]}
                value={[from === null ? dayjs(filter.from.slice(0, 10)) : dayjs(from), to === null ? null : dayjs(to)]}
                onChange={(days) =>
                  set({ from: days?.[0]?.format('YYYY-MM-DD') ?? null, to: days?.[1]?.format('YYYY-MM-DD') ?? null })
                }
              />
              <Choice url={listed} name="kind" label={say('kind')} options={kinds} width={130} />
              <Choice url={listed} name="client" label={common('client')} options={clients.options} />
              <Choice url={listed} name="matter" label={common('matter')} options={matters.options} width={180} />
              <Choice url={listed} name="outcome" label={say('outcome')} options={outcomes} width={110} />
              <Choice
                url={listed}
                name="code"
                label={say('code')}
                options={Object.keys(ERROR_WORDS)
                  .filter((code) => code !== 'OFFLINE')
                  .map((value) => ({
                    value,
                    label: `${value} ${ERROR_WORDS[value]?.[language === 'zh' ? 0 : 1] ?? ''}`,
                  }))}
              />
              <Typed url={listed} name="case" label={say('caseNumber')} width={140} />
              <Typed url={listed} name="coordinate" label={say('coordinate')} width={160} />
              <Typed url={listed} name="actor" label={common('actor')} width={120} />
            </Filters>
            <Entries url={url} filter={filter} />
          </Section>
          <Seal />
        </>
      )}
      <SubjectDialog open={asking} onClose={() => setAsking(false)} onSet={setSubject} />
      <EntryDrawer position={url.get('entry')} onClose={() => url.set({ entry: null, after: url.get('after') })} />
    </Page>
  );
}
