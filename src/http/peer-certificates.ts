/** Which certificate a client has shown to hold: by its TLS connection, or by the word of a proxy that ended it. */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** A proxy's word for the certificate of its client. */
export interface ClientCertificateHeader {
  /** Name of the header; its value is that of `Client-Cert` (RFC 9440 §2.2). */
  readonly name: string;
  /** Addresses, or networks as `address/bits`, from which the header is believed, and from nowhere else. */
  readonly from: readonly string[];
}

/** Tells a client's certificate. */
export interface PeerCertificates {
  /** SHA-256 of its DER, base64url; null where there is none. A connection's is computed once. */
  of(request: IncomingMessage): string | null;
}

/** A byte sequence (RFC 8941 §3.3.5) and nothing more. */
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/;

/** Whether the text is an address or a network of addresses. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  );
}

function networks(from: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of from) {
    const [address = '', bits] = text.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** The certificate of the connection: its holder has shown the key. What else is known of it, the listener's authorities say. */
function shownBy(socket: Socket, trustedOnly: boolean): string | null {
  if (!(socket instanceof TLSSocket) || (trustedOnly && !socket.authorized)) return null;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  return hash('sha256', certificate.raw, 'base64url');
}

/**
 * Opens it.
 * @param trustedOnly whether a connection's certificate counts only where the listener's authorities vouch for it
 * @param header whose word is believed; null: nobody's. A request from a proxy's address has the certificate of the header
 *   or none: the connection's is the proxy's own
 */
export function openPeerCertificates(trustedOnly: boolean, header: ClientCertificateHeader | null): PeerCertificates {
  const known = new WeakMap<Socket, string | null>();
  const proxies = networks(header?.from ?? []);
  const name = header?.name.toLowerCase() ?? '';

  function ofConnection(socket: Socket): string | null {
    let certificate = known.get(socket);
    if (certificate === undefined) {
      certificate = shownBy(socket, trustedOnly);
      known.set(socket, certificate);
    }
    return certificate;
  }

  return {
    of({ socket, headers }) {
      const { remoteAddress = '' } = socket;
      const family = isIP(remoteAddress) === 6 ? 'ipv6' : 'ipv4';
      if (header === null || !proxies.check(remoteAddress, family)) return ofConnection(socket);
      const value = headers[name];
      const der = typeof value === 'string' ? BYTE_SEQUENCE.exec(value)?.[1] : undefined;
      return der === undefined ? null : hash('sha256', Buffer.from(der, 'base64'), 'base64url');
    },
  };
}
