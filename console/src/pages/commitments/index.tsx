import { Button } from 'antd';
import { useState } from 'react';
import {
  CommitmentList,
  type CommitmentListQuery,
  type CommitmentOutcome,
  ConcludeCommitment,
  ReinstateCommitment,
} from '../../api/generated.js';
import { AnswerDialog } from '../../parts/answer-dialog.js';
import { useClientOptions, useDepartmentOptions, useMatterOptions, useTerms } from '../../parts/choices.js';
import { ReasonDialog } from '../../parts/confirm.js';
import { DueDay, Finding, OverdueOnly } from '../../parts/deadline.js';
import { Choice, type Column, Filters, List, pageOf } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { DepartmentName, Status, type Tone } from '../../parts/tags.js';
import { COMMITMENT_OUTCOMES, COMMITMENT_STATES, term } from '../../parts/terms.js';
import { Instant } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { COMMITMENTS } from './words.js';

type Line = CommitmentListQuery['commitments']['items'][number];

const STATES = ['AWAITING_DOCUMENTS', 'FOLLOW_UP', 'COMPLETED', 'BREACHED', 'REINSTATED'] as const;

const TONES: Readonly<Record<Line['state'], Tone>> = {
  AWAITING_DOCUMENTS: 'wait',
  FOLLOW_UP: 'bad',
  COMPLETED: 'good',
  BREACHED: 'bad',
  REINSTATED: 'off',
};

/** Where it stands, and who concluded so and why. */
function Standing({ of }: { readonly of: Line }) {
  const language = useLanguage();
  const last = of.events.findLast(({ reason }) => reason !== null);
  const state = term(COMMITMENT_STATES, of.state, language);
  const tone = TONES[of.state];
  return last === undefined || tone === 'wait' || tone === 'off' ? (
    <Status tone={tone}>{state}</Status>
  ) : (
    <Finding tone={tone} finding={state} words={last.reason} by={last.by} at={last.at} />
  );
}

/** What applicants committed to, and what became of it. */
export default function CommitmentsPage() {
  const say = useWords(COMMITMENTS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const url = useUrl();
  const { may } = useSession();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const outcomes = useTerms(COMMITMENT_OUTCOMES);
  const [asked, setAsked] = useState<{ readonly line: Line; readonly to: 'conclude' | 'reinstate' } | null>(null);
  const concluding = useChange(ConcludeCommitment);
  const reinstating = useChange(ReinstateCommitment);
  const filter = {
    state: url.one('state', STATES),
    department: url.get('department'),
    matter: url.get('matter'),
    overdue: url.get('overdue') === 'true' ? true : null,
  };
  const answer = useAsk(CommitmentList, { filter, page: pageOf(url) });
  const columns: readonly Column<Line>[] = [
    {
      title: common('matter'),
      key: 'matter',
      width: 190,
      render: ({ matter, client, caseNumber }) => (
        <span className="mz-title-cell">
          <span>{matters.name(matter)}</span>
          <span className="mz-quiet mz-wraps">
            {clients.name(client)} · <span className="mz-code">{caseNumber}</span>
          </span>
        </span>
      ),
    },
    {
      title: common('department'),
      key: 'department',
      width: 120,
      render: ({ departments }) => (
        <span className="mz-title-cell">
          {departments.map((department) => (
            <DepartmentName key={department} of={department} />
          ))}
        </span>
      ),
    },
    {
      title: say('documents'),
      key: 'documents',
      width: 205,
      render: ({ documents }) => (
        <span className="mz-title-cell">
          {documents.map(({ nameZh, nameEn, received }) => (
            <span key={nameZh} className={received ? 'mz-quiet mz-wraps' : ''}>
              {language === 'zh' ? nameZh : nameEn} · {say(received ? 'received' : 'missing')}
            </span>
          ))}
        </span>
      ),
    },
    { title: say('signedAt'), key: 'signedAt', width: 108, render: ({ signedAt }) => <Instant at={signedAt} /> },
    {
      title: say('dueOn'),
      key: 'dueOn',
      width: 130,
      render: ({ dueOn, overdue, reminders }) => <DueDay on={dueOn} overdue={overdue} reminders={reminders} />,
    },
    { title: common('status'), key: 'state', width: 154, render: (line) => <Standing of={line} /> },
    {
      title: '',
      key: 'act',
      width: 106,
      render: (line) => (
        <span className="mz-buttons">
          {line.actions.includes('concludeCommitment') && may('Mutation.concludeCommitment') && (
            <Button size="small" onClick={() => setAsked({ line, to: 'conclude' })}>
              {say('conclude')}
            </Button>
          )}
          {line.actions.includes('reinstateCommitment') && may('Mutation.reinstateCommitment') && (
            <Button size="small" onClick={() => setAsked({ line, to: 'reinstate' })}>
              {say('reinstate')}
            </Button>
          )}
        </span>
      ),
    },
  ];
  const keys = ['state', 'department', 'matter', 'overdue'];
  return (
    <Page title={say('title')} about={say('about')}>
      <Section flush>
        <Filters url={url} keys={keys}>
          <Choice url={url} name="state" label={common('status')} options={useTerms(COMMITMENT_STATES)} width={140} />
          <Choice url={url} name="department" label={common('department')} options={useDepartmentOptions()} />
          <Choice url={url} name="matter" label={common('matter')} options={matters.options} width={200} />
          <OverdueOnly url={url} />
        </Filters>
        <List
          of={answer}
          page={({ commitments }) => commitments}
          columns={columns}
          rowKey={({ id }) => id}
          url={url}
          label={say('title')}
          filtered={keys.some((key) => url.get(key) !== null)}
          rowClass={({ overdue }) => (overdue ? 'mz-row-late' : '')}
        />
      </Section>
      {asked?.to === 'conclude' && (
        <AnswerDialog<CommitmentOutcome>
          key={asked.line.id}
          title={say('conclude')}
          about={say('concludeAbout', { case: asked.line.caseNumber })}
          open
          findings={asked.line.state === 'COMPLETED' ? outcomes.filter(({ value }) => value === 'BREACHED') : outcomes}
          first={asked.line.state === 'COMPLETED' ? 'BREACHED' : 'COMPLETED'}
          needsReason={() => true}
          onClose={() => setAsked(null)}
          onAnswer={(outcome, reason) => concluding.mutateAsync({ id: asked.line.id, outcome, reason })}
        />
      )}
      {asked?.to === 'reinstate' && (
        <ReasonDialog
          title={say('reinstate')}
          open
          confirm={say('reinstate')}
          onClose={() => setAsked(null)}
          onConfirm={(reason) => reinstating.mutateAsync({ id: asked.line.id, reason })}
        >
          <p>{say('reinstateAbout', { case: asked.line.caseNumber })}</p>
        </ReasonDialog>
      )}
    </Page>
  );
}
