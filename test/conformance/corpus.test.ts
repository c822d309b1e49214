/** The corpus, run on the gateway and held against the reference: three who must say the same. */
import { describe, expect, it } from 'vitest';
import { examine } from './checks/examine.js';
import { type CorpusCase, readCorpus } from './corpus-file.js';
import { openReference } from './reference/index.js';
import type { ExpectedError } from './situation.js';
import { openSubject, pseudonym } from './subject/gateway.js';

const cases = readCorpus();

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly { readonly path?: unknown; readonly extensions: Readonly<Record<string, unknown>> }[];
}

/** Errors as a case states them, in an order of their own. */
function stated(errors: readonly ExpectedError[]): unknown[] {
  return errors
    .map(({ path, code, reason }) => ({ path, code, ...(code === 'WITHHELD' ? { reason } : {}) }))
    .sort((a, b) => (JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1));
}

function named(subjects: readonly string[]): string[] {
  return subjects.map((subject) => {
    const [kind = '', id = ''] = subject.split(':');
    return pseudonym(kind, id);
  });
}

async function answerOf({ situation }: CorpusCase) {
  const observed = await openSubject(situation).ask(situation);
  const body = JSON.parse(observed.body) as Body;
  const errors = (body.errors ?? []).map(({ path, extensions }) => ({ path, ...extensions }) as ExpectedError);
  return { observed, body, errors };
}

describe('the corpus', () => {
  it.each(cases)('$id $name', async (c) => {
    const { observed, body, errors } = await answerOf(c);
    if (c.expect.refused === undefined) {
      expect(body.data).toEqual(c.expect.data);
      expect(stated(errors)).toEqual(stated(c.expect.errors ?? []));
    } else {
      expect(body).not.toHaveProperty('data');
      expect([...new Set(errors.map(({ code }) => code))]).toEqual([c.expect.refused]);
    }
    const { subjects = [], ...sets } = c.expect.record ?? {};
    expect(observed.entry).toMatchObject(sets);
    expect([...(observed.entry?.subjects ?? [])].sort()).toEqual(named(subjects).sort());
  });

  it.each(cases)(
    '$id is what the reference says too, and holds in a second world',
    async ({ situation, expect: e }) => {
      const { data, record } = openReference(situation).evaluate(situation);
      expect(JSON.parse(JSON.stringify(data ?? null))).toEqual(e.data ?? null);
      expect(record).toMatchObject(e.record ?? {});
      expect(await examine(openSubject(situation), openReference(situation), situation)).toEqual([]);
    },
  );

  it('gives each case an identifier of its own and a name that says how binding it is', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    for (const { id, name } of cases) {
      expect(id).toMatch(/^MZC-\d{4}$/);
      expect(name).toMatch(/^(MUST|SHOULD|MAY)( NOT)? /);
    }
  });
});
