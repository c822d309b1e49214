/** Lists as the control plane answers them: filtered, sorted, counted and cut here. */
import { compareText } from '../domain/calendar.js';
import { MianzhengError } from '../errors.js';

/** Shape of the schema's `PageInput`. */
export interface PageArgument {
  /** From 1. */
  readonly number: number;
  readonly size: number;
}

/** A page of any list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly number: number;
  readonly size: number;
}

const LAST_PAGE = 100_000;
const LARGEST_PAGE = 200;

/** @throws MianzhengError BAD_USER_INPUT beyond the bounds of `PageInput` */
export function checkPage({ number, size }: PageArgument): void {
  const refuse = (field: string, most: number) => {
    throw new MianzhengError('BAD_USER_INPUT', `takes 1 to ${most}`, { field });
  };
  if (number < 1 || number > LAST_PAGE) refuse('page.number', LAST_PAGE);
  if (size < 1 || size > LARGEST_PAGE) refuse('page.size', LARGEST_PAGE);
}

/** Cuts a page out of a list. @throws as {@link checkPage} */
export function pageOf<T>(all: readonly T[], page: PageArgument): Page<T> {
  checkPage(page);
  const { number, size } = page;
  return { items: all.slice((number - 1) * size, number * size), total: all.length, number, size };
}

/** Makes the items of a page; those of other pages are not made. */
export function mapPage<T, R>(page: Page<T>, make: (item: T) => R): Page<R> {
  return { ...page, items: page.items.map(make) };
}

/**
 * Sorts by keys, each text or number, one after the other. Equal entries stay in their order.
 * @param direction of all keys
 */
export function sorted<T>(
  all: readonly T[],
  keys: readonly ((item: T) => string | number)[],
  direction: 'ASC' | 'DESC',
): T[] {
  const sign = direction === 'ASC' ? 1 : -1;
  return [...all].sort((a, b) => {
    for (const key of keys) {
      const [x, y] = [key(a), key(b)];
      const order = typeof x === 'number' && typeof y === 'number' ? x - y : compareText(String(x), String(y));
      if (order !== 0) return sign * order;
    }
    return 0;
  });
}

/** Longest text looked for. */
const TEXT = 100;

/** A check whether some of several texts hold a text, in any case. @throws MianzhengError BAD_USER_INPUT beyond 100 characters */
export function searching(text: string | null | undefined, field: string): (texts: readonly string[]) => boolean {
  if (text === null || text === undefined || text === '') return () => true;
  if (text.length > TEXT) throw new MianzhengError('BAD_USER_INPUT', `takes at most ${TEXT} characters`, { field });
  const wanted = text.toLowerCase();
  return (texts) => texts.some((one) => one.toLowerCase().includes(wanted));
}
