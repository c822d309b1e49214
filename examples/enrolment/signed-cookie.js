/** A cookie that only this office can have written: what it says, until when, and a keyed digest of both. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** @param {Buffer} key @param {string} name @param {string} text */
const digest = (key, name, text) => createHmac('sha256', key).update(`cookie ${name} ${text}`).digest('base64url');

/**
 * The `Set-Cookie` line. Scripts cannot read it, and it goes to nobody but this path of this site.
 * @param {{ key: Buffer, name: string, value: string, path: string, now: number, seconds: number, secure: boolean }} cookie
 *   `value`: letters, digits, `. _ @ -`; `seconds`: how long it holds, 0 takes it away
 */
export function setCookie({ key, name, value, path, now, seconds, secure }) {
  const text = `${value}~${now + seconds * 1000}`;
  const signed = seconds === 0 ? '' : `${text}~${digest(key, name, text)}`;
  const flags = `Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return `${name}=${signed}; ${flags}`;
}

/**
 * What the request's cookie says; null where there is none, it is not ours, or its time is over.
 * @param {{ key: Buffer, name: string, header: string | undefined, now: number }} request
 * @returns {string | null}
 */
export function readCookie({ key, name, header, now }) {
  for (const pair of (header ?? '').split(';')) {
    const [found, signed = ''] = pair.trim().split('=', 2);
    const [value = '', until = '', mac = ''] = signed.split('~');
    if (found !== name || value === '') continue;
    const right = Buffer.from(digest(key, name, `${value}~${until}`));
    const given = Buffer.from(mac);
    if (right.length === given.length && timingSafeEqual(right, given) && now < Number(until)) return value;
  }
  return null;
}
