import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { Link } from 'react-router';
import { CaseList, type CaseListQuery } from '../../api/generated.js';
import { useClientOptions, useMatterOptions } from '../../parts/choices.js';
import { Choice, type Column, Filters, List, pageOf, Typed } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { SUBJECT_KINDS, term } from '../../parts/terms.js';
import { useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { CASES } from './words.js';

type Line = CaseListQuery['cases']['items'][number];

/** Cases, latest filed first. */
export default function CasesPage() {
  const say = useWords(CASES);
  const common = useWords(COMMON);
  const language = useLanguage();
  const url = useUrl();
  const { may } = useSession();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const filedFrom = url.get('from');
  const filedTo = url.get('to');
  const filter = {
    client: url.get('client'),
    matter: url.get('matter'),
    number: url.get('number'),
    filedFrom,
    filedTo,
  };
  const answer = useAsk(CaseList, { filter, page: pageOf(url) });
  const columns: readonly Column<Line>[] = [
    { title: say('number'), key: 'number', render: ({ number }) => <span className="mz-code">{number}</span> },
    { title: common('matter'), key: 'matter', render: ({ matter }) => matters.name(matter) },
    { title: common('client'), key: 'client', render: ({ client }) => clients.name(client) },
    { title: say('filedOn'), key: 'filedOn', render: (line) => <span className="mz-time">{line.filedOn}</span> },
    { title: say('division'), key: 'division', render: ({ division }) => division ?? '' },
    {
      title: say('subjects'),
      key: 'subjects',
      render: ({ subjects }) =>
        subjects.map(({ role, kind }) => `${role} (${term(SUBJECT_KINDS, kind, language)})`).join('、'),
    },
    {
      title: '',
      key: 'records',
      render: ({ number }) =>
        may('Query.records') && <Link to={`/records?case=${encodeURIComponent(number)}`}>{say('records')}</Link>,
    },
  ];
  const keys = ['client', 'matter', 'number', 'from', 'to'];
  return (
    <Page title={say('title')} about={say('about')}>
      <Section flush>
        <Filters url={url} keys={keys}>
          <Typed url={url} name="number" label={say('number')} width={180} />
          <Choice url={url} name="client" label={common('client')} options={clients.options} />
          <Choice url={url} name="matter" label={common('matter')} options={matters.options} width={200} />
          <DatePicker.RangePicker
            aria-label={say('filed')}
            allowEmpty={[true, true]}
            value={[filedFrom === null ? null : dayjs(filedFrom), filedTo === null ? null : dayjs(filedTo)]}
            onChange={(days) =>
              url.set({ from: days?.[0]?.format('YYYY-MM-DD') ?? null, to: days?.[1]?.format('YYYY-MM-DD') ?? null })
            }
          />
        </Filters>
        <List
          of={answer}
          page={({ cases }) => cases}
          columns={columns}
          rowKey={({ client, number }) => `${client} ${number}`}
          url={url}
          label={say('title')}
          filtered={keys.some((key) => url.get(key) !== null)}
        />
      </Section>
    </Page>
  );
}
