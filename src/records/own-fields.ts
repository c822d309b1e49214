/** What of an entry a department may see: that its own fields were asked for, by whom, for whom and for what. */
import type { RequestRecord } from '../audit/entries.js';
import type { ExportedEntry } from '../audit/export.js';

/**
 * An entry without what is another department's: coordinates, people of whom no own field was given, sources, and the verdict, from
 * which others' facts could be inferred. What is left does not fit the entry's hash; its place and hash stay, for whoever sees it whole.
 * It does not check who asks.
 * @param own coordinates of the department
 * @returns null for what concerns none of them, administration and alarms among it
 */
export function ownFieldsOf(entry: ExportedEntry, own: ReadonlySet<string>): ExportedEntry | null {
  if (entry.kind !== 'request') return null;
  const { record } = entry;
  const cut = (coordinates: readonly string[]) => coordinates.filter((coordinate) => own.has(coordinate));
  const { disclosed, masked, used, withheld } = record;
  const lists = { disclosed: cut(disclosed), masked: cut(masked), used: cut(used), withheld: cut(withheld) };
  if (Object.values(lists).every((list) => list.length === 0)) return null;
  return {
    ...entry,
    record: { ...record, ...lists, ...peopleOf(record, cut), sources: [], plan: null, verdict: null, receipt: null },
  };
}

/** The people of whom something is left; all of them where the entry does not say of whom what was given. */
function peopleOf(
  { subjects, about, ages }: RequestRecord,
  cut: (coordinates: readonly string[]) => readonly string[],
): Pick<RequestRecord, 'subjects' | 'about' | 'ages'> {
  if (about === undefined) return { subjects };
  const kept = about.flatMap((list, i) => (cut(list).length > 0 ? [i] : []));
  return {
    subjects: kept.map((i) => subjects[i] ?? ''),
    about: kept.map((i) => cut(about[i] ?? [])),
    ...(ages === undefined ? {} : { ages: kept.map((i) => ages.charAt(i)).join('') }),
  };
}
