/** The schema that the peers serve, with whatever directive a peer guards its fields by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConstDirectiveNode, type DocumentNode, Kind, parse, print, visit } from 'graphql';
import { DEPARTMENTS, type DepartmentName } from '../../ground.js';
import { PEERS_ROOT } from './root.js';

/** Writes the directive that guards one field. @param coordinate such as `Resident.name` */
export type Guard = (coordinate: string) => string;

function source(name: string): string {
  return readFileSync(join(PEERS_ROOT, 'schema', `${name}.graphql`), 'utf8');
}

/** The types of one department, with the scalars. */
export function departmentSource(department: DepartmentName): string {
  return `${source('scalars')}\n${source(department)}`;
}

/** The types of all five departments. */
export function wholeSource(): string {
  return ['scalars', ...DEPARTMENTS].map(source).join('\n');
}

/** Coordinates of all fields of a schema. */
export function coordinatesOf(sdl: string): readonly string[] {
  return parse(sdl).definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION
      ? (definition.fields ?? []).map(({ name }) => `${definition.name.value}.${name.value}`)
      : [],
  );
}

function directiveNode(text: string): ConstDirectiveNode {
  const [definition] = parse(`scalar Carrier ${text}`).definitions;
  const directive = definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? definition.directives?.[0] : undefined;
  if (directive === undefined) throw new TypeError(`${text} is not one directive`);
  return directive;
}

/** The schema with the guard's directive on every field of every object type. */
export function guarded(sdl: string, guard: Guard): string {
  const onFields: DocumentNode = visit(parse(sdl), {
    enter(node) {
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) return undefined;
      const fields = (node.fields ?? []).map((field) => ({
        ...field,
        directives: [...(field.directives ?? []), directiveNode(guard(`${node.name.value}.${field.name.value}`))],
      }));
      return { ...node, fields };
    },
  });
  return print(onFields);
}
