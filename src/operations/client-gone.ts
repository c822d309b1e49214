import type { Wait } from '../domain/wait.js';
import { MianzhengError } from '../errors.js';

/** Ends a request whose client has left. @throws MianzhengError CLIENT_GONE */
export function refuseGone(wait: Wait): void {
  if (wait.gone) throw new MianzhengError('CLIENT_GONE', 'the client left before its answer');
}
