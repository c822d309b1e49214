import { Select } from 'antd';
import { Link } from 'react-router';
import { GrantUses, type GrantUsesQuery } from '../../api/generated.js';
import { useClientOptions, useDepartmentOptions, useMatterOptions } from '../../parts/choices.js';
import { Choice, type Column, Filters, List, pageOf } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { Codes, DepartmentName } from '../../parts/tags.js';
import { Instant, useNumber } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { GRANTS } from './words.js';

type Use = GrantUsesQuery['grantUse']['items'][number];

const DAYS = [7, 30, 90, 180, 365];

/** Grants by how little of them was used, and the least grant that would have done. */
export default function GrantUsePage() {
  const say = useWords(GRANTS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const number = useNumber();
  const url = useUrl();
  const { may } = useSession();
  const joined = useJoined();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const days = url.count('days', 90);
  const answer = useAsk(GrantUses, { days, department: url.get('department'), page: pageOf(url) });
  const columns: readonly Column<Use>[] = [
    {
      title: common('client'),
      key: 'client',
      width: 181,
      render: ({ grant }) => (
        <span className="mz-title-cell">
          <Link to={`/grants/${grant.id}`}>{language === 'zh' ? grant.clientNameZh : clients.name(grant.client)}</Link>
          <span className="mz-code mz-quiet">{grant.id}</span>
        </span>
      ),
    },
    {
      title: common('department'),
      key: 'department',
      width: 120,
      render: ({ grant }) => <DepartmentName of={grant.department} />,
    },
    { title: say('requests'), key: 'requests', width: 102, end: true, render: ({ requests }) => number(requests) },
    {
      title: say('lastUsed'),
      key: 'last',
      width: 110,
      render: ({ lastUsedAt }) =>
        lastUsedAt === null ? <span className="mz-quiet">{say('never')}</span> : <Instant at={lastUsedAt} />,
    },
    {
      title: say('unusedFields'),
      key: 'fields',
      width: 240,
      render: ({ unusedFields }) => <Codes of={unusedFields} most={2} />,
    },
    {
      title: say('unusedMatters'),
      key: 'matters',
      width: 130,
      render: ({ unusedMatters }) => joined(unusedMatters.map(matters.name)),
    },
    {
      title: say('least'),
      key: 'least',
      width: 130,
      render: ({ grant, leastFields }) => (
        <span className="mz-title-cell">
          <span>{say('leastOf', { least: leastFields.length, all: grant.coordinates.length })}</span>
          {may('Mutation.narrowGrant') && leastFields.length > 0 && grant.actions.includes('narrowGrant') && (
            <Link
              to={`/grants/${grant.id}/edit?least=${leastFields.map((one) => `${one.coordinate}:${one.disclosure}`).join(',')}`}
            >
              {say('narrowTo')}
            </Link>
          )}
        </span>
      ),
    },
  ];
  return (
    <Page title={say('useTitle')} about={say('useAbout', { days })}>
      <Section flush>
        <Filters url={url} keys={['department', 'days']}>
          <Select
            aria-label={say('days', { days })}
            value={days}
            style={{ width: 120 }}
            options={DAYS.map((value) => ({ value, label: say('days', { days: value }) }))}
            onChange={(value: number) => url.set({ days: value })}
          />
          <Choice url={url} name="department" label={common('department')} options={useDepartmentOptions()} />
        </Filters>
        <List
          of={answer}
          page={({ grantUse }) => grantUse}
          columns={columns}
          rowKey={({ grant }) => grant.id}
          url={url}
          label={say('useTitle')}
        />
      </Section>
    </Page>
  );
}
