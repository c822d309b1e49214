/** The schemas of the five departments as federated subgraphs. */
import { type DocumentNode, Kind, type ObjectTypeDefinitionNode, parse, print, visit } from 'graphql';
import type { DepartmentName } from '../../ground.js';
import { departmentSource, guarded } from '../shared/schema.js';

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@requiresScopes"])`;

/** What the specification of federation asks of a subgraph that has an entity. */
const FEDERATION = `scalar _Any
union _Entity = Resident
type _Service { sdl: String! }
extend type Query {
  _service: _Service!
  _entities(representations: [_Any!]!): [_Entity]!
}`;

function parsedType(sdl: string): ObjectTypeDefinitionNode {
  const [definition] = parse(sdl).definitions;
  if (definition?.kind !== Kind.OBJECT_TYPE_DEFINITION) throw new TypeError(`${sdl} is not an object type`);
  return definition;
}

/** `Resident` as every department has it: as a type of its own, known by the citizen ID. */
function asEntity(sdl: string, { directives = [], fields = [] }: ObjectTypeDefinitionNode): DocumentNode {
  return visit(parse(sdl), {
    ObjectTypeDefinition: (node) => (node.name.value === 'Resident' ? { ...node, directives } : undefined),
    ObjectTypeExtension: (node) =>
      node.name.value === 'Resident'
        ? { ...node, kind: Kind.OBJECT_TYPE_DEFINITION, directives, fields: [...fields, ...(node.fields ?? [])] }
        : undefined,
  });
}

/** What a department's subgraph executes. */
export function executableSource(department: DepartmentName): string {
  const resident = parsedType('type Resident { idNumber: CitizenId! }');
  const query = department === 'household' ? '' : 'type Query';
  return [print(asEntity(departmentSource(department), resident)), query, FEDERATION].join('\n');
}

/** What a department's subgraph publishes: every field names the scope that opens it. */
export function publishedSource(department: DepartmentName): string {
  const scope = (coordinate: string) => `@requiresScopes(scopes: [["${coordinate}"]])`;
  const resident = parsedType(
    `type Resident @key(fields: "idNumber") { idNumber: CitizenId! ${scope('Resident.idNumber')} }`,
  );
  return `${LINK}\n${print(asEntity(guarded(departmentSource(department), scope), resident))}`;
}

/** Path of a department's subgraph on the server of all five. */
export function pathOf(department: DepartmentName): string {
  return `/${department}`;
}
