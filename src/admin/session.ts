/** Who is asking (登录会话). */
import type { AdminContext } from './context.js';
import type { Theme } from './theme.js';

/** Theme `session.graphql`. */
export const session: Theme = {
  file: 'session.graphql',
  query: {
    me: (_args, { actor, allowed, parts }: AdminContext) => ({
      name: actor.name,
      roles: [...actor.roles].sort(),
      departments: [...actor.departments].sort(),
      allowed,
      csrf: actor.csrf,
      expiresAt: new Date(actor.until).toISOString(),
      development: !parts.settings.production,
    }),
  },
  mutation: {},
};
