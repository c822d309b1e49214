/** A gateway in memory with the demonstration's people, who ask the control plane in their own name. */
import { DEVELOPMENT_PEOPLE } from '../../src/authenticate/development-people.js';
import type { Verifier } from '../../src/authenticate/verifier.js';
import { MianzhengError } from '../../src/errors.js';
import type { Call } from '../../src/http/graphql-request.js';
import { type MemoryGateway, type MemoryGatewayOptions, NOW, openMemoryGateway } from '../support/memory-gateway.js';
import type { Answer } from './browser.js';

/** A second platform administrator, for what takes four eyes. */
export const SECOND_PLATFORM_ADMIN = 'second-platform-admin';

/** A citizen, by the number that the issuer vouches for. */
export const CITIZEN = { name: 'citizen', id: '350702202003059021' } as const;

const ROLES: ReadonlyMap<string, readonly string[]> = new Map([
  ...DEVELOPMENT_PEOPLE.map(({ name, roles }) => [name, roles] as const),
  [SECOND_PLATFORM_ADMIN, ['platform-admin']],
  ['nobody', []],
  [CITIZEN.name, ['citizen']],
]);

/** Believes `Bearer <person>`; anything else is an application. */
const BELIEVING: Verifier = {
  async verify(header) {
    const name = header?.replace('Bearer ', '');
    if (!name) throw new MianzhengError('UNAUTHENTICATED', 'no token');
    const caller = {
      clientId: 'console',
      issuer: 'test',
      tokenHash: name,
      expiresAt: NOW + 60_000,
      binding: { kind: 'NONE' },
    } as const;
    const roles = ROLES.get(name);
    if (roles === undefined) return { ...caller, kind: 'CLIENT', clientId: name };
    const citizenId = name === CITIZEN.name ? CITIZEN.id : null;
    return { ...caller, kind: 'PERSON', subject: name, roles, citizenId };
  },
  remembered: () => 0,
};

/** A desk at which people ask. */
export interface Desk extends MemoryGateway {
  /** Asks as a person. */
  ask(
    person: string,
    query: string,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<Answer & { readonly status: number }>;
}

/** Opens it. */
export async function openDesk(options: MemoryGatewayOptions): Promise<Desk> {
  const run = await openMemoryGateway({ verifier: BELIEVING, ...options });
  return {
    ...run,
    async ask(person, query, variables = {}) {
      const headers: Readonly<Record<string, string>> = {
        authorization: `Bearer ${person}`,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
      };
      const call: Call = {
        method: 'POST',
        header: (name) => headers[name],
        certificate: () => null,
        answerWith: () => undefined,
        body: JSON.stringify({ query, variables }),
        query: {},
        fault: null,
        remote: '127.0.0.1',
        gone: () => false,
      };
      const { status, body } = await run.gateway.controlPlane.answer(call);
      return { status, ...(JSON.parse(body) as Answer) };
    },
  };
}
