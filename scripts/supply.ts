/**
 * `npm run supply`: what this project is made of, and whether that is as it should be.
 *   --sbom FILE        writes the bill of materials (CycloneDX 1.5)
 *   --licences FILE    writes every package of production with its licence
 *   --reproducible     installs twice by the lock file and compares every file
 *   --audit            asks the registry for known vulnerabilities and newer versions
 *   --require-audit    the same; no answer is a failure
 * Exit 1 where something is wrong.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { audit, outdated } from './supply/audit.js';
import { licenceFaults } from './supply/licences.js';
import { lockFaults, productionPackages, readLock } from './supply/lock.js';
import { makeSbom, sbomFaults } from './supply/sbom.js';
import { installedHash } from './supply/tree.js';

const { values: options } = parseArgs({
  options: {
    sbom: { type: 'string' },
    licences: { type: 'string' },
    reproducible: { type: 'boolean' },
    audit: { type: 'boolean' },
    'require-audit': { type: 'boolean' },
  },
});
const folder = join(import.meta.dirname, '..');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function report(what: string, faults: readonly string[]): void {
  say(`${faults.length === 0 ? 'ok   ' : 'WRONG'} ${what}`);
  for (const fault of faults) say(`      ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

function askRegistry(required: boolean): void {
  const found = audit(folder);
  if (found.state === 'NOT_ANSWERED') {
    say(`${required ? 'WRONG' : 'NOTE '} vulnerabilities: not answered, nothing is known (${found.reason})`);
    if (required) process.exitCode = 1;
  } else {
    report('no known vulnerability in production', found.state === 'CLEAN' ? [] : found.findings);
  }
  const newer = outdated(folder);
  say(newer === null ? 'NOTE  newer versions: not answered' : `NOTE  newer versions: ${newer.length}`);
  for (const line of newer ?? []) say(`      ${line}`);
}

const { manifest, lock } = readLock(folder);
const packages = productionPackages(lock);
report(
  'versions exact, every package with its SHA-512, no server named, no script but those allowed',
  lockFaults(manifest, lock),
);
report(`licences of ${packages.length} packages in production accepted`, licenceFaults(packages));
const sbom = makeSbom(folder, packages);
report(
  `bill of materials: CycloneDX ${sbom.specVersion}, ${sbom.components.length} components`,
  sbomFaults(sbom, packages),
);
if (options.sbom !== undefined) writeFileSync(options.sbom, `${JSON.stringify(sbom, null, 2)}\n`);
if (options.licences !== undefined) {
  const lines = packages.map(({ name, version, licence }) => `${name} ${version} ${licence}`).sort();
  writeFileSync(options.licences, `${lines.join('\n')}\n`);
}
if (options.reproducible === true) {
  const hashes = new Set([installedHash(folder), installedHash(folder)]);
  const faults = hashes.size === 1 ? [] : [...hashes];
  report(`the lock file installs the same files twice: ${[...hashes][0]}`, faults);
}
if (options.audit === true || options['require-audit'] === true) askRegistry(options['require-audit'] === true);
