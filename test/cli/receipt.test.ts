/** `mianzheng receipt` as a user calls it, and `verify --receipt`. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { mianzheng } from './mianzheng.js';

const VERIFY = ['verify', '--matter', 'school-enrolment-primary', '--case', 'NP-2026-0001'];

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let run: RunningGateway;
let environment: Record<string, string>;
let receipt: string;

/** An installation without a gateway that answers, without keys and record. */
let elsewhere: Record<string, string>;

beforeAll(async () => {
  city = await embeddedCityFolder();
  run = await startGateway(city.folder);
  environment = { MIANZHENG_DATA: city.folder, PORT: new URL(run.url).port };
  elsewhere = { MIANZHENG_DATA: join(city.folder, 'elsewhere'), PORT: '1' };
  receipt = join(city.folder, 'receipt.jws');
  await mianzheng([...VERIFY, '--receipt', receipt], environment);
});

afterAll(async () => {
  await run.close();
  city.remove();
});

describe('mianzheng receipt verify', { timeout: 60_000 }, () => {
  it('ends with 0 for a valid one and says what it states, also whether the record has it', async () => {
    const { code, out } = await mianzheng(['receipt', 'verify', receipt, '--record', '--json'], environment);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      valid: true,
      claims: { case: 'NP-2026-0001', verdict: 'APPROVED' },
      record: { chain: 'gateway-1' },
      inRecord: true,
    });
  });

  it('takes the keys of a file, of an address, or without a gateway those of the installation', async () => {
    const keys = join(city.folder, 'keys.json');
    const published = `${run.url}/.well-known/jwks.json`;
    writeFileSync(keys, await (await fetch(published)).text());
    const ended = await Promise.all([
      mianzheng(['receipt', 'verify', receipt, '--jwks', keys], elsewhere),
      mianzheng(['receipt', 'verify', receipt, '--jwks', published], elsewhere),
      mianzheng(['receipt', 'verify', receipt], { ...environment, PORT: '1' }),
    ]);
    for (const end of ended) {
      expect(end).toMatchObject({ code: 0, out: expect.stringContaining('VALID: APPROVED') as string });
    }
  });

  it('ends with 1 for one that was changed, and for one that the record does not have', async () => {
    const changed = join(city.folder, 'changed.jws');
    // The last character of the claims.
    const other = (last: string) => (last === 'A' ? 'B' : 'A');
    writeFileSync(changed, readFileSync(receipt, 'utf8').replace(/.(?=\.[\w-]+\n$)/, other));
    const copy = join(city.folder, 'copy');
    cpSync(join(city.folder, 'keys'), join(copy, 'keys'), { recursive: true });
    cpSync(join(city.folder, 'record'), join(copy, 'record', 'elsewhere'), { recursive: true });
    const [one, two] = await Promise.all([
      mianzheng(['receipt', 'verify', changed, '--json'], environment),
      mianzheng(['receipt', 'verify', receipt, '--record', '--json'], { MIANZHENG_DATA: copy, PORT: '1' }),
    ]);
    expect([one.code, JSON.parse(one.out)]).toEqual([1, { valid: false, reason: 'BAD_SIGNATURE' }]);
    expect([two.code, JSON.parse(two.out)]).toEqual([1, { valid: false, reason: 'NOT_IN_RECORD' }]);
  });

  it('ends with 2 where it cannot be done', async () => {
    const ended = await Promise.all([
      mianzheng(['receipt', 'verify', receipt], elsewhere),
      mianzheng(['receipt', 'verify', receipt, '--jwks', receipt], environment),
      mianzheng(['receipt', 'verify', receipt, '--jwks', `${run.url}/nothing`], environment),
      mianzheng(['receipt', 'verify', join(city.folder, 'none')], environment),
    ]);
    for (const end of ended) expect(end).toMatchObject({ code: 2, out: '' });
  });
});

describe('mianzheng receipt rotate', { timeout: 60_000 }, () => {
  it('makes a key that signs at once after a start, and that a gateway which runs publishes, beside the former', async () => {
    const { code, out } = await mianzheng(['receipt', 'rotate', '--json'], environment);
    expect(code).toBe(0);
    const { kid } = JSON.parse(out) as { kid: string };
    const restarted = await startGateway(city.folder, {}, 'gateway-2');
    try {
      const there = { ...environment, PORT: new URL(restarted.url).port };
      const later = join(city.folder, 'later.jws');
      await mianzheng([...VERIFY, '--receipt', later], there);
      const header = Buffer.from(readFileSync(later, 'utf8').split('.')[0] ?? '', 'base64url').toString();
      expect(JSON.parse(header)).toMatchObject({ kid });
      await vi.waitFor(() => expect(run.gateway.publicKeys().map((key) => key.kid)).toContain(kid), {
        timeout: 10_000,
      });
      const ended = await Promise.all([
        mianzheng(['receipt', 'verify', receipt, '--record'], there),
        mianzheng(['receipt', 'verify', later, '--record'], there),
        mianzheng(['receipt', 'verify', later], environment),
      ]);
      expect(ended.map((end) => end.code)).toEqual([0, 0, 0]);
    } finally {
      await restarted.close();
    }
  });
});
