import { Link } from 'react-router';
import { MatterList, type MatterListQuery } from '../../api/generated.js';
import { useClientOptions } from '../../parts/choices.js';
import { type Column, Filters, List, pageOf, Typed } from '../../parts/list.js';
import { Page, Section } from '../../parts/page.js';
import { Status } from '../../parts/tags.js';
import { PROOF_MODES, term } from '../../parts/terms.js';
import { useNumber } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { MATTERS } from './words.js';

type Line = MatterListQuery['matters']['items'][number];

function Proofs({ of }: { readonly of: Line['formerProofs'] }) {
  const language = useLanguage();
  return (
    <span className="mz-codes">
      {Object.keys(PROOF_MODES).map((mode) => {
        const count = of.filter((proof) => proof.mode === mode).length;
        return (
          count > 0 && (
            <span key={mode} className="mz-chip mz-predicate">
              {term(PROOF_MODES, mode, language)} {count}
            </span>
          )
        );
      })}
    </span>
  );
}

/** The matters that this gateway can judge. */
export default function MattersPage() {
  const say = useWords(MATTERS);
  const language = useLanguage();
  const number = useNumber();
  const url = useUrl();
  const joined = useJoined();
  const clients = useClientOptions();
  const answer = useAsk(MatterList, { text: url.get('text'), page: pageOf(url) });
  const columns: readonly Column<Line>[] = [
    {
      title: say('name'),
      key: 'name',
      width: 226,
      render: ({ code, name }) => (
        <span className="mz-title-cell">
          <Link to={`/matters/${code}`}>{name[language]}</Link>
          <span className="mz-code mz-quiet">{code}</span>
        </span>
      ),
    },
    {
      title: say('instant'),
      key: 'instant',
      width: 135,
      render: ({ instant }) =>
        instant ? <Status tone="good">{say('instant')}</Status> : <Status tone="off">{say('notInstant')}</Status>,
    },
    { title: say('proofs'), key: 'proofs', width: 215, render: ({ formerProofs }) => <Proofs of={formerProofs} /> },
    {
      title: say('requirements'),
      key: 'requirements',
      width: 148,
      end: true,
      render: ({ requirements }) => number(requirements.length),
    },
    {
      title: say('form'),
      key: 'form',
      width: 122,
      render: ({ form }) =>
        form === null ? '' : say('typed', { typed: form.filter(({ from }) => from === null).length, all: form.length }),
    },
    { title: say('clients'), key: 'clients', width: 165, render: (line) => joined(line.clients.map(clients.name)) },
  ];
  return (
    <Page title={say('title')} about={say('about')}>
      <Section flush>
        <Filters url={url} keys={['text']}>
          <Typed url={url} name="text" label={say('text')} />
        </Filters>
        <List
          of={answer}
          page={({ matters }) => matters}
          columns={columns}
          rowKey={({ code }) => code}
          url={url}
          label={say('title')}
          filtered={url.get('text') !== null}
        />
      </Section>
    </Page>
  );
}
