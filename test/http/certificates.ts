/** Certificates made by openssl for a test: an authority, and what it signs. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its key, as PEM and in files. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
  /** `x5t#S256`: SHA-256 of the DER, base64url. */
  readonly thumbprint: string;
  readonly der: Buffer;
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/**
 * Makes one in the folder.
 * @param by the authority that signs it; default: itself
 */
export function makeCertificate(folder: string, name: string, by?: Certificate): Certificate {
  const certFile = join(folder, `${name}.crt`);
  const keyFile = join(folder, `${name}.key`);
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const authority = by === undefined ? [] : ['-CA', by.certFile, '-CAkey', by.keyFile];
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...fresh, ...subject, ...authority, '-keyout', keyFile, '-out', certFile);
  const cert = readFileSync(certFile, 'utf8');
  const { raw, fingerprint256 } = new X509Certificate(cert);
  const thumbprint = Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
  return { certFile, keyFile, cert, key: readFileSync(keyFile, 'utf8'), thumbprint, der: raw };
}
