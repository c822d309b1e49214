/** The one way from the console to the control plane: /admin/graphql of the page's own origin. */

/** An operation of the console; generated.ts has all of them. `R` is its answer, `V` its variables. */
export interface Operation<R, V> {
  readonly name: string;
  readonly text: string;
  /** Never there: holds the types. */
  readonly types?: (variables: V) => R;
}

/** Why something was not answered. `code` is of the closed list (docs/errors.md), or `OFFLINE`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /**
   * @param code of the closed list; OFFLINE where no answer came
   * @param message the gateway's own words
   * @param field what is at fault; null where the gateway names nothing
   * @param retryAfter seconds after which to try again; null where that does not help
   */
  constructor(
    readonly code: string,
    message: string,
    readonly field: string | null = null,
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly field?: string; readonly retryAfter?: number };
}

/** Token against forged requests (`Me.csrf`), sent with every POST. */
let csrf: string | null = null;

/** Keeps the session's token for the requests to come. */
export function keepCsrf(token: string | null): void {
  csrf = token;
}

function csrfHeader(): Readonly<Record<string, string>> {
  return csrf === null ? {} : { 'Mianzheng-Csrf': csrf };
}

function refusalOf({ message, path, extensions }: GraphqlError): Refusal {
  const field = extensions?.field ?? (path === undefined ? null : path.join('.'));
  return new Refusal(extensions?.code ?? 'INTERNAL', message, field, extensions?.retryAfter ?? null);
}

/** Reads an answer. @throws Refusal where any part was refused or failed: half an answer is shown as none */
async function read<R>(answering: Promise<Response>, signal: AbortSignal | undefined): Promise<R> {
  let response: Response;
  let body: { readonly data?: R; readonly errors?: readonly GraphqlError[] };
  try {
    response = await answering;
    body = await response.json();
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new Refusal('OFFLINE', 'the gateway gave no answer that can be read');
  }
  const first = body.errors?.[0];
  if (first !== undefined) throw refusalOf(first);
  if (!response.ok || body.data === undefined) throw new Refusal('INTERNAL', `HTTP ${response.status}`);
  return body.data;
}

const ACCEPT = { Accept: 'application/graphql-response+json' };

/** Asks the control plane. @throws Refusal */
export function ask<R, V>(operation: Operation<R, V>, variables: V, signal?: AbortSignal): Promise<R> {
  const answering = fetch('/admin/graphql', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { ...ACCEPT, 'Content-Type': 'application/json', ...csrfHeader() },
    body: JSON.stringify({ query: operation.text, operationName: operation.name, variables }),
    ...(signal === undefined ? {} : { signal }),
  });
  return read(answering, signal);
}

/** Asks who is signed in, by GET: the answer brings the token that every POST must send. @throws Refusal */
export function askSession<R>(
  operation: Operation<R, Readonly<Record<string, never>>>,
  signal?: AbortSignal,
): Promise<R> {
  const address = `/admin/graphql?${new URLSearchParams({ query: operation.text })}`;
  const init = { credentials: 'same-origin', headers: ACCEPT, ...(signal === undefined ? {} : { signal }) } as const;
  return read(fetch(address, init), signal);
}

/** Brings a file. @throws Refusal */
export async function putFile(address: string, file: Blob): Promise<void> {
  let response: Response;
  let body: { readonly errors?: readonly GraphqlError[] } = {};
  try {
    response = await fetch(address, {
      method: 'PUT',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/octet-stream', ...csrfHeader() },
      body: file,
    });
    if (!response.ok) body = await response.json();
  } catch {
    throw new Refusal('OFFLINE', 'the gateway gave no answer that can be read');
  }
  const first = body.errors?.[0];
  if (first !== undefined) throw refusalOf(first);
  if (!response.ok) throw new Refusal('INTERNAL', `HTTP ${response.status}`);
}

/** Ends the session and shows the page anew. */
export async function signOut(): Promise<void> {
  await fetch('/console/logout', { method: 'POST', credentials: 'same-origin', headers: csrfHeader() });
  location.assign('/console/');
}
