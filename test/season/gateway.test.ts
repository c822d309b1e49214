/** What a season makes of a gateway's moods: waits as long as it is told, asks again a bounded number of times, stops at a refusal. */
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type GatewayOptions, openSeasonGateway } from '../../src/season/gateway.js';
import { fakeClock } from './fake-clock.js';

interface Mood {
  readonly status?: number;
  readonly retryAfter?: number;
  readonly body?: unknown;
  /** The connection breaks instead. */
  readonly broken?: boolean;
}

const NEVER = new AbortController().signal;
const ANSWER = { number: 'A', code: 'CASE_CONFLICT', message: 'm', field: null, record: 'gateway-1/1', verdict: null };
const GOOD: Mood = { body: { data: { verifyCases: [ANSWER] } } };
const refused = (code: string, more: Mood = {}): Mood => ({
  status: 503,
  body: { errors: [{ message: 'no', extensions: { code } }] },
  ...more,
});

let server: Server | null = null;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

async function gatewayOf(moods: readonly Mood[], tries = 4) {
  let asked = 0;
  const tokens: string[] = [];
  server = createServer((request, response) => {
    const mood = moods[Math.min(asked, moods.length - 1)] ?? GOOD;
    asked += 1;
    tokens.push(String(request.headers.authorization));
    if (mood.broken) {
      request.socket.destroy();
      return;
    }
    response.writeHead(
      mood.status ?? 200,
      mood.retryAfter === undefined ? {} : { 'retry-after': String(mood.retryAfter) },
    );
    response.end(typeof mood.body === 'string' ? mood.body : JSON.stringify(mood.body));
  });
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const clock = fakeClock(0);
  let minted = 0;
  const options: GatewayOptions = {
    url: `http://127.0.0.1:${port}`,
    matter: 'm',
    token: async (renew) => {
      if (renew || minted === 0) minted += 1;
      return `token-${minted}`;
    },
    tries,
    clock,
    random: () => 1,
    onWait: () => undefined,
  };
  const open = (other: Partial<GatewayOptions>) => openSeasonGateway({ ...options, ...other });
  const gateway = open({});
  const verify = () => gateway.verify([{ number: 'A', filedOn: '2026-07-01', subjects: [] }], NEVER);
  return { gateway, open, verify, clock, tokens, asked: () => asked };
}

describe('a gateway', () => {
  it('that asks to come again is asked again after as long as it says, and not sooner than the back-off', async () => {
    const { verify, clock } = await gatewayOf(
      [
        refused('OVERLOADED', { retryAfter: 7 }),
        refused('EVIDENCE_UNAVAILABLE'),
        { broken: true },
        refused('RATE_LIMITED', { status: 429, retryAfter: 5 }),
        GOOD,
      ],
      5,
    );
    expect(await verify()).toEqual([ANSWER]);
    expect(clock.waits).toEqual([7000, 1000, 2000, 5000]);
  });

  it('that opens in the evening is waited for, which counts for no try', async () => {
    const closed = refused('OVERLOADED', { retryAfter: 9 * 3600 });
    const { verify, clock } = await gatewayOf([closed, closed, closed, closed, closed, GOOD], 1);
    expect(await verify()).toEqual([ANSWER]);
    expect(clock.waits).toEqual(Array.from({ length: 5 }, () => 9 * 3600 * 1000));
  });

  it.each([
    ['is overloaded for ever', refused('OVERLOADED')],
    ['breaks every connection', { broken: true }],
    ['answers no JSON', { status: 502, body: '<html>' }],
    ['answers JSON that is none of a gateway', { body: [1] }],
  ])('that %s is given up after the tries', async (_, mood) => {
    const { verify, asked } = await gatewayOf([mood]);
    await expect(verify()).rejects.toMatchObject({ name: 'SeasonFault', kind: 'GATEWAY' });
    expect(asked()).toBe(4);
  });

  it.each(['WITHHELD', 'MATTER_UNKNOWN', 'BAD_USER_INPUT'])('that refuses with %s is not asked again', async (code) => {
    const { verify, asked } = await gatewayOf([refused(code, { status: 400 })]);
    await expect(verify()).rejects.toMatchObject({ kind: 'GATEWAY', message: `${code}: no` });
    expect(asked()).toBe(1);
  });

  it('that no longer takes the token gets a new one, once', async () => {
    const expired = refused('UNAUTHENTICATED', { status: 401 });
    const renewed = await gatewayOf([expired, GOOD]);
    expect(await renewed.verify()).toEqual([ANSWER]);
    expect(renewed.tokens).toEqual(['Bearer token-1', 'Bearer token-2']);
    server?.close();
    const never = await gatewayOf([expired]);
    await expect(never.verify()).rejects.toMatchObject({ kind: 'GATEWAY' });
    expect(never.asked()).toBe(2);
  });

  it('that answers no JSON is quoted in no message', async () => {
    const { verify } = await gatewayOf([{ status: 502, body: '陈雨涵 and more' }], 1);
    await expect(verify()).rejects.toThrow('an answer that is none of a gateway (502); gave up after 1 tries');
  });

  it('is not asked with a token of two lines, which no message quotes', async () => {
    const { clock, asked, open } = await gatewayOf([GOOD]);
    const gateway = open({ token: async () => 'Authorization: DPoP secret\nDPoP: proof' });
    await expect(gateway.roles(NEVER)).rejects.toMatchObject({
      kind: 'GATEWAY',
      message: 'the token has a character that no HTTP header can hold',
    });
    await expect(open({ matter: '入学' }).roles(NEVER)).rejects.toThrow('the matter has a character');
    expect({ asked: asked(), waits: clock.waits }).toEqual({ asked: 0, waits: [] });
  });

  it('that answers other cases than asked is not believed', async () => {
    const { verify } = await gatewayOf([{ body: { data: { verifyCases: [{ ...ANSWER, number: 'B' }] } } }]);
    await expect(verify()).rejects.toMatchObject({ kind: 'GATEWAY' });
  });

  it('without the matter is told so, with those it has', async () => {
    const { gateway } = await gatewayOf([{ body: { data: { matters: [{ code: 'other', roles: [] }] } } }]);
    await expect(gateway.roles(NEVER)).rejects.toThrow('knows no matter m; it has other');
  });

  it('is not asked after a pause', async () => {
    const { gateway, asked } = await gatewayOf([GOOD]);
    await expect(gateway.verify([], AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked()).toBe(0);
  });
});
