/**
 * The page on which somebody says who to be at the development issuer. It asks for no password: everybody is invented.
 * It has no script and takes nothing from elsewhere.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CITIZEN_PREFIX, DEVELOPMENT_PEOPLE } from './development-people.js';

/** Longest form, bytes. */
const FORM_BYTES = 4096;

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #1d2129; background: #f2f3f5 }
main { max-width: 30rem; margin: 3rem auto; padding: 2rem; background: #fff; border-radius: 8px }
h1 { font-size: 1.25rem; margin: 0 0 .5rem }
p { margin: .5rem 0 1rem; color: #4e5969 }
button { display: block; width: 100%; margin: .4rem 0; padding: .6rem .8rem; font: inherit; text-align: left; cursor: pointer;
  border: 1px solid #c9cdd4; border-radius: 4px; background: #fff; color: inherit }
button:hover, button:focus-visible { border-color: #1a5fb4; color: #1a5fb4 }
small { color: #6b7785 }
label { display: block; margin-top: 1.5rem }
input { box-sizing: border-box; width: 100%; margin-top: .3rem; padding: .6rem .8rem; font: inherit; border: 1px solid #86909c; border-radius: 4px }
[role=alert] { color: #b42318 }
@media (prefers-color-scheme: dark) { body { background: #17171a; color: #f6f6f6 } main { background: #232324 }
  button { background: #232324; border-color: #6b7785 } p, small { color: #a9aeb8 } input { background: #17171a; color: inherit }
  button:hover, button:focus-visible { color: #8ab4f8; border-color: #8ab4f8 } [role=alert] { color: #ff9a8b } }
`;

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** Writes the page. @param refused whether the name sent before was none */
export function sendSignInPage(response: ServerResponse, refused: boolean): void {
  const people = DEVELOPMENT_PEOPLE.map(
    ({ name, title, roles }) =>
      `<button name="name" value="${name}">${title}<br><small>${name} · ${roles.join(', ')}</small></button>`,
  ).join('');
  const alert = refused ? '<p role="alert">没有这个人或号码无效 · No such person, or the number does not hold</p>' : '';
  const html = `<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>登录 · Sign in</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head><body><main>
<h1>以谁的身份登录？· Who do you want to be?</h1>
<p>演示环境，人员均为虚构，不需要密码。<br>For development: everybody is invented and there are no passwords.</p>${alert}
<form method="post">${people}</form>
<form method="post"><label for="citizen">市民的公民身份号码 · A citizen's identity number</label>
<input id="citizen" name="citizen" inputmode="text" autocomplete="off" maxlength="18" required>
<button>以市民身份登录 · Sign in as this citizen</button></form></main></body></html>`;
  response.writeHead(refused ? 400 : 200, HEADERS);
  response.end(html);
}

/** The name chosen in a form that was sent; null where there is none, or it is too long. */
export async function chosenName(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > FORM_BYTES) return null;
    chunks.push(chunk);
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const citizen = form.get('citizen')?.trim();
  return citizen === undefined ? form.get('name') : `${CITIZEN_PREFIX}${citizen}`;
}
