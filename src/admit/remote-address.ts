/** Whom a request comes from, as far as a socket and trusted proxies tell. */

/**
 * The caller's address: the socket's, or where that is a proxy we trust, the last one it names.
 * Does NOT prove anything about who calls: it only tells floods apart.
 * @param remote address of the socket
 * @param forwarded value of X-Forwarded-For; believed of a trusted proxy alone, and only what that one added
 */
export function callerAddress(remote: string, forwarded: string | undefined, proxies: ReadonlySet<string>): string {
  const peer = plain(remote);
  if (forwarded === undefined || !proxies.has(peer)) return peer;
  const last = forwarded.slice(forwarded.lastIndexOf(',') + 1).trim();
  return ADDRESS.test(last) ? plain(last) : peer;
}

const ADDRESS = /^[0-9A-Fa-f:.]{2,45}$/;

/** An IPv4 address as itself, also where it is written as IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** What is counted as one caller: an IPv4 address, or the /64 that a site of IPv6 has to itself. */
export function addressBlock(address: string): string {
  if (!address.includes(':')) return address;
  const [head = ''] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  return [...groups, '0', '0', '0', '0'].slice(0, 4).join(':');
}
