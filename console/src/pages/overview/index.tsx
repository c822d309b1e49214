import { type ReactNode, useMemo } from 'react';
import { Link } from 'react-router';
import {
  EndingGrants,
  OverviewDay,
  OverviewLive,
  Seals,
  WaitingApplications,
  WaitingDisputes,
  WaitingHolds,
  WaitingOverdue,
  WaitingTasks,
} from '../../api/generated.js';
import { CountBars, SeriesChart } from '../../parts/chart.js';
import { Answer, Nothing, Page, Section } from '../../parts/page.js';
import { useNames, useSession } from '../../parts/session.js';
import { Clock, Status } from '../../parts/tags.js';
import { term, VERDICTS } from '../../parts/terms.js';
import { dayOf, dayStart, instantText, useNumber } from '../../parts/time.js';
import { useAsk } from '../../parts/use-ask.js';
import { useLanguage, useWords } from '../../words.js';
import { OVERVIEW } from './words.js';

const HOUR_MS = 3_600_000;
const LIVE_MS = 5_000;
const MINUTE_MS = 60_000;

/** The whole hour 23 hours ago: the series then has 24 steps. */
function lastDay(now: number): string {
  return new Date(Math.floor(now / HOUR_MS) * HOUR_MS - 23 * HOUR_MS).toISOString();
}

function useLive() {
  const { may } = useSession();
  return useAsk(OverviewLive, {}, { enabled: may('Query.live'), every: LIVE_MS });
}

function Figures() {
  const say = useWords(OVERVIEW);
  const number = useNumber();
  const { may } = useSession();
  const live = useLive();
  const from = useMemo(() => dayStart(dayOf(new Date())), []);
  const today = useAsk(OverviewDay, { from }, { enabled: may('Query.monitoring'), every: MINUTE_MS });
  const all = today.data?.monitoring;
  const sum = (key: 'answered' | 'refused' | 'failed') => all?.series.reduce((n, point) => n + point[key], 0) ?? 0;
  const departments = live.data?.live.departments ?? [];
  const up = departments.filter(({ state }) => state === 'UP').length;
  const figures: readonly (readonly [string, string, string])[] = [
    [
      say('today'),
      all === undefined ? '–' : number(all.requests),
      live.data === undefined ? '\u00a0' : say('inProgress', { count: live.data.live.inProgress }),
    ],
    [
      say('answered'),
      all === undefined ? '–' : number(sum('answered')),
      `${say('refused')} ${number(sum('refused'))} · ${say('failed')} ${number(sum('failed'))}`,
    ],
    [
      say('p95'),
      typeof live.data?.live.p95 === 'number' ? `${number(live.data.live.p95, 1)} ${say('ms')}` : '–',
      typeof live.data?.live.p99 === 'number' ? say('p99', { ms: number(live.data.live.p99, 1) }) : '\u00a0',
    ],
    [say('departmentsUp'), live.data === undefined ? '–' : `${up} / ${departments.length}`, say('live')],
  ];
  return (
    <div className="mz-columns">
      {figures.map(([name, value, note]) => (
        <section key={name} className="mz-section mz-span-3">
          <div className="mz-section-body mz-figure">
            <span>{name}</span>
            <b>{value}</b>
            <span>{note}</span>
          </div>
        </section>
      ))}
    </div>
  );
}

/** Something that waits: how many, and where they are. */
interface Line {
  readonly needs: string;
  readonly to: string;
  readonly name: string;
  readonly count: number | undefined;
  readonly note: ReactNode;
}

function Waiting() {
  const say = useWords(OVERVIEW);
  const { may } = useSession();
  const number = useNumber();
  const endsBy = useMemo(() => dayOf(new Date(Date.now() + 30 * 24 * HOUR_MS)), []);
  const every = MINUTE_MS;
  const applications = useAsk(WaitingApplications, {}, { enabled: may('Query.applications'), every });
  const overdue = useAsk(WaitingOverdue, {}, { enabled: may('Query.applications'), every });
  const disputes = useAsk(WaitingDisputes, {}, { enabled: may('Query.disputes'), every });
  const tasks = useAsk(WaitingTasks, {}, { enabled: may('Query.tasks'), every });
  const holds = useAsk(WaitingHolds, {}, { enabled: may('Query.clients'), every });
  const ending = useAsk(EndingGrants, { endsBy }, { enabled: may('Query.grants'), every });
  const late = overdue.data?.applications.total ?? 0;
  const lines: readonly Line[] = [
    {
      needs: 'Query.applications',
      to: '/applications?status=SUBMITTED&sort=DEADLINE&direction=ASC',
      name: say('applications'),
      count: applications.data?.applications.total,
      note: late > 0 ? <Status tone="bad">{say('overdue', { count: late })}</Status> : null,
    },
    {
      needs: 'Query.disputes',
      to: '/disputes?state=OPEN',
      name: say('disputes'),
      count: disputes.data?.disputes.total,
      note: null,
    },
    { needs: 'Query.tasks', to: '/tasks?state=OPEN', name: say('tasks'), count: tasks.data?.tasks.total, note: null },
    {
      needs: 'Query.clients',
      to: '/clients?state=HELD',
      name: say('holds'),
      count: holds.data?.clients.total,
      note: null,
    },
    {
      needs: 'Query.grants',
      to: `/grants?status=APPROVED&endsBy=${endsBy}`,
      name: say('ending'),
      count: ending.data?.grants.total,
      note: null,
    },
  ];
  return (
    <ul className="mz-lines">
      {lines
        .filter(({ needs }) => may(needs))
        .map(({ to, name, count, note }) => (
          <li key={to}>
            <span>
              <Link to={to}>{name}</Link> {note}
            </span>
            <b className={count === undefined || count === 0 ? 'mz-number mz-quiet' : 'mz-number'}>
              {count === undefined ? '–' : number(count)}
            </b>
          </li>
        ))}
    </ul>
  );
}

function Inbox() {
  const say = useWords(OVERVIEW);
  const language = useLanguage();
  const { may } = useSession();
  const inbox = useAsk(WaitingApplications, {}, { enabled: may('Query.applications'), every: MINUTE_MS });
  return (
    <Answer of={inbox} rows={5}>
      {({ applications }) =>
        applications.items.length === 0 ? (
          <Nothing text={say('noInbox')} />
        ) : (
          <ul className="mz-lines">
            {applications.items.map(({ id, client, clientNameZh, purpose, parts }) => {
              const left = parts.flatMap(({ daysLeft }) => (daysLeft === null ? [] : [daysLeft]));
              return (
                <li key={id}>
                  <span>
                    <Link to={`/applications/${id}`}>
                      {say('applicationFor', { client: language === 'zh' ? clientNameZh : client })}
                    </Link>
                    <br />
                    <span className="mz-quiet">{purpose}</span>
                  </span>
                  {left.length > 0 && <Clock left={Math.min(...left)} />}
                </li>
              );
            })}
          </ul>
        )
      }
    </Answer>
  );
}

function Day() {
  const say = useWords(OVERVIEW);
  const number = useNumber();
  const from = useMemo(() => lastDay(Date.now()), []);
  const day = useAsk(OverviewDay, { from }, { every: MINUTE_MS });
  return (
    <Answer of={day}>
      {({ monitoring }) => (
        <SeriesChart
          points={monitoring.series}
          names={{ answered: say('answered'), refused: say('refused'), failed: say('failed') }}
          label={say('seriesLabel', { count: number(monitoring.requests) })}
        />
      )}
    </Answer>
  );
}

function Counts({ of }: { readonly of: 'verdicts' | 'refusals' }) {
  const say = useWords(OVERVIEW);
  const language = useLanguage();
  const from = useMemo(() => dayStart(dayOf(new Date())), []);
  const today = useAsk(OverviewDay, { from }, { every: MINUTE_MS });
  return (
    <Answer of={today} rows={4}>
      {({ monitoring }) => (
        <CountBars
          label={say(of)}
          counts={monitoring[of]}
          name={(name) => (of === 'verdicts' ? term(VERDICTS, name, language) : name)}
          most={6}
        />
      )}
    </Answer>
  );
}

function Departments() {
  const say = useWords(OVERVIEW);
  const names = useNames();
  const number = useNumber();
  return (
    <Answer of={useLive()} rows={5}>
      {({ live }) => (
        <ul className="mz-lines">
          {live.departments.map(({ department, state, up, down }) => (
            <li key={department}>
              <span>{names.department(department)}</span>
              <span className="mz-quiet mz-number">
                {say('fetches', { up: number(up), down: number(down) })}{' '}
                <Status tone={state === 'UP' ? 'good' : 'bad'}>{state === 'UP' ? say('up') : say('down')}</Status>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Answer>
  );
}

function Seal() {
  const say = useWords(OVERVIEW);
  const number = useNumber();
  const seals = useAsk(Seals, { verify: false }, { every: MINUTE_MS });
  return (
    <Answer of={seals} rows={2}>
      {({ sealState }) => (
        <ul className="mz-lines">
          {sealState.map(({ chain, entries, sealed, verifiedAt, sound, faults }) => (
            <li key={chain}>
              <span>
                <span className="mz-code">{chain}</span>
                <br />
                <span className="mz-quiet">
                  {say('entries', { entries: number(entries), sealed: number(sealed) })}
                  {verifiedAt !== null && ` · ${say('verifiedAt', { at: instantText(verifiedAt) })}`}
                </span>
              </span>
              {sound === null ? (
                <Status tone="off">{say('notVerified')}</Status>
              ) : (
                <Status tone={sound && faults.length === 0 ? 'good' : 'bad'}>
                  {sound && faults.length === 0 ? say('sound') : say('unsound')}
                </Status>
              )}
            </li>
          ))}
        </ul>
      )}
    </Answer>
  );
}

/** What happens now, and what waits. */
export default function OverviewPage() {
  const say = useWords(OVERVIEW);
  const { may } = useSession();
  const watches = may('Query.monitoring');
  return (
    <Page title={say('title')} about={say('about')}>
      {watches && <Figures />}
      <div className="mz-columns mz-steady">
        <div className="mz-span-5">
          <Section title={say('waiting')}>
            <Waiting />
          </Section>
        </div>
        {may('Query.applications') && (
          <div className="mz-span-7">
            <Section title={say('inbox')}>
              <Inbox />
            </Section>
          </div>
        )}
        {watches && (
          <>
            <div className="mz-span-8">
              <Section title={say('last24')}>
                <Day />
              </Section>
            </div>
            <div className="mz-span-4">
              <Section title={say('departments')}>
                <Departments />
              </Section>
            </div>
            <div className="mz-span-4">
              <Section title={say('verdicts')}>
                <Counts of="verdicts" />
              </Section>
            </div>
            <div className="mz-span-4">
              <Section title={say('refusals')}>
                <Counts of="refusals" />
              </Section>
            </div>
          </>
        )}
        {may('Query.sealState') && (
          <div className="mz-span-4">
            <Section title={say('seal')}>
              <Seal />
            </Section>
          </div>
        )}
      </div>
    </Page>
  );
}
