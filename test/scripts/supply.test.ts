/** What the project is made of: exact, hashed, licensed, listed. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { auditIn, outdatedIn } from '../../scripts/supply/audit.js';
import { ACCEPTED, ACCEPTED_FOR, isAccepted, licenceFaults } from '../../scripts/supply/licences.js';
import {
  type Lock,
  lockFaults,
  type PackageManifest,
  productionPackages,
  readLock,
} from '../../scripts/supply/lock.js';
import { makeSbom, type Sbom, sbomFaults, withoutServers } from '../../scripts/supply/sbom.js';
import { treeHash } from '../../scripts/supply/tree.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const { manifest, lock } = readLock(PACKAGE_ROOT);
const packages = productionPackages(lock);
const SOUND = `sha512-${'A'.repeat(86)}==`;

describe('this project', () => {
  it('asks for exact versions and locks each with its SHA-512, names no server, runs no script but those allowed', () => {
    expect(packages.length).toBeGreaterThan(100);
    expect(lockFaults(manifest, lock)).toEqual([]);
  });

  it('depends in production on accepted licences only, with no exception that nobody needs', () => {
    expect(licenceFaults(packages)).toEqual([]);
    for (const [name, licences] of Object.entries(ACCEPTED_FOR)) {
      const licence = packages.find((one) => one.name === name)?.licence ?? '';
      expect(isAccepted(licence, ACCEPTED), name).toBe(false);
      for (const one of licences) expect(licence, name).toContain(one);
    }
  });

  it('lists in its bill of materials what production installs, and no server', { timeout: 120_000 }, () => {
    const sbom = makeSbom(PACKAGE_ROOT, packages);
    expect(sbomFaults(sbom, packages)).toEqual([]);
    const direct = sbom.dependencies.find(({ ref }) => ref === sbom.metadata.component['bom-ref'])?.dependsOn;
    const asked = Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`);
    expect(direct).toEqual(expect.arrayContaining(asked));
    expect(sbom.components.flatMap((one) => one.externalReferences).map(({ type }) => type)).not.toContain(
      'distribution',
    );
  });
});

describe('the lock', () => {
  const faultsOf = (asked: Partial<PackageManifest>, locked: Lock['packages']) =>
    lockFaults(
      { dependencies: {}, devDependencies: {}, overrides: {}, allowScripts: {}, ...asked },
      { lockfileVersion: 3, packages: { '': { dependencies: asked.dependencies }, ...locked } as Lock['packages'] },
    );

  it.each<[string, Partial<PackageManifest>, Lock['packages'], RegExp]>([
    ['a range of versions', { dependencies: { a: '^1.0.0' } }, {}, /a: \^1.0.0 is not one exact version/],
    ['a tag', { dependencies: { a: 'latest' } }, {}, /not one exact/],
    ['an override with a range', { overrides: { b: { a: '>=1' } } }, {}, /not one exact/],
    ['no hash', {}, { 'node_modules/a': {} }, /no SHA-512/],
    ['a weaker hash', {}, { 'node_modules/a': { integrity: 'sha1-AAAA' } }, /no SHA-512/],
    [
      'a server',
      {},
      { 'node_modules/a': { integrity: SOUND, resolved: 'https://r.example/a.tgz' } },
      /names the server/,
    ],
    ['a link', {}, { 'node_modules/a': { link: true } }, /a link/],
    [
      'a script',
      {},
      { 'node_modules/x/node_modules/@s/a': { integrity: SOUND, hasInstallScript: true } },
      /install script/,
    ],
  ])('with %s is refused', (_, asked, locked, message) => {
    const faults = faultsOf(asked, locked);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
  });

  it('that differs from package.json is refused', () => {
    const faults = lockFaults(
      { dependencies: { a: '1.0.0' }, devDependencies: {}, overrides: {}, allowScripts: {} },
      { lockfileVersion: 3, packages: { '': { dependencies: { a: '1.0.1' } } } },
    );
    expect(faults).toEqual(['a: the lock file has 1.0.1, package.json 1.0.0']);
  });
});

describe('a licence', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-or-later)', true],
    ['GPL-3.0-or-later', false],
    ['(MIT AND Zlib)', false],
    ['(GPL-2.0-only OR LGPL-3.0-only)', false],
    ['MIT AND GPL-3.0-only OR ISC', true],
    ['GPL-2.0-only WITH Classpath-exception-2.0', false],
    ['(MIT OR (GPL-3.0-only AND ISC))', false],
    ['SEE LICENSE IN LICENSE', false],
    ['UNLICENSED', false],
    ['', false],
  ])('%s: accepted %s', (expression, accepted) => {
    expect(isAccepted(expression, ACCEPTED)).toBe(accepted);
  });

  it('that is not stated, or accepted for another package only, is a fault', () => {
    const one = { name: 'a', version: '1.0.0', path: 'node_modules/a' };
    expect(licenceFaults([{ ...one, licence: null }])).toEqual(['a 1.0.0: states no licence']);
    expect(licenceFaults([{ ...one, licence: 'BlueOak-1.0.0' }])).toEqual(['a 1.0.0: BlueOak-1.0.0 is not accepted']);
  });
});

describe('a bill of materials', () => {
  const component = {
    'bom-ref': 'a@1.0.0',
    type: 'library',
    name: 'a',
    version: '1.0.0',
    purl: 'pkg:npm/a@1.0.0',
    licenses: [{}],
    hashes: [{ alg: 'SHA-512', content: '0'.repeat(128) }],
    externalReferences: [
      { type: 'distribution', url: 'https://r.example/a.tgz' },
      { type: 'vcs', url: 'git+https://example.org/a' },
    ],
  };
  const sbom = (components: Sbom['components'], dependsOn: string[] = []): Sbom => ({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: 'urn:uuid:0',
    version: 1,
    metadata: { timestamp: '', component: { 'bom-ref': 'p@1', name: 'p', version: '1' } },
    components,
    dependencies: [{ ref: 'a@1.0.0', dependsOn }],
  });
  const installed = { name: 'a', version: '1.0.0', path: 'node_modules/a', licence: 'MIT' };

  it('names no server that packages were fetched from', () => {
    expect(JSON.stringify(withoutServers(sbom([component])))).not.toContain('r.example');
    expect(JSON.stringify(withoutServers(sbom([component])))).toContain('example.org');
  });

  it('that lacks a package, has one too many, no hash or a loose end is refused', () => {
    expect(sbomFaults(sbom([component]), [installed])).toEqual([]);
    expect(sbomFaults(sbom([]), [installed])).toEqual(['a@1.0.0 is installed and not listed']);
    expect(sbomFaults(sbom([component]), [])).toEqual(['a@1.0.0 is listed and not installed']);
    const weak = { ...component, hashes: [{ alg: 'SHA-1', content: '0'.repeat(40) }] };
    expect(sbomFaults(sbom([weak]), [installed])).toEqual(['a has no SHA-512']);
    expect(sbomFaults(sbom([component], ['b@1']), [installed])).toEqual([
      'a@1.0.0 depends on b@1, which is not listed',
    ]);
  });
});

describe('the registry', () => {
  it.each<[string, string, object]>([
    ['found nothing', '{"vulnerabilities":{}}', { state: 'CLEAN' }],
    [
      'found something',
      '{"vulnerabilities":{"a":{"severity":"high","range":"<1"}}}',
      { state: 'VULNERABLE', findings: ['a <1: high'] },
    ],
    [
      'does not take the question',
      '{"message":"405 Method Not Allowed - POST https://r.example/-/audit","error":{}}',
      { state: 'NOT_ANSWERED', reason: '405 Method Not Allowed - POST the registry' },
    ],
    ['is away', '', { state: 'NOT_ANSWERED', reason: 'npm audit wrote no JSON' }],
  ])('that %s is not mistaken', (_, text, expected) => {
    expect(auditIn(text)).toEqual(expected);
  });

  it('says which versions are newer, or nothing', () => {
    expect(outdatedIn('{"a":{"current":"1.0.0","latest":"2.0.0"}}')).toEqual(['a 1.0.0 → 2.0.0']);
    expect(outdatedIn('')).toEqual([]);
    expect(outdatedIn('{"error":{"code":"E405"}}')).toBeNull();
    expect(outdatedIn('oops')).toBeNull();
  });
});

describe('the hash of a tree', () => {
  it('changes with any content, name or link, and not with what a compiler left', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mianzheng-tree-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const put = (path: string, text: string) => {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    put('a/index.js', '1');
    put('b/build/index.js', '1');
    const hashes = [treeHash(folder)];
    put('better-sqlite3/build/x.node', 'x');
    put('.cache/x', 'x');
    put('.package-lock.json', 'x');
    rmSync(join(folder, 'better-sqlite3'), { recursive: true });
    expect(treeHash(folder)).toBe(hashes[0]);
    put('a/index.js', '2');
    hashes.push(treeHash(folder));
    put('b/build/index.js', '2');
    hashes.push(treeHash(folder));
    put('a/more.js', '');
    hashes.push(treeHash(folder));
    mkdirSync(join(folder, '.bin'));
    symlinkSync('../a/index.js', join(folder, '.bin', 'a'));
    hashes.push(treeHash(folder));
    expect(new Set(hashes).size).toBe(5);
  });
});
