import { Button, DatePicker, Dropdown, Segmented } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { ExportRecords } from '../../api/generated.js';
import { useClientOptions, useMatterOptions, useTerms } from '../../parts/choices.js';
import { ERROR_WORDS } from '../../parts/error-words.js';
import { Failure } from '../../parts/failure.js';
import { Choice, Filters, Typed } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { saveSigned } from '../../parts/save-file.js';
import { useSession } from '../../parts/session.js';
import { OUTCOMES, RECORD_KINDS } from '../../parts/terms.js';
import { type UrlState, useUrl } from '../../parts/url.js';
import { useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { Entries } from './entries.js';
import { EntryDrawer } from './entry-drawer.js';
import { type Subject, SubjectDialog, useFilter } from './filter.js';
import { MinorsReport } from './minors.js';
import { Seal } from './seal.js';
import { RECORDS } from './words.js';

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
