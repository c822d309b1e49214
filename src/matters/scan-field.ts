/** The rights to scan that a schema has: what a policy that finds people may name. */
import { type GraphQLSchema, getDirectiveValues, isEnumType, isObjectType } from 'graphql';
import type { ScanField } from '../domain/scan.js';

/** The scan at a coordinate such as `Scan.insuranceEnrolments`; null where the schema has none. */
export function scanField(schema: GraphQLSchema, coordinate: string): ScanField | null {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  const node = isObjectType(type) && typeName === 'Scan' ? type.getFields()[fieldName]?.astNode : undefined;
  const [scan, shared] = ['scan', 'shared'].map((name) => schema.getDirective(name));
  if (!node || !scan || !shared) return null;
  const [values, owner] = [getDirectiveValues(scan, node), getDirectiveValues(shared, node)];
  if (values === undefined || owner === undefined) return null;
  const of = schema.getType(String(values.type));
  const fields = isObjectType(of) ? of.getFields() : {};
  const where = (values.where as string[]).map((attribute): [string, readonly string[]] => {
    const enumeration = fields[attribute]?.type;
    return [attribute, isEnumType(enumeration) ? enumeration.getValues().map(({ name }) => name) : []];
  });
  return {
    coordinate,
    department: String(owner.department),
    type: String(values.type),
    by: String(values.by),
    where: new Map(where),
  };
}

/** Every scan of a schema. */
export function scanFields(schema: GraphQLSchema): readonly ScanField[] {
  const type = schema.getType('Scan');
  const names = isObjectType(type) ? Object.keys(type.getFields()) : [];
  return names.flatMap((name) => scanField(schema, `Scan.${name}`) ?? []);
}
