/** JSON Schema (draft 2020-12) of the files under matters/, for editors: completion, descriptions, faults as one types. */
import { z } from 'zod';
import { casesFile } from './cases.js';
import { matterFile, partFile, variantFile } from './definition.js';

/** Files that have a schema, and the schema's name beside them. */
export const SCHEMA_FILES = {
  matter: 'matter.schema.json',
  part: 'part.schema.json',
  cases: 'cases.schema.json',
} as const;

/** Kind of file under matters/. */
export type SchemaKind = keyof typeof SCHEMA_FILES;

type JsonSchema = Readonly<Record<string, unknown>>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

function schemaOf(type: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, {
    io: 'input',
    // Whether our types are read-only says nothing of the file.
    override: ({ jsonSchema }) => void delete jsonSchema.readOnly,
  });
  return schema;
}

const SCHEMAS: Readonly<Record<SchemaKind, () => JsonSchema>> = {
  matter: () => ({
    title: 'Matter (政务服务事项)',
    anyOf: [
      { title: 'A matter that takes parts', ...schemaOf(variantFile) },
      { title: 'A matter without parts', ...schemaOf(matterFile) },
    ],
  }),
  part: () => ({ title: 'Part that several matters share', ...schemaOf(partFile) }),
  cases: () => ({ title: 'Cases of a matter: facts in, verdict out', ...schemaOf(casesFile) }),
};

/** The schema of one kind of file, as it is published. What refers to what is beyond it: `mianzheng matter lint` checks that. */
export function jsonSchema(kind: SchemaKind): JsonSchema {
  return { $schema: DIALECT, ...SCHEMAS[kind]() };
}

/** The text of its file. */
export function jsonSchemaFile(kind: SchemaKind): string {
  return `${JSON.stringify(jsonSchema(kind), null, 2)}\n`;
}
