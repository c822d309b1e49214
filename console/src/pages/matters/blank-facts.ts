/** An answer with nothing in it, in the shape of a query, to be typed over. */

/** A blank answer: leaves are null. */
export type Blank = { [key: string]: Blank | null };

const TOKEN = /#[^\n]*|"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|\.\.\.|[_A-Za-z]\w*|[{}():]|[^\s]/g;

/** The shape of a query's answer. Fragments are left out: whoever types the facts adds their fields. */
export function blankFacts(query: string): Blank {
  const root: Blank = {};
  const open: Blank[] = [];
  let parentheses = 0;
  let last: string | null = null;
  let alias: string | null = null;
  let spread = false;
  for (const [token] of query.matchAll(TOKEN)) {
    if (token.startsWith('#') || token.startsWith('"')) continue;
    const here = open[open.length - 1];
    if (token === '(') parentheses += 1;
    else if (token === ')') parentheses -= 1;
    else if (parentheses > 0) continue;
    else if (token === '{') {
      if (here === undefined) open.push(root);
      else if (last !== null) {
        const inner: Blank = {};
        here[last] = inner;
        open.push(inner);
      } else open.push({});
      last = null;
      spread = false;
    } else if (token === '}') {
      open.pop();
      last = null;
    } else if (token === '...') spread = true;
    else if (token === ':') {
      alias = last;
      if (here !== undefined && last !== null) delete here[last];
    } else if (here !== undefined && /^[_A-Za-z]/.test(token)) {
      if (spread) {
        if (token !== 'on') spread = false;
        last = null;
        continue;
      }
      last = alias ?? token;
      alias = null;
      here[last] = null;
    }
  }
  return root;
}
