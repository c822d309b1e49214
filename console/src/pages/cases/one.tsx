import { Table } from 'antd';
import { Link, useParams } from 'react-router';
import { CaseOne, type CaseOneQuery } from '../../api/generated.js';
import { useClientOptions, useMatterOptions } from '../../parts/choices.js';
import { Answer, Facts, Nothing, Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { DepartmentName } from '../../parts/tags.js';
import { CASE_EVENTS, CASE_OUTCOMES, DECISIONS, SUBJECT_KINDS, term, VERDICTS } from '../../parts/terms.js';
import { Instant, instantText } from '../../parts/time.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { CaseStatus, Deadline, Rating } from './parts.js';
import { CASES } from './words.js';

type Shown = NonNullable<CaseOneQuery['case']>;

function Basics({ of }: { readonly of: Shown }) {
  const joined = useJoined();
  const say = useWords(CASES);
  const common = useWords(COMMON);
  const language = useLanguage();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const { decision, verdict, state } = of;
  return (
    <Facts
      of={[
        [common('status'), <CaseStatus key="state" of={of} />],
        [common('matter'), matters.name(of.matter)],
        [common('client'), clients.name(of.client)],
        [say('filedOn'), of.filedOn],
        of.division === null ? null : [say('division'), of.division],
        [
          say('subjects'),
          joined(of.subjects.map(({ role, kind }) => `${role} (${term(SUBJECT_KINDS, kind, language)})`)),
        ],
        // What it came to is not told to a department: then there is nothing to say, rather than that there is none.
        verdict === null && state !== 'REGISTERED'
          ? null
          : [say('verdict'), verdict === null ? common('none') : term(VERDICTS, verdict, language)],
        decision === null && state === 'DECIDED'
          ? null
          : [
              say('decision'),
              decision === null
                ? common('none')
                : `${term(DECISIONS, decision.outcome, language)} · ${instantText(decision.time)} · ${say(decision.byPerson ? 'byPerson' : 'byMachine')}`,
            ],
      ]}
    />
  );
}

function Waits({ of }: { readonly of: Shown }) {
  const say = useWords(CASES);
  const common = useWords(COMMON);
  const { deadlines, rating } = of;
  return (
    <Facts
      of={[
        [
          say('deadline'),
          deadlines.length === 0 ? (
            <span key="none" className="mz-quiet">
              {say('nothingWaits')}
            </span>
          ) : (
            <span key="deadlines" className="mz-stack">
              {deadlines.map((one) => (
                <Deadline key={`${one.kind} ${one.dueOn}`} of={one} />
              ))}
            </span>
          ),
        ],
        [say('rating'), rating === null ? common('none') : <Rating key="rating" of={rating} />],
      ]}
    />
  );
}

function Course({ of }: { readonly of: Shown['events'] }) {
  const say = useWords(CASES);
  const common = useWords(COMMON);
  const language = useLanguage();
  const { may } = useSession();
  return (
    <Table
      aria-label={say('course')}
      size="middle"
      dataSource={[...of]}
      rowKey="id"
      pagination={of.length > 50 ? { pageSize: 50 } : false}
      scroll={{ x: 'max-content' }}
      locale={{ emptyText: <Nothing text={say('courseNone')} /> }}
      columns={[
        { title: common('time'), key: 'time', render: (_, { time }) => <Instant at={time} seconds /> },
        {
          title: say('step'),
          key: 'kind',
          render: (_, { kind, department }) => (
            <span className="mz-title-cell">
              <span>{term(CASE_EVENTS, kind, language)}</span>
              {department !== null && (
                <span className="mz-quiet">
                  <DepartmentName of={department} />
                </span>
              )}
            </span>
          ),
        },
        {
          title: say('outcome'),
          key: 'outcome',
          render: (_, { outcome }) => (outcome === null ? '' : term(CASE_OUTCOMES, outcome, language)),
        },
        { title: say('deadline'), key: 'dueOn', render: (_, { dueOn }) => <span className="mz-time">{dueOn}</span> },
        { title: common('actor'), key: 'actor', render: (_, { actor }) => <span className="mz-code">{actor}</span> },
        {
          title: common('record'),
          key: 'record',
          render: (_, { record }) =>
            record !== null && may('Query.record') ? (
              <Link to={`/records?entry=${encodeURIComponent(record)}`} className="mz-code mz-underlined">
                {record}
              </Link>
            ) : (
              <span className="mz-code">{record}</span>
            ),
        },
      ]}
    />
  );
}

/** A case and its course. */
export default function CasePage() {
  const say = useWords(CASES);
  const { client = '', number = '' } = useParams();
  const { may } = useSession();
  const answer = useAsk(CaseOne, { client, number });
  return (
    <Page
      title={<span className="mz-code">{number}</span>}
      name={`${say('title')} ${number}`}
      actions={
        may('Query.records') && (
          <Link to={`/records?case=${encodeURIComponent(number)}`} className="mz-underlined">
            {say('records')}
          </Link>
        )
      }
    >
      <Answer of={answer}>
        {({ case: shown }) =>
          shown === null ? (
            <Nothing text={say('unknown')} />
          ) : (
            <>
              <div className="mz-columns">
                <div className="mz-span-6">
                  <Section title={say('basics')}>
                    <Basics of={shown} />
                  </Section>
                </div>
                <div className="mz-span-6">
                  <Section title={say('waits')}>
                    <Waits of={shown} />
                  </Section>
                </div>
              </div>
              <Section title={say('course')} flush>
                <Course of={shown.events} />
              </Section>
            </>
          )
        }
      </Answer>
    </Page>
  );
}
