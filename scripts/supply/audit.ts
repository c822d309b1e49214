/** Known vulnerabilities, and newer versions, as far as the registry answers. */
import { spawnSync } from 'node:child_process';
import { z } from 'zod';

const auditShape = z.looseObject({
  vulnerabilities: z.record(z.string(), z.looseObject({ severity: z.string(), range: z.string().default('') })),
});

const outdatedShape = z.record(z.string(), z.looseObject({ current: z.string().optional(), latest: z.string() }));

/** What the registry knows of vulnerabilities in production's packages. */
export type Audit =
  | { readonly state: 'CLEAN' }
  | { readonly state: 'VULNERABLE'; readonly findings: readonly string[] }
  /** It gave no answer that can be read: nothing is known. */
  | { readonly state: 'NOT_ANSWERED'; readonly reason: string };

/** Reads what `npm audit --json` wrote. */
export function auditIn(text: string): Audit {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { state: 'NOT_ANSWERED', reason: 'npm audit wrote no JSON' };
  }
  const parsed = auditShape.safeParse(json);
  if (!parsed.success) {
    const said = z.looseObject({ message: z.string() }).safeParse(json);
    // Without the address: which server was asked is nobody's business.
    const reason = (said.data?.message ?? 'npm audit wrote no report').replace(/https?:\S+/g, 'the registry');
    return { state: 'NOT_ANSWERED', reason };
  }
  const findings = Object.entries(parsed.data.vulnerabilities).map(([name, v]) => `${name} ${v.range}: ${v.severity}`);
  return findings.length === 0 ? { state: 'CLEAN' } : { state: 'VULNERABLE', findings };
}

function npm(args: readonly string[], folder: string): string {
  return spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: 120_000, maxBuffer: 64 * 1024 * 1024 })
    .stdout;
}

/** Asks the registry. */
export function audit(folder: string): Audit {
  return auditIn(npm(['audit', '--omit=dev', '--json'], folder));
}

/** Direct dependencies that have a newer version, as `name now → latest`; null where the registry gave no answer. */
export function outdatedIn(text: string): readonly string[] | null {
  let json: unknown;
  try {
    json = JSON.parse(text.trim() === '' ? '{}' : text);
  } catch {
    return null;
  }
  const parsed = outdatedShape.safeParse(json);
  if (!parsed.success) return null;
  return Object.entries(parsed.data).map(([name, { current = 'none', latest }]) => `${name} ${current} → ${latest}`);
}

/** Asks the registry. */
export function outdated(folder: string): readonly string[] | null {
  return outdatedIn(npm(['outdated', '--json'], folder));
}
