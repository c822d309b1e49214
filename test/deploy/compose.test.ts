/** The pilot's deployment files, as far as they can be checked without a container engine. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readGrants } from '../../seeds/grants.js';
import { mysqlDatabases } from '../../seeds/load-mysql.js';
import { verifierSettings } from '../../src/authenticate/options.js';
import { loadConfig } from '../../src/config.js';
import { findDepartments } from '../../src/departments.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { openControlStore } from '../../src/store/control-store.js';
import { mariadb } from '../support/services.js';

const texts = z.array(z.string()).default([]);

const service = z.looseObject({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  tmpfs: texts,
  privileged: z.boolean().default(false),
  pids_limit: z.number().optional(),
  healthcheck: z.looseObject({ disable: z.boolean().default(false) }).optional(),
  cap_drop: texts,
  security_opt: texts,
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.union([z.string(), z.object({ source: z.string(), target: z.string() })])).default([]),
  volumes: texts,
  ports: texts,
  networks: texts,
  profiles: texts,
});

const composeFile = z.looseObject({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});

const at = (path: string) => join(PACKAGE_ROOT, path);
const textOf = (path: string) => readFileSync(at(path), 'utf8');
const compose = composeFile.parse(parse(textOf('docker-compose.yml'), { merge: true }));
const services = Object.entries(compose.services);
const departments = (await findDepartments()).map(({ name }) => name);
const SECRETS = './deploy/secrets/';

function serviceNamed(name: string) {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

/** Files of deploy/ that belong to the repository. */
function deploymentFiles(): string[] {
  return readdirSync(at('deploy'), { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('secrets') && statSync(at(join('deploy', name))).isFile())
    .map((name) => join('deploy', name));
}

describe('docker-compose.yml', () => {
  it('has a database for every department, the control store, an issuer and the gateway', () => {
    const expected = [...departments.map((name) => `${name}-db`), 'control-db', 'issuer', 'gateway', 'seed'];
    expect(Object.keys(compose.services).sort()).toEqual(expected.sort());
    for (const [name, { image }] of services) {
      if (name.endsWith('-db')) expect(image, name).toBe('mysql:8.4');
    }
  });

  it('starts nothing that changes data unless it is asked for', () => {
    expect(serviceNamed('seed').profiles).toEqual(['seed']);
    expect(services.filter(([, { profiles }]) => profiles.length > 0).map(([name]) => name)).toEqual(['seed']);
  });

  it.each(['gateway', 'seed'])('%s runs with a read-only root and as nobody in particular', (name) => {
    const { read_only, user, cap_drop, security_opt, tmpfs, volumes } = serviceNamed(name);
    expect(read_only).toBe(true);
    // What it may write to runs nothing, and is small or the data.
    expect(tmpfs).toEqual(['/tmp:noexec,nosuid,nodev,size=64m']);
    expect(volumes.filter((volume) => !volume.endsWith(':ro'))).toEqual(
      name === 'gateway' ? ['gateway-data:/data'] : [],
    );
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(cap_drop).toEqual(['ALL']);
    expect(security_opt).toContain('no-new-privileges:true');
  });

  it.each(services)(
    '%s drops all capabilities it is not given back, and gains none',
    (_, { cap_drop, security_opt }) => {
      expect(cap_drop).toEqual(['ALL']);
      expect(security_opt).toContain('no-new-privileges:true');
    },
  );

  it('gives nobody privileges, and watches over everything that stays', () => {
    for (const [name, { privileged, healthcheck, volumes }] of services) {
      expect(privileged, name).toBe(false);
      expect(
        volumes.filter((volume) => volume.includes('docker.sock')),
        name,
      ).toEqual([]);
      // The gateway's stands in its image.
      if (name !== 'gateway') expect(healthcheck?.disable, name).toBe(name === 'seed');
    }
    expect(serviceNamed('gateway').healthcheck).toBeUndefined();
    expect(serviceNamed('gateway').pids_limit).toBeGreaterThan(0);
  });

  it('publishes ports on the loopback interface only, and none of a database', () => {
    for (const [name, { ports }] of services) {
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
      if (name.endsWith('-db')) expect(ports, name).toEqual([]);
    }
  });

  it('gives each database a network of its own that leads nowhere else', () => {
    const databases = services.filter(([name]) => name.endsWith('-db'));
    const networks = databases.flatMap(([, { networks: own }]) => own);
    expect(new Set(networks).size).toBe(databases.length);
    for (const network of networks) expect(compose.networks[network]?.internal, network).toBe(true);
    expect([...serviceNamed('gateway').networks].sort()).toEqual(['front', ...networks].sort());
  });

  it('names only volumes and secrets that it declares, and declares none that nobody uses', () => {
    const named = services.flatMap(([, { volumes }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? '').filter((source) => !source.startsWith('.')),
    );
    expect([...new Set(named)].sort()).toEqual(Object.keys(compose.volumes).sort());
    const used = services.flatMap(([, { secrets }]) => secrets.map((s) => (typeof s === 'string' ? s : s.source)));
    expect([...new Set(used)].sort()).toEqual(Object.keys(compose.secrets).sort());
  });

  it('mounts only files that are there, or that make-secrets.sh makes', () => {
    for (const [name, { volumes, build }] of services) {
      for (const volume of volumes) {
        const source = volume.split(':')[0] ?? '';
        if (source.startsWith('./') && !source.startsWith(SECRETS)) expect(existsSync(at(source)), source).toBe(true);
      }
      if (build) expect(existsSync(join(at(build.context), build.dockerfile)), name).toBe(true);
    }
  });
});

describe('no secret is in the repository', () => {
  it('the folder of secrets is ignored', () => {
    expect(textOf('deploy/.gitignore').split('\n')).toContain('secrets/');
    for (const [name, { file }] of Object.entries(compose.secrets)) expect(file).toBe(`${SECRETS}${name}`);
  });

  it('a variable that names a password takes it from a file', () => {
    for (const [name, { environment }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (!/PASSWORD|SECRET|TOKEN|_KEY/.test(variable)) continue;
        expect(variable, name).toMatch(/_FILE$/);
        expect(value, name).toMatch(/^\/run\/secrets\/[\w.-]+$/);
      }
    }
  });

  it.each(['docker-compose.yml', ...deploymentFiles()])('%s holds no literal password', (file) => {
    const text = textOf(file);
    for (const [, password = ''] of text.matchAll(/\w+:\/\/[^\s:/@]+:([^\s@]+)@/g)) {
      expect(password).toMatch(/^(\{\{[a-z-]+\}\}|\$\{password\}|password)$/);
    }
    for (const [, password = ''] of text.matchAll(/IDENTIFIED BY '([^']*)'/gi)) expect(password).toMatch(/^,/);
    for (const [, secret = ''] of text.matchAll(/"secret": "([^"]*)"/g))
      expect(secret).toMatch(/^\{\{client-[a-z-]+\}\}$/);
    expect(text).not.toContain('PRIVATE KEY');
  });
});

describe('deploy/Dockerfile', () => {
  const lines = textOf('deploy/Dockerfile').split('\n');

  it('copies only what is there', () => {
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.length).toBeGreaterThan(0);
    for (const source of copied) expect(existsSync(at(source)), source).toBe(true);
  });

  it('lets through to the build what it copies, and nothing else', () => {
    const ignored = textOf('deploy/Dockerfile.dockerignore').split('\n');
    const through = ignored.filter((line) => line.startsWith('!') && line !== '!deploy').map((line) => line.slice(1));
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect([...new Set(copied)].sort()).toEqual(through.sort());
    expect(ignored.filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!'))).toEqual([
      '*',
      'deploy/*',
    ]);
  });

  it('ends as a user that is not root, by number, with a health check', () => {
    expect(lines.findLast((line) => line.startsWith('USER '))).toBe(`USER ${serviceNamed('gateway').user}`);
    expect(lines.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
  });

  it('is built from one base that can be given by digest', () => {
    expect(lines.filter((line) => line.startsWith('FROM '))).toEqual(['FROM $NODE_IMAGE AS build', 'FROM $NODE_IMAGE']);
    expect(lines.filter((line) => line.startsWith('ARG '))).toEqual(['ARG NODE_IMAGE=node:24-slim']);
  });

  it('installs by the lock file, runs no script but the one of the driver, and leaves out what development needs', () => {
    const installs = lines.filter((line) => /\bnpm (ci|i|install|prune|rebuild)\b/.test(line));
    expect(installs).toEqual([
      'RUN npm ci --ignore-scripts && npm_config_nodedir=/usr/local npm rebuild better-sqlite3',
      'RUN npm run build && npm prune --omit=dev --ignore-scripts',
    ]);
    const final = lines.slice(lines.lastIndexOf('FROM $NODE_IMAGE'));
    expect(final.filter((line) => line.startsWith('RUN '))).toEqual(['RUN install -d -o 1000 -g 1000 -m 0700 /data']);
    expect(final).toContain('COPY --from=build /app/node_modules node_modules');
  });

  it('puts no secret into a layer', () => {
    for (const line of lines) {
      if (/^(ENV|ARG) /.test(line)) expect(line).not.toMatch(/PASSWORD|SECRET|TOKEN|KEY/i);
      if (/^(COPY|ADD) /.test(line)) expect(line).not.toMatch(/secrets|\.env|npmrc|\.data|https?:|COPY \. /);
    }
  });
});

describe('deploy/mianzheng.yaml', () => {
  const config = loadConfig({ MIANZHENG_CONFIG: at('deploy/mianzheng.yaml'), MIANZHENG_DATA: '/data' }, PACKAGE_ROOT);

  it('is accepted, in production mode and with every department', () => {
    expect(config.mode).toBe('production');
    expect(config.introspection).toBe(false);
    expect(Object.keys(config.departments).sort()).toEqual([...departments].sort());
  });

  it('reaches each database at its service, by its name, as the account that only reads', () => {
    const databases = mysqlDatabases();
    const encrypted = '?ssl=%7B%22rejectUnauthorized%22%3Afalse%7D';
    for (const [name, department] of Object.entries(config.departments)) {
      expect(department).toMatchObject({
        url: `mysql://gateway@${name}-db:3306/${databases.get(name)}${encrypted}`,
        passwordFile: `/run/secrets/${name}-gateway`,
      });
      expect(serviceNamed(`${name}-db`).environment.MYSQL_DATABASE).toBe(databases.get(name));
    }
    const control = serviceNamed('control-db').environment.MYSQL_DATABASE;
    expect(config).toMatchObject({
      control: `mysql://gateway@control-db:3306/${control}${encrypted}`,
      controlPasswordFile: '/run/secrets/control-gateway',
    });
  });

  it('trusts the issuer of the pilot, whose keys it may fetch', () => {
    const realm = JSON.parse(textOf('deploy/issuer/realm.json')) as { readonly realm: string };
    const hostname = serviceNamed('issuer').environment.KC_HOSTNAME;
    expect(config.issuers).toEqual([
      {
        issuer: `${hostname}/realms/${realm.realm}`,
        jwksUrl: `https://issuer:8443/realms/${realm.realm}/protocol/openid-connect/certs`,
      },
    ]);
    const issuers = config.issuers.map(({ issuer, jwksUrl }) => ({
      issuer,
      audience: config.audience,
      jwks: { kind: 'REMOTE' as const, url: jwksUrl },
    }));
    expect(() => verifierSettings({ issuers, now: () => 0 })).not.toThrow();
  });
});

describe('deploy/issuer/realm.json', () => {
  interface RealmClient {
    readonly clientId: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly protocolMappers: readonly { readonly config: Readonly<Record<string, string>> }[];
    readonly [option: string]: unknown;
  }
  const realm = JSON.parse(textOf('deploy/issuer/realm.json')) as { readonly clients: readonly RealmClient[] };

  it("has the demonstration's applications and no other", () => {
    expect(realm.clients.map(({ clientId }) => clientId).sort()).toEqual(Object.keys(readGrants().clients).sort());
  });

  it.each(realm.clients)('$clientId gets access tokens as the gateway takes them, in its own name only', (client) => {
    expect(client.attributes['access.token.header.type.rfc9068']).toBe('true');
    expect(client.attributes['access.token.signed.response.alg']).toBe('ES256');
    const claims = client.protocolMappers.map(({ config }) => [config['claim.name'], config['claim.value']]);
    // A client is told from a person by sub = client_id.
    expect(claims).toContainEqual(['sub', client.clientId]);
    expect(claims).toContainEqual(['client_id', client.clientId]);
    const audiences = client.protocolMappers.flatMap(({ config }) => config['included.custom.audience'] ?? []);
    expect(audiences).toEqual([loadConfig({ MIANZHENG_CONFIG: at('deploy/mianzheng.yaml') }, PACKAGE_ROOT).audience]);
    expect(client).toMatchObject({
      serviceAccountsEnabled: true,
      publicClient: false,
      standardFlowEnabled: false,
      implicitFlowEnabled: false,
      directAccessGrantsEnabled: false,
    });
  });
});

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl && process.env.CI === 'true') throw new Error('no openssl, and CI may skip nothing');

describe.skipIf(!openssl)('deploy/make-secrets.sh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mianzheng-secrets-'));
  const make = () => spawnSync('sh', [at('deploy/make-secrets.sh'), folder], { encoding: 'utf8' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  beforeAll(() => {
    const { status, stderr } = make();
    if (status !== 0) throw new Error(stderr);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes every secret that docker-compose.yml names or mounts', () => {
    const mounted = services.flatMap(([, { volumes }]) =>
      volumes.filter((v) => v.startsWith(SECRETS)).map((v) => (v.split(':')[0] ?? '').slice(SECRETS.length)),
    );
    for (const name of [...Object.keys(compose.secrets), ...mounted]) expect(read(name), name).not.toBe('');
  });

  it('makes passwords that differ and need no quoting', () => {
    const passwords = readdirSync(folder)
      .filter((name) => !name.includes('.'))
      .map((name) => read(name).trim());
    for (const password of passwords) expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(new Set(passwords).size).toBe(passwords.length);
  });

  it('keeps everybody else out, and lets containers of any user read', () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o444);
  });

  it('makes the passwords that the configuration names, of which it holds none', () => {
    const config = loadConfig({ MIANZHENG_CONFIG: at('deploy/mianzheng.yaml') }, PACKAGE_ROOT);
    const files = Object.values(config.departments).flatMap((department) => {
      if (department.transport === 'gateway') return [];
      return [department.transport === 'sql' ? department.passwordFile : department.tokenFile];
    });
    for (const file of [...files, config.controlPasswordFile]) {
      const name = (file ?? '').replace('/run/secrets/', '');
      expect(read(name), name).toMatch(/^[0-9a-f]{48}\n$/);
      for (const service of ['gateway', 'seed']) {
        if (service === 'seed' && name !== 'control-gateway') continue;
        expect(serviceNamed(service).secrets, service).toContain(name);
      }
    }
    expect(textOf('deploy/mianzheng.yaml')).not.toMatch(/\{\{[a-z-]+\}\}/);
  });

  it("fills the applications' secrets in", () => {
    const realm = JSON.parse(read('realm.json')) as { clients: { clientId: string; secret: string }[] };
    for (const { clientId, secret } of realm.clients) expect(secret).toBe(read(`client-${clientId}`).trim());
  });

  it('keeps what there is when it runs again, and prints none of it', () => {
    const before = readdirSync(folder).map((name) => read(name));
    const { status, stdout, stderr } = make();
    expect(status).toBe(0);
    expect(readdirSync(folder).map((name) => read(name))).toEqual(before);
    for (const secret of before) expect(stdout + stderr).not.toContain(secret.trim());
  });
});

describe.skipIf(mariadb === null)('accounts of the databases', () => {
  const suffix = randomBytes(6).toString('hex');
  const own = `mz_test_${suffix}_own`;
  const other = `mz_test_${suffix}_other`;
  const gateway = `mz_test_${suffix}_g`;
  const control = `mz_test_${suffix}_c`;
  const seeder = `mz_test_${suffix}_s`;
  const password = randomBytes(24).toString('hex');
  const url = (account: string, database: string) => {
    const made = new URL(mariadb?.url ?? '');
    made.username = account;
    made.password = password;
    made.pathname = database;
    return made.href;
  };

  async function asRoot(sql: string): Promise<unknown> {
    const connection = await createConnection({ uri: mariadb?.url ?? '', multipleStatements: true });
    try {
      return (await connection.query(sql))[0];
    } finally {
      await connection.end();
    }
  }

  async function as(account: string, database: string, sql: string): Promise<unknown> {
    const connection = await createConnection({ uri: url(account, database) });
    try {
      return (await connection.query(sql))[0];
    } finally {
      await connection.end();
    }
  }

  beforeAll(async () => {
    await asRoot(`CREATE DATABASE ${own} COLLATE utf8mb4_bin; CREATE DATABASE ${other};
      CREATE TABLE ${own}.t (a INT); CREATE TABLE ${other}.t (a INT);`);
    const accounts = (name: string) =>
      `SET @database = '${own}', @gateway = '${name}', @gateway_password = '${password}';
       SET @seeder = '${seeder}', @seeder_password = '${password}';`;
    await asRoot(accounts(gateway) + textOf('deploy/mysql/department.sql'));
    await asRoot(accounts(control) + textOf('deploy/mysql/control.sql'));
  });
  afterAll(async () => {
    await asRoot(`DROP USER IF EXISTS '${gateway}'@'%', '${control}'@'%', '${seeder}'@'%';
      DROP DATABASE IF EXISTS ${own}; DROP DATABASE IF EXISTS ${other};`);
  });

  it('the gateway selects in the one database of its department', async () => {
    expect(await as(gateway, own, 'SELECT a FROM t')).toEqual([]);
    await expect(as(gateway, other, 'SELECT a FROM t')).rejects.toMatchObject({ code: 'ER_DBACCESS_DENIED_ERROR' });
  });

  it.each([
    'INSERT INTO t VALUES (1)',
    'UPDATE t SET a = 1',
    'DELETE FROM t',
    'DROP TABLE t',
    'CREATE TABLE u (a INT)',
  ])('and cannot %s', async (sql) => {
    await expect(as(gateway, own, sql)).rejects.toMatchObject({ code: 'ER_TABLEACCESS_DENIED_ERROR' });
  });

  it('the account of the control store makes its tables and keeps policy and cases, and deletes only what it keeps for a while', async () => {
    const store = await openControlStore(url(control, own));
    try {
      await store.putPolicy([{ id: 'a', nameZh: '甲', nameEn: 'A', active: true }], []);
      await store.registerCase({ client: 'a', number: 'N-1', matter: 'm', filedOn: '2026-07-01', subjects: [] });
      expect((await store.readPolicy()).clients.has('a')).toBe(true);
      expect(await store.findCase('a', 'N-1')).not.toBeNull();
      expect(await store.removeCasesFiledBefore('2026-07-02', 10)).toBe(1);
      expect(await store.findCase('a', 'N-1')).toBeNull();
      expect(await store.counts.exchange([{ client: 'a', scope: 's', hour: 1, names: ['n'] }])).toEqual([1]);
      await store.counts.prune(2);
      const message = { id: 'e', url: 'https://alarms.example/', body: '{}', at: 0 };
      await store.events.recorded(message.id, 'gateway-1/1', [message], 0);
      await store.outbox.remove({ ...message, attempts: 0 });
      expect(await store.outbox.count()).toBe(0);
    } finally {
      await store.close();
    }
    for (const table of ['client', 'access_grant', 'policy', 'client_event']) {
      await expect(as(control, own, `DELETE FROM ${table}`)).rejects.toMatchObject({
        code: 'ER_TABLEACCESS_DENIED_ERROR',
      });
    }
  });

  it("the seeder's reach ends at databases of the demonstration's names", async () => {
    await expect(as(seeder, own, 'SELECT a FROM t')).rejects.toMatchObject({ code: 'ER_DBACCESS_DENIED_ERROR' });
  });
});
