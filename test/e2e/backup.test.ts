/** The procedure of docs/operations.md, rehearsed: backup under load, kill, restore elsewhere, start, verify. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRecord } from '../../src/audit/export.js';
import { type Manifest, readManifest } from '../../src/backup/manifest.js';
import { mianzheng } from '../cli/mianzheng.js';
import { embeddedCityFolder } from '../support/city.js';
import { load, type StartedGateway, start } from '../support/gateway-process.js';

const PURPOSE = ['--matter', 'school-enrolment-primary', '--case', 'NP-2026-0001'];

/** Another folder, for what is restored. */
const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mianzheng-backup-'));
  folders.push(folder);
  return folder;
}

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let backup: string;
let passphrase: string;
let receipt: string;
/** Requests answered before the backup was begun, and public keys fetched then. */
let before: Set<string>;
let keys: string;

async function run(args: readonly string[], data: string, port = '4000') {
  return await mianzheng(args, { MIANZHENG_DATA: data, PORT: port });
}

async function requestsIn(folder: string): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const entry of exportRecord(join(folder, 'record'))) {
    if (entry.kind === 'request') found.add(entry.record.requestId);
  }
  return found;
}

async function ended({ child }: StartedGateway, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await once(child, 'exit');
}

beforeAll(async () => {
  city = await embeddedCityFolder();
  const secrets = newFolder();
  [passphrase, receipt, keys] = ['passphrase', 'receipt.jws', 'keys.json'].map((name) => join(secrets, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(passphrase, randomBytes(32).toString('hex'));
  backup = join(newFolder(), 'copy');

  const gateway = await start(city.folder);
  const { port } = new URL(gateway.url);
  const token = (await run(['token', 'school-enrolment'], city.folder, port)).out.trim();
  expect(await run(['verify', ...PURPOSE, '--receipt', receipt], city.folder, port)).toMatchObject({ code: 0 });
  writeFileSync(keys, await (await fetch(`${gateway.url}/.well-known/jwks.json`)).text());
  const received = new Set<string>();
  const clients = Array.from({ length: 8 }, () => load(gateway.url, token, received));
  while (received.size < 50) await sleep(5);
  before = new Set(received);
  const made = await run(['backup', '--to', backup, '--keys-with', passphrase], city.folder);
  expect(made).toMatchObject({ code: 0, out: expect.stringContaining('record INTACT') as string });
  expect(received.size).toBeGreaterThan(before.size);
  await ended(gateway, 'SIGKILL');
  await Promise.all(clients);
}, 120_000);

afterAll(() => {
  city.remove();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A copy of the backup in which something is wrong. */
function tampered(edit: (folder: string) => void): string {
  const copy = join(newFolder(), 'copy');
  for (const path of readdirSync(backup, { recursive: true, encoding: 'utf8' })) {
    if (statSync(join(backup, path)).isDirectory()) continue;
    mkdirSync(join(copy, path, '..'), { recursive: true });
    writeFileSync(join(copy, path), readFileSync(join(backup, path)));
  }
  edit(copy);
  return copy;
}

function editManifest(folder: string, edit: (manifest: Manifest) => void): void {
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  edit(manifest);
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

describe('a backup made under load', () => {
  it('is for its owner only, and no key lies in it in clear', () => {
    expect(statSync(backup).mode & 0o777).toBe(0o700);
    const files = readdirSync(backup, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name).sort()).toEqual(
      expect.arrayContaining(['00000001.jsonl', 'checkpoints.jsonl', 'control.sqlite', 'keys.jwe', 'manifest.json']),
    );
    const secret = JSON.parse(readFileSync(join(city.folder, 'keys', 'record-signing-key.json'), 'utf8')) as {
      d: string;
    };
    const pseudonymKey = readFileSync(join(city.folder, 'keys', 'subject-pseudonym.key'));
    for (const { parentPath, name } of files) {
      const contents = readFileSync(join(parentPath, name));
      expect(contents.includes(secret.d), name).toBe(false);
      expect(contents.includes(pseudonymKey), name).toBe(false);
      expect(contents.includes(pseudonymKey.toString('base64')), name).toBe(false);
      expect(statSync(join(parentPath, name)).mode & 0o077, name).toBe(0);
    }
  });

  it('is restored elsewhere, served from there, and proves all it held', { timeout: 120_000 }, async () => {
    const data = join(newFolder(), 'data');
    const restored = await run(['restore', '--from', backup, '--keys-with', passphrase], data);
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(restored.out).toContain('signed by the key restored with it; record INTACT');

    // Everything answered before the backup was begun is there.
    const there = await requestsIn(data);
    expect([...before].filter((requestId) => !there.has(requestId))).toEqual([]);

    // Later entries were lost with the machine, so the gateway goes on under another name.
    writeFileSync(join(data, 'mianzheng.yaml'), 'instance: gateway-1b\n');
    for (const name of readdirSync(city.folder)) {
      if (name !== 'departments') continue;
      mkdirSync(join(data, name));
      for (const file of readdirSync(join(city.folder, name))) {
        writeFileSync(join(data, name, file), readFileSync(join(city.folder, name, file)));
      }
    }
    const environment = { MIANZHENG_CONFIG: join(data, 'mianzheng.yaml') };
    const gateway = await start(data, environment);
    try {
      const { port } = new URL(gateway.url);
      // Its control store and keys are those of before: grants, cases, tokens, pseudonyms.
      expect(await run(['verify', ...PURPOSE], data, port)).toMatchObject({ code: 0 });
      expect((await fetch(`${gateway.url}/.well-known/jwks.json`).then((r) => r.text())).length).toBe(
        readFileSync(keys, 'utf8').length,
      );
    } finally {
      await ended(gateway, 'SIGTERM');
    }
    const verified = await mianzheng(['audit', 'verify', '--keys', keys, '--json'], { MIANZHENG_DATA: data });
    expect(JSON.parse(verified.out)).toMatchObject({
      state: 'INTACT',
      chains: [{ chain: 'gateway-1' }, { chain: 'gateway-1b', requests: 1 }],
    });
    // A receipt given before the backup holds by the keys of then, and its entry is there.
    expect(await run(['receipt', 'verify', receipt, '--jwks', keys, '--record'], data)).toMatchObject({ code: 0 });
  });

  it('is restored without keys, on the word of keys kept elsewhere', async () => {
    const data = newFolder();
    const restored = await run(['restore', '--from', backup, '--without-keys', '--trust', keys, '--json'], data);
    expect(JSON.parse(restored.out)).toMatchObject({ trust: 'GIVEN_KEYS', keys: false, control: true });
    expect(readdirSync(data).sort()).toEqual(['control.sqlite', 'record']);
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    [
      'a changed line of the record',
      (f) => appendFileSync(join(f, 'record/gateway-1/00000001.jsonl'), ' '),
      /is not the file/,
    ],
    [
      'another control store',
      (f) => writeFileSync(join(f, 'control.sqlite'), 'SQLite'),
      /control.sqlite is not the file/,
    ],
    ['a missing file', (f) => rmSync(join(f, 'record/gateway-1/checkpoints.jsonl')), /is missing/],
    ['one file too many', (f) => writeFileSync(join(f, 'record/gateway-1/00000009.jsonl'), ''), /is not in manifest/],
    ['a manifest made to fit', (f) => editManifest(f, (m) => m.files.pop()), /is not in manifest|is not what/],
    [
      'a manifest of another time',
      (f) => editManifest(f, (m) => Object.assign(m, { instance: 'other' })),
      /not what the installation signed/,
    ],
    [
      'a path that leads out',
      (f) => editManifest(f, (m) => m.files.push({ path: '../x', bytes: 0, sha256: '0'.repeat(64) })),
      /no manifest/,
    ],
    [
      'a manifest without a signature',
      (f) => writeFileSync(join(f, 'manifest.jws'), 'x.y.z'),
      /not what the installation signed/,
    ],
    ['no manifest', (f) => rmSync(join(f, 'manifest.json')), /no manifest/],
  ])('with %s is refused, and leaves nothing behind', async (_, edit, message) => {
    const data = newFolder();
    const refused = await run(['restore', '--from', tampered(edit), '--keys-with', passphrase], data);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(message);
    expect(readdirSync(data)).toEqual([]);
  });

  it('is refused with another passphrase, a short one, none, other trusted keys, or over data that is there', async () => {
    const wrong = join(newFolder(), 'wrong');
    writeFileSync(wrong, randomBytes(32).toString('hex'));
    const short = join(newFolder(), 'short');
    writeFileSync(short, 'secret');
    const stranger = join(newFolder(), 'keys.json');
    const { x, ...rest } = (JSON.parse(readFileSync(keys, 'utf8')) as { keys: { x: string; kid: string }[] })
      .keys[0] ?? {
      x: '',
    };
    writeFileSync(stranger, JSON.stringify({ keys: [{ ...rest, x: `${x[0] === 'A' ? 'B' : 'A'}${x.slice(1)}` }] }));
    for (const [options, message] of [
      [['--keys-with', wrong], /another passphrase/],
      [['--keys-with', short], /at least 32/],
      [[], /--keys-with FILE, or --without-keys/],
      [['--without-keys', '--trust', stranger], /./],
    ] as const) {
      const data = newFolder();
      const refused = await run(['restore', '--from', backup, ...options], data);
      expect(refused.code).toBe(2);
      expect(refused.err).toMatch(message);
      expect(readdirSync(data)).toEqual([]);
    }
    expect(await run(['restore', '--from', backup, '--without-keys'], city.folder)).toMatchObject({ code: 2 });
    expect(await run(['backup', '--to', backup], city.folder)).toMatchObject({ code: 2 });
  });

  it('says how far it goes', async () => {
    const { record } = await readManifest(backup);
    expect(record).toMatchObject({ state: 'INTACT', chains: [{ chain: 'gateway-1' }] });
    expect(record.chains[0]?.seq).toBeGreaterThan(before.size);
  });
});

describe('a backup of a broken record', () => {
  it('is made and restored all the same, and says so', async () => {
    const data = newFolder();
    await run(['restore', '--from', backup, '--keys-with', passphrase], data);
    const segment = join(data, 'record/gateway-1/00000001.jsonl');
    writeFileSync(segment, readFileSync(segment, 'utf8').replace('"status":200', '"status":201'));
    const copy = join(newFolder(), 'copy');
    const made = await run(['backup', '--to', copy, '--keys-with', passphrase], data);
    expect(made).toMatchObject({ code: 1, out: expect.stringContaining('record BROKEN') as string });
    const again = await run(['restore', '--from', copy, '--keys-with', passphrase], newFolder());
    expect(again).toMatchObject({ code: 1, out: expect.stringContaining('record BROKEN') as string });
  });
});
