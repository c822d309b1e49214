import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as jose from 'jose';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openDevelopmentSecrets } from '../../src/authenticate/development-secrets.js';

vi.mock('jose', async (original) => {
  const actual = await original<typeof import('jose')>();
  return { ...actual, generateKeyPair: vi.fn(actual.generateKeyPair) };
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mianzheng-secrets-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('who finds no keys, and finds some when it has made its own, takes those it found', async () => {
  const { generateKeyPair } = await vi.importActual<typeof import('jose')>('jose');
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  // The first to open stops between finding no file and writing one.
  vi.mocked(jose.generateKeyPair).mockImplementationOnce(async (alg, options) => {
    await held;
    return generateKeyPair(alg, options);
  });
  const slow = openDevelopmentSecrets(folder);
  await vi.waitFor(() => expect(jose.generateKeyPair).toHaveBeenCalledTimes(1));
  const quick = await openDevelopmentSecrets(folder);
  release?.();
  expect((await slow).signingKey).toEqual(quick.signingKey);
  expect((await openDevelopmentSecrets(folder)).signingKey).toEqual(quick.signingKey);
  expect(await readdir(folder)).toHaveLength(1);
});
