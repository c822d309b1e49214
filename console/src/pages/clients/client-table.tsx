import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import {
  ClientList,
  type ClientListQuery,
  type ClientSort,
  HoldClient,
  ReleaseClient,
  SetClientActive,
} from '../../api/generated.js';
import { useTerms } from '../../parts/choices.js';
import { ReasonDialog } from '../../parts/confirm.js';
import { Choice, type Column, Filters, List, pageOf, Typed } from '../../parts/list.js';
import { Status, type Tone } from '../../parts/tags.js';
import { CLIENT_EVENTS, CLIENT_STATES, term } from '../../parts/terms.js';
import { Instant, useNumber } from '../../parts/time.js';
import { sortOf, useUrl } from '../../parts/url.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { NameDialog } from './name-dialog.js';
import { CLIENTS } from './words.js';

/** An application system, as these pages show it. */
export type ShownClient = ClientListQuery['clients']['items'][number];

type Act = 'hold' | 'release' | 'deactivate' | 'activate';

const SORTS = ['ID', 'NAME', 'STATE'] as const satisfies readonly ClientSort[];
const TONES: Readonly<Record<ShownClient['state'], Tone>> = { ACTIVE: 'good', HELD: 'bad', INACTIVE: 'off' };

/** Acts that the caller may do with a system now. */
function actsOf({ actions, state }: ShownClient): readonly Act[] {
  const acts: Act[] = [];
  if (actions.includes('holdClient')) acts.push('hold');
  if (actions.includes('releaseClient')) acts.push('release');
  if (actions.includes('setClientActive')) acts.push(state === 'INACTIVE' ? 'activate' : 'deactivate');
  return acts;
}

/** Application systems: hold, release, activate, rename. */
export function ClientTable() {
  const say = useWords(CLIENTS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const number = useNumber();
  const url = useUrl();
  const [asked, setAsked] = useState<{ readonly client: ShownClient; readonly act: Act } | null>(null);
  const [renamed, setRenamed] = useState<ShownClient | null>(null);
  const hold = useChange(HoldClient);
  const release = useChange(ReleaseClient);
  const setActive = useChange(SetClientActive);
  const sorted = sortOf(url, SORTS, 'ID');
  const filter = { state: url.one('state', ['ACTIVE', 'HELD', 'INACTIVE']), text: url.get('text') };
  const answer = useAsk(ClientList, { filter, ...sorted, page: pageOf(url) });
  const columns: readonly Column<ShownClient>[] = [
    {
      title: common('client'),
      key: 'name',
      width: 220,
      sort: 'NAME',
      render: ({ id, nameZh, nameEn }) => (
        <span className="mz-title-cell">
          <span>{language === 'zh' ? nameZh : nameEn}</span>
          <span className="mz-code mz-quiet">{id}</span>
        </span>
      ),
    },
    {
      title: common('status'),
      key: 'state',
      width: 120,
      sort: 'STATE',
      render: ({ state }) => <Status tone={TONES[state]}>{term(CLIENT_STATES, state, language)}</Status>,
    },
    {
      title: say('grants'),
      key: 'grants',
      width: 105,
      end: true,
      render: ({ id, grantsInForce }) => <Link to={`/grants?client=${id}`}>{number(grantsInForce)}</Link>,
    },
    {
      title: say('latest'),
      key: 'latest',
      width: 200,
      render: ({ latestEvent }) =>
        latestEvent !== null && (
          <span className="mz-title-cell">
            <span>
              {term(CLIENT_EVENTS, latestEvent.kind, language)} · <Instant at={latestEvent.at} />
            </span>
            <span className="mz-quiet">{latestEvent.reason}</span>
          </span>
        ),
    },
    { title: say('releases'), key: 'releases', width: 95, end: true, render: ({ releases }) => number(releases) },
    {
      title: '',
      key: 'acts',
      width: 270,
      render: (client) => (
        <span className="mz-buttons">
          {actsOf(client).map((act) => (
            <Button
              key={act}
              size="small"
              danger={act === 'hold' || act === 'deactivate'}
              onClick={() => setAsked({ client, act })}
            >
              {say(act)}
            </Button>
          ))}
          {client.actions.includes('renameClient') && (
            <Button size="small" type="text" onClick={() => setRenamed(client)}>
              {say('rename')}
            </Button>
          )}
        </span>
      ),
    },
  ];

  function act(reason: string): Promise<unknown> {
    if (asked === null) return Promise.resolve();
    const { id } = asked.client;
    switch (asked.act) {
      case 'hold':
        return hold.mutateAsync({ id, reason });
      case 'release':
        return release.mutateAsync({ id, reason });
      case 'deactivate':
      case 'activate':
        return setActive.mutateAsync({ id, active: asked.act === 'activate', reason });
    }
  }

  return (
    <>
      <Filters url={url} keys={['state', 'text']}>
        <Typed url={url} name="text" label={say('text')} />
        <Choice url={url} name="state" label={common('status')} options={useTerms(CLIENT_STATES)} width={120} />
      </Filters>
      <List
        of={answer}
        page={({ clients }) => clients}
        columns={columns}
        rowKey={({ id }) => id}
        url={url}
        sorted={sorted}
        label={say('list')}
        filtered={filter.state !== null || filter.text !== null}
      />
      {asked !== null && (
        <ReasonDialog
          title={`${say(asked.act)} · ${language === 'zh' ? asked.client.nameZh : asked.client.nameEn}`}
          open
          danger={asked.act === 'hold' || asked.act === 'deactivate'}
          confirm={say(asked.act)}
          most={200}
          onClose={() => setAsked(null)}
          onConfirm={act}
        >
          <p>{say(`${asked.act}About`, { count: asked.client.grantsInForce })}</p>
        </ReasonDialog>
      )}
      <NameDialog of={renamed} onClose={() => setRenamed(null)} />
    </>
  );
}
