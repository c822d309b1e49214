/** Faults of the control store, where applications, grants and cases are. */
import { setTimeout as sleep } from 'node:timers/promises';
import { STORE_SILENCE_MS } from '../../src/store/patient-mysql.js';
import { type Expectation, type Fault, LASTS_MS, UNNOTICED } from './faults.js';
import type { ProxyMode } from './proxy.js';
import { QUESTIONS } from './questions.js';
import type { Stage } from './stage.js';

/** How soon a change of grants must bind once the store is back, ms: a connection and a statement may have to be given up. */
const BINDS_MS = 2 * STORE_SILENCE_MS + 1000;

const GRANT = 'benefits-office-social-security';

/** Suspends a grant and takes that back; in words where it did not bind. */
async function grantsBind(stage: Stage): Promise<readonly string[]> {
  const question = QUESTIONS.find(({ name }) => name === 'read social insurance');
  const [url] = stage.urls();
  if (question === undefined || url === undefined) throw new TypeError('there is a question and a gateway');
  const set = (status: string) =>
    stage.town.sql('control', async (connection) => {
      await connection.beginTransaction();
      await connection.query('UPDATE policy SET version = version + 1');
      await connection.query(
        'UPDATE access_grant SET status = ?, changed_in = (SELECT version FROM policy) WHERE id = ?',
        [status, GRANT],
      );
      await connection.commit();
    });
  await set('SUSPENDED');
  const from = performance.now();
  let bound = false;
  while (!bound && performance.now() - from < BINDS_MS) {
    await sleep(100);
    const answer = await stage.clients.answerTo(url, question, stage.note());
    bound = answer?.errors?.some(({ extensions }) => extensions.code === 'WITHHELD') === true;
  }
  await set('APPROVED');
  await sleep(1000);
  return bound ? [] : [`a suspended grant did not bind within ${BINDS_MS} ms`];
}

function ofStore(name: string, mode: ProxyMode, expects: Expectation): Fault {
  return {
    name: `control store ${name}`,
    expects,
    lasts: LASTS_MS,
    begin: ({ town }) => town.control.set(mode),
    end: ({ town }) => town.control.set({ is: 'PASS' }),
    check: grantsBind,
  };
}

const AWAY: Expectation = {
  ...UNNOTICED,
  text: 'known cases go on; new ones are OVERLOADED',
  codes: ['OVERLOADED'],
  noticed: true,
};

/** Each fault of the way to the control store. */
export const STORE_FAULTS: readonly Fault[] = [
  ofStore('slow', { is: 'SLOW', ms: 30 }, UNNOTICED),
  ofStore('hanging', { is: 'HANG' }, AWAY),
  ofStore('refusing', { is: 'REFUSE' }, AWAY),
  ofStore('resetting', { is: 'RESET' }, AWAY),
  ofStore('resetting mid-row', { is: 'RESET_AFTER', bytes: 300 }, AWAY),
  ofStore('returning garbage', { is: 'GARBAGE' }, AWAY),
];
