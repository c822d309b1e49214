/** Its own file, so that oidc-provider is not loaded yet when it starts. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  InsecureDevelopmentIssuerForbiddenInProductionError,
  openDevelopmentIssuer,
} from '../../src/authenticate/development-issuer.js';

const loaded = vi.hoisted(() => ({ times: 0 }));
vi.mock('oidc-provider', async (original) => {
  loaded.times += 1;
  return await original<typeof import('oidc-provider')>();
});

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mianzheng-issuer-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(parent, { recursive: true });
});

const options = { issuer: 'http://127.0.0.1:4000/oidc', audience: 'urn:mianzheng:gateway', now: () => 0 };

it('in production the issuer is refused before anything is loaded or written; otherwise it is loaded once, in silence', async () => {
  const folder = join(parent, 'issuer');
  const refusal: unknown = await openDevelopmentIssuer({ ...options, folder, production: true }).catch(
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(InsecureDevelopmentIssuerForbiddenInProductionError);
  expect(refusal).toMatchObject({ name: 'InsecureDevelopmentIssuerForbiddenInProductionError' });
  expect(loaded.times).toBe(0);
  expect(existsSync(folder)).toBe(false);

  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const before = console.warn;
  await Promise.all([1, 2, 3].map(() => openDevelopmentIssuer({ ...options, folder, production: false })));
  expect(loaded.times).toBe(1);
  expect(warned).not.toHaveBeenCalled();
  expect(console.warn).toBe(before);
});
