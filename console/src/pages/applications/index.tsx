import { Button, Segmented } from 'antd';
import { Link } from 'react-router';
import { ApplicationList, type ApplicationListQuery, type ApplicationSort } from '../../api/generated.js';
import { useClientOptions, useDepartmentOptions, useMatterOptions, useTerms } from '../../parts/choices.js';
import { Reminders } from '../../parts/deadline.js';
import { Choice, type Column, Filters, List, pageOf } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { Clock, DepartmentName, Status, type Tone } from '../../parts/tags.js';
import { APPLICATION_STATES, term } from '../../parts/terms.js';
import { Instant, useNumber } from '../../parts/time.js';
import { sortOf, useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { APPLICATIONS } from './words.js';

type Line = ApplicationListQuery['applications']['items'][number];

const SORTS = ['SUBMITTED', 'DEADLINE', 'CREATED', 'CLIENT'] as const satisfies readonly ApplicationSort[];
const STATES = ['DRAFT', 'SUBMITTED', 'APPROVED', 'PARTLY_APPROVED', 'REFUSED', 'WITHDRAWN'] as const;

/** How good or bad a state of an application is. */
export const APPLICATION_TONES: Readonly<Record<Line['status'], Tone>> = {
  DRAFT: 'off',
  SUBMITTED: 'wait',
  APPROVED: 'good',
  PARTLY_APPROVED: 'good',
  REFUSED: 'bad',
  WITHDRAWN: 'off',
};

/** Applications for access: an inbox by the statutory clock. */
export default function ApplicationsPage() {
  const say = useWords(APPLICATIONS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const number = useNumber();
  const url = useUrl();
  const { may } = useSession();
  const decides = may('Mutation.decideApplication');
  const joined = useJoined();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const status = url.one('status', STATES);
  const overdue = url.get('overdue') === 'true';
  // Who decides sees the most urgent first.
  const sorted = decides ? sortOf(url, SORTS, 'DEADLINE', 'ASC') : sortOf(url, SORTS, 'SUBMITTED', 'DESC');
  const filter = {
    status: status === null ? null : [status],
    client: url.get('client'),
    department: url.get('department'),
    matter: url.get('matter'),
    overdue: overdue ? true : null,
  };
  const answer = useAsk(ApplicationList, { filter, ...sorted, page: pageOf(url) });
  const columns: readonly Column<Line>[] = [
    {
      title: common('client'),
      key: 'client',
      width: 222,
      sort: 'CLIENT',
      render: ({ id, client, clientNameZh, purpose }) => (
        <span className="mz-title-cell">
          <Link to={`/applications/${id}`}>{language === 'zh' ? clientNameZh : clients.name(client)}</Link>
          <span className="mz-quiet">{purpose}</span>
        </span>
      ),
    },
    {
      title: common('matter'),
      key: 'matters',
      width: 158,
      render: (line) => joined(line.matters.map(matters.name)),
    },
    {
      title: common('department'),
      key: 'parts',
      width: 120,
      render: ({ parts }) => (
        <span className="mz-title-cell">
          {parts.map(({ department, decided }) => (
            <span key={department} className={decided ? 'mz-quiet' : ''}>
              <DepartmentName of={department} />
            </span>
          ))}
        </span>
      ),
    },
    {
      title: say('fields'),
      key: 'items',
      width: 84,
      end: true,
      render: ({ items }) => number(items.length),
    },
    {
      title: say('deadline'),
      key: 'deadline',
      width: 180,
      sort: 'DEADLINE',
      render: ({ parts }) => (
        <span className="mz-title-cell">
          {parts.map(({ department, daysLeft, decided, reminders }) => (
            <span key={department} className="mz-title-cell">
              {daysLeft === null ? (
                decided && <span className="mz-quiet">{say('decided')}</span>
              ) : (
                <Clock left={daysLeft} />
              )}
              <Reminders of={reminders} />
            </span>
          ))}
        </span>
      ),
    },
    {
      title: common('status'),
      key: 'status',
      width: 120,
      render: (line) => (
        <Status tone={APPLICATION_TONES[line.status]}>{term(APPLICATION_STATES, line.status, language)}</Status>
      ),
    },
    {
      title: say('submittedAt'),
      key: 'submittedAt',
      width: 128,
      sort: 'SUBMITTED',
      render: ({ submittedAt }) => (submittedAt === null ? '' : <Instant at={submittedAt} />),
    },
  ];
  const keys = ['status', 'client', 'department', 'matter', 'overdue'];
  return (
    <Page
      title={say('title')}
      about={say('about')}
      actions={
        may('Mutation.createApplication') && (
          <Link to="/applications/new">
            <Button type="primary">{say('create')}</Button>
          </Link>
        )
      }
    >
      <Section flush>
        <Filters
          url={url}
          keys={keys}
          end={
            <Segmented
              value={overdue ? 'overdue' : status === 'SUBMITTED' ? 'inbox' : 'all'}
              options={[
                { value: 'all', label: say('onTime') },
                { value: 'inbox', label: say('inbox') },
                { value: 'overdue', label: say('overdueOnly') },
              ]}
              onChange={(value) =>
                url.set({
                  status: value === 'all' ? null : 'SUBMITTED',
                  overdue: value === 'overdue' ? 'true' : null,
                })
              }
            />
          }
        >
          <Choice url={url} name="status" label={common('status')} options={useTerms(APPLICATION_STATES)} />
          <Choice url={url} name="client" label={common('client')} options={clients.options} />
          <Choice url={url} name="department" label={common('department')} options={useDepartmentOptions()} />
          <Choice url={url} name="matter" label={common('matter')} options={matters.options} width={200} />
        </Filters>
        <List
          of={answer}
          page={({ applications }) => applications}
          columns={columns}
          rowKey={({ id }) => id}
          url={url}
          sorted={sorted}
          label={say('title')}
          filtered={keys.some((key) => url.get(key) !== null)}
          rowClass={({ parts }) => (parts.some((part) => part.overdue) ? 'mz-row-late' : '')}
        />
      </Section>
    </Page>
  );
}
