import type { Disclosure } from '../../api/generated.js';
import { CodeBlock } from '../../parts/code-block.js';
import { type NamedField, useNames } from '../../parts/session.js';
import { useWords } from '../../words.js';
import { sampleLines } from './sample-answer.js';
import { GRANTS } from './words.js';

/** The answer that an application would receive under a set of disclosures, with invented data. */
export function Sample({ of }: { readonly of: ReadonlyMap<string, Disclosure | null> }) {
  const say = useWords(GRANTS);
  const names = useNames();
  const fields: NamedField[] = [];
  for (const coordinate of of.keys()) {
    const field = names.fields.get(coordinate);
    if (field !== undefined) fields.push(field);
  }
  const lines = sampleLines(fields, of);
  return (
    <>
      <p className="mz-quiet">{say('sampleAbout')}</p>
      <CodeBlock>
        {lines.map(({ indent, text, state, key }) => (
          <div key={key}>
            {'  '.repeat(indent)}
            <span className={state === 'plain' ? '' : `mz-json-${state}`}>{text}</span>
            {state === 'predicate' && <span className="mz-json-note"> ⟵ {say('samplePredicate')}</span>}
            {state === 'note' && <span className="mz-json-note"> ⟵ {say('sampleDenied')}</span>}
          </div>
        ))}
      </CodeBlock>
    </>
  );
}
