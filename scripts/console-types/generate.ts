/** The console's typed client: types of its operations and the operations themselves, from schema and documents. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as operationTypes from '@graphql-codegen/typescript-operations';
import {
  buildASTSchema,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  printSchema,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { adminDocument } from '../../src/admin/schema.js';

function textsUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Fragments that a definition spreads, and those that these spread. */
function spreadIn(
  definition: OperationDefinitionNode | FragmentDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  found: Map<string, FragmentDefinitionNode>,
): void {
  visit(definition, {
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value);
      if (fragment === undefined) throw new Error(`no document of the console has the fragment ${name.value}`);
      if (found.has(name.value)) return;
      found.set(name.value, fragment);
      spreadIn(fragment, fragments, found);
    },
  });
}

function operations({ definitions }: DocumentNode): string {
  const fragments = new Map(
    definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d] as const] : [])),
  );
  const written = definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
    const name = definition.name?.value;
    if (name === undefined) throw new Error('every operation of the console has a name');
    const spread = new Map<string, FragmentDefinitionNode>();
    spreadIn(definition, fragments, spread);
    const text = stripIgnoredCharacters([definition, ...spread.values()].map(print).join('\n'));
    const kind = definition.operation === 'mutation' ? 'Mutation' : 'Query';
    const types = `${name}${kind}, ${name}${kind}Variables`;
    return [
      `export const ${name}: Operation<${types}> = {\n  name: '${name}',\n  text: ${JSON.stringify(text)},\n};\n`,
    ];
  });
  return written.join('\n');
}

/**
 * The text of console/src/api/generated.ts.
 * @param folder the project's
 * @throws Error where a document does not fit the schema
 */
export async function consoleTypes(folder: string): Promise<string> {
  const schema = buildASTSchema(adminDocument());
  const document = parse(textsUnder(join(folder, 'console/src')).join('\n'));
  const types = await codegen({
    schema: parse(printSchema(schema)),
    schemaAst: schema,
    documents: [{ location: 'console', document }],
    filename: 'generated.ts',
    config: {},
    pluginMap: { operationTypes },
    plugins: [
      {
        operationTypes: {
          enumType: 'string-literal',
          immutableTypes: true,
          skipTypename: true,
          useTypeImports: true,
          avoidOptionals: { field: true, object: true },
          defaultScalarType: 'unknown',
          scalars: { DateTime: 'string', Date: 'string', DepartmentCode: 'string', JSON: 'unknown', ID: 'string' },
        },
      },
    ],
  });
  const head = '/** Written by `npm run console:types`; not by hand. */\n/* oxlint-disable */\n';
  return `${head}import type { Operation } from './ask.js';\n\n${types}\n${operations(document)}`;
}
