import { Button, Progress } from 'antd';
import { Link } from 'react-router';
import { SeasonList, type SeasonListQuery, type SeasonState } from '../../api/generated.js';
import { useClientOptions, useMatterOptions, useTerms } from '../../parts/choices.js';
import { Choice, type Column, Filters, List, pageOf } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { Status, type Tone } from '../../parts/tags.js';
import { SEASON_STATES, term } from '../../parts/terms.js';
import { Instant, useNumber } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { SEASONS } from './words.js';

type Line = SeasonListQuery['seasons']['items'][number];

const STATES = ['NEW', 'READY', 'RUNNING', 'PAUSED', 'DONE', 'ENDED'] as const satisfies readonly SeasonState[];

const TONES: Readonly<Record<SeasonState, Tone>> = {
  NEW: 'off',
  READY: 'wait',
  RUNNING: 'good',
  PAUSED: 'wait',
  DONE: 'good',
  ENDED: 'off',
};

/** State of a season; whether a process still finishes what was under way. */
export function SeasonStatus({ of }: { readonly of: Pick<Line, 'state' | 'working'> }) {
  const say = useWords(SEASONS);
  const language = useLanguage();
  const finishing = of.working && of.state !== 'RUNNING' ? ` · ${say('pausing')}` : '';
  return <Status tone={TONES[of.state]}>{`${term(SEASON_STATES, of.state, language)}${finishing}`}</Status>;
}

/** How much of a whole is done, percent: 100 only for all. */
export const percentOf = (done: number, rows: number): number =>
  rows === 0 ? 0 : Math.floor((1000 * done) / rows) / 10;

/** Seasons, latest first. */
export default function SeasonsPage() {
  const say = useWords(SEASONS);
  const common = useWords(COMMON);
  const number = useNumber();
  const url = useUrl();
  const { may } = useSession();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const filter = { client: url.get('client'), state: url.one('state', STATES) };
  const answer = useAsk(SeasonList, { filter, page: pageOf(url) }, { every: 5_000 });
  const columns: readonly Column<Line>[] = [
    {
      title: say('file'),
      key: 'file',
      width: 260,
      render: ({ id, file, matter }) => (
        <span className="mz-title-cell">
          <Link to={`/seasons/${id}`} className="mz-underlined">
            {file}
          </Link>
          <span className="mz-quiet">{matters.name(matter)}</span>
        </span>
      ),
    },
    { title: common('client'), key: 'client', width: 170, render: ({ client }) => clients.name(client) },
    { title: say('state'), key: 'state', width: 130, render: (line) => <SeasonStatus of={line} /> },
    {
      title: say('progress'),
      key: 'progress',
      width: 200,
      render: ({ list, progress: { done } }) =>
        list !== null && (
          <span className="mz-title-cell">
            <Progress percent={percentOf(done, list.rows)} size="small" aria-label={say('progress')} showInfo={false} />
            <span className="mz-quiet">{say('of', { done: number(done), rows: number(list.rows) })}</span>
          </span>
        ),
    },
    { title: say('createdBy'), key: 'by', width: 120, render: ({ createdBy }) => createdBy },
    { title: say('createdAt'), key: 'at', width: 130, render: ({ createdAt }) => <Instant at={createdAt} /> },
  ];
  const keys = ['client', 'state'];
  return (
    <Page
      title={say('title')}
      about={say('about')}
      actions={
        may('Mutation.createSeason') && (
          <Link to="/seasons/new">
            <Button type="primary">{say('create')}</Button>
          </Link>
        )
      }
    >
      <Section flush>
        <Filters url={url} keys={keys}>
          <Choice url={url} name="state" label={say('state')} options={useTerms(SEASON_STATES)} width={120} />
          <Choice url={url} name="client" label={common('client')} options={clients.options} />
        </Filters>
        <List
          of={answer}
          page={({ seasons }) => seasons}
          columns={columns}
          rowKey={({ id }) => id}
          url={url}
          label={say('title')}
          filtered={keys.some((key) => url.get(key) !== null)}
        />
      </Section>
    </Page>
  );
}
