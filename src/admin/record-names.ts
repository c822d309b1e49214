/** Names for what the record calls by its code, from the policy, the matters and the schema. */
import type { Name, Names } from '../records/in-words.js';
import { nameIn } from '../records/in-words.js';
import type { ControlParts } from './context.js';

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/** Name of a field: its type's and its own, as the schema describes them. */
export function fieldName({ catalogue }: Pick<ControlParts, 'catalogue'>, coordinate: string): Name {
  const field = catalogue.fields.get(coordinate);
  if (field === undefined) return { zh: coordinate, en: coordinate };
  const own = nameIn(field.definition.description, field.field);
  if (ROOTS.has(field.type)) return own;
  const type = nameIn(catalogue.schema.getType(field.type)?.description, field.type);
  return {
    zh: `${type.zh}·${own.zh}`,
    en: `${own.en} (${type.en.replace(/^(An?|The|One|Several) /, '').toLowerCase()})`,
  };
}

/** All names. */
export function namesOf(parts: Pick<ControlParts, 'catalogue' | 'policy' | 'matters'>): Names {
  return {
    client(id) {
      const client = parts.policy.client(id);
      return client === null ? { zh: id, en: id } : { zh: client.nameZh, en: client.nameEn };
    },
    matter: (code) => parts.matters.get(code)?.name ?? { zh: code, en: code },
    field: (coordinate) => fieldName(parts, coordinate),
  };
}
