/** Every case of test/cases/key-sets.yaml against the server over HTTP: an issuer that is slow, lying, down or flapping. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { NOW } from '../support/memory-gateway.js';
import { startAttackedServer } from './attacked-server.js';
import { AUDIENCE, ISSUER } from './forge.js';
import { type Serves, startLyingIssuer } from './lying-issuer.js';

type Answered = 'TAKEN' | 'REFUSED' | 'LATER';

const { recorded, cases } = parse(readFileSync(new URL('../cases/key-sets.yaml', import.meta.url), 'utf8')) as {
  readonly recorded: Readonly<Record<Answered, Readonly<Record<string, unknown>>>>;
  readonly cases: readonly {
    readonly name: string;
    readonly serves: readonly Serves[];
    readonly answers: readonly Answered[];
    readonly as?: 'OTHER';
  }[];
};

/** Longest an answer may take: the time an issuer has, and what else there is to do. */
const SLOWEST_MS = 15_000;

let held = 0;

afterAll(() => {
  process.stdout.write(`key sets: ${held} of ${cases.length} as they should\n`);
});

describe.concurrent('an issuer whose key set is', () => {
  it.each(cases)('$name', { timeout: SLOWEST_MS }, async ({ serves, answers, as }) => {
    const issuer = await startLyingIssuer();
    const jwks = { kind: 'REMOTE', url: issuer.url } as const;
    const server = await startAttackedServer({ issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwks }] });
    try {
      for (const [step, what] of serves.entries()) {
        await issuer.serve(what);
        // A token of its own each time: one that was verified before is remembered.
        const token = issuer.token(as ?? 'ISSUER', NOW);
        const { status, headers, text } = await server.send({ authorization: `Bearer ${token}` });
        const expected = answers[step] ?? 'TAKEN';
        expect({ step, status }).toEqual({ step, status: recorded[expected].status });
        expect(server.entries).toHaveLength(step + 1);
        expect(server.entries.at(-1)).toMatchObject(recorded[expected]);
        expect(headers['retry-after']).toBe(expected === 'LATER' ? '5' : undefined);
        const shown = JSON.stringify([server.entries, server.logged, headers, text]);
        for (const part of token.split('.')) expect(shown).not.toContain(part);
        expect(shown).not.toContain('Sign in');
      }
      held += 1;
    } finally {
      await server.close();
      await issuer.close();
    }
  });
});
