import { Button } from 'antd';
import { useState } from 'react';
import { AnswerTask, type TaskFinding, TaskList, type TaskListQuery, TaskOne } from '../../api/generated.js';
import { AnswerDialog } from '../../parts/answer-dialog.js';
import { useClientOptions, useDepartmentOptions, useMatterOptions, useTerms } from '../../parts/choices.js';
import { DueDay, Finding, OverdueOnly } from '../../parts/deadline.js';
import { Choice, type Column, Filters, List, pageOf } from '../../parts/list.js';
import { Answer, Facts, Nothing, Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { DepartmentName, Status } from '../../parts/tags.js';
import { TASK_FINDINGS, TASK_STATES, term } from '../../parts/terms.js';
import { Instant } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { TASKS } from './words.js';

type Line = TaskListQuery['tasks']['items'][number];

/** What the department is asked, and about whom. To look is on the record, so only who is about to answer does. */
function Asked({ id }: { readonly id: string }) {
  const say = useWords(TASKS);
  const language = useLanguage();
  const answer = useAsk(TaskOne, { id });
  return (
    <Answer of={answer}>
      {({ task }) =>
        task === null ? (
          <Nothing text={say('gone')} />
        ) : (
          <div className="mz-stack">
            <b>{language === 'zh' ? task.questionZh : task.questionEn}</b>
            <Facts of={task.subjects.map(({ role, id: number }) => [role, <code key={role}>{number}</code>])} />
            <span className="mz-quiet">{say('looked')}</span>
          </div>
        )
      }
    </Answer>
  );
}

/** Proofs that a department confirms instead of the citizen bringing them. */
export default function TasksPage() {
  const say = useWords(TASKS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const url = useUrl();
  const { me, may } = useSession();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const findings = useTerms(TASK_FINDINGS);
  const [asked, setAsked] = useState<Line | null>(null);
  const answering = useChange(AnswerTask);
  const filter = {
    state: url.one('state', ['OPEN', 'ANSWERED', 'CANCELLED']),
    department: url.get('department'),
    matter: url.get('matter'),
    overdue: url.get('overdue') === 'true' ? true : null,
  };
  const answer = useAsk(TaskList, { filter, page: pageOf(url) });
  const proofOf = (line: Line): string => (language === 'zh' ? line.proofZh : line.proofEn);
  const columns: readonly Column<Line>[] = [
    {
      title: say('proof'),
      key: 'proof',
      width: 180,
      render: (line) => (
        <span className="mz-title-cell">
          <span>{proofOf(line)}</span>
          <span className="mz-quiet">{matters.name(line.matter)}</span>
        </span>
      ),
    },
    {
      title: say('caseNumber'),
      key: 'case',
      width: 125,
      render: ({ caseNumber }) => <span className="mz-code">{caseNumber}</span>,
    },
    { title: common('client'), key: 'client', width: 110, render: ({ client }) => clients.name(client) },
    {
      title: common('department'),
      key: 'department',
      width: 120,
      render: ({ department }) => <DepartmentName of={department} />,
    },
    { title: say('openedAt'), key: 'openedAt', width: 108, render: ({ openedAt }) => <Instant at={openedAt} /> },
    {
      title: say('dueOn'),
      key: 'dueOn',
      width: 128,
      render: ({ dueOn, overdue, reminders }) => <DueDay on={dueOn} overdue={overdue} reminders={reminders} />,
    },
    {
      title: say('finding'),
      key: 'finding',
      width: 150,
      render: ({ state, finding, reason, answeredBy, answeredAt }) =>
        finding === null ? (
          <Status tone={state === 'OPEN' ? 'wait' : 'off'}>{term(TASK_STATES, state, language)}</Status>
        ) : (
          <Finding
            tone={finding === 'CONFIRMED' ? 'good' : 'bad'}
            finding={term(TASK_FINDINGS, finding, language)}
            words={reason}
            by={answeredBy}
            at={answeredAt}
          />
        ),
    },
    {
      title: '',
      key: 'answer',
      width: 92,
      render: (line) =>
        line.state === 'OPEN' &&
        may('Mutation.answerTask') &&
        me.departments.includes(line.department) && (
          <Button size="small" onClick={() => setAsked(line)}>
            {say('answer')}
          </Button>
        ),
    },
  ];
  const keys = ['state', 'department', 'matter', 'overdue'];
  return (
    <Page title={say('title')} about={say('about')}>
      <Section flush>
        <Filters url={url} keys={keys}>
          <Choice url={url} name="state" label={common('status')} options={useTerms(TASK_STATES)} width={120} />
          <Choice url={url} name="department" label={common('department')} options={useDepartmentOptions()} />
          <Choice url={url} name="matter" label={common('matter')} options={matters.options} width={200} />
          <OverdueOnly url={url} />
        </Filters>
        <List
          of={answer}
          page={({ tasks }) => tasks}
          columns={columns}
          rowKey={({ id }) => id}
          url={url}
          label={say('title')}
          filtered={keys.some((key) => url.get(key) !== null)}
          rowClass={({ overdue }) => (overdue ? 'mz-row-late' : '')}
        />
      </Section>
      {asked !== null && (
        <AnswerDialog<TaskFinding>
          key={asked.id}
          title={say('answer')}
          about={say('answerAbout', { proof: proofOf(asked), case: asked.caseNumber })}
          open
          findings={findings}
          first="CONFIRMED"
          needsReason={(finding) => finding !== 'CONFIRMED'}
          onClose={() => setAsked(null)}
          onAnswer={(finding, reason) =>
            answering.mutateAsync({ id: asked.id, finding, reason: reason === '' ? null : reason })
          }
        >
          <Asked id={asked.id} />
        </AnswerDialog>
      )}
    </Page>
  );
}
