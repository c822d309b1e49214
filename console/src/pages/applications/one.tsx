import { Alert, Button, Table } from 'antd';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import {
  ApplicationOne,
  type ApplicationOneQuery,
  SubmitApplication,
  WithdrawApplication,
} from '../../api/generated.js';
import { useMatterOptions } from '../../parts/choices.js';
import { ReasonDialog } from '../../parts/confirm.js';
import { Reminders } from '../../parts/deadline.js';
import { Answer, Facts, Nothing, Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import {
  Clock,
  Codes,
  DepartmentName,
  DisclosureTag,
  FieldName,
  Quota,
  Scope,
  SensitivityTag,
  Status,
} from '../../parts/tags.js';
import { APPLICATION_STATES, ITEM_DECISIONS, term } from '../../parts/terms.js';
import { instantText } from '../../parts/time.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { Decision } from './decision.js';
import { APPLICATION_TONES } from './index.js';
import { APPLICATIONS } from './words.js';

/** An application for access, as this page shows it. */
export type Shown = NonNullable<ApplicationOneQuery['application']>;

function Parts({ of }: { readonly of: Shown }) {
  const say = useWords(APPLICATIONS);
  return (
    <ul className="mz-lines">
      {of.parts.map((part) => (
        <li key={part.department}>
          <span>
            <DepartmentName of={part.department} />
            <br />
            <span className="mz-quiet">
              {part.decidedAt !== null && part.decidedBy !== null
                ? say('decidedBy', { by: part.decidedBy, at: instantText(part.decidedAt) })
                : say('workingDays', { days: part.workingDays })}
              {part.dueOn !== null && !part.decided && ` · ${say('dueOn', { day: part.dueOn })}`}
              {part.dataDueOn !== null && ` · ${say('dataDue', { day: part.dataDueOn })}`}
            </span>
            {part.grant !== null && (
              <>
                {' '}
                <Link to={`/grants/${part.grant}`} className="mz-underlined">
                  {say('grantMade')}
                </Link>
              </>
            )}
          </span>
          <span className="mz-title-cell">
            {part.decided ? (
              <Status tone="good">{say('decided')}</Status>
            ) : (
              part.daysLeft !== null && <Clock left={part.daysLeft} />
            )}
            <Reminders of={part.reminders} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Terms({ of }: { readonly of: Shown }) {
  const joined = useJoined();
  const say = useWords(APPLICATIONS);
  const common = useWords(COMMON);
  const matters = useMatterOptions();
  return (
    <Facts
      of={[
        [common('purpose'), of.purpose],
        [common('matter'), joined(of.matters.map(matters.name))],
        [common('legalBasis'), of.legalBasis],
        [common('regions'), of.regions.length === 0 ? common('noBound') : <Codes key="regions" of={of.regions} />],
        [common('subjects'), <Scope key="scope" of={of.subjects} hops={of.maxHops} />],
        [common('quota'), <Quota key="quota" of={of.subjectsPerDay} />],
        [say('validity'), `${of.validFrom} – ${of.validTo}`],
        [say('createdBy'), `${of.createdBy} · ${instantText(of.createdAt)}`],
        of.submittedAt === null
          ? null
          : [say('submittedAt'), `${of.submittedBy ?? ''} · ${instantText(of.submittedAt)}`],
      ]}
    />
  );
}

function Items({ of }: { readonly of: Shown }) {
  const say = useWords(APPLICATIONS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const rows = [...of.items].sort((a, b) => a.department.localeCompare(b.department));
  return (
    <Table
      aria-label={say('items')}
      size="middle"
      dataSource={rows}
      rowKey="coordinate"
      pagination={rows.length > 50 ? { pageSize: 50 } : false}
      scroll={{ x: 'max-content' }}
      columns={[
        { title: common('field'), key: 'field', render: (_, item) => <FieldName of={item.coordinate} /> },
        {
          title: common('department'),
          key: 'department',
          render: (_, item) => <DepartmentName of={item.department} />,
        },
        { title: '', key: 'sensitivity', render: (_, item) => <SensitivityTag of={item.sensitivity} /> },
        { title: say('asked'), key: 'asked', render: (_, item) => <DisclosureTag of={item.disclosure} /> },
        {
          title: say('decision'),
          key: 'decision',
          render: (_, item) => (
            <Status tone={item.decision === 'APPROVED' ? 'good' : item.decision === 'REFUSED' ? 'bad' : 'wait'}>
              {term(ITEM_DECISIONS, item.decision, language)}
            </Status>
          ),
        },
        {
          title: say('granted'),
          key: 'granted',
          render: (_, item) => (item.granted === null ? '' : <DisclosureTag of={item.granted} />),
        },
        { title: say('why'), key: 'reason', render: (_, item) => item.reason ?? '' },
      ]}
    />
  );
}

function Actions({ of }: { readonly of: Shown }) {
  const say = useWords(APPLICATIONS);
  const [asking, setAsking] = useState<'submit' | 'withdraw' | null>(null);
  const submit = useChange(SubmitApplication);
  const withdraw = useChange(WithdrawApplication);
  return (
    <>
      {of.actions.includes('updateApplication') && (
        <Link to={`/applications/${of.id}/edit`}>
          <Button>{say('edit')}</Button>
        </Link>
      )}
      {of.actions.includes('withdrawApplication') && (
        <Button onClick={() => setAsking('withdraw')}>{say('withdraw')}</Button>
      )}
      {of.actions.includes('submitApplication') && (
        <Button type="primary" onClick={() => setAsking('submit')}>
          {say('submit')}
        </Button>
      )}
      <ReasonDialog
        title={say('submit')}
        open={asking === 'submit'}
        least={null}
        confirm={say('submit')}
        onClose={() => setAsking(null)}
        onConfirm={() => submit.mutateAsync({ id: of.id })}
      >
        {say('submitAbout')}
      </ReasonDialog>
      <ReasonDialog
        title={say('withdraw')}
        open={asking === 'withdraw'}
        danger
        least={null}
        confirm={say('withdraw')}
        onClose={() => setAsking(null)}
        onConfirm={() => withdraw.mutateAsync({ id: of.id })}
      >
        {say('withdrawAbout')}
      </ReasonDialog>
    </>
  );
}

function Decisions({ of }: { readonly of: Shown }) {
  const say = useWords(APPLICATIONS);
  const { me } = useSession();
  const mine = of.parts.filter(({ department, decided }) => !decided && me.departments.includes(department));
  if (mine.length === 0) return null;
  if (!of.actions.includes('decideApplication')) {
    return of.status === 'SUBMITTED' ? <Alert type="info" showIcon title={say('fourEyes')} className="mz-gap" /> : null;
  }
  return mine.map(({ department }) => <Decision key={department} of={of} department={department} />);
}

/** One application for access: what is asked, by when it is due, and its decision. */
export default function ApplicationPage() {
  const { id = '' } = useParams();
  const say = useWords(APPLICATIONS);
  const language = useLanguage();
  const answer = useAsk(ApplicationOne, { id });
  return (
    <Answer of={answer}>
      {({ application }) => {
        if (application === null) return <Page title={say('title')}>{<Nothing text={say('gone')} />}</Page>;
        const client = language === 'zh' ? application.clientNameZh : application.client;
        const name = say('application', { client });
        return (
          <Page
            name={name}
            title={
              <>
                {name}{' '}
                <span className="mz-title-status">
                  <Status tone={APPLICATION_TONES[application.status]}>
                    {term(APPLICATION_STATES, application.status, language)}
                  </Status>
                </span>
              </>
            }
            actions={<Actions of={application} />}
          >
            <div className="mz-columns">
              <div className="mz-span-8">
                <Section title={say('terms')}>
                  <Terms of={application} />
                </Section>
              </div>
              <div className="mz-span-4">
                <Section title={say('parts')}>
                  <Parts of={application} />
                </Section>
              </div>
            </div>
            <Decisions of={application} />
            <Section title={say('items')} flush>
              <Items of={application} />
            </Section>
          </Page>
        );
      }}
    </Answer>
  );
}
