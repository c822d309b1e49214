/** The receipts of every story: verified by another library, found in the record, without a personal value. */
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStories, type Story } from '../../seeds/stories.js';
import { findEntry } from '../../src/audit/find-entry.js';
import { VERIFY } from '../../src/cli/client.js';
import { recordFolder } from '../../src/places.js';
import { recordedFault } from '../../src/receipts/recorded.js';
import { verifyReceipt } from '../../src/receipts/verify.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';

const { stories } = readStories();

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let run: RunningGateway;
let published: JSONWebKeySet;

beforeAll(async () => {
  city = await embeddedCityFolder();
  run = await startGateway(city.folder);
  published = (await (await fetch(`${run.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
});

afterAll(async () => {
  await run.close();
  city.remove();
});

async function receiptOf(story: Story): Promise<string> {
  const purpose = { 'mianzheng-matter': story.matter, 'mianzheng-case': story.caseNumber };
  const { data } = await run.ask(story.client, purpose, VERIFY);
  return (data?.verify as { readonly receipt: string } | undefined)?.receipt ?? '';
}

/** Every text of a story's world that says something of a person or an enterprise. */
function personal(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(personal);
  // Short ones are codes, which a pseudonym may hold by chance; words are how the file calls its people.
  const telling = typeof value === 'string' && (value.length > 4 || /\p{Script=Han}{2}/u.test(value));
  return telling && !/^[A-Za-z_]+$/.test(value) ? [value] : [];
}

describe.each(stories)('the receipt of $id', (story) => {
  it('holds by jose and the published keys, and the record has its digest in the place it names', async () => {
    const receipt = await receiptOf(story);
    const { payload } = await compactVerify(receipt, createLocalJWKSet(published), { algorithms: ['EdDSA'] });
    const claims = JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({
      client: story.client,
      case: story.caseNumber,
      matter: story.matter,
      verdict: story.expected.verdict,
      tier: story.expected.tier,
    });
    const verified = verifyReceipt(receipt, published.keys);
    if (!verified.ok) throw new Error(verified.reason);
    const found = await findEntry(recordFolder(run.config), verified.record.chain, verified.record.seq);
    expect(recordedFault(verified, found)).toBeNull();
    expect(found?.entry).toMatchObject({
      subjects: expect.arrayContaining([...verified.claims.subjects]) as string[],
      sources: verified.claims.sources,
      verdict: verified.claims.verdict,
    });
  });

  it('holds no name, number, address or date of anyone in it', async () => {
    const text = Buffer.from((await receiptOf(story)).split('.')[1] ?? '', 'base64url').toString();
    const { people } = story.world;
    const values = [...story.subjects.map(({ id }) => id), ...personal(story.world)];
    expect(values).toEqual(expect.arrayContaining(Object.values(people).flatMap(({ id, name }) => [id, name])));
    // The day of filing is the application's, and judged by; a person's dates may fall on it.
    expect(values.filter((value) => value !== story.filedOn && text.includes(value))).toEqual([]);
  });
});
