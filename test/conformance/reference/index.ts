/** The reference on one schema. */

import type { Premises, Situation } from '../situation.js';
import { schemaFiles } from '../subject/gateway.js';
import { type ReadDocument, readDocument } from './document.js';
import { Evaluating, type Evaluation, type ReferenceOptions } from './evaluate.js';
import { readModel } from './model.js';

/** Says what situations of one schema are to be answered. */
export interface Reference {
  evaluate(situation: Situation): Evaluation;
}

/** Opens the reference on a schema. */
export function openReference(premises: Premises, options: ReferenceOptions = { plain: false }): Reference {
  const model = readModel(schemaFiles(premises.schema));
  const documents = new Map<string, ReadDocument | null>();
  const read = (text: string): ReadDocument | null => {
    const known = documents.get(text);
    if (known !== undefined) return known;
    const made = readDocument(model.schema, text);
    documents.set(text, made);
    return made;
  };
  return { evaluate: (situation) => new Evaluating(model, situation, read, options).run() };
}
