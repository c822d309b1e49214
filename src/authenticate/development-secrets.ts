/** The development issuer's keys: made once, kept in one file, the same for every process that opens it. */
import { createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

/** The file, inside the folder the caller names. */
const FILE = 'development-issuer.json';

const stored = z.strictObject({
  version: z.literal(1),
  /** ES256 private key. */
  signingKey: z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string().min(43),
    y: z.string().min(43),
    d: z.string().min(43),
    kid: z.string().min(1),
    alg: z.literal('ES256'),
    use: z.literal('sig'),
  }),
  /** 32 random bytes, base64url, from which every other secret is derived. */
  secret: z.string().length(43),
});

type Stored = z.infer<typeof stored>;

/** The keys of the development issuer. */
export interface DevelopmentSecrets {
  /** ES256 private key as a JWK with `kid`, which is its thumbprint (RFC 7638). */
  readonly signingKey: Stored['signingKey'];
  /** Key for the issuer's cookies. */
  readonly cookieKey: string;
  /** The client's secret, 43 characters of base64url. The same at every opening, for any client. */
  clientSecret(clientId: string): string;
  /** An opaque `sub` for a citizen: always the same for one ID, and not to be led back to it without the key. */
  citizenPseudonym(citizenId: string): string;
}

/** The development issuer's file of keys cannot be read. Removing it makes a new one, and ends all tokens issued. */
export class DevelopmentSecretsUnreadableError extends Error {
  override readonly name = 'DevelopmentSecretsUnreadableError';

  /** @param file path of the file */
  constructor(readonly file: string) {
    // No cause: a JSON or schema error may quote the file, which is secret.
    super(`${file} is not a key file of the development issuer; remove it to have a new one made`);
  }
}

async function create(): Promise<Stored> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return stored.parse({
    version: 1,
    signingKey: { ...jwk, kid, alg: 'ES256', use: 'sig' },
    secret: randomBytes(32).toString('base64url'),
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Writes the file whole or not at all, and never over one that another process made meanwhile. */
async function writeOnce(file: string, content: Stored): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
}

async function read(file: string): Promise<Stored | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new DevelopmentSecretsUnreadableError(file);
    throw error;
  }
  const parsed = stored.safeParse(content);
  if (!parsed.success) throw new DevelopmentSecretsUnreadableError(file);
  return parsed.data;
}

/**
 * Reads the keys from the folder, making them at first use: the folder with mode 0700, the file
 * with 0600, written atomically. Processes that open one folder at the same time get the same keys.
 * Does NOT check the mode of a file it finds.
 *
 * @throws DevelopmentSecretsUnreadableError where the file holds something else; the system's error
 *   where the folder cannot be written, or its file system knows no hard links
 */
export async function openDevelopmentSecrets(folder: string): Promise<DevelopmentSecrets> {
  const file = join(folder, FILE);
  let content = await read(file);
  if (content === null) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeOnce(file, await create());
    content = await read(file);
  }
  if (content === null) throw new DevelopmentSecretsUnreadableError(file);

  const root = Buffer.from(content.secret, 'base64url');
  // HKDF (RFC 5869) with a label each, so that no secret tells anything of another.
  const derive = (label: string) => Buffer.from(hkdfSync('sha256', root, '', label, 32));
  const pseudonymKey = derive('citizen pseudonyms');
  return {
    signingKey: content.signingKey,
    cookieKey: derive('cookies').toString('base64url'),
    clientSecret: (clientId) => derive(`client secret: ${clientId}`).toString('base64url'),
    citizenPseudonym: (citizenId) => createHmac('sha256', pseudonymKey).update(citizenId).digest('base64url'),
  };
}
