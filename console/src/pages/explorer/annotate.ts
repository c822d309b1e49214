/** Puts the planner's decisions beside the lines of a query. */

/** The decision on one selected field. */
export interface Decided {
  readonly path: string;
  readonly decision: string;
}

/** A line of the query; `decision` where exactly its last field was decided. */
export interface AnnotatedLine {
  readonly number: number;
  readonly text: string;
  readonly decisions: readonly string[];
}

/** What stands in a query besides names: strings, comments, spreads, punctuation. */
const TOKEN = /#[^\n]*|"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|\.\.\.|[_A-Za-z]\w*|[{}():[\]]|[^\s]/g;

/**
 * Matches fields of the query with decisions by their order: the planner decides in the document's order. A fragment's
 * fields stand where they are spread, so in a document with fragments only what can be matched by name is annotated.
 */
export function annotate(query: string, decisions: readonly Decided[]): readonly AnnotatedLine[] {
  const lines = query.split('\n').map((text, at) => ({ number: at + 1, text, decisions: [] as string[] }));
  const open: string[] = [];
  const waiting = [...decisions];
  let line = 1;
  let last = 0;
  let parentheses = 0;
  let candidate: string | null = null;
  let alias: string | null = null;
  let spread = false;
  let started = false;
  for (const match of query.matchAll(TOKEN)) {
    const [token] = match;
    line += query.slice(last, match.index).split('\n').length - 1;
    last = match.index;
    if (token.startsWith('#') || token.startsWith('"')) continue;
    if (token === '(') parentheses += 1;
    else if (token === ')') parentheses -= 1;
    else if (parentheses > 0) continue;
    else if (token === '{') {
      open.push(started && candidate !== null ? candidate : '');
      started = true;
      candidate = null;
      spread = false;
    } else if (token === '}') {
      open.pop();
      candidate = null;
    } else if (token === '...') spread = true;
    else if (token === ':') {
      alias = candidate;
    } else if (started && open.length > 0 && /^[_A-Za-z]/.test(token)) {
      if (spread) {
        if (token !== 'on') spread = false;
        continue;
      }
      const key: string = alias ?? token;
      const path = [...open.filter((one) => one !== ''), key].join('.');
      alias = null;
      candidate = key;
      const at = waiting.findIndex((one) => one.path === path);
      const found = waiting[at];
      if (found !== undefined) {
        waiting.splice(at, 1);
        lines[line - 1]?.decisions.push(found.decision);
      }
    }
  }
  return lines;
}
