/** As much of a browser as a sign-in needs: cookies by path, and redirects one at a time. */

/** What came back. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it redirects to; null: nowhere. */
  readonly location: string | null;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
  /** Its attributes as they were sent, lower case. */
  readonly terms: readonly string[];
}

/** A browser with a jar of cookies. */
export class Browser {
  readonly cookies = new Map<string, Cookie>();

  constructor(private readonly origin: string) {}

  async ask(path: string, init: RequestInit = {}): Promise<Page> {
    const url = new URL(path, this.origin);
    const sent = [...this.cookies].filter(([, cookie]) => url.pathname.startsWith(cookie.path));
    const headers = new Headers(init.headers);
    headers.set('cookie', sent.map(([name, { value }]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const { status } = response;
    return {
      status,
      headers: response.headers,
      text: await response.text(),
      location: response.headers.get('location'),
    };
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    const value = pair.slice(at + 1);
    const terms = attributes.map((attribute) => attribute.toLowerCase());
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
    const gone = value === '' || terms.some((term) => term === 'max-age=0');
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, { value, path, terms });
  }

  /** Follows redirects of this gateway until there is none. @returns the last page and every address on the way */
  async follow(
    path: string,
    init: RequestInit = {},
  ): Promise<{ readonly page: Page; readonly way: readonly string[] }> {
    const way = [path];
    let page = await this.ask(path, init);
    for (let hops = 0; page.location !== null && hops < 10; hops += 1) {
      way.push(page.location);
      page = await this.ask(page.location);
    }
    return { page, way };
  }

  /** Signs in as somebody on the development issuer's page. */
  async signIn(form: Readonly<Record<string, string>>, returnTo = '/console/'): Promise<readonly string[]> {
    const { way } = await this.follow(`/console/login?returnTo=${encodeURIComponent(returnTo)}`);
    const page = way.at(-1) ?? '';
    const body = new URLSearchParams(form).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return (await this.follow(page, { method: 'POST', headers, body })).way;
  }

  /** The token of the session. */
  async csrf(): Promise<string> {
    const query = encodeURIComponent('{ me { csrf } }');
    const { text } = await this.ask(`/admin/graphql?query=${query}`, { headers: { accept: 'application/json' } });
    return (JSON.parse(text) as { readonly data: { readonly me: { readonly csrf: string } } }).data.me.csrf;
  }

  /** Asks the control plane by POST. @param csrf default: none is sent */
  async post(query: string, csrf?: string): Promise<{ readonly status: number; readonly body: Answer }> {
    const headers = { 'content-type': 'application/json', ...(csrf === undefined ? {} : { 'mianzheng-csrf': csrf }) };
    const { status, text } = await this.ask('/admin/graphql', {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
    return { status, body: JSON.parse(text) as Answer };
  }
}

/** An answer of the control plane. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly field?: string };
  }[];
  readonly extensions: { readonly mianzheng: { readonly requestId: string; readonly record?: string } };
}
