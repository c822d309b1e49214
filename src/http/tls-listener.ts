/** TLS of the gateway's port: certificate and key from files, read again when they change. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { createSecureContext, type SecureContextOptions, type TlsOptions, Server as TlsServer } from 'node:tls';

/** Where the listener's certificate is, and what it asks of clients. */
export interface TlsFiles {
  /** PEM of the certificate and those between it and a public authority. */
  readonly certFile: string;
  /** PEM of its private key. */
  readonly keyFile: string;
  /** PEM of the authorities whose client certificates count; without one, any certificate does, for tokens bound to it. */
  readonly clientCaFile?: string | undefined;
  /** Lowest version of TLS. */
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
}

/** Longest a handshake may take, ms. */
const HANDSHAKE_MS = 10_000;

/** TLS of one listener. */
export interface TlsListener {
  /** The files. */
  readonly paths: readonly string[];
  /** Whether only certificates count that an authority of `clientCaFile` signed and that have not expired. */
  readonly trustedOnly: boolean;
  /** What its server is made with. */
  contextOptions(): TlsOptions;
  /** Keeps the server at the newest certificate. */
  follow(server: Server): void;
  /**
   * Reads the files again and gives what they hold to new connections.
   * @throws the system's or OpenSSL's error where they do not fit; what was in force stays
   */
  reload(): void;
}

/**
 * Reads the files. Clients are asked for a certificate and may have none, or one that nobody vouches for: which one is
 * needed, the token says.
 * @throws the system's or OpenSSL's error where they cannot be read, or do not belong together
 */
export function openTlsListener({ certFile, keyFile, clientCaFile, minVersion }: TlsFiles): TlsListener {
  const servers: TlsServer[] = [];

  function read(): SecureContextOptions {
    const options: SecureContextOptions = {
      cert: readFileSync(certFile),
      key: readFileSync(keyFile),
      minVersion,
      ...(clientCaFile === undefined ? {} : { ca: readFileSync(clientCaFile) }),
    };
    // Raises what is wrong with them, before any server is given them.
    createSecureContext(options);
    return options;
  }

  let current = read();
  return {
    paths: [certFile, keyFile, ...(clientCaFile === undefined ? [] : [clientCaFile])],
    trustedOnly: clientCaFile !== undefined,
    contextOptions: () => ({
      ...current,
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_MS,
    }),
    follow(server) {
      if (server instanceof TlsServer) servers.push(server);
    },
    reload() {
      current = read();
      for (const server of servers) server.setSecureContext(current);
    },
  };
}
