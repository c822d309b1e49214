/** Puts a peer's directive on every field: of an object type its own coordinate, of an interface those of all its types. */
import { type ConstDirectiveNode, Kind, parse, print, visit } from 'graphql';
import type { PeerOrder } from './order.js';

function directiveNode(text: string): ConstDirectiveNode {
  const [definition] = parse(`scalar Carrier ${text}`).definitions;
  const directive = definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? definition.directives?.[0] : undefined;
  if (directive === undefined) throw new TypeError(`${text} is not one directive`);
  return directive;
}

/** The schema with a directive on every field. @param guard writes it, from the coordinates that are needed together */
export function guardedSchema(order: PeerOrder, guard: (coordinates: readonly string[]) => string): string {
  return print(
    visit(parse(order.schema), {
      enter(node) {
        const isInterface = node.kind === Kind.INTERFACE_TYPE_DEFINITION;
        if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && !isInterface) return undefined;
        const types = isInterface ? (order.abstracts[node.name.value] ?? []) : [node.name.value];
        const fields = (node.fields ?? []).map((field) => {
          const directive = directiveNode(guard(types.map((type) => `${type}.${field.name.value}`)));
          return { ...field, directives: [directive] };
        });
        return { ...node, fields };
      },
    }),
  );
}
