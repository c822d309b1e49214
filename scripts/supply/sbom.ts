/** The bill of materials (SBOM): CycloneDX 1.5, as npm writes it, of what production installs. */
import { execFileSync } from 'node:child_process';
import { z } from 'zod';
import type { LockedPackage } from './lock.js';

const hash = z.looseObject({ alg: z.string(), content: z.string() });

const componentShape = z.looseObject({
  'bom-ref': z.string(),
  type: z.string(),
  name: z.string(),
  version: z.string(),
  purl: z.string().startsWith('pkg:npm/'),
  licenses: z.array(z.unknown()).min(1),
  hashes: z.array(hash).min(1),
  externalReferences: z.array(z.looseObject({ type: z.string(), url: z.string() })).default([]),
});

const sbomShape = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.5'),
  serialNumber: z.string().regex(/^urn:uuid:/),
  version: z.literal(1),
  metadata: z.looseObject({
    timestamp: z.string(),
    component: z.looseObject({ 'bom-ref': z.string(), name: z.string(), version: z.string() }),
  }),
  components: z.array(componentShape),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).default([]) })),
});

/** A bill of materials. */
export type Sbom = z.infer<typeof sbomShape>;

/**
 * Lets npm write it from the lock file of a folder, and keeps what production installs. npm's own `--omit dev` leaves
 * out packages that a development tool needs too, such as graphql.
 * @throws where npm fails, or writes something else
 */
export function makeSbom(folder: string, packages: readonly LockedPackage[]): Sbom {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const text = execFileSync('npm', args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return withoutServers(ofProduction(sbomShape.parse(JSON.parse(text)), packages));
}

function ofProduction(sbom: Sbom, packages: readonly LockedPackage[]): Sbom {
  const installed = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const components = sbom.components.filter(({ name, version }) => installed.has(`${name}@${version}`));
  const listed = new Set(components.map((component) => component['bom-ref']));
  const dependencies = sbom.dependencies
    .filter(({ ref }) => listed.has(ref) || ref === sbom.metadata.component['bom-ref'])
    .map((one) => ({ ...one, dependsOn: one.dependsOn.filter((ref) => listed.has(ref)) }));
  return { ...sbom, components, dependencies };
}

/** Takes out where packages were fetched from: a mirror is nobody's business, and the hashes say what came. */
export function withoutServers(sbom: Sbom): Sbom {
  const components = sbom.components.map((component) => ({
    ...component,
    externalReferences: component.externalReferences.filter(({ type }) => type !== 'distribution'),
  }));
  return { ...sbom, components };
}

/** Where it differs from the lock file or leads nowhere. Empty: nowhere. */
export function sbomFaults(sbom: Sbom, packages: readonly LockedPackage[]): readonly string[] {
  const faults: string[] = [];
  const listed = new Set(sbom.components.map(({ name, version }) => `${name}@${version}`));
  const locked = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  for (const one of locked) if (!listed.has(one)) faults.push(`${one} is installed and not listed`);
  for (const one of listed) if (!locked.has(one)) faults.push(`${one} is listed and not installed`);
  for (const { name, hashes } of sbom.components) {
    if (!hashes.some(({ alg, content }) => alg === 'SHA-512' && /^[0-9a-f]{128}$/.test(content))) {
      faults.push(`${name} has no SHA-512`);
    }
  }
  const refs = new Set(sbom.dependencies.map(({ ref }) => ref));
  for (const { ref, dependsOn } of sbom.dependencies) {
    for (const target of dependsOn)
      if (!refs.has(target)) faults.push(`${ref} depends on ${target}, which is not listed`);
  }
  return faults;
}
