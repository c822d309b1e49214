import { Table, Tabs } from 'antd';
import { useParams } from 'react-router';
import { MatterOne, type MatterOneQuery } from '../../api/generated.js';
import { useClientOptions } from '../../parts/choices.js';
import { CodeBlock } from '../../parts/code-block.js';
import { Answer, Facts, Nothing, Page, Section } from '../../parts/page.js';
import { Codes, DepartmentName, Status } from '../../parts/tags.js';
import { EFFECTS, PROOF_MODES, SUBJECT_KINDS, term, VERDICTS } from '../../parts/terms.js';
import { useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { TryMatterForm } from './try-matter.js';
import { MATTERS } from './words.js';

/** A matter, as these pages show it. */
export type ShownMatter = NonNullable<MatterOneQuery['matter']>;

function Definition({ of }: { readonly of: ShownMatter }) {
  const joined = useJoined();
  const say = useWords(MATTERS);
  const language = useLanguage();
  const clients = useClientOptions();
  return (
    <>
      <Section title={say('definition')}>
        <Facts
          of={[
            [
              say('implementationCode'),
              <span key="i" className="mz-code">
                {of.implementationCode}
              </span>,
            ],
            [
              say('roles'),
              joined(
                of.roles.map(
                  ({ role, kind, required }) =>
                    `${role} (${term(SUBJECT_KINDS, kind, language)}, ${required ? say('required') : say('optional')})`,
                ),
              ),
            ],
            [say('clients'), joined(of.clients.map(clients.name))],
            [say('legalBasis'), of.legalBasis.map((basis) => basis[language]).join('；')],
            [say('review'), of.review[language]],
          ]}
        />
      </Section>
      <div className="mz-columns">
        <div className="mz-span-6">
          <Section title={`${say('proofs')} · ${of.formerProofs.length}`} flush>
            <Table
              aria-label={say('proofs')}
              size="small"
              dataSource={[...of.formerProofs]}
              rowKey={({ name }) => name.en}
              pagination={false}
              columns={[
                { title: say('proof'), key: 'proof', render: (_, { name }) => name[language] },
                { title: say('mode'), key: 'mode', render: (_, { mode }) => term(PROOF_MODES, mode, language) },
              ]}
            />
          </Section>
        </div>
        <div className="mz-span-6">
          <Section title={`${say('form')} · ${of.form?.length ?? 0}`} flush>
            <Table
              aria-label={say('form')}
              size="small"
              dataSource={[...(of.form ?? [])]}
              rowKey="field"
              pagination={false}
              locale={{ emptyText: <Nothing /> }}
              columns={[
                { title: say('field'), key: 'field', render: (_, { name }) => name[language] },
                {
                  title: say('from'),
                  key: 'from',
                  render: (_, { from }) =>
                    from === null ? (
                      <span className="mz-quiet">{say('citizenTypes')}</span>
                    ) : (
                      <span className="mz-code">{from}</span>
                    ),
                },
              ]}
            />
          </Section>
        </div>
      </div>
      <Section title={say('ruleSets')} flush>
        <Table
          aria-label={say('ruleSets')}
          size="small"
          dataSource={[...of.ruleSets]}
          rowKey="id"
          pagination={false}
          columns={[
            { title: say('ruleSets'), key: 'id', render: (_, { id }) => <span className="mz-code">{id}</span> },
            { title: say('period'), key: 'period', render: (_, { from, to }) => `${from} – ${to ?? say('open')}` },
            {
              title: say('divisions'),
              key: 'divisions',
              render: (_, { divisions }) => <Codes of={divisions} most={4} />,
            },
            {
              title: say('parameters'),
              key: 'parameters',
              render: (_, { parameters }) => <span className="mz-code mz-breaks">{JSON.stringify(parameters)}</span>,
            },
          ]}
        />
      </Section>
      <div className="mz-columns">
        <div className="mz-span-6">
          <Section title={say('facts')}>
            <CodeBlock>{of.facts.trim()}</CodeBlock>
          </Section>
        </div>
        <div className="mz-span-6">
          {of.formFacts !== null && (
            <Section title={say('formFacts')}>
              <CodeBlock>{of.formFacts.trim()}</CodeBlock>
            </Section>
          )}
        </div>
      </div>
    </>
  );
}

function DecisionTable({ of }: { readonly of: ShownMatter }) {
  const say = useWords(MATTERS);
  const language = useLanguage();
  return (
    <>
      <Section flush>
        <Table
          aria-label={say('decisionTable')}
          size="middle"
          dataSource={[...of.requirements]}
          rowKey="id"
          pagination={false}
          tableLayout="fixed"
          columns={[
            { title: '#', key: 'order', width: 44, render: (_, __, at) => <span className="mz-quiet">{at + 1}</span> },
            {
              title: say('requirements'),
              key: 'name',
              width: '19%',
              render: (_, { id, name }) => (
                <span className="mz-title-cell">
                  <span>{name[language]}</span>
                  <span className="mz-code mz-quiet">{id}</span>
                </span>
              ),
            },
            {
              title: say('effect'),
              key: 'effect',
              width: '9%',
              render: (_, { effect }) => term(EFFECTS, effect, language),
            },
            {
              title: say('whenFalse'),
              key: 'whenFalse',
              width: '12%',
              render: (_, { whenFalse }) =>
                whenFalse === null ? (
                  ''
                ) : (
                  <Status tone={whenFalse === 'NOT_MET' ? 'bad' : 'wait'}>{term(VERDICTS, whenFalse, language)}</Status>
                ),
            },
            {
              title: say('from'),
              key: 'department',
              width: '12%',
              render: (_, { department }) => <DepartmentName of={department} />,
            },
            { title: say('rule'), key: 'rule', render: (_, { rule }) => <pre className="mz-rule">{rule.trim()}</pre> },
            {
              title: say('reason'),
              key: 'reason',
              render: (_, { reason, elements }) => (
                <span className="mz-reasons">
                  <span>{reason[language]}</span>
                  {elements.map((element) => (
                    <span key={element.when} className="mz-quiet">
                      {element.reason[language]} <span className="mz-code">{element.element}</span>
                    </span>
                  ))}
                </span>
              ),
            },
          ]}
        />
      </Section>
      {of.terms.length > 0 && (
        <Section title={say('terms')} flush>
          <Table
            aria-label={say('terms')}
            size="small"
            dataSource={[...of.terms]}
            rowKey="name"
            pagination={false}
            columns={[
              {
                title: say('terms'),
                key: 'name',
                width: 200,
                render: (_, { name }) => <span className="mz-code">t.{name}</span>,
              },
              {
                title: say('rule'),
                key: 'rule',
                render: (_, { expression }) => <pre className="mz-rule">{expression.trim()}</pre>,
              },
            ]}
          />
        </Section>
      )}
    </>
  );
}

/** One matter: its definition, its rules as a table, and a case to try. */
export default function MatterPage() {
  const { code = '' } = useParams();
  const say = useWords(MATTERS);
  const language = useLanguage();
  const url = useUrl();
  const answer = useAsk(MatterOne, { code });
  return (
    <Answer of={answer}>
      {({ matter }) =>
        matter === null ? (
          <Page title={say('title')}>
            <Nothing text={say('gone')} />
          </Page>
        ) : (
          <Page
            title={matter.name[language]}
            about={
              <>
                <span className="mz-code">{matter.code}</span>{' '}
                {matter.instant && <Status tone="good">{say('instant')}</Status>}
              </>
            }
          >
            <Tabs
              activeKey={url.one('tab', ['definition', 'rules', 'try']) ?? 'rules'}
              onChange={(tab) => url.set({ tab })}
              destroyOnHidden
              items={[
                { key: 'rules', label: say('tabRules'), children: <DecisionTable of={matter} /> },
                { key: 'definition', label: say('tabDefinition'), children: <Definition of={matter} /> },
                { key: 'try', label: say('tabTry'), children: <TryMatterForm key={matter.code} of={matter} /> },
              ]}
            />
          </Page>
        )
      }
    </Answer>
  );
}
