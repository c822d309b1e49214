/** Three-valued logic by hand: null is "cannot be known". */

/** True, false, or not known. */
export type Truth = boolean | null;

/** False where one is; else not known where one is not. */
export function and(...all: readonly Truth[]): Truth {
  let known = true;
  for (const one of all) {
    if (one === false) return false;
    if (one === null) known = false;
  }
  return known ? true : null;
}

/** True where one is; else not known where one is not. */
export function or(...all: readonly Truth[]): Truth {
  let known = true;
  for (const one of all) {
    if (one === true) return true;
    if (one === null) known = false;
  }
  return known ? false : null;
}

/** Whether one of the elements holds. */
export function some<T>(elements: readonly T[], holds: (element: T) => Truth): Truth {
  let known = true;
  for (const element of elements) {
    const one = holds(element);
    if (one === true) return true;
    if (one === null) known = false;
  }
  return known ? false : null;
}

/** The elements that hold; null where it is not known of one. */
export function those<T>(elements: readonly T[], holds: (element: T) => Truth): readonly T[] | null {
  const found: T[] = [];
  for (const element of elements) {
    const one = holds(element);
    if (one === null) return null;
    if (one) found.push(element);
  }
  return found;
}

/** Whether a value is the one wanted; not known where there is no value. */
export function is(value: string | null, wanted: string): Truth {
  return value === null ? null : value === wanted;
}
