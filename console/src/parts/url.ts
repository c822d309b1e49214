/** Filters, sorting and pages live in the address, so that what one sees can be sent to a colleague. */
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** The address's parameters and how to change them. */
export interface UrlState {
  /** A parameter; null where it is not there. */
  readonly get: (key: string) => string | null;
  /** A parameter that must be one of a few; null otherwise. */
  readonly one: <const T extends string>(key: string, allowed: readonly T[]) => T | null;
  /** A whole number from 1 up. */
  readonly count: (key: string, otherwise: number) => number;
  /** Sets parameters; null or empty removes one. Unless a page is set, goes back to the first. */
  readonly set: (changes: Readonly<Record<string, string | number | null | undefined>>) => void;
}

/** Reads and writes the parameters of the address. */
export function useUrl(): UrlState {
  const [params, setParams] = useSearchParams();
  const set = useCallback<UrlState['set']>(
    (changes) => {
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          if (!('page' in changes)) next.delete('page');
          for (const [key, value] of Object.entries(changes)) {
            if (value === null || value === undefined || value === '') next.delete(key);
            else next.set(key, String(value));
          }
          return next;
        },
        { replace: true },
      );
    },
    [setParams],
  );
  return {
    get: (key) => params.get(key),
    one: (key, allowed) => allowed.find((value) => value === params.get(key)) ?? null,
    count: (key, otherwise) => {
      const value = Number(params.get(key));
      return Number.isInteger(value) && value > 0 ? value : otherwise;
    },
    set,
  };
}

/** Sorting in the address: `sort` and `direction`. */
export function sortOf<T extends string>(
  url: UrlState,
  allowed: readonly T[],
  otherwise: T,
  direction: 'ASC' | 'DESC' = 'ASC',
): { readonly sort: T; readonly direction: 'ASC' | 'DESC' } {
  return {
    sort: url.one('sort', allowed) ?? otherwise,
    direction: url.one('direction', ['ASC', 'DESC']) ?? direction,
  };
}
