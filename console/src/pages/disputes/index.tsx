import { Button } from 'antd';
import { useState } from 'react';
import { AnswerDispute, type DisputeFinding, DisputeList, type DisputeListQuery } from '../../api/generated.js';
import { AnswerDialog } from '../../parts/answer-dialog.js';
import { useClientOptions, useDepartmentOptions, useTerms } from '../../parts/choices.js';
import { DueDay, Finding, OverdueOnly } from '../../parts/deadline.js';
import { Choice, type Column, Filters, List, pageOf, Typed } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { DepartmentName, FieldName, Status } from '../../parts/tags.js';
import { DISPUTE_FINDINGS, DISPUTE_STATES, term } from '../../parts/terms.js';
import { Instant, useNumber } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { DISPUTES } from './words.js';

type Line = DisputeListQuery['disputes']['items'][number];

/** Facts that somebody says are wrong. */
export default function DisputesPage() {
  const say = useWords(DISPUTES);
  const common = useWords(COMMON);
  const language = useLanguage();
  const number = useNumber();
  const url = useUrl();
  const { me, may } = useSession();
  const clients = useClientOptions();
  const findings = useTerms(DISPUTE_FINDINGS);
  const [asked, setAsked] = useState<Line | null>(null);
  const answering = useChange(AnswerDispute);
  const filter = {
    state: url.one('state', ['OPEN', 'ANSWERED', 'WITHDRAWN']),
    department: url.get('department'),
    coordinate: url.get('coordinate'),
    overdue: url.get('overdue') === 'true' ? true : null,
  };
  const answer = useAsk(DisputeList, { filter, page: pageOf(url) });
  const columns: readonly Column<Line>[] = [
    {
      title: common('field'),
      key: 'coordinate',
      width: 160,
      render: ({ coordinate }) => <FieldName of={coordinate} />,
    },
    {
      title: common('department'),
      key: 'department',
      width: 120,
      render: ({ department }) => <DepartmentName of={department} />,
    },
    {
      title: say('why'),
      key: 'reason',
      width: 165,
      render: ({ reason, raisedBy, subject }) => (
        <span className="mz-title-cell">
          <span>{reason}</span>
          <span className="mz-quiet" title={`${say('subject')} ${subject}`}>
            {raisedBy === 'CITIZEN' ? say('citizen') : clients.name(raisedBy)}
          </span>
        </span>
      ),
    },
    { title: say('raisedAt'), key: 'raisedAt', width: 110, render: ({ raisedAt }) => <Instant at={raisedAt} /> },
    {
      title: say('dueOn'),
      key: 'dueOn',
      width: 130,
      render: ({ dueOn, overdue, reminders }) => <DueDay on={dueOn} overdue={overdue} reminders={reminders} />,
    },
    {
      title: say('receipts'),
      key: 'receipts',
      width: 92,
      end: true,
      render: ({ receipts }) => number(receipts.length),
    },
    {
      title: say('finding'),
      key: 'finding',
      width: 144,
      render: (line) =>
        line.finding === null ? (
          <Status tone={line.state === 'OPEN' ? 'wait' : 'off'}>{term(DISPUTE_STATES, line.state, language)}</Status>
        ) : (
          <Finding
            tone="good"
            finding={term(DISPUTE_FINDINGS, line.finding, language)}
            words={line.answer}
            by={line.answeredBy}
            at={line.answeredAt}
          />
        ),
    },
    {
      title: '',
      key: 'answer',
      width: 92,
      render: (line) =>
        line.state === 'OPEN' &&
        may('Mutation.answerDispute') &&
        me.departments.includes(line.department) && (
          <Button size="small" onClick={() => setAsked(line)}>
            {say('answer')}
          </Button>
        ),
    },
  ];
  const keys = ['state', 'department', 'coordinate', 'overdue'];
  return (
    <Page title={say('title')} about={say('about')}>
      <Section flush>
        <Filters url={url} keys={keys}>
          <Choice url={url} name="state" label={common('status')} options={useTerms(DISPUTE_STATES)} width={120} />
          <Choice url={url} name="department" label={common('department')} options={useDepartmentOptions()} />
          <Typed url={url} name="coordinate" label={common('field')} />
          <OverdueOnly url={url} />
        </Filters>
        <List
          of={answer}
          page={({ disputes }) => disputes}
          columns={columns}
          rowKey={({ id }) => id}
          url={url}
          label={say('title')}
          filtered={keys.some((key) => url.get(key) !== null)}
          rowClass={({ overdue }) => (overdue ? 'mz-row-late' : '')}
        />
      </Section>
      {asked !== null && (
        <AnswerDialog<DisputeFinding>
          key={asked.id}
          title={say('answer')}
          about={say('answerAbout', { count: asked.receipts.length })}
          open
          findings={findings}
          first="CORRECTED"
          needsReason={() => true}
          onClose={() => setAsked(null)}
          onAnswer={(finding, reason) => answering.mutateAsync({ id: asked.id, finding, reason })}
        />
      )}
    </Page>
  );
}
