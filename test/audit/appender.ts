/**
 * Appends under load until it is killed: `appender.ts <record folder> <key folder>`. Prints `open`,
 * then `<seq> <hash>` for each acknowledged entry.
 */
import { openChain } from '../../src/audit/chain.js';
import { loadOrCreateSigningKey } from '../../src/audit/signing-key.js';

const [folder, keys] = process.argv.slice(2);
if (folder === undefined || keys === undefined) throw new Error('usage: appender.ts <record folder> <key folder>');

const chain = await openChain({
  folder,
  chain: 'gw-1',
  signingKey: await loadOrCreateSigningKey(keys),
  now: Date.now,
  limits: { segmentBytes: 200_000, checkpointEntries: 50 },
  onFault: ({ what, cause }) => {
    throw new Error(`unexpected fault: ${what}`, { cause });
  },
});
process.stdout.write('open\n');

async function appendForever(writer: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const time = new Date().toISOString();
    const { seq, hash } = await chain.append({
      kind: 'request',
      time,
      requestId: `${writer}-${n}`,
      client: 'school-enrolment',
      operator: null,
      matter: 'enrolment-primary',
      caseNumber: `RX-${n}`,
      legalBases: [],
      subjects: ['x'.repeat(n % 200)],
      plan: null,
      policyVersion: 1,
      disclosed: [`Resident.field${n % 7}`, `Resident.field${writer}`],
      masked: [],
      used: [],
      withheld: [],
      sources: [{ department: 'HOUSEHOLD', fetchedAt: time, state: 'UP' }],
      verdict: null,
      receipt: null,
      outcome: 'ANSWERED',
      code: null,
      status: 200,
    });
    process.stdout.write(`${seq} ${hash}\n`);
  }
}

await Promise.all(Array.from({ length: 40 }, (_, writer) => appendForever(writer)));
