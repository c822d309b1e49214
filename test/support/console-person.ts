/** A person of the control plane in Chromium: signed in on the issuer's page, asking with the session of the browser. */
import type { Page } from 'playwright-core';

/** An answer of the control plane. */
export interface ControlAnswer {
  readonly status: number;
  /** By root field; null where nothing was answered. */
  readonly data: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null;
  /** Code of the first error; null where there is none. */
  readonly code: string | null;
}

/**
 * Signs in at the development issuer, as a person would.
 * @param name of the administration, or a citizen's ID number
 * @param returnTo path that is shown then
 */
export async function signIn(page: Page, origin: string, name: string, returnTo: string): Promise<void> {
  await page.goto(`${origin}/console/login?returnTo=${encodeURIComponent(returnTo)}`);
  if (/^\d/.test(name)) {
    await page.locator('#citizen').fill(name);
    await page.locator('form').last().locator('button').click();
  } else {
    await page.locator(`button[value="${name}"]`).click();
  }
  await page.waitForURL(({ pathname }) => !pathname.startsWith('/oidc') && pathname !== '/console/login');
}

/** Asks the control plane with the browser's session and its token. */
export async function askAs(
  page: Page,
  origin: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<ControlAnswer> {
  const { request } = page.context();
  const address = `${origin}/admin/graphql?query=${encodeURIComponent('{ me { csrf } }')}`;
  const me = await request.get(address, { headers: { accept: 'application/json' } });
  const { data } = (await me.json()) as { readonly data?: { readonly me: { readonly csrf: string } } };
  if (data === undefined) throw new Error(`nobody is signed in: ${await me.text()}`);
  const response = await request.post(`${origin}/admin/graphql`, {
    headers: { 'mianzheng-csrf': data.me.csrf },
    data: { query, variables },
  });
  const body = (await response.json()) as {
    readonly data?: ControlAnswer['data'];
    readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  };
  return { status: response.status(), data: body.data ?? null, code: body.errors?.[0]?.extensions.code ?? null };
}
