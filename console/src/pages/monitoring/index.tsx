import type { UseQueryResult } from '@tanstack/react-query';
import { Segmented, Table, type TableColumnType } from 'antd';
import { type ReactNode, useMemo } from 'react';
import {
  MonitoringLive,
  type MonitoringLiveQuery,
  MonitoringPeriod,
  type MonitoringPeriodQuery,
  type MonitoringStep,
} from '../../api/generated.js';
import { CountBars, SeriesChart } from '../../parts/chart.js';
import { useClientOptions, useMatterOptions } from '../../parts/choices.js';
import { ERROR_WORDS } from '../../parts/error-words.js';
import { fixedColumns } from '../../parts/list.js';
import { Answer, Page, Section } from '../../parts/page.js';
import { useNames } from '../../parts/session.js';
import { DepartmentName, Status } from '../../parts/tags.js';
import { RATING_LEVELS, SOURCE_FAULTS, term, VERDICTS } from '../../parts/terms.js';
import { instantText, useNumber } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { useLanguage, useWords } from '../../words.js';
import { MONITORING } from './words.js';

const HOUR_MS = 3_600_000;

interface Period {
  readonly ms: number;
  readonly step: MonitoringStep;
  /** How long one step is. */
  readonly stepMs: number;
}

const PERIODS = {
  hour: { ms: HOUR_MS, step: 'MINUTE', stepMs: 60_000 },
  day: { ms: 24 * HOUR_MS, step: 'HOUR', stepMs: HOUR_MS },
  week: { ms: 7 * 24 * HOUR_MS, step: 'HOUR', stepMs: HOUR_MS },
  month: { ms: 30 * 24 * HOUR_MS, step: 'DAY', stepMs: 24 * HOUR_MS },
} as const satisfies Readonly<Record<string, Period>>;

type Counts = Pick<
  MonitoringPeriodQuery['monitoring'],
  'verdicts' | 'refusals' | 'unanswered' | 'topClients' | 'topMatters' | 'topFields'
>;

function Tops({ of }: { readonly of: Counts }) {
  const say = useWords(MONITORING);
  const language = useLanguage();
  const names = useNames();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const parts = [
    [say('verdicts'), of.verdicts, (name: string) => term(VERDICTS, name, language)],
    [
      say('refusals'),
      of.refusals,
      (name: string) => (ERROR_WORDS[name]?.[language === 'zh' ? 0 : 1] ?? name).replace(/[。.]$/, ''),
    ],
    [say('unanswered'), of.unanswered, names.department],
    [say('clients'), of.topClients, clients.name],
    [say('matters'), of.topMatters, matters.name],
    [say('fields'), of.topFields, names.field],
  ] as const;
  return (
    <div className="mz-columns">
      {parts.map(([title, counts, name]) => (
        <div key={title} className="mz-span-4">
          <Section title={title}>
            <CountBars label={title} counts={counts} name={name} most={10} />
          </Section>
        </div>
      ))}
    </div>
  );
}

/** How cases were rated, and what waits of that. */
function Ratings({ of }: { readonly of: NonNullable<MonitoringPeriodQuery['monitoring']['ratings']> }) {
  const say = useWords(MONITORING);
  const language = useLanguage();
  const number = useNumber();
  const figures = [
    [say('openRectifications'), of.openRectifications],
    [say('overdueRectifications'), of.overdueRectifications],
  ] as const;
  return (
    <Section title={say('ratings')}>
      <div className="mz-columns">
        <div className="mz-span-8">
          <CountBars
            label={say('ratings')}
            counts={of.levels}
            name={(name) => term(RATING_LEVELS, name, language)}
            most={5}
          />
        </div>
        <div className="mz-span-4 mz-three">
          {figures.map(([title, count]) => (
            <div key={title} className="mz-figure">
              <span>{title}</span>
              <b>{number(count)}</b>
            </div>
          ))}
        </div>
      </div>
    </Section>
  );
}

type Live = MonitoringLiveQuery['live'];
type Source = Live['departments'][number] | Live['cities'][number];

/** Whether a source answers, whether its breaker keeps us from asking, and what it last failed at. */
function SourceState({ of: { state, breaker, lastFault, lastFaultAt } }: { readonly of: Source }) {
  const say = useWords(MONITORING);
  const language = useLanguage();
  return (
    <span className="mz-title-cell">
      <Status tone={state === 'UP' ? 'good' : 'bad'}>{state === 'UP' ? say('stateUp') : say('stateDown')}</Status>
      {breaker !== 'CLOSED' && (
        <Status tone="bad">{say(breaker === 'OPEN' ? 'breakerOpen' : 'breakerHalfOpen')}</Status>
      )}
      {lastFault !== null && lastFaultAt !== null && (
        <span className="mz-quiet mz-wraps">
          {say('lastFault', { fault: term(SOURCE_FAULTS, lastFault, language), at: instantText(lastFaultAt) })}
        </span>
      )}
    </span>
  );
}

/** Sources of facts and how they do: what they are called, by `name`. */
function SourceTable<Of extends Source>(props: {
  readonly title: string;
  readonly of: readonly Of[];
  readonly rowKey: (one: Of) => string;
  readonly name: (one: Of) => ReactNode;
}) {
  const { title, of, rowKey, name } = props;
  const say = useWords(MONITORING);
  const number = useNumber();
  const columns: (TableColumnType<Of> & { readonly width: number })[] = [
    { title: say('source'), key: 'source', width: 150, render: (_, one) => name(one) },
    { title: say('state'), key: 'state', width: 172, render: (_, one) => <SourceState of={one} /> },
    ...(['waiting', 'inAir', 'up', 'down'] as const).map((key) => ({
      title: say(key),
      key,
      width: key === 'up' ? 102 : 82,
      align: 'right' as const,
      className: 'mz-number',
      render: (_: unknown, one: Of) => number(one[key]),
    })),
  ];
  return (
    <Section title={title} flush>
      <Table<Of>
        aria-label={title}
        size="small"
        dataSource={[...of]}
        rowKey={rowKey}
        pagination={false}
        {...fixedColumns(columns)}
        columns={columns}
      />
    </Section>
  );
}

function Now({ of }: { readonly of: UseQueryResult<MonitoringLiveQuery> }) {
  const say = useWords(MONITORING);
  const number = useNumber();
  const matters = useMatterOptions();
  return (
    <Answer of={of}>
      {({ live }) => (
        <div className="mz-columns">
          <div className="mz-span-4">
            <Section title={say('latency')}>
              <div className="mz-three">
                {(['p50', 'p95', 'p99'] as const).map((key) => {
                  const value = live[key];
                  return (
                    <div key={key} className="mz-figure">
                      <span>{say(key)}</span>
                      <b>{value === null ? '–' : say('ms', { ms: number(value, 1) })}</b>
                    </div>
                  );
                })}
              </div>
              <p className="mz-quiet">{say('sinceStart')}</p>
            </Section>
          </div>
          <div className="mz-span-8">
            <SourceTable
              title={say('departments')}
              of={live.departments}
              rowKey={({ department }) => department}
              name={({ department }) => <DepartmentName of={department} />}
            />
          </div>
          {live.cities.length > 0 && (
            <div className="mz-span-12">
              <SourceTable
                title={say('cities')}
                of={live.cities}
                rowKey={({ city, department, matter }) => `${city} ${department} ${matter}`}
                name={({ city, department, matter }) => (
                  <span className="mz-title-cell">
                    <span>
                      {city} · <DepartmentName of={department} />
                    </span>
                    <span className="mz-quiet mz-wraps">{matters.name(matter)}</span>
                  </span>
                )}
              />
            </div>
          )}
        </div>
      )}
    </Answer>
  );
}

/** What happened in a period, and how it is now. */
export default function MonitoringPage() {
  const say = useWords(MONITORING);
  const number = useNumber();
  const url = useUrl();
  const chosen = url.one('period', ['hour', 'day', 'week', 'month']) ?? 'day';
  const { ms, step, stepMs } = PERIODS[chosen];
  const from = useMemo(() => new Date((Math.floor(Date.now() / stepMs) + 1) * stepMs - ms).toISOString(), [ms, stepMs]);
  const answer = useAsk(MonitoringPeriod, { from, to: null, step }, { every: 30_000 });
  const now = useAsk(MonitoringLive, {}, { every: 5_000 });
  return (
    <Page
      title={say('title')}
      about={say('about')}
      actions={
        <Segmented
          aria-label={say('period')}
          value={chosen}
          options={(['hour', 'day', 'week', 'month'] as const).map((value) => ({ value, label: say(value) }))}
          onChange={(value) => url.set({ period: value })}
        />
      }
    >
      <Answer of={answer}>
        {({ monitoring }) => (
          <>
            <Section
              title={say('series')}
              extra={<span className="mz-quiet">{say('total', { count: number(monitoring.requests) })}</span>}
            >
              <SeriesChart
                points={monitoring.series}
                names={{ answered: say('answered'), refused: say('refused'), failed: say('failed') }}
                label={say('seriesLabel', { count: number(monitoring.requests) })}
              />
            </Section>
            <Tops of={monitoring} />
            {monitoring.ratings !== null && <Ratings of={monitoring.ratings} />}
            {/* Below what stands: above it, or beside it while it loads, one would move the other. */}
            <Now of={now} />
          </>
        )}
      </Answer>
    </Page>
  );
}
