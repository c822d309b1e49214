/** Disputes (校核) as an application raises and follows them, within a case of its own. */

import type { Dispute, ReceiptStatus } from '../disputes/desk.js';
import { MianzhengError } from '../errors.js';
import type { Gateway } from '../gateway.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseFile, Client } from '../store/control-store.js';

/** The schema's `RaiseDisputeInput`. */
export interface RaiseDisputeInput {
  readonly role: string;
  readonly coordinate: string;
  readonly reason: string;
}

/** For whom. */
export interface DisputeAsking {
  readonly gateway: Gateway;
  readonly client: Client;
  readonly file: CaseFile;
  readonly draft: RecordDraft;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

/** Disputes shown of a case. */
const MOST = 100;
const LONGEST_RECEIPT = 64;

function bad(field: string, message: string): MianzhengError {
  return new MianzhengError('BAD_USER_INPUT', `${field}: ${message}`, { field });
}

/**
 * Raises a dispute. The application must hold a right on the coordinate for the matter of the case, in whatever form:
 * nobody disputes what they could not have used. NOT checked: that it did use it, and that the citizen agrees.
 * @throws MianzhengError BAD_USER_INPUT, WITHHELD, RATE_LIMITED, EVIDENCE_UNAVAILABLE
 */
export async function raisedDispute(input: RaiseDisputeInput, asking: DisputeAsking) {
  const { gateway, client, file, draft, today } = asking;
  const subject = file.subjects.find(({ role }) => role === input.role);
  if (subject === undefined) throw bad('input.role', 'the case has no such subject');
  const { coordinate } = input;
  const rights = gateway.policy.rights(client.id, file.matter, today).byCoordinate.get(coordinate) ?? [];
  const department = gateway.authorizer.ownerOf(coordinate);
  const granted = department !== null && rights.some((right) => right.department === department);
  if (department === null || department === 'PLATFORM' || !granted) {
    throw new MianzhengError('WITHHELD', 'input.coordinate: no field that this application is granted', {
      field: 'input.coordinate',
    });
  }
  draft.concern([`${subject.kind}:${subject.id}`]);
  const { result, changes } = await gateway.store.changes.run(
    { requestId: draft.requestId, actor: `client:${client.id}`, roles: [], at: gateway.now() },
    (trx) =>
      gateway.disputes.raise(trx, {
        kind: subject.kind,
        id: subject.id,
        coordinate,
        department,
        reason: input.reason,
        raisedIn: { client: client.id, caseNumber: file.number },
      }),
  );
  await gateway.disputes.refresh();
  await gateway.disputes.record(changes, {
    kind: 'control',
    time: new Date(draft.arrived).toISOString(),
    requestId: draft.requestId,
    actor: `client:${client.id}`,
    roles: [],
    by: 'TOKEN',
    operation: 'mutation',
    fields: ['Mutation.raiseDispute'],
    subjects: [result.subject],
    changes,
    outcome: 'ANSWERED',
    code: null,
    status: 200,
  });
  return shown(result);
}

/** The disputes of a case. */
export async function disputesOfCase({ gateway, client, file }: Pick<DisputeAsking, 'gateway' | 'client' | 'file'>) {
  const { disputes } = gateway.store;
  const stored = await disputes.list({ client: client.id, caseNumber: file.number }, MOST);
  return stored.map((dispute) => shown(gateway.disputes.opened(dispute)));
}

/** @throws MianzhengError BAD_USER_INPUT */
export async function statusOfReceipt(receipt: string, gateway: Gateway): Promise<ReceiptStatus> {
  if (receipt.length < 1 || receipt.length > LONGEST_RECEIPT) {
    throw bad('receipt', `takes 1 to ${LONGEST_RECEIPT} characters`);
  }
  return gateway.disputes.receiptStatus(receipt);
}

function shown({ id, coordinate, department, state, reason, raisedAt, dueOn, finding, answer }: Dispute) {
  return {
    id,
    coordinate,
    department,
    state,
    reason,
    raisedAt: new Date(raisedAt).toISOString(),
    dueOn,
    finding,
    answer,
  };
}
