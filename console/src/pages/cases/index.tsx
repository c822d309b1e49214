import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { Link } from 'react-router';
import { CaseList, type CaseListQuery, type CaseState } from '../../api/generated.js';
import { useClientOptions, useMatterOptions, useTerms } from '../../parts/choices.js';
import { Choice, type Column, Filters, List, pageOf, Typed } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { CASE_STATES } from '../../parts/terms.js';
import { useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useWords } from '../../words.js';
import { CaseStatus, Deadline, Rating } from './parts.js';
import { CASES } from './words.js';

type Line = CaseListQuery['cases']['items'][number];

const STATES = Object.keys(CASE_STATES) as readonly CaseState[];

/** Cases, latest filed first. */
export default function CasesPage() {
  const say = useWords(CASES);
  const common = useWords(COMMON);
  const url = useUrl();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const filedFrom = url.get('from');
  const filedTo = url.get('to');
  const filter = {
    client: url.get('client'),
    matter: url.get('matter'),
    state: url.one('state', STATES),
    number: url.get('number'),
    filedFrom,
    filedTo,
  };
  const answer = useAsk(CaseList, { filter, page: pageOf(url) });
  const columns: readonly Column<Line>[] = [
    {
      title: say('number'),
      key: 'number',
      width: 150,
      render: ({ client, number }) => (
        <Link
          to={`/cases/${encodeURIComponent(client)}/${encodeURIComponent(number)}`}
          className="mz-code mz-underlined"
        >
          {number}
        </Link>
      ),
    },
    { title: common('status'), key: 'state', width: 150, render: (line) => <CaseStatus of={line} /> },
    {
      title: common('matter'),
      key: 'matter',
      width: 300,
      render: ({ matter, client }) => (
        <span className="mz-title-cell">
          <span>{matters.name(matter)}</span>
          <span className="mz-quiet">{clients.name(client)}</span>
        </span>
      ),
    },
    {
      title: say('filedOn'),
      key: 'filedOn',
      width: 110,
      render: (line) => <span className="mz-time">{line.filedOn}</span>,
    },
    {
      title: say('deadline'),
      key: 'deadline',
      width: 160,
      render: ({ deadlines: [first] }) => first !== undefined && <Deadline of={first} />,
    },
    {
      title: say('rating'),
      key: 'rating',
      width: 140,
      render: ({ rating }) => rating !== null && <Rating of={rating} />,
    },
  ];
  const keys = ['state', 'client', 'matter', 'number', 'from', 'to'];
  return (
    <Page title={say('title')} about={say('about')}>
      <Section flush>
        <Filters url={url} keys={keys}>
          <Typed url={url} name="number" label={say('number')} width={150} />
          <Choice url={url} name="state" label={common('status')} options={useTerms(CASE_STATES)} width={120} />
          <Choice url={url} name="client" label={common('client')} options={clients.options} width={150} />
          <Choice url={url} name="matter" label={common('matter')} options={matters.options} width={180} />
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
          rowClass={({ deadlines }) => (deadlines.some(({ overdue }) => overdue) ? 'mz-row-late' : '')}
        />
      </Section>
    </Page>
  );
}
