/** The search for leaks itself: it must find each kind, and must not cry wolf. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identifierOf, sentinel } from '../surface/sentinel-city.js';
import { collect } from './collected.js';
import { checkLeaks } from './leak-check.js';
import { leaksIn } from './leaks.js';

describe('the search for leaks', () => {
  it.each([
    ['CITIZEN_ID', 'no row "350702202003059021"'],
    ['CITIZEN_ID', 'id=35078320191118901x&page=1'],
    ['CITIZEN_ID', `"${identifierOf('Resident', 0)}"`],
    ['CREDIT_CODE', "key '91350702MB2A10019D'"],
    ['UNIT_NUMBER', identifierOf('PropertyUnit', 1)],
    ['LICENCE_ID', identifierOf('Licence', 1)],
    ['NAME', '{"msg":"陈雨涵 not found"}'],
    ['NAME', '闽北竹木: 延平区闽北竹木制品有限公司'],
    ['TOKEN', 'Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
    ['PRIVATE_KEY', '-----BEGIN PRIVATE KEY-----'],
    ['PRIVATE_KEY', JSON.stringify({ err: JSON.stringify({ kty: 'OKP', d: 'A'.repeat(43) }) })],
    ['MARK', sentinel('Resident.name', 0)],
  ])('finds a %s in %s', (kind, text) => {
    expect(leaksIn(text).map((leak) => leak.kind)).toContain(kind);
  });

  it.each([
    'no row "350702202003059022"',
    `hash ${'3'.repeat(20)}350702202003059021${'a'.repeat(26)}`,
    '{"msg":"request failed","requestId":"4f5c6d7e-0000-4000-8000-000000000000"}',
    '[identifier] [token] [key] Bearer [token]',
    '{"d":"short","kty":"OKP"}',
  ])('finds nothing in %s', (text) => {
    expect(leaksIn(text)).toEqual([]);
  });

  it('raises what it finds, with its place, in all that was collected', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mianzheng-leaks-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, '1-log'), '{"msg":"stopping"}\n');
    expect(checkLeaks(folder)).toBe(2);
    writeFileSync(join(folder, '2-log'), '{"msg":"stopping"}\n{"msg":"no row 350702202003059021"}\n');
    expect(() => checkLeaks(folder)).toThrow('2-log:2: CITIZEN_ID 350702202003059021');
  });

  it('collects only under the check, so that nothing is collected in vain', () => {
    const folder = process.env.MIANZHENG_TEST_COLLECTED;
    onTestFinished(() => {
      process.env.MIANZHENG_TEST_COLLECTED = folder;
    });
    delete process.env.MIANZHENG_TEST_COLLECTED;
    expect(() => collect('log', 'x')).toThrow('leak-check.ts');
  });
});
