import { Alert, Button, Progress, Table } from 'antd';
import { useState } from 'react';
import { useParams } from 'react-router';
import {
  EndSeason,
  PauseSeason,
  ResumeSeason,
  SeasonFiles,
  SeasonOne,
  type SeasonOneQuery,
  StartSeason,
} from '../../api/generated.js';
import { CountBars, StackedBars } from '../../parts/chart.js';
import { useClientOptions, useMatterOptions } from '../../parts/choices.js';
import { ReasonDialog } from '../../parts/confirm.js';
import { Failure } from '../../parts/failure.js';
import { Answer, Facts, Nothing, Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { SEASON_RESULTS, term } from '../../parts/terms.js';
import { instantText, useNumber } from '../../parts/time.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { percentOf, SeasonStatus } from './index.js';
import { bringList, ChooseList, endingOf } from './list-file.js';
import { SEASONS } from './words.js';

type Season = NonNullable<SeasonOneQuery['season']>;
type List = NonNullable<Season['list']>;

/** How often a season that a process works on is asked about, ms; one that waits for a person changes by others only. */
const LIVE_MS = 1000;
const QUIET_MS = 10_000;

/** Divisions and schools drawn; the others are in the result. */
const SHARES_DRAWN = 15;

function Actions({ of }: { readonly of: Season }) {
  const say = useWords(SEASONS);
  const clients = useClientOptions();
  const number = useNumber();
  const [asking, setAsking] = useState<'start' | 'end' | null>(null);
  const start = useChange(StartSeason);
  const pause = useChange(PauseSeason);
  const resume = useChange(ResumeSeason);
  const end = useChange(EndSeason);
  const can = (action: string): boolean => of.actions.includes(action);
  const failed = pause.error ?? resume.error;
  return (
    <>
      {can('endSeason') && (
        <Button danger onClick={() => setAsking('end')}>
          {say('end')}
        </Button>
      )}
      {can('pauseSeason') && (
        <Button type="primary" loading={pause.isPending} onClick={() => pause.mutate({ id: of.id })}>
          {say('pause')}
        </Button>
      )}
      {can('resumeSeason') && (
        <Button type="primary" loading={resume.isPending} onClick={() => resume.mutate({ id: of.id })}>
          {say(of.state === 'DONE' ? 'askAgain' : 'resume')}
        </Button>
      )}
      {can('startSeason') && (
        <Button type="primary" onClick={() => setAsking('start')}>
          {say('start')}
        </Button>
      )}
      {failed !== null && <Failure error={failed} />}
      <ReasonDialog
        title={say('start')}
        open={asking === 'start'}
        confirm={say('start')}
        least={null}
        onClose={() => setAsking(null)}
        onConfirm={() => start.mutateAsync({ id: of.id })}
      >
        <p>{say('startAbout', { client: clients.name(of.client), rows: number(of.list?.rows ?? 0) })}</p>
      </ReasonDialog>
      <ReasonDialog
        title={say('end')}
        open={asking === 'end'}
        danger
        confirm={say('end')}
        most={200}
        onClose={() => setAsking(null)}
        onConfirm={(reason) => end.mutateAsync({ id: of.id, reason })}
      >
        <p>{say(of.startedAt === null ? 'endUnbegun' : 'endAbout')}</p>
      </ReasonDialog>
    </>
  );
}

/** Seconds in words. */
function useDuration(): (seconds: number | null) => string {
  const say = useWords(SEASONS);
  return (seconds) => {
    if (seconds === null) return say('unknown');
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    if (h > 0) return say('hours', { h, m });
    return m > 0 ? say('minutes', { m, s }) : say('seconds', { s });
  };
}

function Standing({ of }: { readonly of: Season }) {
  const say = useWords(SEASONS);
  const language = useLanguage();
  const number = useNumber();
  const duration = useDuration();
  const { done, perSecond, secondsLeft, waits, waitsUntil } = of.progress;
  const rows = of.list?.rows ?? 0;
  const running = of.state === 'RUNNING';
  return (
    <Section title={say('progress')}>
      <div className="mz-stack">
        <Progress percent={percentOf(done, rows)} aria-label={say('progress')} status={running ? 'active' : 'normal'} />
        <div className="mz-three">
          <div className="mz-figure">
            <span>{say('done')}</span>
            <b data-season="done">{say('of', { done: number(done), rows: number(rows) })}</b>
          </div>
          <div className="mz-figure">
            <span>{say('rate')}</span>
            <b>{running ? say('rateValue', { count: number(perSecond, perSecond < 10 ? 1 : 0) }) : say('unknown')}</b>
          </div>
          <div className="mz-figure">
            <span>{say('left')}</span>
            <b>{duration(running ? secondsLeft : null)}</b>
          </div>
        </div>
        {waits !== null && (
          <Alert
            type="info"
            showIcon
            title={say('waits', {
              why: waits[language],
              until: waitsUntil === null ? '' : instantText(waitsUntil, true),
            })}
          />
        )}
      </div>
    </Section>
  );
}

function Faults({ of, onBring }: { readonly of: Season; readonly onBring: () => void }) {
  const say = useWords(SEASONS);
  const language = useLanguage();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const { faults } = of.progress;
  const ending = endingOf(of.file);

  async function bring(file: File): Promise<void> {
    setBusy(true);
    setFailed(null);
    try {
      await bringList(of.id, file);
      onBring();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  }

  const fresh = of.state === 'NEW';
  const uploads = of.actions.includes('uploadList');
  if (faults.length === 0 && !uploads) return null;
  return (
    <div className="mz-stack mz-gap">
      {faults.length > 0 && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={say(fresh ? 'cannotRead' : 'cannotGoOn')}
          description={
            <>
              <ul className="mz-season-faults">
                {faults.map((fault) => (
                  <li key={fault.en}>{fault[language]}</li>
                ))}
              </ul>
              {fresh && say('cannotReadAbout')}
            </>
          }
        />
      )}
      {uploads && (
        <ChooseList accept={ending} text={say('uploadAgain')} busy={busy} onChoose={(file) => void bring(file)} />
      )}
      {failed !== null && <Failure error={failed} />}
    </div>
  );
}

function Preview({ of }: { readonly of: List }) {
  const say = useWords(SEASONS);
  const language = useLanguage();
  const number = useNumber();
  const nameOf = (name: string): string =>
    name === 'case' || name === 'filedOn' || name === 'division' || name === 'school' ? say(name) : name;
  return (
    <div className="mz-two">
      <Section title={say('faultsTitle')} flush={of.faults.length > 0}>
        {of.faults.length === 0 ? (
          <p>{say('faultsNone')}</p>
        ) : (
          <Table
            aria-label={say('faultsTitle')}
            title={() => say('faultsSome', { count: number(of.faulty) })}
            size="small"
            dataSource={[...of.faults]}
            rowKey={({ row, column }) => `${row} ${column}`}
            pagination={of.faults.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
            columns={[
              { title: say('row'), dataIndex: 'row', align: 'right', className: 'mz-number', width: 80 },
              { title: say('column'), dataIndex: 'column', width: 140 },
              { title: say('fault'), key: 'fault', render: (_, fault) => fault[language] },
            ]}
          />
        )}
      </Section>
      <Section title={say('columns')} flush>
        <Table
          aria-label={say('columns')}
          size="small"
          dataSource={[...of.columns]}
          rowKey="name"
          pagination={false}
          columns={[
            { title: say('column'), key: 'name', render: (_, { name }) => nameOf(name) },
            { title: say('heading'), dataIndex: 'heading' },
          ]}
        />
      </Section>
    </div>
  );
}

function Results({ of }: { readonly of: Season }) {
  const say = useWords(SEASONS);
  const language = useLanguage();
  const { verdicts, divisions, schools, reasons } = of.progress;
  const verdict = (name: string): string => term(SEASON_RESULTS, name, language);
  const drawn = [
    [say('byDivision'), divisions.slice(0, SHARES_DRAWN)],
    [say('bySchool'), schools.slice(0, SHARES_DRAWN)],
  ] as const;
  return (
    <>
      <div className="mz-columns">
        <div className="mz-span-6">
          <Section title={say('byVerdict')}>
            <CountBars label={say('byVerdict')} counts={verdicts} name={verdict} />
          </Section>
        </div>
        <div className="mz-span-6">
          <Section title={say('reasons')}>
            {reasons.length === 0 ? (
              <Nothing text={say('atStop')} />
            ) : (
              <CountBars label={say('reasons')} counts={reasons} most={12} />
            )}
          </Section>
        </div>
      </div>
      <div className="mz-columns">
        {drawn.map(
          ([title, shares]) =>
            shares.length > 0 && (
              <div key={title} className="mz-span-6">
                <Section title={title} extra={<span className="mz-quiet">{say('atStop')}</span>}>
                  <StackedBars
                    shares={shares}
                    parts={Object.keys(SEASON_RESULTS).map((name) => ({ name, text: verdict(name) }))}
                    label={say('chart', { name: title, count: shares.length })}
                  />
                </Section>
              </div>
            ),
        )}
      </div>
    </>
  );
}

function Files({ of }: { readonly of: Season }) {
  const say = useWords(SEASONS);
  const number = useNumber();
  const answer = useAsk(SeasonFiles, { id: of.id });
  const texts = {
    'result.csv': say('result.csv'),
    'result.xlsx': say('result.xlsx'),
    'summary.svg': say('summary.svg'),
  };
  return (
    <Section title={say('files')}>
      <p className="mz-quiet">{say('filesAbout')}</p>
      <Answer of={answer} rows={1}>
        {({ seasonFiles }) => (
          <div className="mz-buttons">
            {seasonFiles.map(({ name, path, bytes }) => (
              <Button key={name} href={path} download={name}>
                {`${texts[name as keyof typeof texts] ?? name} · ${number(bytes / 1000)} kB`}
              </Button>
            ))}
          </div>
        )}
      </Answer>
    </Section>
  );
}

function About({ of }: { readonly of: Season }) {
  const say = useWords(SEASONS);
  const common = useWords(COMMON);
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const number = useNumber();
  const { list } = of;
  return (
    <Section title={say('terms')}>
      <Facts
        of={[
          [common('client'), clients.name(of.client)],
          [common('matter'), matters.name(of.matter)],
          [say('perSecond'), of.perSecond === null ? common('noBound') : number(of.perSecond)],
          [say('between'), of.between ?? common('noBound')],
          list === null ? null : [say('rows'), number(list.rows)],
          list === null ? null : [say('faulty'), number(list.faulty)],
          list === null ? null : [say('bytes'), `${number(list.bytes / 1000)} kB`],
          list === null
            ? null
            : [
                say('sha256'),
                <span key="hash" className="mz-code">
                  {list.sha256}
                </span>,
              ],
          [say('createdBy'), `${of.createdBy} · ${instantText(of.createdAt)}`],
          of.startedAt === null ? null : [say('startedBy'), `${of.startedBy ?? ''} · ${instantText(of.startedAt)}`],
          of.stoppedAt === null ? null : [say('stoppedAt'), instantText(of.stoppedAt)],
          of.removedAfter === null ? null : [say('removed'), instantText(of.removedAfter)],
        ]}
      />
    </Section>
  );
}

/** One season: what was found in its list, where it stands, what came of it. */
export default function SeasonPage() {
  const say = useWords(SEASONS);
  const { may } = useSession();
  const { id = '' } = useParams();
  const answer = useAsk(
    SeasonOne,
    { id },
    {
      every: (data) => (data?.season?.working === true || data?.season?.state === 'RUNNING' ? LIVE_MS : QUIET_MS),
    },
  );
  return (
    <Answer of={answer}>
      {({ season }) =>
        season === null ? (
          <Page title={say('title')}>
            <Nothing text={say('notFound')} />
          </Page>
        ) : (
          <Page
            title={
              <>
                {season.file}
                <span className="mz-title-status">
                  <SeasonStatus of={season} />
                </span>
              </>
            }
            name={season.file}
            actions={<Actions of={season} />}
          >
            <Faults of={season} onBring={() => void answer.refetch()} />
            {season.startedAt !== null && <Standing of={season} />}
            {season.startedAt === null && season.list !== null && <Preview of={season.list} />}
            {season.progress.done > 0 && <Results of={season} />}
            {may('Query.seasonFiles') && !season.working && (season.state === 'DONE' || season.state === 'ENDED') && (
              <Files of={season} />
            )}
            <About of={season} />
          </Page>
        )
      }
    </Answer>
  );
}
