/**
 * Another implementation than ours: openssl, given the published key, takes a receipt and no text or signature that
 * differs in one bit. The steps are those of docs/receipts.md. Where there is no openssl the test is skipped and says
 * so; under CI=true that is a failure.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { issuer, judged, POSITION, sealed } from './support.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'mianzheng-openssl-'));
afterAll(() => rmSync(folder, { recursive: true }));

function available(): boolean {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).startsWith('OpenSSL 3');
  } catch (cause) {
    if (process.env.CI === 'true') throw new Error('no openssl 3 here, and CI may skip nothing', { cause });
    process.stderr.write('skipped: receipts by openssl (none here)\n');
    return false;
  }
}

/** DER of an Ed25519 public key (RFC 8410): a prefix that never changes, and the 32 bytes of the JWK's `x`. */
const PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** openssl at a time. */
const AT_ONCE = 4;

async function accepts(name: string, text: Buffer, signature: Buffer): Promise<boolean> {
  const [textFile, signatureFile] = [join(folder, `${name}.txt`), join(folder, `${name}.sig`)];
  writeFileSync(textFile, text);
  writeFileSync(signatureFile, signature);
  const key = ['-pubin', '-inkey', join(folder, 'key.der'), '-keyform', 'DER'];
  try {
    await run('openssl', ['pkeyutl', '-verify', ...key, '-rawin', '-in', textFile, '-sigfile', signatureFile]);
    return true;
  } catch (error) {
    const { code, stdout } = error as { readonly code?: unknown; readonly stdout?: unknown };
    // Anything else than a refusal of the signature would prove nothing.
    if (code !== 1 || !String(stdout).includes('Signature Verification Failure')) throw error;
    return false;
  }
}

/** Tries every bit in one process, where Python and its package `cryptography` are at hand: each is a run of openssl else. */
const PYTHON = `
import sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
key, text, signature = (bytes.fromhex(one) for one in sys.argv[1:4])
public = Ed25519PublicKey.from_public_bytes(key)
def accepted(text, signature):
    try:
        public.verify(bytes(signature), bytes(text))
        return 1
    except InvalidSignature:
        return 0
def flips(whole):
    for bit in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << (bit % 8)
        yield changed
wrong = sum(accepted(one, signature) for one in flips(text)) + sum(accepted(text, one) for one in flips(signature))
print(accepted(text, signature), (len(text) + len(signature)) * 8, wrong)
`;

async function byPython(key: Buffer, text: Buffer, signature: Buffer): Promise<string | null> {
  try {
    const hex = [key, text, signature].map((bytes) => bytes.toString('hex'));
    return (await run('python3', ['-c', PYTHON, ...hex])).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: unknown };
    if (code === 'ENOENT' || String(stderr).includes('No module named')) return null;
    throw error;
  }
}

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe.skipIf(!available())('openssl', { timeout: 1_800_000 }, () => {
  test('accepts a receipt of either form and refuses every single changed bit of text and signature', async () => {
    const { issuer: by, keys } = await issuer();
    const [jwk] = keys.publicJwks;
    writeFileSync(join(folder, 'key.der'), Buffer.concat([PREFIX, Buffer.from(jwk?.x ?? '', 'base64url')]));
    const selective = await by.issueSelective(judged(), null);
    selective.seal(POSITION);
    const [sdJwt = ''] = selective.toJSON().split('~');
    // As small as a receipt can be: each bit is a run of openssl.
    const { verdict } = judged();
    const jws = sealed(by, { verdict: { ...verdict, requirements: [] }, sources: [], subjects: [] });
    const partsOf = (compact: string) => {
      const [header, payload, signature = ''] = compact.split('.');
      return { text: Buffer.from(`${header}.${payload}`), signature: Buffer.from(signature, 'base64url') };
    };
    for (const compact of [jws, sdJwt]) {
      const { text, signature } = partsOf(compact);
      expect(await accepts('whole', text, signature)).toBe(true);
    }
    const { text, signature } = partsOf(jws);
    const bits = (text.length + signature.length) * 8;
    expect(bits).toBeGreaterThan(4000);
    const python = await byPython(Buffer.from(jwk?.x ?? '', 'base64url'), text, signature);
    if (python !== null) {
      expect(python).toBe(`1 ${bits} 0`);
      expect(await accepts('text', flipped(text, 3), signature)).toBe(false);
      expect(await accepts('signature', text, flipped(signature, 3))).toBe(false);
      return;
    }
    const wrong: number[] = [];
    let next = 0;
    const worker = async (name: string): Promise<void> => {
      for (let bit = next++; bit < bits; bit = next++) {
        const inText = bit < text.length * 8;
        const changed = inText ? flipped(text, bit) : text;
        const signed = inText ? signature : flipped(signature, bit - text.length * 8);
        if (await accepts(name, changed, signed)) wrong.push(bit);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => worker(`worker-${i}`)));
    expect(wrong).toEqual([]);
  });
});
