import { Alert, Button, Form, Input, Select, Table } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { Refusal } from '../../api/ask.js';
import { Explain, type ExplainQuery } from '../../api/generated.js';
import { useClientOptions, useMatterOptions } from '../../parts/choices.js';
import { CodeBlock } from '../../parts/code-block.js';
import { Failure } from '../../parts/failure.js';
import { Nothing, Page, Section } from '../../parts/page.js';
import { useNames, useSession } from '../../parts/session.js';
import { DisclosureTag, FieldName } from '../../parts/tags.js';
import { REASONS, term } from '../../parts/terms.js';
import { useNumber } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { annotate } from './annotate.js';
import { EXPLORER } from './words.js';

type Explained = ExplainQuery['explainAccess'];

const EXAMPLE = `{
  resident(id: "350702202003059021") {
    name
    idNumber
    phone
    guardians {
      relation
      name
    }
    vaccination {
      assessment {
        result
      }
    }
  }
}`;

/** Longest query that is kept in the address, characters. */
const URL_MOST = 4_000;

function Missing({ of, client }: { readonly of: Explained['missing']; readonly client: string }) {
  const joined = useJoined();
  const say = useWords(EXPLORER);
  const names = useNames();
  const { may } = useSession();
  if (of.length === 0) return null;
  return (
    <Section title={say('missing')}>
      <ul className="mz-lines">
        {of.map(({ department, matter, coordinates }) => (
          <li key={department}>
            <span>
              {say('missingLine', { department: names.department(department), count: coordinates.length })}
              <br />
              <span className="mz-quiet">{joined(coordinates.map(names.field))}</span>
            </span>
            {may('Mutation.createApplication') && (
              <Link
                to={`/applications/new?${new URLSearchParams({ client, matter: matter ?? '', fields: coordinates.join(',') })}`}
              >
                <Button size="small">{say('apply')}</Button>
              </Link>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Decisions({ of, query }: { readonly of: Explained; readonly query: string }) {
  const say = useWords(EXPLORER);
  const common = useWords(COMMON);
  const language = useLanguage();
  const number = useNumber();
  const lines = useMemo(() => annotate(query, of.decisions), [query, of.decisions]);
  const denied = of.decisions.filter(({ decision }) => decision !== 'FULL').length;
  return (
    <>
      <Alert
        className="mz-gap"
        type={of.complete ? 'success' : 'warning'}
        showIcon
        title={of.complete ? say('complete') : say('incomplete', { count: denied })}
        description={[
          say('cost', { cost: number(of.cost) }),
          ...of.quotas.map(
            ({ grant, subjectsPerDay }) => `${grant}: ${common('quotaOf', { count: number(subjectsPerDay) })}`,
          ),
        ].join(' · ')}
      />
      <Section title={say('annotated')}>
        <ol className="mz-code-block mz-annotated" aria-label={say('annotated')}>
          {lines.map((line) => (
            <li key={line.number} className={line.decisions.includes('WITHHELD') ? 'mz-line-withheld' : ''}>
              {/^\s*/.exec(line.text)?.[0]}
              <span className="mz-line-text">{line.text.trimStart()}</span>
              {line.decisions.map((decision, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line's decisions have no other name
                <DisclosureTag key={at} of={decision} />
              ))}
            </li>
          ))}
        </ol>
      </Section>
      <Section title={say('decisions')} flush>
        <Table
          aria-label={say('decisions')}
          size="small"
          dataSource={[...of.decisions]}
          rowKey="path"
          pagination={{ pageSize: 50, hideOnSinglePage: true }}
          columns={[
            { title: common('field'), key: 'field', render: (_, { coordinate }) => <FieldName of={coordinate} /> },
            {
              title: common('disclosure'),
              key: 'decision',
              render: (_, { decision, reason }) => (
                <span className="mz-title-cell">
                  <span>
                    <DisclosureTag of={decision} />
                  </span>
                  {reason !== null && <span className="mz-quiet mz-wraps">{term(REASONS, reason, language)}</span>}
                </span>
              ),
            },
            {
              title: say('grants'),
              key: 'grants',
              render: (_, { grants }) => (
                <span className="mz-codes">
                  {grants.map((id) => (
                    <Link key={id} to={`/grants/${id}`} className="mz-code">
                      {id}
                    </Link>
                  ))}
                </span>
              ),
            },
          ]}
        />
      </Section>
    </>
  );
}

/** What came back from the data plane, as it came. */
interface Ran {
  readonly status: number;
  readonly ms: number;
  readonly text: string;
}

function Run(props: { readonly client: string; readonly matter: string; readonly query: string }) {
  const { client, matter, query } = props;
  const say = useWords(EXPLORER);
  const number = useNumber();
  const [token, setToken] = useState('');
  const [caseNumber, setCaseNumber] = useState('');
  const [ran, setRan] = useState<Ran | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function run(): Promise<void> {
    setBusy(true);
    setFailed(null);
    const begun = performance.now();
    try {
      const response = await fetch('/graphql', {
        method: 'POST',
        credentials: 'omit',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/graphql-response+json',
          Authorization: `Bearer ${token.trim()}`,
          ...(matter === '' ? {} : { 'Mianzheng-Matter': matter }),
          ...(caseNumber.trim() === '' ? {} : { 'Mianzheng-Case': caseNumber.trim() }),
        },
        body: JSON.stringify({ query }),
      });
      const body: unknown = await response.json();
      setRan({ status: response.status, ms: performance.now() - begun, text: JSON.stringify(body, null, 2) });
    } catch {
      setFailed(new Refusal('OFFLINE', say('failed')));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Section title={say('run')}>
      <p className="mz-quiet">{say('runAbout')}</p>
      <Form layout="vertical" component="div">
        <Form.Item
          label={say('token')}
          htmlFor="token"
          extra={<span className="mz-code">{say('tokenHint', { client })}</span>}
        >
          <Input.Password
            id="token"
            autoComplete="off"
            value={token}
            onChange={({ target }) => setToken(target.value)}
          />
        </Form.Item>
        <Form.Item label={say('caseNumber')} htmlFor="case">
          <Input
            id="case"
            placeholder="NP-2026-0001"
            value={caseNumber}
            onChange={({ target }) => setCaseNumber(target.value)}
          />
        </Form.Item>
      </Form>
      <Button type="primary" disabled={token.trim() === ''} loading={busy} onClick={() => void run()}>
        {say('runGo')}
      </Button>
      {failed !== null && <Failure error={failed} />}
      {ran !== null && (
        <div aria-live="polite">
          <p className="mz-quiet">{say('status', { status: ran.status, ms: number(ran.ms) })}</p>
          <CodeBlock>{ran.text}</CodeBlock>
        </div>
      )}
    </Section>
  );
}

/** Write a query, see each field's decision before running it, then run it in the demonstration. */
export default function ExplorerPage() {
  const say = useWords(EXPLORER);
  const url = useUrl();
  const { me } = useSession();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const asked = url.get('query');
  const client = url.get('client') ?? '';
  const matter = url.get('matter') ?? '';
  const operationName = url.get('operation');
  const [text, setText] = useState(asked ?? EXAMPLE);
  const [long, setLong] = useState<string | null>(null);
  const query = long ?? asked;
  const ready = query !== null && client !== '';
  const answer = useAsk(
    Explain,
    { client, matter: matter === '' ? null : matter, query: query ?? '', operationName },
    { enabled: ready },
  );
  return (
    <Page title={say('title')} about={say('about')}>
      <div className="mz-two mz-even">
        <div>
          <Section>
            <Form layout="vertical" component="div">
              <div className="mz-pair">
                <Form.Item label={say('client')} htmlFor="client">
                  <Select
                    id="client"
                    showSearch={{ optionFilterProp: 'label' }}
                    value={client === '' ? null : client}
                    options={[...clients.options]}
                    onChange={(value: string | null) => url.set({ client: value })}
                  />
                </Form.Item>
                <Form.Item label={say('matter')} htmlFor="matter">
                  <Select
                    id="matter"
                    allowClear
                    showSearch={{ optionFilterProp: 'label' }}
                    value={matter === '' ? null : matter}
                    options={[...matters.options]}
                    onChange={(value: string | null | undefined) => url.set({ matter: value ?? null })}
                  />
                </Form.Item>
              </div>
              <Form.Item label={say('query')} htmlFor="query">
                <Input.TextArea
                  id="query"
                  className="mz-code-area"
                  rows={18}
                  spellCheck={false}
                  value={text}
                  onChange={({ target }) => setText(target.value)}
                />
              </Form.Item>
            </Form>
            <Button
              type="primary"
              disabled={client === '' || text.trim() === ''}
              loading={ready && answer.isFetching}
              onClick={() => {
                // A long query is kept in the page alone: addresses have their bounds.
                setLong(text.length > URL_MOST ? text : null);
                url.set({ query: text.length > URL_MOST ? null : text });
              }}
            >
              {say('explain')}
            </Button>
          </Section>
          {me.development && client !== '' && <Run client={client} matter={matter} query={text} />}
        </div>
        <div>
          {!ready ? (
            <Section>
              <Nothing text={say('waiting')} />
            </Section>
          ) : answer.error !== null ? (
            <Failure error={answer.error} onRetry={() => void answer.refetch()} />
          ) : answer.data === undefined ? (
            <Section>
              <div className="mz-list-waits" role="status" />
            </Section>
          ) : (
            <>
              <Decisions of={answer.data.explainAccess} query={query} />
              <Missing of={answer.data.explainAccess.missing} client={client} />
            </>
          )}
        </div>
      </div>
    </Page>
  );
}
