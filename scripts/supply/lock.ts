/** What package.json and its lock file promise about every package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const packageShape = z.looseObject({
  version: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  link: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
});

const lockShape = z.looseObject({ lockfileVersion: z.literal(3), packages: z.record(z.string(), packageShape) });

const overridesShape: z.ZodType<Overrides> = z.lazy(() => z.record(z.string(), z.union([z.string(), overridesShape])));
type Overrides = { [name: string]: string | Overrides };

const manifestShape = z.looseObject({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  overrides: overridesShape.default({}),
  allowScripts: z.record(z.string(), z.boolean()).default({}),
});

/** A lock file, version 3. */
export type Lock = z.infer<typeof lockShape>;

/** The parts of a package.json that concern supply. */
export type PackageManifest = z.infer<typeof manifestShape>;

/** Reads both of a project's folder. @throws ZodError where they are of another shape */
export function readLock(folder: string): { readonly manifest: PackageManifest; readonly lock: Lock } {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return { manifest: manifestShape.parse(read('package.json')), lock: lockShape.parse(read('package-lock.json')) };
}

/** One package as installed. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder, as `node_modules/name`. */
  readonly path: string;
  /** SPDX expression; null where the package states none. */
  readonly licence: string | null;
}

/** Name of the package in a folder of the lock file. */
export function nameAt(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Every package that production installs, those that only some systems need included. */
export function productionPackages({ packages }: Lock): readonly LockedPackage[] {
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version = '', license = null }]) => ({ name: nameAt(path), version, path, licence: license }));
}

const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

function versionsIn(overrides: Overrides): readonly (readonly [string, string])[] {
  return Object.entries(overrides).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : versionsIn(value),
  );
}

/** What is wrong with the versions asked for, with the lock, or with the scripts that may run. Empty: nothing. */
export function lockFaults(manifest: PackageManifest, { packages }: Lock): readonly string[] {
  const faults: string[] = [];
  const asked = { ...manifest.dependencies, ...manifest.devDependencies };
  for (const [name, version] of [...Object.entries(asked), ...versionsIn(manifest.overrides)]) {
    if (!EXACT.test(version)) faults.push(`${name}: ${version} is not one exact version`);
  }
  const root = packages[''];
  for (const [name, version] of Object.entries(asked)) {
    const locked = root?.dependencies?.[name] ?? root?.devDependencies?.[name];
    if (locked !== version) faults.push(`${name}: the lock file has ${locked ?? 'nothing'}, package.json ${version}`);
  }
  for (const [path, { integrity, resolved, link, hasInstallScript }] of Object.entries(packages)) {
    if (path === '') continue;
    if (link === true) faults.push(`${path}: a link to a folder of this machine`);
    else if (integrity === undefined || !SHA512.test(integrity)) faults.push(`${path}: no SHA-512 of its contents`);
    if (resolved !== undefined) faults.push(`${path}: names the server it came from`);
    const name = nameAt(path);
    if (hasInstallScript === true && !(name in manifest.allowScripts)) {
      faults.push(`${path}: has an install script, and allowScripts does not name it`);
    }
  }
  return faults;
}
