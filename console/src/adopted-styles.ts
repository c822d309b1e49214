/**
 * Writes the design system's styles into adopted style sheets of the document. A content security policy with
 * `style-src 'self'` forbids `<style>` elements, not these. Takes the place of `@rc-component/util/es/Dom/dynamicCSS`
 * in the build (console/vite.config.ts), so its exports have that module's names and shapes.
 */

/** How a style is placed among the others. Only what the design system uses. */
export interface StyleOption {
  /** Attribute that tells one writer's keys from another's. */
  readonly mark?: string;
  /** Before the others: `queue` keeps the order of the prepended by their priority. */
  readonly prepend?: boolean | 'queue';
  /** Among the prepended, lower comes first. Default 0. */
  readonly priority?: number;
}

interface Written {
  readonly key: string;
  readonly rank: number;
  readonly sheet: CSSStyleSheet;
  /** Never put into the page: its attributes are how the design system recognizes what it wrote. */
  readonly element: HTMLStyleElement;
}

const written: Written[] = [];

/** Styles without `prepend` come after all that are prepended. */
const APPENDED = Number.MAX_SAFE_INTEGER;

function keyOf(key: string, { mark = 'rc-util-key' }: StyleOption): string {
  return `${mark} ${key}`;
}

function adopt(): void {
  document.adoptedStyleSheets = written.map(({ sheet }) => sheet);
}

/** Adds or replaces the style of a key. @returns an element that is not in the page */
export function updateCSS(css: string, key: string, option: StyleOption = {}): HTMLStyleElement {
  const full = keyOf(key, option);
  const known = written.find((one) => one.key === full);
  if (known !== undefined) {
    known.sheet.replaceSync(css);
    return known.element;
  }
  const rank = option.prepend === undefined || option.prepend === false ? APPENDED : (option.priority ?? 0);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const element = document.createElement('style');
  const after = written.findIndex((one) => one.rank > rank);
  written.splice(after === -1 ? written.length : after, 0, { key: full, rank, sheet, element });
  adopt();
  return element;
}

/** Removes the style of a key; without one nothing happens. */
export function removeCSS(key: string, option: StyleOption = {}): void {
  const full = keyOf(key, option);
  const at = written.findIndex((one) => one.key === full);
  if (at === -1) return;
  written.splice(at, 1);
  adopt();
}

let unnamed = 0;

/** Adds a style that nobody will replace. @returns an element that is not in the page */
export function injectCSS(css: string, option: StyleOption = {}): HTMLStyleElement {
  unnamed += 1;
  return updateCSS(css, `unnamed-${unnamed}`, option);
}

/** There is no cache here; the design system's own tests would ask for it. */
export function clearContainerCache(): void {
  written.length = 0;
  adopt();
}
