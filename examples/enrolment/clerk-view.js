/** What the school's clerk is shown of an application. The facts are asked for when they are looked at, and not kept. */
import { FACTS, FILLED_FORM } from './documents.js';
import { GatewayRefusal } from './gateway.js';
import { checkReceipt } from './receipts.js';

/** @typedef {import('./gateway.js').Outcome} Outcome */

/**
 * Whether an outcome is about this place. What holds for every element of a list names no index, or `*` in its place.
 * @param {Outcome['path']} of
 * @param {(string | number)[]} path
 */
function about(of, path) {
  if (of.some((key) => typeof key === 'number')) return same(of, path);
  const names = (/** @type {(string | number)[]} */ keys) =>
    keys.filter((key) => typeof key === 'string' && key !== '*');
  return same(names(of), names(path));
}

/** @param {(string | number)[]} a @param {(string | number)[]} b */
const same = (a, b) => a.length === b.length && a.every((key, i) => key === b[i]);

/**
 * Every leaf of an answer with its outcome, in the document's order. An absent, withheld or unanswered object is one row.
 * @param {unknown} value
 * @param {import('./gateway.js').Answer} answer
 * @param {(string | number)[]} path
 * @returns {{ path: (string | number)[], value: unknown, outcome: string, department: string | null, fetchedAt: string | null }[]}
 */
function rows(value, answer, path) {
  if (Array.isArray(value) && value.length > 0 && typeof value[0] === 'object') {
    return value.flatMap((element, i) => rows(element, answer, [...path, i]));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => rows(inner, answer, [...path, key]));
  }
  const found = answer.outcomes.find((outcome) => about(outcome.path, path));
  const department = found?.department ?? departmentOf(path);
  const source = answer.provenance.find((one) => one.department === department);
  const outcome = found?.outcome ?? (value === null ? 'ABSENT' : 'SHOWN');
  return [{ path, value, outcome, department, fetchedAt: source?.state === 'UP' ? source.fetchedAt : null }];
}

/** Whose fact it is: the answer says so only of what is not simply there. @param {(string | number)[]} path */
function departmentOf(path) {
  if (path.includes('properties')) return 'PROPERTY';
  if (path.includes('licences')) return 'LICENCES';
  if (path.includes('vaccination')) return 'VACCINATION';
  return 'HOUSEHOLD';
}

/**
 * What could be had of a document; where it is refused, the code.
 * @param {() => Promise<any>} asked
 */
async function attempt(asked) {
  try {
    return await asked();
  } catch (error) {
    if (error instanceof GatewayRefusal) return { refused: error.code };
    throw error;
  }
}

/**
 * @param {import('./gateway.js').Gateway} gateway
 * @param {import('./gateway.js').Purpose} purpose with the clerk's name, which the record keeps
 * @param {import('./applications.js').Application} application
 */
export async function clerkView(
  gateway,
  purpose,
  { number, receivedAt, filedOn, typed, confirmed, progress, details },
) {
  // Before what was typed is confirmed, it may be about another family's child.
  const known = confirmed;
  const [facts, form, receipt] = await Promise.all([
    known &&
      attempt(async () => {
        const answer = await gateway.ask(purpose, FACTS, { child: typed.childId });
        return {
          rows: rows(answer.data.resident, answer, ['resident']),
          sources: answer.provenance,
          record: answer.record,
        };
      }),
    known && attempt(async () => (await gateway.ask(purpose, FILLED_FORM)).data.prefill),
    progress.state === 'JUDGED'
      ? attempt(async () => ({
          text: progress.verdict.receipt,
          ...(await checkReceipt(progress.verdict.receipt, await gateway.keys(), number)),
        }))
      : null,
  ]);
  return {
    number,
    receivedAt,
    filedOn,
    confirmed,
    progress,
    details,
    facts: facts || null,
    form: form || null,
    receipt,
  };
}
