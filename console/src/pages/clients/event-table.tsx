import { ClientEvents, type ClientEventsQuery } from '../../api/generated.js';
import { useClientOptions, useTerms } from '../../parts/choices.js';
import { Choice, type Column, Filters, List, pageOf } from '../../parts/list.js';
import { CLIENT_EVENTS, term } from '../../parts/terms.js';
import { Instant, instantText, useNumber } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { CLIENTS } from './words.js';

type Line = ClientEventsQuery['clientEvents']['items'][number];

const ALARM_WORDS = {
  SUBJECT_BUDGET: 'subjectBudget',
  UNKNOWN_IDENTIFIERS: 'unknownIdentifiers',
  SEQUENTIAL_IDENTIFIERS: 'sequentialIdentifiers',
} as const;

function Evidence({ of }: { readonly of: NonNullable<Line['alarm']> }) {
  const say = useWords(CLIENTS);
  const number = useNumber();
  const known = Object.entries(ALARM_WORDS).find(([kind]) => kind === of.kind);
  return (
    <span className="mz-reasons">
      <span>{known === undefined ? of.kind : say(known[1])}</span>
      <span className="mz-quiet">
        {say('evidenceOf', {
          from: instantText(of.from),
          to: instantText(of.to),
          subjects: number(of.subjects),
          lookedUp: number(of.lookedUp),
          unknown: number(of.unknown),
          longestRun: number(of.longestRun),
        })}
      </span>
    </span>
  );
}

/** Alarms, holds and releases, latest first. */
export function EventTable() {
  const say = useWords(CLIENTS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const url = useUrl();
  const clients = useClientOptions();
  const kind = url.one('kind', ['ALARM', 'HOLD', 'RELEASE']);
  const filter = { kind: kind === null ? null : [kind], client: url.get('client') };
  const answer = useAsk(ClientEvents, { filter, page: pageOf(url) });
  const columns: readonly Column<Line>[] = [
    { title: common('time'), key: 'at', width: 160, render: ({ at }) => <Instant at={at} seconds /> },
    { title: say('kind'), key: 'kind', width: 90, render: (line) => term(CLIENT_EVENTS, line.kind, language) },
    { title: common('client'), key: 'client', width: 170, render: ({ client }) => clients.name(client) },
    { title: common('actor'), key: 'actor', width: 120, render: ({ actor }) => actor ?? say('byGateway') },
    {
      title: say('evidence'),
      key: 'evidence',
      width: 320,
      render: ({ alarm, reason }) => (alarm === null ? reason : <Evidence of={alarm} />),
    },
    {
      title: common('record'),
      key: 'record',
      width: 150,
      render: ({ record }) => <span className="mz-code mz-quiet">{record}</span>,
    },
  ];
  return (
    <>
      <Filters url={url} keys={['kind', 'client']}>
        <Choice url={url} name="kind" label={say('kind')} options={useTerms(CLIENT_EVENTS)} width={120} />
        <Choice url={url} name="client" label={common('client')} options={clients.options} />
      </Filters>
      <List
        of={answer}
        page={({ clientEvents }) => clientEvents}
        columns={columns}
        rowKey={({ id }) => id}
        url={url}
        label={say('events')}
        filtered={filter.kind !== null || filter.client !== null}
      />
    </>
  );
}
