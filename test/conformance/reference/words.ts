/** What a word of a grant reaches, and which of several is taken. */
import type { Word } from './rights.js';

/** What is settled of the objects at a place of the document before one is seen. */
export interface Ground {
  /** The most links that an object here can be from a subject of the case; Infinity where that cannot be told. */
  readonly certain: number;
  /** Prefixes that the link here bounds its rows by; empty: none. */
  readonly regions: readonly string[];
  /** Inside a computed object: the word that its field is given by. */
  readonly computed: Word | null;
}

/** The root: nothing is settled, nothing bounded. */
export const ROOT: Ground = { certain: Number.POSITIVE_INFINITY, regions: [], computed: null };

function reach({ subjects, maxHops }: Word): number {
  return subjects === 'ANY' ? Number.POSITIVE_INFINITY : subjects === 'RELATED' ? maxHops : 0;
}

/** Whether a word holds for an object so many links from a subject of the case. */
export function fitsSubject(word: Word, hops: number): boolean {
  return word.subjects === 'ANY' || hops <= reach(word);
}

/** Whether two words hold for the same subjects. */
export function sameSubjects(a: Word, b: Word): boolean {
  return a.subjects === b.subjects && reach(a) === reach(b);
}

/** FULL words before masked ones, each the widest first. */
export function fullFirst(words: readonly Word[]): readonly Word[] {
  return [...words].sort((a, b) => (a.disclosure === b.disclosure ? 0 : a.disclosure === 'FULL' ? -1 : 1));
}

/** Whether every row within `inner` lies within `outer`; empty: everywhere. */
export function covers(outer: readonly string[], inner: readonly string[]): boolean {
  if (outer.length === 0) return true;
  return inner.length > 0 && inner.every((prefix) => outer.some((wide) => prefix.startsWith(wide)));
}

/** Whether a word's subjects need no look at an object. */
export function settled(word: Word, certain: number): boolean {
  return word.subjects === 'ANY' || certain <= reach(word);
}

/** Whether a word holds for every object at a place. */
export function everywhere(word: Word, { certain, regions }: Pick<Ground, 'certain' | 'regions'>): boolean {
  return settled(word, certain) && covers(word.regions, regions);
}

/**
 * Of several words on a link those that need no look at an object, else those of the widest subjects;
 * their regions add up.
 */
export function linkWord(words: readonly Word[], certain: number): Word {
  const sure = words.filter((word) => settled(word, certain));
  const [widest] = fullFirst(words);
  if (widest === undefined) throw new RangeError('a right without a word');
  const alike = words.filter((word) => sameSubjects(word, widest));
  const taken = sure.length > 0 ? sure : alike;
  const regions = taken.some((word) => word.regions.length === 0) ? [] : taken.flatMap((word) => word.regions);
  return { ...(taken[0] ?? widest), regions };
}

/** A computed object is given by one word: the best that holds for every object here, else the best. */
export function computing(words: readonly Word[], ground: Ground): Word {
  const ordered = fullFirst(words);
  const word = ordered.find((each) => everywhere(each, ground)) ?? ordered[0];
  if (word === undefined) throw new RangeError('a right without a word');
  return word;
}
