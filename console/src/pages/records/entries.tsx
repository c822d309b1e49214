/** Entries of the record, page by page. */
import { Alert, Button, Table, type TableColumnType } from 'antd';
import { type RecordFilter, RecordList, type RecordListQuery } from '../../api/generated.js';
import { useClientOptions, useMatterOptions, useNamesReady } from '../../parts/choices.js';
import { Failure } from '../../parts/failure.js';
import { fixedColumns } from '../../parts/list.js';
import { Nothing } from '../../parts/page.js';
import { Status } from '../../parts/tags.js';
import { OUTCOMES, RECORD_KINDS, term, VERDICTS } from '../../parts/terms.js';
import { Instant, useNumber } from '../../parts/time.js';
import type { UrlState } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { RECORDS } from './words.js';

type Entry = RecordListQuery['records']['items'][number];

const SIZE = 50;

function What({ of }: { readonly of: Entry }) {
  const say = useWords(RECORDS);
  const number = useNumber();
  const language = useLanguage();
  if (of.kind !== 'REQUEST') {
    if (of.changes.length === 0) {
      const text = of.inWords[language];
      return (
        <span className="mz-title-cell" title={text}>
          <span className="mz-quiet">{text}</span>
        </span>
      );
    }
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

/** The list, and one entry of it in plain words. */
export function Entries({ url, filter }: { readonly url: UrlState; readonly filter: RecordFilter }) {
  const say = useWords(RECORDS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const named = useNamesReady();
  const after = url.get('after');
  const answer = useAsk(RecordList, { filter, size: SIZE, after });
  const columns: (TableColumnType<Entry> & { readonly width: number })[] = [
    {
      title: common('time'),
      key: 'time',
      width: 175,
      render: (_, { time, position }) => (
        <span className="mz-title-cell">
          <button type="button" className="mz-link mz-link-blue" onClick={() => url.set({ entry: position, after })}>
            <Instant at={time} seconds />
          </button>
          <span className="mz-code mz-quiet">{position}</span>
        </span>
      ),
    },
    { title: say('kind'), key: 'kind', width: 105, render: (_, { kind }) => term(RECORD_KINDS, kind, language) },
    {
      title: `${common('client')} / ${common('actor')}`,
      key: 'who',
      width: 182,
      render: (_, { client, actor }) => (client === null ? actor : clients.name(client)),
    },
    {
      title: common('matter'),
      key: 'matter',
      width: 165,
      render: (_, { matter, caseNumber }) => (
        <span className="mz-title-cell">
          <span>{matter === null ? '' : matters.name(matter)}</span>
          <span className="mz-code mz-quiet">{caseNumber}</span>
        </span>
      ),
    },
    { title: say('what'), key: 'what', width: 245, render: (_, entry) => <What of={entry} /> },
    {
      title: say('outcome'),
      key: 'outcome',
      width: 140,
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
  ];
  if (answer.error !== null) return <Failure error={answer.error} onRetry={() => void answer.refetch()} />;
  const page = named ? answer.data?.records : undefined;
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
        {...fixedColumns(columns)}
        locale={{
          emptyText:
            page === undefined ? <div className="mz-list-waits" /> : <Nothing text={common('emptyFiltered')} />,
        }}
        columns={columns}
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
