/** Puts other members in an object's place. @returns what puts the former ones back */
export function swapped<T extends object>(on: T, members: Partial<T>): () => void {
  const before = Object.fromEntries(Object.keys(members).map((name) => [name, Reflect.get(on, name)]));
  Object.assign(on, members);
  return () => void Object.assign(on, before);
}
