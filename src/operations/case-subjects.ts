/** The subjects of a case as the executor and the record name them. */
import type { CaseFile } from '../store/control-store.js';

const NONE: ReadonlySet<string> = new Set();
const known = new WeakMap<CaseFile, ReadonlySet<string>>();

/** The case's subjects as `KIND:identifier`, kept as long as the store keeps the case; empty without a case. */
export function subjectsOf(file: CaseFile | null): ReadonlySet<string> {
  if (file === null) return NONE;
  let subjects = known.get(file);
  if (subjects === undefined) {
    subjects = new Set(file.subjects.map(({ kind, id }) => `${kind}:${id}`));
    known.set(file, subjects);
  }
  return subjects;
}
