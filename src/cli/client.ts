/** Asks the running gateway as an application would, over HTTP. */
import type { Config } from '../config.js';
import { openIssuer } from '../open-issuer.js';
import { listeningUrl } from '../places.js';
import { fitsHeader, jsonOf } from '../season/gateway.js';
import { CommandError } from './output.js';

/** A GraphQL answer. */
export interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** What a request says of itself. */
export interface Purpose {
  readonly matter: string;
  readonly caseNumber: string;
}

/** Where the configured gateway is asked: where it listens, or by the name that its certificate has. */
export function gatewayUrl(config: Config): string {
  if (config.tls !== undefined && config.publicUrl !== undefined) return config.publicUrl.replace(/\/+$/, '');
  return listeningUrl(config);
}

/** A development token for the application. @throws CommandError for a name the issuer does not know */
export async function developmentToken(config: Config, name: string): Promise<string> {
  const issuer = await openIssuer(config, Date.now);
  return (await issuer.mint(name)).token;
}

/** Sends one request. @throws CommandError where no gateway answers, or what is named fits no header */
export async function ask(
  url: string,
  token: string,
  purpose: Purpose,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<GraphqlAnswer> {
  for (const [what, value] of Object.entries({
    token,
    matter: purpose.matter,
    'number of the case': purpose.caseNumber,
  })) {
    if (!fitsHeader(value)) throw new CommandError(`the ${what} has a character that no HTTP header can hold`);
  }
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'mianzheng-matter': purpose.matter,
        'mianzheng-case': purpose.caseNumber,
      },
      body: JSON.stringify({ query, variables }),
    });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    throw new CommandError(`no gateway answers at ${url}; start it with npm start`, { cause });
  }
  const answer = jsonOf(text);
  if (answer === undefined) throw new CommandError(`what answers at ${url} is no gateway (status ${status})`);
  return answer as GraphqlAnswer;
}

/** The document that judges a case. */
export const VERIFY = `mutation($asOf: Date) { verify(asOf: $asOf) {
  verdict tier tierZh ruleSet asOf reasonsZh reasonsEn reviewZh reviewEn receipt
  requirements { id nameZh nameEn outcome effect element department reasonZh reasonEn }
} }`;

/** A verdict as the gateway gives it. */
export interface Verdict {
  readonly verdict: string;
  readonly tier: string | null;
  readonly tierZh: string | null;
  readonly ruleSet: string;
  readonly asOf: string;
  readonly reasonsZh: readonly string[];
  readonly reasonsEn: readonly string[];
  readonly reviewZh: string;
  /** Compact JWS. */
  readonly receipt: string;
  readonly requirements: readonly {
    readonly id: string;
    readonly nameZh: string;
    readonly nameEn: string;
    readonly outcome: string;
    readonly effect: string;
    readonly element: string | null;
    readonly reasonZh: string | null;
  }[];
}

/** Judges a case. @throws CommandError with the gateway's words where it gives no verdict */
export async function verify(url: string, token: string, purpose: Purpose, asOf?: string): Promise<Verdict> {
  const answer = await ask(url, token, purpose, VERIFY, asOf === undefined ? {} : { asOf });
  const verdict = answer.data?.verify as Verdict | null | undefined;
  if (verdict) return verdict;
  throw new CommandError(answer.errors?.map((e) => `${e.extensions.code}: ${e.message}`).join('; ') ?? 'no verdict');
}
