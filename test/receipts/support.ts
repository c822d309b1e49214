/** A receipt as issued, with the keys to verify it by. */
import { createPseudonymiser, loadOrCreateKey } from '../../src/audit/subject-pseudonym.js';
import { type Judged, openReceiptIssuer, type ReceiptIssuer } from '../../src/receipts/issue.js';
import { loadReceiptKeys, type ReceiptKeys } from '../../src/receipts/keys.js';
import { temporaryFolder } from '../audit/support.js';

/** Where the entry stands in these tests. */
export const POSITION = { chain: 'gw-1', segment: 1, seq: 7, hash: '0123456789abcdef'.repeat(4) };

/** A verdict that a receipt is made of; parts of it can be given. */
export function judged(part: Partial<Judged> = {}): Judged {
  return {
    id: 'r-1.1',
    at: Date.parse('2026-07-01T02:00:00.900Z'),
    client: 'school-enrolment',
    matter: 'school-enrolment-primary',
    caseNumber: 'NP-2026-0001',
    verdict: {
      verdict: 'APPROVED',
      tier: 'HOUSEHOLD_AND_HOME',
      ruleSet: 'nanping-2026.1',
      asOf: '2026-07-01',
      requirements: [
        { id: 'age', outcome: 'TRUE' },
        { id: 'home', outcome: 'UNKNOWN' },
      ],
    },
    sources: [{ department: 'HOUSEHOLD', fetchedAt: '2026-07-01T02:00:00.000Z', state: 'UP' }],
    subjects: ['CITIZEN:350702202003059021', 'CITIZEN:350702199003149014'],
    facts: { resident: { name: '陈雨涵', birthDate: '2020-03-05' } },
    ...part,
  };
}

/** An issuer with keys in a folder that goes with the test. */
export async function issuer(): Promise<{ issuer: ReceiptIssuer; keys: ReceiptKeys; folder: string }> {
  const folder = await temporaryFolder();
  const keys = await loadReceiptKeys(folder);
  const secret = await loadOrCreateKey(`${folder}/subject-pseudonym.key`);
  const pseudonym = createPseudonymiser(secret);
  return {
    issuer: openReceiptIssuer({ issuer: 'urn:test', key: () => keys.current, pseudonym, secret }),
    keys,
    folder,
  };
}

/** A sealed receipt's text. */
export function sealed(by: ReceiptIssuer, part: Partial<Judged> = {}): string {
  const receipt = by.issue(judged(part));
  receipt.seal(POSITION);
  return receipt.toJSON();
}

/** What a compact JWS says, without any check. */
export function payloadOf(jws: string): string {
  return Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString();
}
