import { Button, Checkbox, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { Link, useNavigate } from 'react-router';
import { GrantList, type GrantListQuery, type GrantSort } from '../../api/generated.js';
import { useClientOptions, useDepartmentOptions, useMatterOptions, useTerms } from '../../parts/choices.js';
import { Choice, type Column, Filters, List, pageOf, Typed } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { DepartmentName, Status, type Tone } from '../../parts/tags.js';
import { GRANT_STATES, term } from '../../parts/terms.js';
import { useNumber } from '../../parts/time.js';
import { sortOf, useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { DisclosureCounts } from './disclosure-counts.js';
import { GRANTS } from './words.js';

type Line = GrantListQuery['grants']['items'][number];

const SORTS = ['ID', 'CLIENT', 'DEPARTMENT', 'VALID_TO'] as const satisfies readonly GrantSort[];
const STATES = ['DRAFT', 'SUBMITTED', 'APPROVED', 'REFUSED', 'SUSPENDED', 'REVOKED', 'EXPIRED'] as const;

/** How good or bad a state of a grant is. */
export const GRANT_TONES: Readonly<Record<Line['status'], Tone>> = {
  DRAFT: 'off',
  SUBMITTED: 'wait',
  APPROVED: 'good',
  REFUSED: 'bad',
  SUSPENDED: 'wait',
  REVOKED: 'bad',
  EXPIRED: 'off',
};

/** Grants: what each department signed. */
export default function GrantsPage() {
  const say = useWords(GRANTS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const number = useNumber();
  const url = useUrl();
  const go = useNavigate();
  const { may } = useSession();
  const joined = useJoined();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const status = url.one('status', STATES);
  const sorted = sortOf(url, SORTS, 'ID');
  const endsBy = url.get('endsBy');
  const picked = (url.get('pick') ?? '').split(' ').filter((id) => id !== '');
  const filter = {
    status: status === null ? null : [status],
    client: url.get('client'),
    department: url.get('department'),
    matter: url.get('matter'),
    coordinate: url.get('coordinate'),
    endsBy,
  };
  const answer = useAsk(GrantList, { filter, ...sorted, page: pageOf(url) });
  const pick = (id: string, on: boolean): void =>
    url.set({
      pick: (on ? [...picked, id].slice(-2) : picked.filter((one) => one !== id)).join(' '),
      page: url.get('page'),
    });
  const columns: readonly Column<Line>[] = [
    {
      title: '',
      key: 'pick',
      width: 40,
      render: ({ id }) => (
        <Checkbox
          aria-label={`${say('comparePick')} ${id}`}
          checked={picked.includes(id)}
          onChange={({ target }) => pick(id, target.checked)}
        />
      ),
    },
    {
      title: common('client'),
      key: 'client',
      width: 240,
      sort: 'CLIENT',
      render: ({ id, client, clientNameZh }) => (
        <span className="mz-title-cell">
          <Link to={`/grants/${id}`}>{language === 'zh' ? clientNameZh : clients.name(client)}</Link>
          <span className="mz-code mz-quiet">{id}</span>
        </span>
      ),
    },
    {
      title: common('department'),
      key: 'department',
      width: 140,
      sort: 'DEPARTMENT',
      render: ({ department }) => <DepartmentName of={department} />,
    },
    {
      title: common('matter'),
      key: 'matters',
      width: 210,
      render: (line) => joined(line.matters.map(matters.name)),
    },
    {
      title: say('fields'),
      key: 'fields',
      width: 150,
      render: ({ coordinates }) => <DisclosureCounts of={coordinates} />,
    },
    {
      title: common('validTo'),
      key: 'validTo',
      width: 120,
      sort: 'VALID_TO',
      render: ({ validTo }) => <span className="mz-time">{validTo}</span>,
    },
    {
      title: common('status'),
      key: 'status',
      width: 110,
      render: (line) => <Status tone={GRANT_TONES[line.status]}>{term(GRANT_STATES, line.status, language)}</Status>,
    },
  ];
  const keys = ['status', 'client', 'department', 'matter', 'coordinate', 'endsBy'];
  return (
    <Page
      title={say('title')}
      about={say('about')}
      actions={
        <>
          {picked.length === 2 && (
            <Button
              type="primary"
              onClick={() => void go(`/grants/compare?left=${picked[0] ?? ''}&right=${picked[1] ?? ''}`)}
            >
              {say('compare')}
            </Button>
          )}
          {may('Query.grantUse') && (
            <Link to="/grants/use">
              <Button>{say('use')}</Button>
            </Link>
          )}
        </>
      }
    >
      <Section flush>
        <Filters
          url={url}
          keys={keys}
          end={
            picked.length > 0 && <span className="mz-quiet">{`${say('comparePick')} ${number(picked.length)}/2`}</span>
          }
        >
          <Choice url={url} name="status" label={common('status')} options={useTerms(GRANT_STATES)} width={120} />
          <Choice url={url} name="client" label={common('client')} options={clients.options} />
          <Choice url={url} name="department" label={common('department')} options={useDepartmentOptions()} />
          <Choice url={url} name="matter" label={common('matter')} options={matters.options} width={200} />
          <Typed url={url} name="coordinate" label={say('coordinate')} width={180} />
          <DatePicker
            aria-label={say('endsBy', { day: '' })}
            placeholder={say('endsBy', { day: '…' })}
            value={endsBy === null ? null : dayjs(endsBy)}
            onChange={(day) => url.set({ endsBy: day?.format('YYYY-MM-DD') ?? null })}
          />
        </Filters>
        <List
          of={answer}
          page={({ grants }) => grants}
          columns={columns}
          rowKey={({ id }) => id}
          url={url}
          sorted={sorted}
          label={say('title')}
          filtered={keys.some((key) => url.get(key) !== null)}
        />
      </Section>
    </Page>
  );
}
