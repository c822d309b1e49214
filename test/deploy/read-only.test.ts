/**
 * What docker-compose.yml asks of an engine, done by hand: the gateway as nobody, without capabilities or a way to get
 * any, every file system read-only but for the data folder and a small /tmp. It needs root and mount namespaces.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { openIssuer } from '../../src/open-issuer.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { embeddedCityFolder } from '../support/city.js';
import { collectOutput } from '../support/collected.js';

/** The user and group that most systems call nobody. */
const NOBODY = 65_534;

/**
 * Runs a command in a mount namespace of its own: /mnt/app is the program, /mnt/data the data, /mnt/node this Node.js.
 * Arguments: program, data, Node.js, command and its arguments.
 */
const SCRIPT = `set -eu
program=$1 data=$2 node=$3
shift 3
mount --make-rprivate /
mount -t tmpfs -o mode=0755 box /mnt
mkdir /mnt/app /mnt/data
touch /mnt/node
mount --bind "$program" /mnt/app
mount --bind "$data" /mnt/data
mount --bind "$node" /mnt/node
mount -t tmpfs -o noexec,nosuid,nodev,size=64m,mode=1777 tmp /tmp
for path in $(awk '{ print $5 }' /proc/self/mountinfo); do
  case $path in
    /proc*|/sys*|/dev*|/tmp|/mnt/data) ;;
    # What lies under another mount cannot be reached, nor made read-only.
    *) if [ -e "$path" ]; then mount -o remount,bind,ro "$path"; fi ;;
  esac
done
cd /mnt/app
exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
`;

const boxes = mkdtempSync(join(tmpdir(), 'mianzheng-box-'));
const script = join(boxes, 'box.sh');
writeFileSync(script, SCRIPT);
let city: Awaited<ReturnType<typeof embeddedCityFolder>>;

function argumentsOf(command: readonly string[]): string[] {
  return ['--mount', 'sh', script, PACKAGE_ROOT, city.folder, process.execPath, ...command];
}

/** Whether this system lets us build such a box. */
function isPermitted(): boolean {
  if (process.getuid?.() !== 0) return false;
  const tried = spawnSync('unshare', [
    '--mount',
    'sh',
    script,
    PACKAGE_ROOT,
    boxes,
    process.execPath,
    '/mnt/node',
    '-v',
  ]);
  return tried.status === 0;
}

const permitted = isPermitted();
if (!permitted) {
  rmSync(boxes, { recursive: true });
  const why = 'the gateway as nobody on a read-only root needs root, unshare and setpriv';
  if (process.env.CI === 'true') throw new Error(why);
  process.stderr.write(`skipped: ${why}\n`);
}

describe.skipIf(!permitted)('the gateway as nobody on a read-only root', () => {
  beforeAll(async () => {
    city = await embeddedCityFolder();
    const own = (path: string): void => {
      chownSync(path, NOBODY, NOBODY);
      if (!lstatSync(path).isDirectory()) return;
      for (const name of readdirSync(path)) own(join(path, name));
    };
    own(city.folder);
  });
  afterAll(() => {
    city.remove();
    rmSync(boxes, { recursive: true });
  });

  it('can write nowhere but to its data and /tmp, and run nothing there', () => {
    const tries = `
      for path in / /etc /usr /var /home /mnt /mnt/app /mnt/app/src /root; do
        if touch "$path/written" 2>/dev/null; then echo "$path can be written"; fi
      done
      touch /mnt/data/written /tmp/written || echo 'data or /tmp cannot be written'
      printf '#!/bin/sh\\necho ran' > /tmp/program; chmod 755 /tmp/program
      if /tmp/program 2>/dev/null; then echo '/tmp runs programs'; fi
      rm /mnt/data/written`;
    const { status, stdout, stderr } = spawnSync('unshare', argumentsOf(['sh', '-c', tries]), { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('serves, records, answers its health check, and stops', { timeout: 60_000 }, async () => {
    const command = ['/mnt/node', '--import', 'tsx', 'src/cli/main.ts', 'serve', '--json'];
    const environment = { PATH: process.env.PATH ?? '', MIANZHENG_DATA: '/mnt/data', PORT: '0', HOME: '/tmp' };
    const child = spawn('unshare', argumentsOf(command), { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    collectOutput(child.stderr, 'child-error', true);
    const ended = once(child, 'exit');
    try {
      let url = '';
      for await (const line of createInterface({ input: child.stdout })) {
        // A gateway that has something to report may write before it listens.
        url = (JSON.parse(line) as { readonly url?: string }).url ?? '';
        if (url !== '') break;
      }
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      expect(status).toMatch(new RegExp(`^Uid:\\t${NOBODY}\\t${NOBODY}\\t${NOBODY}\\t${NOBODY}$`, 'm'));
      for (const set of ['CapEff', 'CapPrm', 'CapBnd']) expect(status).toMatch(new RegExp(`^${set}:\\t0{16}$`, 'm'));
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);

      const config = loadConfig({ MIANZHENG_DATA: city.folder }, city.folder);
      const { token } = await (await openIssuer(config, Date.now)).mint('school-enrolment');
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'mianzheng-matter': 'school-enrolment-primary',
          'mianzheng-case': 'NP-2026-0001',
        },
        body: JSON.stringify({ query: 'mutation { verify { verdict } }' }),
      });
      expect(await answer.json()).toMatchObject({ data: { verify: { verdict: 'APPROVED' } } });

      const check = /^HEALTHCHECK [^\n]*\\\n\s*CMD (\[.*\])$/m.exec(
        readFileSync(join(PACKAGE_ROOT, 'deploy/Dockerfile'), 'utf8'),
      );
      const [, ...args] = JSON.parse(check?.[1] ?? '[]') as string[];
      const health = (port: string) => spawnSync(process.execPath, args, { env: { PORT: port } }).status;
      expect(health(new URL(url).port)).toBe(0);
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(health(new URL(url).port)).toBe(1);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    for (const file of readdirSync(join(city.folder, 'record', 'gateway-1'))) {
      expect(lstatSync(join(city.folder, 'record', 'gateway-1', file)).uid, file).toBe(NOBODY);
    }
  });
});
