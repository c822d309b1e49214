import { Table } from 'antd';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';
import { GrantOne } from '../../api/generated.js';
import { useMatterOptions } from '../../parts/choices.js';
import { Answer, Facts, Nothing, Page, Section } from '../../parts/page.js';
import { useNames } from '../../parts/session.js';
import {
  Codes,
  DepartmentName,
  DisclosureTag,
  FieldName,
  Quota,
  Scope,
  SensitivityTag,
  Status,
} from '../../parts/tags.js';
import { GRANT_STATES, term } from '../../parts/terms.js';
import { Instant } from '../../parts/time.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { GrantActions, type ShownGrant } from './actions.js';
import { GRANT_TONES } from './index.js';
import { Sample } from './sample.js';
import { GRANTS } from './words.js';

function Fields({ of }: { readonly of: ShownGrant }) {
  const say = useWords(GRANTS);
  const common = useWords(COMMON);
  const names = useNames();
  return (
    <Table
      aria-label={say('matrix')}
      size="small"
      className="mz-matrix"
      dataSource={[...of.coordinates]}
      rowKey="coordinate"
      pagination={false}
      columns={[
        { title: common('field'), key: 'field', render: (_, { coordinate }) => <FieldName of={coordinate} /> },
        {
          title: '',
          key: 'sensitivity',
          render: (_, { coordinate }) => {
            const field = names.fields.get(coordinate);
            return field === undefined ? '' : <SensitivityTag of={field.sensitivity} />;
          },
        },
        {
          title: common('disclosure'),
          key: 'disclosure',
          width: 110,
          render: (_, { disclosure }) => <DisclosureTag of={disclosure} />,
        },
      ]}
    />
  );
}

function Shown({ of }: { readonly of: ShownGrant }) {
  const joined = useJoined();
  const say = useWords(GRANTS);
  const common = useWords(COMMON);
  const matters = useMatterOptions();
  const sample = useMemo(
    () => new Map(of.coordinates.map(({ coordinate, disclosure }) => [coordinate, disclosure])),
    [of.coordinates],
  );
  return (
    <>
      <Section title={say('terms')}>
        <Facts
          of={[
            [common('department'), <DepartmentName key="d" of={of.department} />],
            [common('matter'), joined(of.matters.map(matters.name))],
            [common('regions'), of.regions.length === 0 ? common('noBound') : <Codes key="r" of={of.regions} />],
            [common('subjects'), <Scope key="s" of={of.subjects} hops={of.maxHops} />],
            [common('quota'), <Quota key="q" of={of.subjectsPerDay} />],
            [say('validity'), `${of.validFrom} – ${of.validTo}`],
            [common('status'), of.inForce ? say('inForce') : say('notInForce')],
            [common('legalBasis'), of.legalBasis],
          ]}
        />
      </Section>
      <div className="mz-two">
        <Section title={`${say('matrix')} · ${of.coordinates.length}`} flush>
          <Fields of={of} />
        </Section>
        <Section title={say('sample')}>
          <Sample of={sample} />
        </Section>
      </div>
      <Section title={say('changes')}>
        {of.changes.length === 0 ? (
          <Nothing text={say('noChanges')} />
        ) : (
          <ul className="mz-lines">
            {of.changes.map((change) => (
              <li key={`${change.at} ${change.action}`}>
                <span>
                  <Instant at={change.at} /> · {change.actor} · <span className="mz-code">{change.action}</span>
                </span>
                {change.record !== null && (
                  <Link to={`/records?entry=${encodeURIComponent(change.record)}`} className="mz-code">
                    {change.record}
                  </Link>
                )}
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

/** One grant: its terms, its fields beside the answer they give, and what can be done with it. */
export default function GrantPage() {
  const { id = '' } = useParams();
  const say = useWords(GRANTS);
  const language = useLanguage();
  const answer = useAsk(GrantOne, { id });
  return (
    <Answer of={answer}>
      {({ grant }) =>
        grant === null ? (
          <Page title={say('title')}>
            <Nothing text={say('gone')} />
          </Page>
        ) : (
          <Page
            name={say('grant', { id: grant.id })}
            title={
              <>
                {language === 'zh' ? grant.clientNameZh : grant.client}
                <span className="mz-title-status">
                  <Status tone={GRANT_TONES[grant.status]}>{term(GRANT_STATES, grant.status, language)}</Status>
                </span>
              </>
            }
            about={<span className="mz-code">{grant.id}</span>}
            actions={<GrantActions of={grant} />}
          >
            <Shown of={grant} />
          </Page>
        )
      }
    </Answer>
  );
}
