/** Which licences production may depend on. */
import type { LockedPackage } from './lock.js';

/** Licences that are accepted wherever they stand. */
export const ACCEPTED: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
]);

/** Further licences, each for one package, see docs/decisions/0008-spreadsheets-without-an-unlicensed-package.md. */
export const ACCEPTED_FOR: Readonly<Record<string, readonly string[]>> = {
  'graceful-fs': ['BlueOak-1.0.0'],
  pako: ['Zlib'],
};

/**
 * Whether an SPDX expression is satisfied by accepted licences: one of those joined by OR, all of those joined by AND.
 * What it cannot read, such as WITH or nesting, is not.
 */
export function isAccepted(expression: string, accepted: ReadonlySet<string>): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  if (/[()]| WITH /.test(bare)) return false;
  return bare.split(' OR ').some((choice) => choice.split(' AND ').every((licence) => accepted.has(licence.trim())));
}

/** Packages with a licence that is not accepted or not stated. Empty: none. */
export function licenceFaults(packages: readonly LockedPackage[]): readonly string[] {
  return packages.flatMap(({ name, version, licence }) => {
    if (licence === null) return [`${name} ${version}: states no licence`];
    const accepted = new Set([...ACCEPTED, ...(ACCEPTED_FOR[name] ?? [])]);
    return isAccepted(licence, accepted) ? [] : [`${name} ${version}: ${licence} is not accepted`];
  });
}
