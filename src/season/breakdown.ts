/** Results counted by what the list says of each row: the division it was filed in, and the school. */
import type { SeasonInput } from './input.js';
import { countedAs, type Journal } from './journal.js';

/** Results of the rows that share something. */
export interface Share {
  /** What they share: a division's code, a school's name. */
  readonly name: string;
  readonly count: number;
  /** Results by verdict, as {@link countedAs} names them. */
  readonly verdicts: Readonly<Record<string, number>>;
}

/** Results by division and by school, most first; empty where the list has no such column. */
export interface Breakdown {
  readonly divisions: readonly Share[];
  readonly schools: readonly Share[];
}

/** Different names counted; a city has a few hundred schools. */
const MOST = 1000;

class Shares {
  readonly #of = new Map<string, Map<string, number>>();

  add(name: string | undefined, verdict: string): void {
    if (name === undefined) return;
    const counts = this.#of.get(name) ?? (this.#of.size < MOST ? new Map<string, number>() : null);
    if (counts === null) return;
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    this.#of.set(name, counts);
  }

  sorted(): Share[] {
    return [...this.#of]
      .map(([name, counts]) => ({
        name,
        count: [...counts.values()].reduce((all, n) => all + n, 0),
        verdicts: Object.fromEntries(counts),
      }))
      .sort((a, b) => b.count - a.count);
  }
}

/** Counts what the journal holds. @throws SeasonFault INPUT where the list was changed meanwhile */
export async function breakDown(input: SeasonInput, journal: Journal): Promise<Breakdown> {
  const [divisions, schools] = [new Shares(), new Shares()];
  if (input.columns.division !== null || input.columns.school !== null) {
    for await (const row of input.rows()) {
      if (row.is === 'FAULTY') continue;
      const result = await journal.result(row.row);
      if (result === null) continue;
      divisions.add(row.division, countedAs(result));
      schools.add(row.school, countedAs(result));
    }
  }
  return { divisions: divisions.sorted(), schools: schools.sorted() };
}
