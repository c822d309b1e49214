/**
 * An answer with its lists in one order. The gateway orders a list by what it discloses; elements
 * whose own fields are equal may stand in any order, so contestants may differ there.
 */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    const elements = value.map((element: unknown) => {
      const inner = canonical(element);
      return { inner, text: JSON.stringify(inner) };
    });
    elements.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    return elements.map(({ inner }) => inner);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}
