/** `npm run conformance`: examines random operations against the reference. See docs/conformance.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { examine } from './checks/examine.js';
import { caseFile, readCases, readCorpus } from './corpus-file.js';
import { randomBatch } from './generator/random-situations.js';
import { PEERS, peersInstalled, runPeers } from './peers.js';
import { openReference } from './reference/index.js';
import type { Failure } from './run.js';
import { shrink } from './shrink.js';
import type { Situation } from './situation.js';
import { openSubject } from './subject/gateway.js';
import { runAll } from './threads.js';

interface Options {
  readonly operations: number;
  readonly seed: number;
  readonly threads: number;
  readonly json: boolean;
  readonly case?: string;
  readonly peers: boolean;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`takes a whole number from ${least} to ${most}`);
  };
}

const out = (text: string): void => void process.stdout.write(`${text}\n`);
const tell = (text: string): void => void process.stderr.write(text);

/** The situation of a case of the corpus, of a file, or of a random operation such as `17.203`. */
function situationOf(name: string): { readonly id: string; readonly situation: Situation } {
  const known = name.endsWith('.yaml') ? readCases(name)[0] : readCorpus().find(({ id }) => id === name);
  if (known !== undefined) return known;
  const [seed, at] = name.split('.').map(Number);
  const situation = randomBatch(seed ?? Number.NaN).situations[at ?? 0];
  if (!Number.isInteger(seed) || situation === undefined) throw new Error(`${name} is no case, file or operation`);
  return { id: name, situation };
}

/** Runs one case again and prints it. @returns whether it holds */
async function replay(name: string, json: boolean): Promise<boolean> {
  const { id, situation } = situationOf(name);
  const subject = openSubject(situation);
  const reference = openReference(situation);
  const faults = await examine(subject, reference, situation);
  const { data, errors, record } = reference.evaluate(situation);
  const observed = await subject.ask(situation);
  if (json) {
    const { body, entry, asked } = observed;
    out(JSON.stringify({ id, faults, expected: { data, errors, record }, body: JSON.parse(body), entry, asked }));
  } else {
    out(caseFile({ id, faults, situation }, { data, errors, record }));
    out(`answer: ${observed.body}`);
    out(`record: ${JSON.stringify(observed.entry)}`);
    out(`fetches: ${observed.asked.join('; ')}`);
    out(faults.length === 0 ? 'it holds' : faults.map(({ kind, what }) => `${kind}: ${what}`).join('\n'));
  }
  return faults.length === 0;
}

/** Shrinks failures and writes each as a case. @returns the files */
async function writeFailures(failures: readonly Failure[]): Promise<string[]> {
  const folder = join(tmpdir(), 'mianzheng-conformance');
  const files: string[] = [];
  for (const failure of failures) {
    const small = await shrink(failure);
    const { data, errors, record } = openReference(small.situation).evaluate(small.situation);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${failure.id}.yaml`);
    writeFileSync(file, caseFile(small, { data, errors, record }));
    files.push(file);
  }
  return files;
}

/** Puts the operations that peers can express to them and to the gateway. @returns whether the gateway's are clean */
async function comparePeers(operations: number, seed: number, json: boolean): Promise<boolean> {
  if (!peersInstalled()) throw new Error('the peers are not installed: npm ci --prefix bench/peers');
  const peers = await runPeers(operations, seed);
  if (json) out(JSON.stringify({ ...peers.mianzheng, seed, peers }));
  else {
    const table = new Table({ head: ['', 'operations', 'leaks', 'wrong denials', 'record mismatches'] });
    for (const [name, figures] of Object.entries(peers)) {
      const { operations: asked, leaks, wrongDenials, recordMismatches } = figures;
      table.push([PEERS[name as keyof typeof PEERS] ?? name, asked, leaks, wrongDenials, recordMismatches ?? 'n/a']);
    }
    out(`seed ${seed}\n${table.toString()}`);
    for (const [name, { examples }] of Object.entries(peers)) for (const each of examples) out(`${name}: ${each}`);
  }
  const ours = peers.mianzheng;
  return ours !== undefined && ours.leaks + ours.wrongDenials + (ours.recordMismatches ?? 0) === 0;
}

async function main({ operations, seed, threads, json, case: name, peers }: Options): Promise<boolean> {
  if (peers) return comparePeers(operations, seed, json);
  if (name !== undefined) return replay(name, json);
  const began = performance.now();
  let told = 0;
  const progress = (done: number): void => {
    const now = performance.now();
    if (json || (now - told < 500 && done < operations)) return;
    told = now;
    tell(`\r${done} of ${operations} operations, ${Math.round((done * 1000) / (now - began))} a second `);
  };
  if (!json) tell(`seed ${seed}, ${threads} threads\n`);
  const { tally, failures } = await runAll({ operations, seed, threads, progress });
  const seconds = (performance.now() - began) / 1000;
  const clean = tally.leaks + tally.wrongDenials + tally.recordMismatches === 0;
  const cases = await writeFailures(failures);
  const figures = {
    ...tally,
    seed,
    seconds: Math.round(seconds * 10) / 10,
    operationsPerSecond: Math.round(tally.operations / seconds),
    failures: failures.map(({ id, faults }, i) => ({ id, faults, case: cases[i] })),
  };
  if (json) out(JSON.stringify(figures));
  else {
    tell('\n');
    out(`operations         ${tally.operations} in ${figures.seconds} s, ${figures.operationsPerSecond} a second`);
    out(`leaks              ${tally.leaks}`);
    out(`wrong denials      ${tally.wrongDenials}`);
    out(`record mismatches  ${tally.recordMismatches}`);
    for (const [i, { id, faults }] of failures.entries()) {
      out(`\n${id}: ${faults.map(({ kind, what }) => `${kind}: ${what}`).join('; ')}`);
      out(`run it again: npm run conformance -- --case ${id}`);
      out(`made small:   ${cases[i]}\n${readFileSync(cases[i] ?? '', 'utf8')}`);
    }
  }
  return clean;
}

const program = new Command('conformance')
  .description('Examines random operations against the reference evaluator.')
  .option('--operations <n>', 'how many', whole(1, 1_000_000_000), 20_000)
  .option('--seed <n>', 'seed of the first batch; default: a random one', whole(0, 2 ** 31), Date.now() % 1_000_000_000)
  .option('--threads <n>', 'threads', whole(1, 64), Math.min(availableParallelism(), 64))
  .option('--case <id>', 'runs one case again and prints it: MZC-0001, 17.203 (seed and place), or a .yaml file')
  .option('--peers', 'puts what other servers can express to them too, and compares', false)
  .option('--json', 'prints one JSON object', false);
program.parse();
try {
  if (!(await main(program.opts<Options>()))) process.exitCode = 1;
} catch (error) {
  tell(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
