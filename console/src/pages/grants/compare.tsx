import { Table } from 'antd';
import { Link } from 'react-router';
import { CompareGrants } from '../../api/generated.js';
import { Answer, Nothing, Page, Section } from '../../parts/page.js';
import { DisclosureTag, FieldName } from '../../parts/tags.js';
import { useUrl } from '../../parts/url.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useWords } from '../../words.js';
import { GRANTS } from './words.js';

/** How two grants differ. */
export default function GrantComparePage() {
  const say = useWords(GRANTS);
  const common = useWords(COMMON);
  const url = useUrl();
  const left = url.get('left') ?? '';
  const right = url.get('right') ?? '';
  const answer = useAsk(CompareGrants, { left, right });
  const heads = [
    <Link key="left" to={`/grants/${left}`}>
      {say('left', { id: left })}
    </Link>,
    <Link key="right" to={`/grants/${right}`}>
      {say('right', { id: right })}
    </Link>,
  ] as const;
  return (
    <Page title={say('compareTitle')} about={say('compareAbout')}>
      <Answer of={answer}>
        {({ compareGrants: { fields, terms } }) => (
          <>
            <Section title={`${say('differentFields')} · ${fields.length}`} flush>
              <Table
                aria-label={say('differentFields')}
                size="middle"
                dataSource={[...fields]}
                rowKey="coordinate"
                pagination={false}
                locale={{ emptyText: <Nothing text={say('noDifference')} /> }}
                columns={[
                  {
                    title: common('field'),
                    key: 'field',
                    render: (_, { coordinate }) => <FieldName of={coordinate} />,
                  },
                  { title: heads[0], key: 'left', render: (_, field) => <DisclosureTag of={field.left} /> },
                  { title: heads[1], key: 'right', render: (_, field) => <DisclosureTag of={field.right} /> },
                ]}
              />
            </Section>
            <Section title={`${say('differentTerms')} · ${terms.length}`} flush>
              <Table
                aria-label={say('differentTerms')}
                size="middle"
                dataSource={[...terms]}
                rowKey="term"
                pagination={false}
                locale={{ emptyText: <Nothing text={say('noDifference')} /> }}
                columns={[
                  {
                    title: say('terms'),
                    key: 'term',
                    render: (_, { term }) => <span className="mz-code">{term}</span>,
                  },
                  { title: heads[0], key: 'left', render: (_, term) => term.left },
                  { title: heads[1], key: 'right', render: (_, term) => term.right },
                ]}
              />
            </Section>
          </>
        )}
      </Answer>
    </Page>
  );
}
