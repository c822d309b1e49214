/** Whether floor and gateway gave every application the same verdict and tier. */
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse';
import { parse as parseYaml } from 'yaml';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { VERDICTS_ZH } from '../../src/season/result-file.js';

/** What was compared. */
export interface Comparison {
  readonly rows: number;
  readonly verdicts: Readonly<Record<string, number>>;
  /** Case numbers that differ, at most ten. */
  readonly different: readonly string[];
}

interface MatterFile {
  readonly parts?: readonly string[];
  readonly tiers?: readonly { readonly id: string; readonly name: { readonly zh: string } }[];
}

/** Names of a matter's tiers, its parts' among them. */
function tierNames(matter: string): ReadonlyMap<string, string> {
  const read = (name: string) =>
    parseYaml(readFileSync(join(PACKAGE_ROOT, 'matters', `${name}.yaml`), 'utf8')) as MatterFile;
  const own = read(matter);
  const files = [own, ...(own.parts ?? []).map((part) => read(`parts/${part}`))];
  return new Map(files.flatMap(({ tiers = [] }) => tiers.map(({ id, name }) => [id, name.zh] as const)));
}

async function* recordsOf(file: string, columns: boolean): AsyncGenerator<readonly string[]> {
  const options = { bom: true, from_line: columns ? 2 : 1 };
  yield* createReadStream(file).pipe(parseCsv(options)) as AsyncIterable<string[]>;
}

/** @param floor,ours result files @throws Error where one has fewer rows than the other */
export async function compare(floor: string, ours: string, matter: string): Promise<Comparison> {
  const tiers = tierNames(matter);
  const theirs = recordsOf(ours, true);
  const verdicts: Record<string, number> = {};
  const different: string[] = [];
  let rows = 0;
  for await (const [number = '', verdict = '', tier = ''] of recordsOf(floor, false)) {
    const next = await theirs.next();
    if (next.done === true) throw new Error(`the gateway's result ends before ${number}`);
    const [, case_, verdictZh, tierZh, , , , record, receipt] = next.value;
    rows += 1;
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    const same =
      case_ === number && verdictZh === VERDICTS_ZH[verdict] && tierZh === (tier === '' ? '' : tiers.get(tier));
    if ((!same || record === '' || receipt === '') && different.length < 10) different.push(number);
  }
  if ((await theirs.next()).done !== true) throw new Error("the gateway's result has more rows");
  return { rows, verdicts, different };
}
