/** Facts that could not be had, and data in which reading one raises an error. */

/** Why a fact is unknown. */
export type UnknownCause =
  /** The department did not answer; asking again may help. */
  | 'SOURCE_DOWN'
  /** The calling application may not use it. */
  | 'WITHHELD'
  /** The person it is about disputes it, and its owner has not answered yet. */
  | 'DISPUTED'
  /** The list may lack members. */
  | 'PARTIAL'
  /** A department that verifies a proof (部门核验) has not answered yet; asking again may help. */
  | 'AWAITED'
  /** It cannot tell, or said no after its deadline; only a person can go on. */
  | 'UNANSWERED';

/** One unknown fact. */
export interface UnknownFact {
  /**
   * Its response path in the facts document; `*` for all members of a list. What lies below is
   * unknown with it; the member of a list makes the whole list unknown.
   */
  readonly path: readonly (string | number)[];
  readonly cause: UnknownCause;
  /** The department it would come from, as in the schema's enum. */
  readonly department: string;
  /** Seconds after which asking again may help, where known. */
  readonly retryAfter?: number;
}

/** An unknown fact was read. */
export class UnknownFactRead extends Error {
  override readonly name = 'UnknownFactRead';

  /** @param facts those that make the value unknown, at least one */
  constructor(readonly facts: readonly UnknownFact[]) {
    super('an unknown fact was read');
  }
}

interface Remaining {
  readonly fact: UnknownFact;
  readonly rest: UnknownFact['path'];
}

/** Names of fields never begin with a digit, so such a segment stands for a list's member. */
const isMember = (segment: string | number | undefined): boolean => segment === '*' || /^\d/.test(String(segment));

/**
 * Whether these make a whole value unknown: it is named itself; it is a list with an unknown or
 * unlisted member; or the path does not fit it, so that what is unknown cannot be told apart.
 */
function hides(value: unknown, remaining: readonly Remaining[]): boolean {
  if (remaining.length === 0) return false;
  if (typeof value !== 'object' || value === null) return true;
  if (!Array.isArray(value)) return remaining.some(({ rest }) => rest.length === 0 || isMember(rest[0]));
  if (remaining.some(({ rest }) => rest.length < 2 || !isMember(rest[0]) || Number(rest[0]) >= value.length))
    return true;
  return value.some((member, index) => {
    const below = ofMember(remaining, index);
    return below.length > 0 && (typeof member !== 'object' || member === null || hides(member, below));
  });
}

function ofMember(remaining: readonly Remaining[], index: number): Remaining[] {
  return step(remaining, (segment) => segment === '*' || String(segment) === String(index));
}

function step(
  remaining: readonly Remaining[],
  matches: (segment: string | number | undefined) => boolean,
): Remaining[] {
  return remaining
    .filter(({ rest }) => rest.length > 0 && matches(rest[0]))
    .map(({ fact, rest }) => ({ fact, rest: rest.slice(1) }));
}

function copy(
  value: unknown,
  remaining: readonly Remaining[],
  onRead: (facts: readonly UnknownFact[]) => void,
): unknown {
  if (remaining.length === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((member, index) => copy(member, ofMember(remaining, index), onRead));
  }
  const members = new Map<string, unknown>(Object.entries(value));
  for (const { rest } of remaining) if (!members.has(String(rest[0]))) members.set(String(rest[0]), undefined);
  const copied: Record<string, unknown> = {};
  const hidden: { readonly key: string; readonly facts: readonly UnknownFact[] }[] = [];
  for (const [key, member] of members) {
    const below = step(remaining, (segment) => segment === key);
    if (hides(member, below)) hidden.push({ key, facts: below.map(({ fact }) => fact) });
    else define(copied, key, { value: copy(member, below, onRead) });
  }
  // Last, because CEL looks at an object's first member to learn its type.
  for (const { key, facts } of hidden) {
    define(copied, key, {
      get(): never {
        onRead(facts);
        throw new UnknownFactRead(facts);
      },
    });
  }
  return copied;
}

/** Own and enumerable whatever its name, `__proto__` among it. */
function define(target: object, key: string, property: PropertyDescriptor): void {
  Object.defineProperty(target, key, { ...property, enumerable: true });
}

/**
 * A value in which `facts` is the data, and reading an unknown fact raises {@link UnknownFactRead}.
 * A getter and not a gap: a gap would look like a fact that differs where two objects are compared,
 * counted or searched. The data are not changed.
 * @param data `data` of the facts document's response
 * @param unknowns a path that the data do not have is unknown too
 * @param onRead called with what was read, before the error is raised; the error itself may be absorbed
 */
export function factsOf(
  data: unknown,
  unknowns: readonly UnknownFact[],
  onRead: (facts: readonly UnknownFact[]) => void,
): { readonly facts: unknown } {
  const remaining = unknowns.map((fact) => ({ fact, rest: ['facts', ...fact.path] }));
  return copy({ facts: data ?? null }, remaining, onRead) as { readonly facts: unknown };
}
