/** Numbers told of people: none that stands for so few that it tells who they are. Pure. */

/**
 * The parts of a whole, with those that are too small left out (null), and the next smallest too where the one left out could
 * be reckoned from the whole. A part of nobody is told: it names nobody.
 * @param parts how many in each part
 * @param least fewest that a number may stand for
 */
export function leastCounts(parts: readonly number[], least: number): readonly (number | null)[] {
  const told: (number | null)[] = parts.map((count) => (count > 0 && count < least ? null : count));
  if (told.filter((count) => count === null).length !== 1) return told;
  const rest = told.filter((count): count is number => count !== null && count > 0);
  if (rest.length === 0) return told;
  told[told.indexOf(Math.min(...rest))] = null;
  return told;
}
